#include "bench/latency.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <thread>
#include <utility>

#include "core/error.h"
#include "core/interrupt.h"
#include "core/noise.h"
#include "policies/aten.h"
#include "results/statistics.h"

namespace sagbench {
namespace {

// Longer than OpenMP's threads wait actively for more work: a few ms with GNU's.
constexpr std::chrono::milliseconds kPause(20);

void TimeChunk(Executor& executor, const at::Tensor& observation, const NoiseSource& noise,
               LatencySamples* samples) {
  const auto start = std::chrono::steady_clock::now();
  const Chunk chunk = executor.Act(observation, noise);
  const auto end = std::chrono::steady_clock::now();
  samples->ms.push_back(std::chrono::duration<double, std::milli>(end - start).count());
  *samples->phases += chunk.times;
}

// One measurement in progress.
class LatencyRun {
 public:
  LatencyRun(const std::vector<Executor*>& executors, const std::vector<at::Tensor>& observations,
             const PolicyConfig& config, const LatencySettings& settings, const LatencyLog& log)
      : executors_(executors),
        observations_(observations),
        config_(config),
        settings_(settings),
        log_(log),
        samples_(log.before.empty() ? std::vector<LatencySamples>(executors.size()) : log.before),
        random_({.run_seed = settings.seed, .episode = ~uint64_t{0}}) {}

  std::vector<LatencySamples> Run(const ProgressSink& progress) {
    LatencySamples warmup = Empty();
    for (int64_t i = 0; i < settings_.warmup; ++i) {
      for (Executor* executor : executors_) Sample(*executor, i, &warmup);
    }
    for (LatencySamples& samples : samples_) samples.block_size = settings_.block_size;
    const auto before = static_cast<int64_t>(samples_.front().ms.size());
    for (int64_t first = 0; first < settings_.samples; first += settings_.block_size) {
      const std::vector<size_t> order = DrawOrder();
      if (first < before) continue;
      if (IsPrecise()) break;
      const int64_t end = std::min(settings_.samples, first + settings_.block_size);
      Round(first, end, order);
      if (progress) {
        progress({.label = "latency",
                  .unit = "chunks each",
                  .done = end,
                  .total = settings_.samples,
                  .resumed = before,
                  .note = {}});
      }
    }
    return std::move(samples_);
  }

 private:
  LatencySamples Empty() const { return {{}, settings_.block_size, PhaseTimes{}}; }

  void Sample(Executor& executor, int64_t index, LatencySamples* samples) {
    ThrowIfInterrupted();
    const auto which = static_cast<size_t>(index) % observations_.size();
    TimeChunk(executor, observations_[which].unsqueeze(0),
              EpisodeNoise(config_, settings_.seed, {which}, {0}), samples);
  }

  // Lets the traces of the executor before fade.
  void BeginTurn(Executor& executor, int64_t index) {
    if (executors_.size() == 1) return;
    std::this_thread::sleep_for(kPause);
    LatencySamples untimed = Empty();
    Sample(executor, index, &untimed);
  }

  std::vector<size_t> DrawOrder() {
    std::vector<size_t> order(executors_.size());
    std::iota(order.begin(), order.end(), 0);
    for (size_t i = order.size() - 1; i > 0; --i) {
      std::swap(order[i], order[random_.Below(static_cast<uint32_t>(i + 1))]);
    }
    return order;
  }

  bool IsPrecise() const {
    return settings_.within &&
           std::all_of(samples_.begin(), samples_.end(), [this](const LatencySamples& samples) {
             return MedianIsWithin(samples.ms, *settings_.within);
           });
  }

  // Every executor's samples first..end-1, one executor after the other.
  void Round(int64_t first, int64_t end, const std::vector<size_t>& order) {
    std::vector<LatencySamples> round(executors_.size(), Empty());
    for (const size_t which : order) {
      BeginTurn(*executors_[which], first);
      for (int64_t i = first; i < end; ++i) Sample(*executors_[which], i, &round[which]);
      if (round[which].phases->total() == 0.0) round[which].phases.reset();
    }
    if (log_.finished) log_.finished(round);
    for (size_t i = 0; i < round.size(); ++i) samples_[i].Append(round[i]);
  }

  const std::vector<Executor*>& executors_;
  const std::vector<at::Tensor>& observations_;
  const PolicyConfig& config_;
  const LatencySettings& settings_;
  const LatencyLog& log_;
  std::vector<LatencySamples> samples_;
  CounterRandom random_;
};

}  // namespace

double LatencySeconds(const LatencySettings& settings, int64_t samples, double chunk_s) {
  const int64_t turns = (samples + settings.block_size - 1) / settings.block_size;
  return chunk_s * static_cast<double>(settings.warmup + turns + samples) +
         std::chrono::duration<double>(kPause).count() * static_cast<double>(turns);
}

std::vector<LatencySamples> MeasureLatency(const std::vector<Executor*>& executors,
                                           const std::vector<at::Tensor>& observations,
                                           const PolicyConfig& config,
                                           const LatencySettings& settings,
                                           const ProgressSink& progress, const LatencyLog& log) {
  if (executors.empty() || observations.empty()) {
    throw UsageError("latency needs an executor and a recorded observation");
  }
  return LatencyRun(executors, observations, config, settings, log).Run(progress);
}

}  // namespace sagbench
