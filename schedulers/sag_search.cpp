#include "schedulers/sag_search.h"

#include <algorithm>
#include <utility>

#include "core/noise.h"
#include "policies/aten.h"

namespace sagbench {
namespace {

constexpr int kFar = 8, kNear = 3;    // steps that a move goes
constexpr double kFloor = 1e-4;       // of distances
constexpr uint32_t kPurposeStep = 2;  // of its random numbers; 0 and 1 are the trainer's

}  // namespace

StepSearch::StepSearch(SagTrainer& trainer, std::vector<const SagExample*> examples, uint64_t seed,
                       int64_t proposals, int64_t done)
    : trainer_(trainer),
      examples_(std::move(examples)),
      seed_(seed),
      proposals_(proposals),
      done_(done),
      steps_(trainer.TableSteps()) {
  score_ = ScoreOf(steps_);
}

double StepSearch::ScoreOf(const std::vector<int>& steps) {
  trainer_.SetTableSteps(steps);
  return (trainer_.Distances(examples_) + kFloor).log().mean().item<double>();
}

void StepSearch::Propose() {
  CounterRandom random({.run_seed = seed_,
                        .episode = static_cast<uint64_t>(done_),
                        .step = kPurposeStep,
                        .purpose = NoisePurpose::kTraining});
  const int64_t far = 2 * done_++ < proposals_ ? kFar : kNear;
  if (steps_.size() < 2) return;
  std::vector<int> moved = steps_;
  int& step = moved[1 + random.Below(static_cast<uint32_t>(moved.size()) - 1)];
  const int distance = 1 + static_cast<int>(random.Below(static_cast<uint32_t>(far)));
  step += random.Uniform() < 0.5 ? distance : -distance;
  if (step <= 0 || step >= trainer_.shape().steps) return;
  std::sort(moved.begin(), moved.end());
  if (std::adjacent_find(moved.begin(), moved.end()) != moved.end()) return;
  const double score = ScoreOf(moved);
  if (score < score_) {
    score_ = score;
    steps_ = std::move(moved);
  } else {
    trainer_.SetTableSteps(steps_);
  }
}

}  // namespace sagbench
