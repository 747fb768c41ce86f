#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>
#include <nlohmann/json.hpp>

#include "policies/checkpoint.h"
#include "policies/sampler.h"
#include "schedulers/l2c_router.h"
#include "tasks/task.h"

namespace sagbench {

// Episodes for calibration and pruner training: neither demonstrations' nor evaluations' seeds.
inline constexpr uint64_t kFirstCalibrationSeed = 97000;
inline constexpr int kMostBacUpdates = 20;

struct CalibrateRequest {
  const Policy* policy = nullptr;  // outlives the request
  TaskRegistry::Choice task;       // as ChooseTaskFor gives it
  SamplerRegistry::Choice sampler;
  int64_t episodes = 8;
  int64_t observations = 24;  // used, from all episodes
  uint64_t seed = kFirstCalibrationSeed;
  int threads = 1;
};

// Observations [n, To, obs], task units, that the dense policy met in the episodes' first replans.
// Throws Error (usage) if they are fewer than asked for, or for seeds of evaluations.
at::Tensor RecordObservations(const CalibrateRequest& request);

// A calibration of `bac`: update steps for 1 to kMostBacUpdates updates and mean step distances, by
// block, from the dense residuals at recorded observations. Everything but the provenance. Throws
// Error (interrupted) on Ctrl-C, as CalibrateL2c does.
nlohmann::json CalibrateBac(const CalibrateRequest& request);

// A calibration of `l2c`: the probabilities of a router trained at recorded observations, and the
// curve of its training. Everything but the provenance. Throws Error (interrupted) on Ctrl-C.
nlohmann::json CalibrateL2c(const CalibrateRequest& request, const L2cSettings& settings);

}  // namespace sagbench
