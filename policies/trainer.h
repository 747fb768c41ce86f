#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <ATen/core/Tensor.h>

#include "policies/checkpoint.h"
#include "policies/data_parallel.h"
#include "policies/dataset.h"
#include "policies/dp_transformer.h"
#include "policies/noise_schedule.h"
#include "policies/optimizer.h"

namespace sagbench {

struct TrainSettings {
  OptimizerSettings optimizer;
  DropoutRates dropout{.embedding = 0.0, .attention = 0.01};
  int64_t batch = 256;
  uint64_t seed = 42;
  bool bfloat16 = false;  // autocast of matrix products; parameters stay float32
  std::string device = "cpu";
  // Every n-th iteration learns the whole horizon, those between only the tokens up to the last
  // executed action, which cost less and influence all that is executed (attention is causal).
  // 1: the original.
  int64_t full_every = 1;
  // Share of a batch's rows that draw their timestep from the first tenth of the range, where the
  // last few pixels of an action are decided; the others draw from all of it. 0: the original.
  double fine_share = 0.0;
  int workers = 1;  // threads that share a batch's rows (see DataParallel)
};

// Mean squared error of the predicted noise: clean actions and noise [B, T, act], timesteps [B],
// observations [B, To, obs], all normalised.
at::Tensor DiffusionLoss(const DpTransformer& network, const NoiseSchedule& schedule,
                         const at::Tensor& clean, const at::Tensor& noise,
                         const at::Tensor& timesteps, const at::Tensor& observations);

// Where in [0, 1) of the range of timesteps the quantile `u` in [0, 1) falls; see `fine_share`.
double TimestepQuantile(double u, double fine_share);

struct Validation {
  double noise_loss = 0.0;    // DiffusionLoss of the averaged weights on fixed noise and timesteps
  double fine_loss = 0.0;     // the same with timesteps of the first tenth alone
  double action_error = 0.0;  // mean squared error of DDIM-10 actions, normalised units
};

// Trains the DP-Transformer as diffusion_policy does. Every random number is a function of the seed
// and the iteration, so that a resumed training repeats an uninterrupted one.
class Trainer {
 public:
  // `policy` brings configuration, initial weights and normalizers. The data sets must outlive it.
  Trainer(Policy policy, const TrainSettings& settings, const WindowDataset& train,
          const WindowDataset* valid);
  ~Trainer();

  // One iteration; returns the batch's loss, on the device (reading it waits for the device).
  at::Tensor Step();
  int64_t iteration() const { return optimizer_->steps(); }
  double learning_rate() const { return optimizer_->learning_rate(); }
  // Up to `windows` of the validation set; nothing without one.
  std::optional<Validation> Validate(int64_t windows = 256) const;
  // Whether all that Save would write is finite (reading it waits for the device).
  bool Finite();
  // The averaged weights as a policy on the CPU.
  Policy Averaged();

  // Everything that training goes on from, written atomically. `fingerprint` names data and
  // settings.
  void Save(const std::filesystem::path& path, const std::string& fingerprint);
  // Normalizers included, whatever the trainer was made with. Throws Error (bad file) on a damaged
  // file, Error (usage) on another fingerprint.
  void Load(const std::filesystem::path& path, const std::string& fingerprint);

 private:
  WindowDataset::Batch Normalized(const WindowDataset::Batch& batch) const;
  std::vector<int64_t> BatchIndices();
  at::Tensor Noise(const at::Tensor& like, uint64_t stream) const;
  at::Tensor Timesteps(int64_t batch, uint64_t stream, double fine_share) const;
  int64_t LearnedTokens() const;  // of this iteration

  Policy policy_;  // its weights are the ones being trained
  TrainSettings settings_;
  const WindowDataset& train_;
  const WindowDataset* valid_;
  NoiseSchedule schedule_;
  TransformerWeights average_;
  std::unique_ptr<DataParallel> network_;
  std::unique_ptr<DpTransformer> averaged_network_;
  std::unique_ptr<Optimizer> optimizer_;
  std::vector<int64_t> order_;  // permutation of the windows in the current epoch
  int64_t epoch_ = -1;
};

}  // namespace sagbench
