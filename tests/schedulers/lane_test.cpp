#include "schedulers/lane.h"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/noise.h"
#include "core/safetensors.h"
#include "policies/aten.h"
#include "policies/sampler.h"
#include "policies/tensor_file.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

using MakeDenoiser = std::unique_ptr<Denoiser> (*)(const DpTransformer&);
constexpr MakeDenoiser kDenoisers[] = {
    [](const DpTransformer& network) { return MakeCachedDenoiser(network); },
    MakeReferenceDenoiser};

// What one replan starts from.
struct Inputs {
  at::Tensor observations;  // normalised [B, To, obs]
  at::Tensor sample;        // x_T [B, T, act]
  at::Tensor noise;         // [steps, B, T, act]
};

struct Trajectory {
  std::vector<at::Tensor> predicted, samples;  // after each step
  std::vector<CellCount> counts;
};

// All steps by hand: one plan for all rows, or one a row.
Trajectory Denoise(const Denoiser& denoiser, const Sampler& sampler, const std::vector<Plan>& plans,
                   const Inputs& in) {
  const at::NoGradGuard no_grad;
  Trajectory out;
  const Encoded encoded = denoiser.Encode(in.observations);
  const int64_t batch = in.sample.size(0);
  std::vector<Lane> lanes;
  for (const Plan& plan : plans) {
    lanes.emplace_back(plan, static_cast<int64_t>(lanes.size()), plans.size() == 1 ? batch : 1);
  }
  std::vector<Lane*> all;
  for (Lane& lane : lanes) all.push_back(&lane);
  at::Tensor sample = in.sample;
  for (int step = 0; step < plans.front().steps(); ++step) {
    const StepState state = denoiser.Begin(sample, sampler.timesteps()[step], encoded);
    for (Lane& lane : lanes) lane.BeginStep(step, state.stream);
    for (int block = 0; block < plans.front().blocks(); ++block) {
      RunBlock(denoiser, block, state, all);
    }
    for (Lane& lane : lanes) lane.Flush();
    out.predicted.push_back(denoiser.Finish(state.stream));
    sample = sampler.Step(step, sample, out.predicted.back(), in.noise[step]);
    out.samples.push_back(sample);
  }
  for (const Lane& lane : lanes) out.counts.push_back(lane.count());
  return out;
}

// Computes cells at random, all of them at first; slots by block.
Plan RandomPlan(int steps, int blocks, uint64_t seed) {
  Plan plan(steps, blocks);
  plan.SetLayout(SlotPerBlock(plan.blocks()));
  CounterRandom random({.run_seed = seed});
  for (int step = 1; step < steps; ++step) {
    for (int block = 0; block < blocks; ++block) {
      plan.at(step, block) = {.compute = random.Below(2) == 0,
                              .slot = static_cast<uint16_t>(block)};
    }
  }
  return plan;
}

class LaneTest : public testing::Test {
 protected:
  static constexpr int kSteps = 10, kBlocks = 6, kRows = 4;

  Inputs Rows(const std::vector<uint64_t>& rows) const {
    const NoiseSource noise = SampleNoise(policy_.config, rows);
    std::vector<at::Tensor> steps;
    for (uint32_t step = 0; step < kSteps; ++step) steps.push_back(noise(step));
    return {.observations =
                policy_.observation_normalizer.Normalize(SampleObservations(policy_.config, rows)),
            .sample = noise(NoiseKey::kInitialSample),
            .noise = at::stack(steps)};
  }

  // Rows with plans of their own, together and each alone.
  void ExpectRowsAsAlone(const std::vector<Plan>& plans) const {
    for (const MakeDenoiser make : kDenoisers) {
      const auto denoiser = make(DpTransformer(policy_.config, policy_.weights));
      const Trajectory together =
          Denoise(*denoiser, *sampler_, plans, Rows(FirstRows(plans.size())));
      for (size_t row = 0; row < plans.size(); ++row) {
        const Trajectory alone = Denoise(*denoiser, *sampler_, {plans[row]}, Rows({row}));
        EXPECT_LE(MaxDifference(alone.samples.back()[0], together.samples.back()[int64_t(row)]),
                  kRounding);
        EXPECT_EQ(alone.counts[0].computed, together.counts[row].computed);
        EXPECT_EQ(alone.counts[0].reused, together.counts[row].reused);
        EXPECT_EQ(alone.counts[0].flops, together.counts[row].flops);
        EXPECT_EQ(alone.counts[0].skipped_flops, together.counts[row].skipped_flops);
      }
    }
  }

  const Policy policy_ = TinyPolicy();
  const std::unique_ptr<Sampler> sampler_ =
      Samplers().Choose("ddpm:steps=" + std::to_string(kSteps)).Make(NoiseSchedule(100));
};

TEST_F(LaneTest, RowsWithPlansOfTheirOwnAreAsAlone) {
  std::vector<Plan> plans;
  for (uint64_t row = 0; row < kRows; ++row) plans.push_back(RandomPlan(kSteps, kBlocks, row));
  plans[1] = Plan(kSteps, kBlocks);  // dense, in the layout of the others
  plans[1].SetLayout(SlotPerBlock(plans[1].blocks()));
  ExpectRowsAsAlone(plans);
}

TEST_F(LaneTest, BlocksMayShareSlotsAndWriteSeveral) {
  std::vector<Plan> plans(3, Plan(kSteps, kBlocks));
  for (size_t row = 0; row < plans.size(); ++row) {
    // By kind (0, 1, 2), and slot 3 holds what any block added last.
    plans[row].SetLayout(
        {.writes = {{0, 3}, {1, 3}, {2, 3}, {0, 3}, {1, 3}, {2, 3}}, .orders = {0, 0, 0, 0}});
    for (int step = 1; step < kSteps; ++step) {
      const int block = (step + int(row)) % kBlocks;
      plans[row].at(step, block) = {.compute = false, .slot = uint16_t(block % 3)};
      plans[row].at(step, (block + 2) % kBlocks) = {.compute = false, .slot = 3};
    }
    plans[row].Validate();
  }
  ExpectRowsAsAlone(plans);
}

TEST_F(LaneTest, OnePlanForAllIsOnePlanEach) {
  const Plan plan = RandomPlan(kSteps, kBlocks, 9);
  const auto denoiser = MakeCachedDenoiser(DpTransformer(policy_.config, policy_.weights));
  const Inputs in = Rows(FirstRows(kRows));
  const Trajectory shared = Denoise(*denoiser, *sampler_, {plan}, in);
  const Trajectory each = Denoise(*denoiser, *sampler_, std::vector<Plan>(kRows, plan), in);
  EXPECT_LE(MaxDifference(shared.samples.back(), each.samples.back()), kRounding);
  EXPECT_EQ(shared.counts.size(), 1U);
  EXPECT_EQ(each.counts.size(), size_t{kRows});
}

TEST_F(LaneTest, ReuseChangesTheResult) {
  const auto denoiser = MakeCachedDenoiser(DpTransformer(policy_.config, policy_.weights));
  const Inputs in = Rows({0});
  const Trajectory dense = Denoise(*denoiser, *sampler_, {Plan(kSteps, kBlocks)}, in);
  const Trajectory reused = Denoise(*denoiser, *sampler_, {RandomPlan(kSteps, kBlocks, 9)}, in);
  EXPECT_GT(MaxDifference(dense.samples.back(), reused.samples.back()), 10.0 * kRounding);
}

// Golden trajectories of the original Python with residual branches reused.
class LaneGolden : public testing::Test {
 protected:
  static SafetensorsFile Open(const std::string& name) {
    const char* folder = std::getenv("SAGBENCH_GOLDEN_DIR");
    return SafetensorsFile(
        std::filesystem::path(folder != nullptr ? folder : SAGBENCH_GOLDEN_DEFAULT) / "policy" /
        (name + ".safetensors"));
  }

  static PolicyConfig Config(const SafetensorsFile& file) {
    const auto json = nlohmann::json::parse(file.metadata().at("config"));
    PolicyConfig config;
    config.observation_size = json.at("cond_dim");
    config.action_size = json.at("input_dim");
    config.horizon = json.at("horizon");
    config.observation_steps = json.at("n_obs_steps");
    config.layers = json.at("n_layer");
    config.heads = json.at("n_head");
    config.width = json.at("n_emb");
    config.action_steps = 1;
    return config;
  }

  static DpTransformer Network(const SafetensorsFile& file) {
    const PolicyConfig config = Config(file);
    TransformerWeights weights;
    for (NamedParameter& parameter : NamedParameters(config, weights)) {
      *parameter.tensor = LoadTensor(file, "weights/" + parameter.name, parameter.shape);
    }
    return {config, weights};
  }

  // recompute [steps, layers, 3] as a plan with a slot a block.
  static Plan PlanOf(const at::Tensor& recompute) {
    const int64_t blocks = recompute.size(1) * recompute.size(2);
    Plan plan(static_cast<int>(recompute.size(0)), static_cast<int>(blocks));
    plan.SetLayout(SlotPerBlock(plan.blocks()));
    const at::Tensor flat = recompute.reshape({recompute.size(0), blocks});
    for (int step = 0; step < plan.steps(); ++step) {
      for (int block = 0; block < plan.blocks(); ++block) {
        plan.at(step, block) = {.compute = flat[step][block].item<int>() != 0,
                                .slot = static_cast<uint16_t>(block)};
      }
    }
    plan.Validate();
    return plan;
  }
};

TEST_F(LaneGolden, RecomputeSchedulesAsInTheOriginal) {
  const SafetensorsFile golden = Open("cached_sampler_tiny"), inputs = Open("sampler_tiny");
  const DpTransformer network = Network(Open("network_tiny"));
  const Inputs in{.observations = LoadTensor(inputs, "in/cond"),
                  .sample = LoadTensor(inputs, "in/x_T"),
                  .noise = LoadTensor(inputs, "in/noise")};
  const std::string suffix = "/recompute";
  int schedules = 0;
  for (const auto& [key, stored] : golden.tensors()) {
    if (!key.ends_with(suffix)) continue;
    ++schedules;
    const std::string name = key.substr(0, key.size() - suffix.size());
    SCOPED_TRACE(name);
    const Plan plan = PlanOf(LoadTensor(golden, key));
    const auto sampler =
        Samplers().Choose("ddpm:steps=" + std::to_string(plan.steps())).Make(NoiseSchedule(100));
    for (const MakeDenoiser make : kDenoisers) {
      const Trajectory run = Denoise(*make(network), *sampler, {plan}, in);
      EXPECT_LE(MaxDifference(at::stack(run.samples), LoadTensor(golden, name + "/traj")),
                kRounding);
      EXPECT_LE(MaxDifference(at::stack(run.predicted), LoadTensor(golden, name + "/eps")),
                kRounding);
      EXPECT_EQ(run.counts[0].computed, plan.ComputedCells());
      const Trajectory rows =
          Denoise(*make(network), *sampler,
                  std::vector<Plan>(static_cast<size_t>(in.sample.size(0)), plan), in);
      EXPECT_LE(MaxDifference(at::stack(rows.samples), LoadTensor(golden, name + "/traj")),
                kRounding);
    }
  }
  EXPECT_GT(schedules, 0);
}

}  // namespace
}  // namespace sagbench
