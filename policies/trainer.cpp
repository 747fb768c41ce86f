#include "policies/trainer.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <ATen/autocast_mode.h>

#include "core/error.h"
#include "core/files.h"
#include "core/noise.h"
#include "core/safetensors.h"
#include "policies/aten.h"
#include "policies/sampler.h"
#include "policies/tensor_file.h"

namespace sagbench {
namespace {

constexpr uint64_t kValidationStream = uint64_t{1} << 62;
constexpr double kFineRange = 0.1;  // of the timesteps

// Runs matrix products in bfloat16 while in scope.
class AutocastScope {
 public:
  AutocastScope(bool enabled, at::DeviceType device) : device_(device) {
    at::autocast::set_autocast_dtype(device, at::kBFloat16);
    at::autocast::set_autocast_enabled(device, enabled);
  }
  ~AutocastScope() {
    at::autocast::set_autocast_enabled(device_, false);
    at::autocast::clear_cache();
  }
  AutocastScope(const AutocastScope&) = delete;
  AutocastScope& operator=(const AutocastScope&) = delete;

 private:
  at::DeviceType device_;
};

NoiseKey TrainingKey(uint64_t seed, uint64_t stream, uint32_t what) {
  return {.run_seed = seed, .episode = stream, .step = what, .purpose = NoisePurpose::kTraining};
}

}  // namespace

at::Tensor DiffusionLoss(const DpTransformer& network, const NoiseSchedule& schedule,
                         const at::Tensor& clean, const at::Tensor& noise,
                         const at::Tensor& timesteps, const at::Tensor& observations) {
  const at::Tensor noisy = schedule.AddNoise(clean, noise, timesteps);
  const at::Tensor predicted = network.Forward(noisy, timesteps, observations);
  return at::mse_loss(predicted.to(noise.scalar_type()), noise);
}

double TimestepQuantile(double u, double fine_share) {
  if (fine_share == 0.0) return u;
  const double fine = fine_share + (1.0 - fine_share) * kFineRange;  // their share of all rows
  return u < fine ? u / fine * kFineRange
                  : kFineRange + (u - fine) / (1.0 - fine) * (1.0 - kFineRange);
}

Trainer::Trainer(Policy policy, const TrainSettings& settings, const WindowDataset& train,
                 const WindowDataset* valid)
    : policy_(std::move(policy)),
      settings_(settings),
      train_(train),
      valid_(valid),
      schedule_(policy_.config.train_steps) {
  const at::Device device(settings_.device);
  for (const NormalizerTensor& part : NormalizerTensors(policy_)) {
    *part.tensor = part.tensor->to(device);
  }
  average_ = CloneWeights(policy_.config, policy_.weights);
  std::vector<NamedParameter> average = NamedParameters(policy_.config, average_);
  for (NamedParameter& parameter : average) *parameter.tensor = parameter.tensor->to(device);
  std::vector<NamedParameter> trained = NamedParameters(policy_.config, policy_.weights);
  for (NamedParameter& parameter : trained) {
    *parameter.tensor = parameter.tensor->detach().to(device, at::kFloat, false, /*copy=*/true);
    parameter.tensor->set_requires_grad(true);
  }
  network_ = std::make_unique<DataParallel>(policy_.config, policy_.weights, settings_.dropout,
                                            settings_.workers);
  averaged_network_ = std::make_unique<DpTransformer>(policy_.config, average_);
  optimizer_ =
      std::make_unique<Optimizer>(settings_.optimizer, std::move(trained), std::move(average));
}

Trainer::~Trainer() = default;

// Without replacement within an epoch: a Fisher-Yates permutation keyed by the epoch.
std::vector<int64_t> Trainer::BatchIndices() {
  std::vector<int64_t> indices;
  for (int64_t i = 0; i < settings_.batch; ++i) {
    const int64_t position = iteration() * settings_.batch + i;
    const int64_t epoch = position / train_.size();
    if (epoch != epoch_) {
      order_.resize(train_.size());
      std::iota(order_.begin(), order_.end(), 0);
      CounterRandom random(TrainingKey(settings_.seed, static_cast<uint64_t>(epoch), 2));
      for (int64_t k = train_.size() - 1; k > 0; --k) {
        std::swap(order_[k], order_[random.Below(static_cast<uint32_t>(k + 1))]);
      }
      epoch_ = epoch;
    }
    indices.push_back(order_[position % train_.size()]);
  }
  return indices;
}

WindowDataset::Batch Trainer::Normalized(const WindowDataset::Batch& batch) const {
  const at::Device device(settings_.device);
  return {.observations = policy_.observation_normalizer.Normalize(batch.observations.to(device)),
          .actions = policy_.action_normalizer.Normalize(batch.actions.to(device))};
}

at::Tensor Trainer::Noise(const at::Tensor& like, uint64_t stream) const {
  at::Tensor noise = at::empty(like.sizes(), at::kFloat);
  FillNormal(TrainingKey(settings_.seed, stream, 0),
             {noise.data_ptr<float>(), static_cast<size_t>(noise.numel())});
  return noise.to(like.device());
}

// As the original draws them (uniform without a fine share), but stratified: each row draws from
// another of `batch` equally likely parts, so that the loss has the same mean and less variance.
at::Tensor Trainer::Timesteps(int64_t batch, uint64_t stream, double fine_share) const {
  at::Tensor timesteps = at::empty({batch}, at::kLong);
  CounterRandom random(TrainingKey(settings_.seed, stream, 1));
  const auto steps = static_cast<double>(policy_.config.train_steps);
  std::vector<int64_t> parts(batch);
  std::iota(parts.begin(), parts.end(), 0);
  for (int64_t i = 0; i < batch; ++i) {
    std::swap(parts[i], parts[i + random.Below(static_cast<uint32_t>(batch - i))]);
    const double u =
        (static_cast<double>(parts[i]) + random.Uniform()) / static_cast<double>(batch);
    const double drawn = TimestepQuantile(u, fine_share) * steps;
    timesteps.data_ptr<int64_t>()[i] =
        std::min<int64_t>(static_cast<int64_t>(drawn), policy_.config.train_steps - 1);
  }
  return timesteps.to(at::Device(settings_.device));
}

int64_t Trainer::LearnedTokens() const {
  const bool all = (iteration() + 1) % settings_.full_every == 0;
  return all ? policy_.config.horizon : policy_.config.executed_tokens();
}

at::Tensor Trainer::Step() {
  const auto stream = static_cast<uint64_t>(iteration());
  const WindowDataset::Batch batch = Normalized(train_.Gather(BatchIndices()));
  const at::Tensor noise = Noise(batch.actions, stream);
  const at::Tensor timesteps = Timesteps(batch.actions.size(0), stream, settings_.fine_share);
  if (settings_.dropout.attention > 0.0 || settings_.dropout.embedding > 0.0) {
    network_->SeedDropout(settings_.seed ^ (stream * 0x9E3779B97F4A7C15ULL));
  }
  const int64_t tokens = LearnedTokens();
  const auto loss = [&](const DpTransformer& network, int64_t first, int64_t count) {
    const AutocastScope autocast(settings_.bfloat16, at::Device(settings_.device).type());
    const auto rows = [&](const at::Tensor& tensor) { return tensor.narrow(0, first, count); };
    return DiffusionLoss(network, schedule_, rows(batch.actions).narrow(1, 0, tokens),
                         rows(noise).narrow(1, 0, tokens), rows(timesteps),
                         rows(batch.observations));
  };
  const at::Tensor mean = network_->Backward(settings_.batch, loss);
  optimizer_->Step();
  return mean;
}

std::optional<Validation> Trainer::Validate(int64_t windows) const {
  if (valid_ == nullptr || valid_->size() == 0) return std::nullopt;
  const at::NoGradGuard no_grad;
  std::vector<int64_t> indices;
  const int64_t count = std::min(windows, valid_->size());
  for (int64_t i = 0; i < count; ++i) indices.push_back(i * valid_->size() / count);
  const WindowDataset::Batch batch = Normalized(valid_->Gather(indices));
  const at::Tensor noise = Noise(batch.actions, kValidationStream);
  const auto loss = [&](double fine_share) {
    return DiffusionLoss(*averaged_network_, schedule_, batch.actions, noise,
                         Timesteps(count, kValidationStream, fine_share), batch.observations)
        .item<double>();
  };
  Validation validation;
  validation.noise_loss = loss(0.0);
  validation.fine_loss = loss(1.0);
  const std::unique_ptr<Sampler> sampler = Samplers().Choose("ddim:steps=10").Make(schedule_);
  at::Tensor sample = noise;
  for (size_t i = 0; i < sampler->timesteps().size(); ++i) {
    const at::Tensor timesteps = at::full({count}, sampler->timesteps()[i],
                                          at::TensorOptions(at::kLong).device(sample.device()));
    sample = sampler->Step(static_cast<int>(i), sample,
                           averaged_network_->Forward(sample, timesteps, batch.observations), {});
  }
  validation.action_error = at::mse_loss(sample, batch.actions).item<double>();
  return validation;
}

bool Trainer::Finite() {
  std::vector<at::Tensor> state = optimizer_->first_moments();
  const std::vector<at::Tensor>& second = optimizer_->second_moments();
  state.insert(state.end(), second.begin(), second.end());
  for (TransformerWeights* weights : {&policy_.weights, &average_}) {
    for (const NamedParameter& parameter : NamedParameters(policy_.config, *weights)) {
      state.push_back(*parameter.tensor);
    }
  }
  return std::all_of(state.begin(), state.end(), [](const at::Tensor& tensor) {
    return at::isfinite(tensor).all().item<bool>();
  });
}

Policy Trainer::Averaged() {
  Policy policy = policy_;
  policy.weights = CloneWeights(policy_.config, average_);
  for (NamedParameter& parameter : NamedParameters(policy.config, policy.weights)) {
    *parameter.tensor = parameter.tensor->to(at::kCPU);
  }
  for (const NormalizerTensor& part : NormalizerTensors(policy)) {
    *part.tensor = part.tensor->to(at::kCPU);
  }
  return policy;
}

void Trainer::Save(const std::filesystem::path& path, const std::string& fingerprint) {
  TensorFileBuilder builder;
  const std::vector<NamedParameter> trained = NamedParameters(policy_.config, policy_.weights);
  const std::vector<NamedParameter> average = NamedParameters(policy_.config, average_);
  for (size_t i = 0; i < trained.size(); ++i) {
    builder.Add("weights/" + trained[i].name, *trained[i].tensor);
    builder.Add("average/" + trained[i].name, *average[i].tensor);
    builder.Add("first/" + trained[i].name, optimizer_->first_moments()[i]);
    builder.Add("second/" + trained[i].name, optimizer_->second_moments()[i]);
  }
  for (const NormalizerTensor& part : NormalizerTensors(policy_)) {
    builder.Add(part.name, *part.tensor);
  }
  WriteFileAtomically(path, builder.Bytes({{"iteration", std::to_string(iteration())},
                                           {"fingerprint", fingerprint}}));
}

void Trainer::Load(const std::filesystem::path& path, const std::string& fingerprint) {
  const SafetensorsFile file(path);
  const auto& metadata = file.metadata();
  if (!metadata.contains("iteration") || !metadata.contains("fingerprint")) {
    throw FileError("{} is not a training checkpoint of sagbench", path.string());
  }
  if (metadata.at("fingerprint") != fingerprint) {
    throw UsageError("{} belongs to another training: it has {}, this command has {}",
                     path.string(), metadata.at("fingerprint"), fingerprint);
  }
  const int64_t iteration = MetadataCount(file, "iteration");
  file.CheckFinite();
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> first, second;
  const std::vector<NamedParameter> trained = NamedParameters(policy_.config, policy_.weights);
  const std::vector<NamedParameter> average = NamedParameters(policy_.config, average_);
  for (size_t i = 0; i < trained.size(); ++i) {
    const NamedParameter& parameter = trained[i];
    parameter.tensor->copy_(LoadTensor(file, "weights/" + parameter.name, parameter.shape));
    average[i].tensor->copy_(LoadTensor(file, "average/" + parameter.name, parameter.shape));
    first.push_back(LoadTensor(file, "first/" + parameter.name, parameter.shape));
    second.push_back(LoadTensor(file, "second/" + parameter.name, parameter.shape));
  }
  for (const NormalizerTensor& part : NormalizerTensors(policy_)) {
    if (!file.Has(part.name)) continue;  // a checkpoint of before they were saved
    *part.tensor = LoadTensor(file, part.name, {part.size}).to(at::Device(settings_.device));
  }
  optimizer_->Restore(iteration, first, second);
}

}  // namespace sagbench
