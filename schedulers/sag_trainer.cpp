#include "schedulers/sag_trainer.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "policies/aten.h"
#include "policies/optimizer.h"
#include "schedulers/sag_chain.h"

namespace sagbench {
namespace {

constexpr double kLastRate = 0.1;    // of the learning rates, at the end
constexpr double kMostShift = 32.0;  // of all logits at once
constexpr int kHalvings = 32;

}  // namespace

struct SagTrainer::Batch {
  at::Tensor observations, initial, dense;  // [B, ...]
  std::vector<at::Tensor> noise;            // by step
};

SagTrainer::SagTrainer(const Policy& policy, const SamplerRegistry::Choice& sampler,
                       const PrunerShape& shape, PrunerWeights weights, const SagSettings& settings)
    : settings_(settings),
      shape_(shape),
      weights_(std::move(weights)),
      sampler_(sampler.Make(NoiseSchedule(policy.config.train_steps))),
      observation_normalizer_(policy.observation_normalizer),
      tokens_(policy.config.executed_tokens()),
      first_executed_(policy.config.observation_steps - 1) {
  const at::NoGradGuard no_grad;
  const DpTransformer network(policy.config, policy.weights);
  denoiser_ = MakeCachedDenoiser(network.Prefix(static_cast<int>(tokens_)));
  for (PrunerParameter& parameter : PrunerParameters(shape_, weights_)) {
    *parameter.tensor = parameter.tensor->detach().clone().set_requires_grad(true);
    first_.push_back(at::zeros(parameter.shape));
    second_.push_back(at::zeros(parameter.shape));
  }
}

std::vector<SagExample> SagTrainer::MakeExamples(const at::Tensor& observations,
                                                 const NoiseSource& noise) const {
  const at::NoGradGuard no_grad;
  const auto draw = [&](uint32_t step) { return noise(step).narrow(1, 0, tokens_).contiguous(); };
  Batch batch;
  batch.observations = observation_normalizer_.Normalize(observations);
  batch.initial = sampler_->Start(draw(NoiseKey::kInitialSample));
  for (size_t step = 0; step < sampler_->timesteps().size(); ++step) {
    const bool needed = sampler_->NeedsNoise(static_cast<int>(step));
    batch.noise.push_back(needed ? draw(static_cast<uint32_t>(sampler_->timesteps()[step]))
                                 : at::Tensor());
  }
  const at::Tensor all_on =
      at::ones({observations.size(0), shape_.steps, shape_.blocks, shape_.outputs()});
  batch.dense = Chain(batch, all_on, /*learn=*/false);
  std::vector<SagExample> examples;
  for (int64_t row = 0; row < observations.size(0); ++row) {
    SagExample example{.observation = batch.observations[row].clone(),
                       .initial = batch.initial[row].clone(),
                       .noise = {},
                       .dense = batch.dense[row].clone()};
    for (const at::Tensor& step : batch.noise) {
      example.noise.push_back(step.defined() ? step[row].clone() : at::Tensor());
    }
    examples.push_back(std::move(example));
  }
  return examples;
}

SagTrainer::Batch SagTrainer::Join(const std::vector<const SagExample*>& examples) const {
  const auto stack = [&](auto pick) {
    std::vector<at::Tensor> rows;
    for (const SagExample* example : examples) rows.push_back(pick(*example));
    return at::stack(rows);
  };
  Batch batch{.observations = stack([](const SagExample& e) { return e.observation; }),
              .initial = stack([](const SagExample& e) { return e.initial; }),
              .dense = stack([](const SagExample& e) { return e.dense; }),
              .noise = {}};
  for (size_t step = 0; step < examples.front()->noise.size(); ++step) {
    const bool drawn = examples.front()->noise[step].defined();
    batch.noise.push_back(drawn ? stack([&](const SagExample& e) { return e.noise[step]; })
                                : at::Tensor());
  }
  return batch;
}

at::Tensor SagTrainer::Logits(const Batch& batch) const {
  const SagPruner pruner(shape_, weights_);
  return pruner.Logits(batch.observations, pruner.CellTable());
}

at::Tensor SagTrainer::Chain(const Batch& batch, const at::Tensor& logits, bool learn) const {
  CounterRandom random({.run_seed = settings_.seed,
                        .episode = static_cast<uint64_t>(iteration_),
                        .purpose = NoisePurpose::kTraining});
  GatedBlocks blocks(*denoiser_, logits, shape_.reuse, shape_.hold, learn ? settings_.sampled : 0.0,
                     random);
  Encoded encoded;
  {
    const at::NoGradGuard no_grad;
    encoded = denoiser_->Encode(batch.observations);
  }
  at::Tensor sample = batch.initial, clean;
  for (int step = 0; step < shape_.steps; ++step) {
    const at::Tensor predicted = Predict(step, sample, clean, encoded, blocks, learn);
    if (shape_.hold == Hold::kClean) clean = sampler_->Clean(step, sample, predicted);
    sample = sampler_->Step(step, sample, predicted, batch.noise[step]);
  }
  return sample;
}

// The predicted noise of all rows, those included that hold `clean`.
at::Tensor SagTrainer::Predict(int step, const at::Tensor& sample, const at::Tensor& clean,
                               const Encoded& encoded, GatedBlocks& blocks, bool learn) const {
  const auto begin = [&] {
    StepState state = denoiser_->Begin(sample, sampler_->timesteps()[step], encoded);
    // Backward passes need the memory of their own step.
    if (learn) state.memory = state.memory.clone();
    return state;
  };
  if (step == 0 || shape_.hold == Hold::kResiduals) {
    return denoiser_->Finish(blocks.Run(step, begin()));
  }
  const at::Tensor runs = blocks.Runs(step).view({-1, 1, 1});
  const at::Tensor holding = blocks.Runs(step).logical_not().nonzero().flatten();
  const at::Tensor held = sampler_->NoiseFrom(step, sample, clean);
  const bool some_run = holding.size(0) < sample.size(0);
  const bool held_learn = learn && holding.size(0) > 0 && blocks.DrawsHeldStep();
  if (!some_run && !held_learn) return held;
  const StepState state = begin();
  at::Tensor predicted = held, gain = at::zeros_like(held);  // what running changes
  if (some_run) {
    const at::Tensor run = denoiser_->Finish(blocks.Run(step, state));
    predicted = at::where(runs, run, held);
    gain = gain + (predicted - held).detach();
  }
  if (held_learn) {
    const at::Tensor dense = blocks.DensePrediction(state, holding);
    gain = gain + at::where(runs, 0.0, (dense - held.detach()) / settings_.sampled);
  }
  if (!learn) return predicted;
  const at::Tensor gate = blocks.StepGate(step);
  return predicted + (gate - gate.detach()) * gain;
}

at::Tensor SagTrainer::Distances(const std::vector<const SagExample*>& examples) const {
  const at::NoGradGuard no_grad;
  const Batch batch = Join(examples);
  return Distances(batch, Logits(batch));
}

at::Tensor SagTrainer::Distances(const Batch& batch, const at::Tensor& logits) const {
  const at::Tensor off = Chain(batch, logits, /*learn=*/false) - batch.dense;
  return off.narrow(1, first_executed_, tokens_ - first_executed_).abs().mean({1, 2});
}

SagStep SagTrainer::Evaluate(const std::vector<const SagExample*>& examples) const {
  const at::NoGradGuard no_grad;
  const Batch batch = Join(examples);
  const at::Tensor logits = Logits(batch);
  at::Tensor reused =
      ComputedCells(logits.select(-1, 0), shape_.hold).logical_not().to(at::kDouble);
  reused.select(1, 0).zero_();
  return {.fidelity = Distances(batch, logits).mean().item<double>(),
          .sparsity = reused.mean().item<double>()};
}

SagStep SagTrainer::Step(const std::vector<const SagExample*>& examples) {
  const Batch batch = Join(examples);
  const at::Tensor logits = Logits(batch);
  const at::Tensor actions = Chain(batch, logits, /*learn=*/true);
  const int64_t count = tokens_ - first_executed_;
  const at::Tensor fidelity =
      (actions.narrow(1, first_executed_, count) - batch.dense.narrow(1, first_executed_, count))
          .abs()
          .mean();
  // Step 0 is always computed: its gates are no choice.
  const at::Tensor later = logits.select(-1, 0).narrow(1, 1, std::max(0, shape_.steps - 1));
  const at::Tensor gates = CellGates(later, shape_.hold);
  const double cells = static_cast<double>(examples.size()) * shape_.steps * shape_.blocks;
  const at::Tensor reused = (1.0 - gates).sum() / cells;
  const at::Tensor loss = fidelity + settings_.sparsity_weight * (reused - settings_.rate).abs();
  loss.backward();
  Update();
  return {.fidelity = fidelity.item<double>(), .sparsity = reused.item<double>()};
}

// Adam with a clipped gradient; the table has a learning rate of its own.
void SagTrainer::Update() {
  const at::NoGradGuard no_grad;
  std::vector<PrunerParameter> parameters = PrunerParameters(shape_, weights_);
  double square = 0.0;
  for (const PrunerParameter& parameter : parameters) {
    if (parameter.tensor->grad().defined()) {
      square += parameter.tensor->grad().square().sum().item<double>();
    }
  }
  const double scale = std::min(1.0, settings_.clip / (std::sqrt(square) + 1e-12));
  const double progress = static_cast<double>(iteration_) /
                          static_cast<double>(std::max<int64_t>(1, settings_.iterations));
  const double fall = kLastRate + (1.0 - kLastRate) * 0.5 *
                                      (1.0 + std::cos(std::numbers::pi * std::min(1.0, progress)));
  ++iteration_;
  for (size_t i = 0; i < parameters.size(); ++i) {
    at::Tensor& value = *parameters[i].tensor;
    if (!value.grad().defined()) continue;
    const double rate =
        parameters[i].name == "table" ? settings_.table_rate : settings_.network_rate;
    AdamStep(value, value.grad() * scale, rate * fall, iteration_, first_[i], second_[i]);
    value.mutable_grad().reset();
  }
}

double SagTrainer::ShiftToRate(const std::vector<const SagExample*>& examples) const {
  if (shape_.steps == 1) return 0.0;
  const at::NoGradGuard no_grad;
  const at::Tensor later = Logits(Join(examples)).select(-1, 0).narrow(1, 1, shape_.steps - 1);
  const double cells = static_cast<double>(examples.size()) * shape_.steps * shape_.blocks;
  const auto reused = [&](double shift) {
    const at::Tensor computed = ComputedCells(later + shift, shape_.hold);
    return computed.logical_not().sum().item<double>() / cells;
  };
  double low = -kMostShift, high = kMostShift;  // reuses more, and less
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = 0.5 * (low + high);
    (reused(middle) > settings_.rate ? low : high) = middle;
  }
  const auto off = [&](double shift) { return std::abs(reused(shift) - settings_.rate); };
  const double nearer = off(high) < off(low) ? high : low;
  return off(0.0) <= off(nearer) ? 0.0 : nearer;
}

void SagTrainer::Shift(double logits) {
  const at::NoGradGuard no_grad;
  weights_.table.select(-1, 0).add_(logits);
}

std::vector<int> SagTrainer::TableSteps() const {
  const at::NoGradGuard no_grad;
  const at::Tensor step = SplitLogits(weights_.table.select(-1, 0), shape_.hold).step;
  std::vector<int> steps = {0};
  for (int i = 1; i < shape_.steps; ++i) {
    if (step[i].item<float>() > 0.0F) steps.push_back(i);
  }
  return steps;
}

void SagTrainer::SetTableSteps(const std::vector<int>& steps) {
  const at::NoGradGuard no_grad;
  WriteTableSteps(steps, weights_.table);
}

SagTrainer::State SagTrainer::Save() const {
  State state{.weights = {}, .first = {}, .second = {}, .iteration = iteration_};
  PrunerWeights weights = weights_;
  for (const PrunerParameter& parameter : PrunerParameters(shape_, weights)) {
    state.weights.push_back(parameter.tensor->detach().clone());
  }
  for (size_t i = 0; i < first_.size(); ++i) {
    state.first.push_back(first_[i].clone());
    state.second.push_back(second_[i].clone());
  }
  return state;
}

void SagTrainer::Restore(const State& state) {
  const at::NoGradGuard no_grad;
  size_t i = 0;
  for (PrunerParameter& parameter : PrunerParameters(shape_, weights_)) {
    parameter.tensor->copy_(state.weights.at(i));
    first_[i].copy_(state.first.at(i));
    second_[i].copy_(state.second.at(i));
    ++i;
  }
  iteration_ = state.iteration;
}

}  // namespace sagbench
