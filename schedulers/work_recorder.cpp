#include "schedulers/work_recorder.h"

#include <utility>

#include "schedulers/cuda_device.h"

namespace sagbench {
namespace {

class RepeatedCall : public RecordedWork {
 public:
  explicit RepeatedCall(std::function<void()> work) : work_(std::move(work)) {}
  void Replay() override { work_(); }

 private:
  std::function<void()> work_;
};

class CallRecorder : public WorkRecorder {
 public:
  std::unique_ptr<RecordedWork> Record(std::function<void()> work) override {
    work();
    return std::make_unique<RepeatedCall>(std::move(work));
  }
};

}  // namespace

std::unique_ptr<WorkRecorder> MakeWorkRecorder(const std::string& device) {
  if (device == "cuda") return MakeCudaGraphRecorder();
  return std::make_unique<CallRecorder>();
}

}  // namespace sagbench
