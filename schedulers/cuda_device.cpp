#include "schedulers/cuda_device.h"

#include "core/error.h"

#ifdef SAGBENCH_CUDA

#include <utility>
#include <vector>

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAEvent.h>
#include <c10/cuda/CUDAGuard.h>

namespace sagbench {
namespace {

class CudaGraph : public RecordedWork {
 public:
  explicit CudaGraph(std::function<void()> work) : work_(std::move(work)) {}

  // On the current stream, which is not the default one.
  void Capture(at::cuda::MempoolId_t pool) {
    // Other threads may go on allocating meanwhile.
    graph_.capture_begin(pool, cudaStreamCaptureModeThreadLocal);
    try {
      work_();
    } catch (...) {
      graph_.capture_end();  // else the stream stays in capture
      throw;
    }
    graph_.capture_end();
  }

  void Replay() override { graph_.replay(); }

 private:
  std::function<void()> work_;  // keeps alive what the graph reads
  at::cuda::CUDAGraph graph_;
};

class CudaGraphRecorder : public WorkRecorder {
 public:
  // Runs it once outside of a capture, which also lets libraries allocate what they keep.
  std::unique_ptr<RecordedWork> Record(std::function<void()> work) override {
    auto graph = std::make_unique<CudaGraph>(work);
    const c10::cuda::CUDAStream current = c10::cuda::getCurrentCUDAStream();
    c10::cuda::CUDAEvent before, after;
    before.record(current);
    {
      const c10::cuda::CUDAStreamGuard guard(stream_);
      before.block(stream_);
      work();
      stream_.synchronize();
      graph->Capture(pool_);
      after.record(stream_);
    }
    after.block(current);
    return graph;
  }

 private:
  c10::cuda::CUDAStream stream_ = c10::cuda::getStreamFromPool(/*isHighPriority=*/true);
  at::cuda::MempoolId_t pool_ = at::cuda::graph_pool_handle();
};

class CudaClock : public PhaseClock {
 public:
  void Start() override {
    laps_.clear();
    Add(nullptr);
  }

  void Lap(double& milliseconds) override { Add(&milliseconds); }

  void Finish() override {
    laps_.back().event.synchronize();
    for (size_t i = 1; i < laps_.size(); ++i) {
      *laps_[i].phase += laps_[i - 1].event.elapsed_time(laps_[i].event);
    }
    laps_.clear();
  }

 private:
  struct Mark {
    double* phase;
    c10::cuda::CUDAEvent event{cudaEventDefault};  // the default flags keep times
  };

  void Add(double* phase) {
    laps_.push_back({phase});
    laps_.back().event.record(c10::cuda::getCurrentCUDAStream());
  }

  std::vector<Mark> laps_;
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
