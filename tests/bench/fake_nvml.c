// Stands in for libnvidia-ml.so.1 in nvml_test.cpp: one GPU, limited by its power.
#include <string.h>

int nvmlInit_v2(void) {
  return 0;
}
int nvmlShutdown(void) {
  return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
  static int gpu;
  *device = &gpu;
  return index == 0 ? 0 : 2;
}
int nvmlDeviceGetName(void* device, char* name, unsigned length) {
  strncpy(name, "Some GPU", length);
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
  *reasons = 0x1 | 0x4 | 0x1000;
  return 0;
}
