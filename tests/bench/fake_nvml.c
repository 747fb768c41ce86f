// Stands in for libnvidia-ml.so.1 in nvml_test.cpp: two GPUs, the first limited by its power.
#include <string.h>

static int gpus[2];

int nvmlInit_v2(void) {
  return 0;
}
int nvmlShutdown(void) {
  return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
  if (index > 1) return 2;
  *device = &gpus[index];
  return 0;
}
int nvmlDeviceGetHandleByUUID(const char* uuid, void** device) {
  *device = &gpus[1];
  return strcmp(uuid, "GPU-2") == 0 ? 0 : 6;
}
int nvmlDeviceGetName(void* device, char* name, unsigned length) {
  strncpy(name, device == gpus ? "First GPU" : "Second GPU", length);
  return 0;
}
int nvmlSystemGetDriverVersion(char* version, unsigned length) {
  strncpy(version, "550.1", length);
  return 0;
}
int nvmlDeviceGetClockInfo(void* device, int type, unsigned* mhz) {
  *mhz = type == 1 ? 1980 : 2619;
  return 0;
}
int nvmlDeviceGetCurrentClocksThrottleReasons(void* device, unsigned long long* reasons) {
  if (device != gpus) return 3;
  *reasons = 0x1 | 0x2 | 0x4 | 0x1000;
  return 0;
}
