#include "schedulers/phase_clock.h"

#include <chrono>
#include <thread>

#include <ATen/Context.h>
#include <gtest/gtest.h>

#include "policies/aten.h"

namespace sagbench {
namespace {

TEST(PhaseClock, EachLapIsThePhaseThatItEnds) {
  const auto clock = MakePhaseClock("cpu");
  double first = 1.0, second = 0.0;
  clock->Start();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  clock->Lap(first);
  clock->Lap(second);
  std::this_thread::sleep_for(std::chrono::milliseconds(5));
  clock->Lap(second);  // a phase may come again
  clock->Finish();
  EXPECT_GE(first, 21.0);
  EXPECT_GE(second, 5.0);
  EXPECT_LT(second, first);
}

TEST(PhaseClock, KnowsTheDevicesTime) {
  if (!at::hasCUDA()) GTEST_SKIP() << "no CUDA device, or a build without CUDA";
  const auto clock = MakePhaseClock("cuda");
  const at::Tensor large = at::ones({4096, 4096}, at::TensorOptions(at::kFloat).device(at::kCUDA));
  at::mm(large, large);
  for (int chunk = 0; chunk < 2; ++chunk) {
    double work = 0.0, nothing = 0.0;
    clock->Start();
    for (int i = 0; i < 10; ++i) at::mm(large, large);
    clock->Lap(work);
    clock->Lap(nothing);
    clock->Finish();
    EXPECT_GT(work, 0.1);
    EXPECT_LT(nothing, work);
  }
}

}  // namespace
}  // namespace sagbench
