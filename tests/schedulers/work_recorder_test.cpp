#include "schedulers/work_recorder.h"

#include <stdexcept>

#include <ATen/Context.h>
#include <gtest/gtest.h>

#include "policies/aten.h"

namespace sagbench {
namespace {

// Adds one each time, to what is there at that time.
void ExpectRepeats(const std::string& device) {
  const auto recorder = MakeWorkRecorder(device);
  at::Tensor value = at::zeros({3}, at::TensorOptions(at::kFloat).device(at::Device(device)));
  const auto work = recorder->Record([value] { value.add_(1.0); });
  EXPECT_EQ(value.sum().item<float>(), 3.0F);  // done once while recording
  work->Replay();
  EXPECT_EQ(value.sum().item<float>(), 6.0F);
  value.zero_();
  work->Replay();
  work->Replay();
  EXPECT_EQ(value.sum().item<float>(), 6.0F);
}

void ExpectPassesOnWhatIsThrown(const std::string& device) {
  const auto recorder = MakeWorkRecorder(device);
  EXPECT_THROW(recorder->Record([] { throw std::runtime_error("no"); }), std::runtime_error);
  ExpectRepeats(device);  // and the next recording is well
}

TEST(WorkRecorder, RepeatsWorkOnWhatTheTensorsHold) {
  ExpectRepeats("cpu");
}

TEST(WorkRecorder, PassesOnWhatIsThrown) {
  ExpectPassesOnWhatIsThrown("cpu");
}

TEST(WorkRecorder, RepeatsWorkOnAGpu) {
  if (!at::hasCUDA()) GTEST_SKIP() << "no CUDA device, or a build without CUDA";
  ExpectRepeats("cuda");
  ExpectPassesOnWhatIsThrown("cuda");
}

}  // namespace
}  // namespace sagbench
