#pragma once

#include <functional>
#include <memory>
#include <string>

namespace sagbench {

// Work on tensors that stay where they are, to be done again.
class RecordedWork {
 public:
  virtual ~RecordedWork() = default;
  // Does the same work again on what the tensors hold by now.
  virtual void Replay() = 0;
};

// Records work: on a GPU as a CUDA graph, whose launch costs the host the same however many kernels
// there are in it.
class WorkRecorder {
 public:
  virtual ~WorkRecorder() = default;
  // Does the work, once, and records it. What `work` reads but does not make must still be there at
  // each Replay; it must not copy between host and device, nor depend on anything that changes but
  // the contents of tensors.
  virtual std::unique_ptr<RecordedWork> Record(std::function<void()> work) = 0;
};

// For "cpu", where there are no graphs and work is repeated by calling it, or "cuda". Throws Error
// (environment) for "cuda" in a build without it.
std::unique_ptr<WorkRecorder> MakeWorkRecorder(const std::string& device);

}  // namespace sagbench
