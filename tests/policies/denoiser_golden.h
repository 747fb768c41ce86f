#pragma once

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "policies/denoiser.h"
#include "tests/policies/golden.h"

namespace sagbench {

using MakeDenoiser = std::unique_ptr<Denoiser> (*)(const DpTransformer&);

// Runs all blocks; those with reuse[layer][kind] = 1 add `cached` instead. Returns predicted noise.
inline at::Tensor RunPartly(const Denoiser& denoiser, const at::Tensor& sample, int step,
                            const Encoded& encoded, const at::Tensor& reuse,
                            const std::vector<at::Tensor>& cached,
                            std::vector<at::Tensor>* branches = nullptr) {
  StepState state = denoiser.Begin(sample, step, encoded);
  const auto flat = reuse.defined() ? reuse.flatten() : at::Tensor();
  for (size_t block = 0; block < denoiser.blocks().size(); ++block) {
    const bool taken = flat.defined() && flat[static_cast<int64_t>(block)].item<int>() != 0;
    const at::Tensor branch =
        taken ? cached[block] : denoiser.Residual(static_cast<int>(block), state.stream, state, {});
    if (branches != nullptr) branches->push_back(branch);
    state.stream = state.stream + branch;
  }
  return denoiser.Finish(state.stream);
}

// Outputs at all timesteps, branches, and passes with cached branches against the original's.
inline void ExpectMatchesGolden(const char* set, MakeDenoiser make) {
  const Golden golden(set);
  const double tolerance = golden.metadata().contains("fill_table") ? 5e-5 : 1e-5;
  const std::unique_ptr<Denoiser> denoiser = make(GoldenNetwork(golden));
  const Encoded encoded = denoiser->Encode(golden.Get("in/cond"));
  const at::Tensor sample = golden.Get("in/sample");
  for (const nlohmann::json& step : golden.metadata().at("timesteps")) {
    const at::Tensor out = RunPartly(*denoiser, sample, step.get<int>(), encoded, {}, {});
    EXPECT_LE(MaxDifference(out, golden.Get(fmt::format("out/t{:03}", step.get<int>()))), tolerance)
        << set << " t " << step;
  }
  std::vector<at::Tensor> branches;
  RunPartly(*denoiser, sample, 37, encoded, {}, {}, &branches);
  const char* kinds[] = {"sa", "ca", "ffn"};
  for (size_t block = 0; block < branches.size(); ++block) {
    const std::string name = fmt::format("t037/branch/{}/{}", block / 3, kinds[block % 3]);
    EXPECT_LE(MaxDifference(branches[block], golden.Get(name)), tolerance) << set << " " << name;
  }
  std::vector<at::Tensor> cached;
  RunPartly(*denoiser, sample, 38, encoded, {}, {}, &cached);
  const at::Tensor reuse = golden.Get("partial/reuse");
  const at::Tensor next = golden.Get("partial/in/sample2");
  EXPECT_LE(MaxDifference(RunPartly(*denoiser, next, 37, encoded, reuse, cached),
                          golden.Get("partial/out")),
            tolerance);
  EXPECT_LE(MaxDifference(RunPartly(*denoiser, next, 37, encoded, at::ones_like(reuse), cached),
                          golden.Get("partial/all_reused_out")),
            tolerance);
  std::vector<at::Tensor> nothing;
  for (const at::Tensor& branch : cached) nothing.push_back(at::zeros_like(branch));
  EXPECT_LE(MaxDifference(RunPartly(*denoiser, next, 37, encoded, reuse, nothing),
                          golden.Get("partial/pruned_out")),
            tolerance);
}

// Rows of the memory picked by `rows` give the same residual as the whole batch's rows.
inline void ExpectRowsAgree(MakeDenoiser make) {
  PolicyConfig config;
  config.layers = 1;
  config.width = 32;
  const std::unique_ptr<Denoiser> denoiser = make(DpTransformer(config, InitialWeights(config, 3)));
  const Encoded encoded = denoiser->Encode(at::randn({4, 2, 20}));
  const StepState state = denoiser->Begin(at::randn({4, 16, 2}), 50, encoded);
  const at::Tensor rows = at::tensor({3, 1}, at::kLong);
  for (size_t block = 0; block < denoiser->blocks().size(); ++block) {
    const at::Tensor all = denoiser->Residual(static_cast<int>(block), state.stream, state, {});
    const at::Tensor some = denoiser->Residual(static_cast<int>(block),
                                               state.stream.index_select(0, rows), state, rows);
    EXPECT_LE(MaxDifference(some, all.index_select(0, rows)), 1e-5);
  }
}

}  // namespace sagbench
