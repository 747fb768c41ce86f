#include "schedulers/cuda_device.h"

#include "core/error.h"

#ifdef SAGBENCH_CUDA

#include <deque>
#include <utility>

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAEvent.h>
#include <c10/cuda/CUDAGuard.h>

namespace sagbench {
namespace {

class CudaGraph : public RecordedWork {
 public:
  CudaGraph(std::function<void()> work, std::shared_ptr<const at::cuda::MempoolId_t> pool)
      : work_(std::move(work)), pool_(std::move(pool)) {}

  // On the current stream, which is not the default one.
  void Capture() {
    // Other threads may go on allocating meanwhile.
    graph_.capture_begin(*pool_, cudaStreamCaptureModeThreadLocal);
    try {
      work_();
    } catch (...) {
      try {
        graph_.capture_end();  // else the stream stays in capture
      } catch (...) {          // what broke the capture says more
      }
      throw;
    }
    graph_.capture_end();
  }

  void Replay() override { graph_.replay(); }

 private:
  std::function<void()> work_;  // keeps alive what the graph reads
  std::shared_ptr<const at::cuda::MempoolId_t> pool_;
  at::cuda::CUDAGraph graph_;
};

class CudaGraphRecorder : public WorkRecorder {
 public:
  // Runs it once outside of a capture, which also lets libraries allocate what they keep.
  std::unique_ptr<RecordedWork> Record(std::function<void()> work) override {
    std::shared_ptr<const at::cuda::MempoolId_t> pool = pool_.lock();
    if (!pool) {
      pool = std::make_shared<const at::cuda::MempoolId_t>(at::cuda::graph_pool_handle());
      pool_ = pool;
    }
    auto graph = std::make_unique<CudaGraph>(work, std::move(pool));
    const c10::cuda::CUDAStream current = c10::cuda::getCurrentCUDAStream();
    c10::cuda::CUDAEvent before, after;
    before.record(current);
    {
      const c10::cuda::CUDAStreamGuard guard(stream_);
      before.block(stream_);
      work();
      stream_.synchronize();
      graph->Capture();
      after.record(stream_);
    }
    after.block(current);
    return graph;
  }

 private:
  c10::cuda::CUDAStream stream_ = c10::cuda::getStreamFromPool(/*isHighPriority=*/true);
  // Of all graphs that live; a pool ends with the last of its graphs and cannot be used again.
  std::weak_ptr<const at::cuda::MempoolId_t> pool_;
};

class CudaClock : public PhaseClock {
 public:
  void Start() override {
    used_ = 0;
    Add(nullptr);
  }

  void Lap(double& milliseconds) override { Add(&milliseconds); }

  void Finish() override {
    marks_[used_ - 1].event.synchronize();
    for (size_t i = 1; i < used_; ++i) {
      *marks_[i].phase += marks_[i - 1].event.elapsed_time(marks_[i].event);
    }
    used_ = 0;
  }

 private:
  struct Mark {
    double* phase = nullptr;
    c10::cuda::CUDAEvent event{cudaEventDefault};  // the default flags keep times
  };

  void Add(double* phase) {
    if (used_ == marks_.size()) marks_.emplace_back();
    marks_[used_].phase = phase;
    marks_[used_++].event.record(c10::cuda::getCurrentCUDAStream());
  }

  std::deque<Mark> marks_;  // kept from chunk to chunk: making an event takes time
  size_t used_ = 0;
};

}  // namespace

std::unique_ptr<WorkRecorder> MakeCudaGraphRecorder() {
  return std::make_unique<CudaGraphRecorder>();
}

std::unique_ptr<PhaseClock> MakeCudaClock() {
  return std::make_unique<CudaClock>();
}

}  // namespace sagbench

#else

namespace sagbench {
namespace {

[[noreturn]] void RefuseCuda() {
  throw EnvironmentError(
      "this sagbench was built without CUDA: build the preset 'cuda', or give --device cpu");
}

}  // namespace

std::unique_ptr<WorkRecorder> MakeCudaGraphRecorder() {
  RefuseCuda();
}

std::unique_ptr<PhaseClock> MakeCudaClock() {
  RefuseCuda();
}

}  // namespace sagbench

#endif
