#include "bench/train_sag.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include <fmt/core.h>

#include "bench/train_sag_state.h"
#include "core/error.h"
#include "core/files.h"
#include "core/heap.h"
#include "core/interrupt.h"
#include "core/json_lines.h"
#include "core/noise.h"
#include "policies/aten.h"
#include "schedulers/grid.h"
#include "schedulers/sag_search.h"
#include "schedulers/whole_steps.h"

namespace sagbench {
namespace {

constexpr int64_t kTaughtAtOnce = 32;
constexpr int64_t kValidationShare = 8;  // one in so many observations
constexpr size_t kMostValidation = 32;
constexpr size_t kMostSearched = 96;  // examples by which moves of steps are judged
constexpr size_t kReferences = 64;    // observations kept in the pruner's file
constexpr double kOffTarget = 0.005;  // a pruner may miss its rate by this much, and be the best

class SagRun {
 public:
  SagRun(const TrainSagRequest& request, const ProgressSink& progress)
      : request_(request),
        progress_(progress),
        policy_(*request.rollouts.policy),
        checkpoint_(request.folder / "checkpoint.safetensors") {
    key_ = {.task = policy_.config.task,
            .sampler = request.rollouts.sampler.Name(),
            .policy_sha256 = policy_.sha256,
            .rate = request.settings.rate,
            .reuse = request.reuse,
            .hold = request.hold,
            .observed = request.observed};
    fingerprint_ = FingerprintOf(request, key_);
    Open();
    MakeTrainer();
    if (std::filesystem::exists(checkpoint_)) Load();
    MakeExamples();
  }

  nlohmann::json Run() {
    if (points_.empty()) Record(trainer_->Evaluate(Kept()));
    Search();
    while (trainer_->iteration() < request_.settings.iterations) {
      const SagStep step = trainer_->Step(Draw());
      const int64_t done = trainer_->iteration();
      if (!std::isfinite(step.fidelity)) {
        throw UsageError(
            "the training diverged: its action error is not finite at iteration {}; try lower "
            "learning rates",
            done);
      }
      const bool last = done == request_.settings.iterations;
      Show("iterations", done, request_.settings.iterations, began_iteration_,
           fmt::format("action error {:.4f}, reused {:.1f} %", step.fidelity,
                       100.0 * step.sparsity));
      if (last || done % request_.validate_every == 0) Record(step);
      if (last || done % request_.validate_every == 0 || Interrupted()) Save();
      ThrowIfInterrupted();
    }
    nlohmann::json notes = {{"reached", best_},
                            {"curve", points_},
                            {"settings", SettingsOf(request_)},
                            {"provenance", request_.provenance}};
    LoadedSag sag{.shape = trainer_->shape(), .weights = {}, .references = {}};
    size_t i = 0;
    for (PrunerParameter& parameter : PrunerParameters(sag.shape, sag.weights)) {
      *parameter.tensor = best_weights_[i++];
    }
    std::vector<at::Tensor> references;
    for (const SagExample& example : train_) {
      if (references.size() < kReferences) references.push_back(example.observation.flatten());
    }
    sag.references = at::stack(references);
    SaveSag(request_.out, key_, sag, notes);
    return best_;
  }

 private:
  void Open() {
    if (request_.search > 0 && request_.hold != Hold::kClean) {
      throw UsageError("a search moves steps that run as a whole: it needs hold clean, not {}",
                       HoldName(request_.hold));
    }
    if (request_.rollouts.observations < 2) {
      throw UsageError("1 observation is asked for: valid are 2 and more, one to validate with");
    }
    MakeWritableFolder(request_.folder);
    if (std::filesystem::exists(checkpoint_) && !request_.resume) {
      throw UsageError("{} already holds a training: go on with --resume, or choose another folder",
                       request_.folder.string());
    }
  }

  void MakeTrainer() {
    const auto [steps, blocks] = GridOf(policy_.config, request_.rollouts.sampler);
    if (steps < 2) {
      throw UsageError("{} has one step, which is always computed: there is nothing to prune",
                       key_.sampler);
    }
    const PrunerShape shape{
        .steps = steps,
        .blocks = blocks,
        .observation_size = policy_.config.observation_steps * policy_.config.observation_size,
        .reuse = request_.reuse,
        .hold = request_.hold,
        .width = request_.width};
    SagSettings settings = request_.settings;
    if (!request_.observed) settings.network_rate = 0.0;
    trainer_ = std::make_unique<SagTrainer>(policy_, request_.rollouts.sampler, shape,
                                            FirstWeights(shape), settings);
  }

  PrunerWeights FirstWeights(const PrunerShape& shape) const {
    const SagSettings& settings = request_.settings;
    if (request_.from.empty()) {
      return InitialPruner(shape, settings.rate, request_.observed ? 0.1 : 0.0, settings.seed);
    }
    LoadedSag sag = ReadSag(request_.from);
    sag.shape.hold = shape.hold;  // its weights may start a pruner of either
    if (!(sag.shape == shape)) {
      throw UsageError(
          "{} cannot be started from: it has {} steps x {} blocks, {} observed numbers, reuse {} "
          "and width {}, not {} x {}, {}, {} and {}",
          request_.from.string(), sag.shape.steps, sag.shape.blocks, sag.shape.observation_size,
          ReuseName(sag.shape.reuse), sag.shape.width, shape.steps, shape.blocks,
          shape.observation_size, ReuseName(shape.reuse), shape.width);
    }
    return sag.weights;
  }

  void MakeExamples() {
    const at::Tensor observations = RecordObservations(request_.rollouts);
    for (int64_t first = 0; first < observations.size(0); first += kTaughtAtOnce) {
      ThrowIfInterrupted();
      const int64_t count = std::min(kTaughtAtOnce, observations.size(0) - first);
      std::vector<uint64_t> rows;
      for (int64_t i = 0; i < count; ++i) rows.push_back(static_cast<uint64_t>(first + i));
      const NoiseSource noise = EpisodeNoise(policy_.config, request_.settings.seed, rows,
                                             std::vector<uint32_t>(rows.size(), 0));
      int64_t index = first;
      for (SagExample& example :
           trainer_->MakeExamples(observations.narrow(0, first, count), noise)) {
        (index++ % kValidationShare == 0 ? valid_ : train_).push_back(std::move(example));
      }
    }
  }

  // The steps that the table computes, before learning begins.
  void Search() {
    if (searched_ >= request_.search) return;
    const std::vector<const SagExample*> some = First(train_, kMostSearched);
    // A table to start from may be of another rate.
    const std::vector<int> late =
        LateSteps(trainer_->shape().steps, request_.settings.rate, Hold::kClean);
    if (trainer_->TableSteps().size() != late.size()) trainer_->SetTableSteps(late);
    StepSearch search(*trainer_, some, request_.settings.seed, request_.search, searched_);
    while (searched_ < request_.search) {
      search.Propose();
      searched_ = search.done();
      const bool last = searched_ == request_.search;
      Show("proposals", searched_, request_.search, began_searched_,
           fmt::format("action error {:.5f} in geometric mean", std::exp(search.score())));
      if (last || searched_ % request_.validate_every == 0) Record(trainer_->Evaluate(some));
      if (last || searched_ % request_.validate_every == 0 || Interrupted()) Save();
      ThrowIfInterrupted();
    }
  }

  // A batch by the iteration's own random numbers.
  std::vector<const SagExample*> Draw() const {
    CounterRandom random({.run_seed = request_.settings.seed,
                          .episode = static_cast<uint64_t>(trainer_->iteration()),
                          .step = 1,
                          .purpose = NoisePurpose::kTraining});
    std::vector<const SagExample*> batch;
    for (int64_t i = 0; i < request_.batch; ++i) {
      batch.push_back(&train_[random.Below(static_cast<uint32_t>(train_.size()))]);
    }
    return batch;
  }

  static std::vector<const SagExample*> First(const std::vector<SagExample>& all, size_t most) {
    std::vector<const SagExample*> some;
    for (size_t i = 0; i < std::min(most, all.size()); ++i) some.push_back(&all[i]);
    return some;
  }

  // Examples that are not learned from.
  std::vector<const SagExample*> Kept() const { return First(valid_, kMostValidation); }

  void Record(const SagStep& step) {
    // Training lets the share of reused cells drift about its target: what is judged, and kept, is
    // the mask at the target.
    const SagTrainer::State learned = trainer_->Save();
    trainer_->Shift(trainer_->ShiftToRate(Kept()));
    const SagStep figures = trainer_->Evaluate(Kept());
    points_.push_back({{"proposals", searched_},
                       {"iteration", trainer_->iteration()},
                       {"fidelity", step.fidelity},
                       {"sparsity", step.sparsity},
                       {"valid_fidelity", figures.fidelity},
                       {"valid_sparsity", figures.sparsity}});
    if (best_weights_.empty() || Better(points_.back(), best_)) {
      best_ = points_.back();
      best_weights_ = trainer_->Save().weights;
    }
    trainer_->Restore(learned);
    const std::filesystem::path curve = request_.folder / "curve.jsonl";
    std::filesystem::remove(curve);
    JsonLinesWriter writer(curve);
    for (const nlohmann::json& point : points_) writer.Append(point);
  }

  // Nearer to dense among those at the target; before there is one, nearer to the target.
  bool Better(const nlohmann::json& one, const nlohmann::json& other) const {
    const auto off = [&](const nlohmann::json& point) {
      const double missed = point.at("valid_sparsity").get<double>() - request_.settings.rate;
      return std::max(std::abs(missed) - kOffTarget, 0.0);
    };
    if (off(one) != off(other)) return off(one) < off(other);
    return one.at("valid_fidelity").get<double>() < other.at("valid_fidelity").get<double>();
  }

  void Show(const char* unit, int64_t done, int64_t total, int64_t resumed,
            const std::string& note) const {
    if (!progress_) return;
    progress_({.label = "train sag",
               .unit = unit,
               .done = done,
               .total = total,
               .resumed = resumed,
               .note = note});
  }

  void Save() const {
    SaveTrainSagState(checkpoint_, fingerprint_,
                      {.trainer = trainer_->Save(),
                       .searched = searched_,
                       .points = points_,
                       .best = best_,
                       .best_weights = best_weights_});
  }

  void Load() {
    TrainSagState state = LoadTrainSagState(checkpoint_, fingerprint_, trainer_->shape());
    trainer_->Restore(state.trainer);
    searched_ = state.searched;
    points_ = std::move(state.points);
    best_ = std::move(state.best);
    best_weights_ = std::move(state.best_weights);
    began_searched_ = searched_;
    began_iteration_ = state.trainer.iteration;
  }

  const TrainSagRequest& request_;
  const ProgressSink& progress_;
  const Policy& policy_;
  std::filesystem::path checkpoint_;
  SagKey key_;
  std::string fingerprint_;
  std::unique_ptr<SagTrainer> trainer_;
  std::vector<SagExample> train_, valid_;
  std::vector<nlohmann::json> points_;
  nlohmann::json best_;  // point of the curve whose weights are written in the end
  std::vector<at::Tensor> best_weights_;
  int64_t searched_ = 0;                              // proposals
  int64_t began_searched_ = 0, began_iteration_ = 0;  // what an earlier call had done
};

}  // namespace

nlohmann::json TrainSag(const TrainSagRequest& request, const ProgressSink& progress) {
  KeepFreedMemory();
  return SagRun(request, progress).Run();
}

}  // namespace sagbench
