// Where there is a GPU, work_recorder_test.cpp, phase_clock_test.cpp and graph_executor_test.cpp
// use it.
#include "schedulers/cuda_device.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace sagbench {
namespace {

template <class Make>
void ExpectRefused(Make make) {
  try {
    make();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kEnvironment);
    EXPECT_NE(std::string(error.what()).find("preset 'cuda'"), std::string::npos);
  }
}

TEST(CudaDevice, ABuildWithoutItSaysSo) {
#ifdef SAGBENCH_CUDA
  GTEST_SKIP() << "this build has CUDA";
#endif
  ExpectRefused(MakeCudaGraphRecorder);
  ExpectRefused(MakeCudaClock);
}

}  // namespace
}  // namespace sagbench
