#include <numeric>

#include <gtest/gtest.h>

#include "policies/aten.h"
#include "policies/fused_network.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

// What all blocks add at a timestep for some rows of a batch of three: [blocks, rows, T, d].
at::Tensor Residuals(const FusedNetwork& network, const at::Tensor& observations,
                     const at::Tensor& stream, std::vector<int> rows, int members) {
  const PolicyConfig& c = network.config();
  FusedScratch scratch(c, 3, members);
  SpinTeam team(members);
  const auto count = static_cast<int64_t>(rows.size());
  const auto blocks = static_cast<int64_t>(network.blocks().size());
  at::Tensor all = at::empty({blocks, count, c.horizon, c.width});
  team.Run([&](const TeamMember& member) {
    network.Encode(observations.data_ptr<float>(), 3, scratch, member);
    for (int block = 0; block < blocks; ++block) {
      network.Residual(block, {.stream = stream.data_ptr<float>(), .rows = rows, .timestep = 37},
                       scratch, member);
      member.Wait();
      if (member.rank == 0) {
        all[block].copy_(at::from_blob(scratch.residual.data(), all[block].sizes(), at::kFloat));
      }
      member.Wait();
    }
  });
  return all;
}

class FusedBlocks : public testing::TestWithParam<int> {
 protected:
  const at::NoGradGuard no_grad_;
  const Policy policy_ = TinyPolicy();
  const DpTransformer network_ = DpTransformer(policy_.config, policy_.weights).Prefix(GetParam());
  const PolicyConfig& config_ = network_.config();
  const at::Tensor observations_ =
      at::randn({3, config_.observation_steps, config_.observation_size});
  const at::Tensor stream_ = at::randn({3, config_.horizon, config_.width});
};

TEST_P(FusedBlocks, AddWhatTheCachedDenoisersDo) {
  const std::unique_ptr<Denoiser> cached = MakeCachedDenoiser(network_);
  const at::Tensor sample = at::zeros({3, config_.horizon, config_.action_size});
  const StepState state = cached->Begin(sample, 37, cached->Encode(observations_));
  for (const Kernels* kernels : {&PortableKernels(), &BestKernels()}) {
    const FusedNetwork fused(network_, Factors::kFloat32, *kernels);
    for (const std::vector<int>& rows : {std::vector<int>{0, 1, 2}, {2}, {0, 2}}) {
      const at::Tensor index = at::tensor(std::vector<int64_t>(rows.begin(), rows.end()));
      const at::Tensor all = Residuals(fused, observations_, stream_, rows, 2);
      for (int block = 0; block < all.size(0); ++block) {
        const at::Tensor expected =
            cached->Residual(block, stream_.index_select(0, index), state, index);
        EXPECT_LE(MaxDifference(all[block], expected), 2e-5)
            << kernels->name << " " << fused.blocks()[block].name;
      }
    }
  }
}

TEST_P(FusedBlocks, AreTheSameBitsForAnyNumberOfMembersAndRows) {
  const FusedNetwork fused(network_, Factors::kFloat32, BestKernels());
  const at::Tensor alone = Residuals(fused, observations_, stream_, {0, 1, 2}, 1);
  for (const int members : {2, 3, 7}) {
    EXPECT_TRUE(at::equal(Residuals(fused, observations_, stream_, {0, 1, 2}, members), alone));
  }
  EXPECT_TRUE(at::equal(Residuals(fused, observations_, stream_, {1}, 2), alone.narrow(1, 1, 1)));
}

// What the processor has decides the speed and nothing else.
TEST_P(FusedBlocks, AreTheSameBitsOnAvx2AndAvx512) {
  if (Avx512Kernels() == nullptr) GTEST_SKIP() << "this processor has no AVX-512 with bfloat16";
  for (const Factors factors : {Factors::kFloat32, Factors::kBfloat16}) {
    const FusedNetwork avx2(network_, factors, *Avx2Kernels());
    const FusedNetwork avx512(network_, factors, *Avx512Kernels());
    EXPECT_TRUE(at::equal(Residuals(avx512, observations_, stream_, {0, 1, 2}, 2),
                          Residuals(avx2, observations_, stream_, {0, 1, 2}, 2)));
  }
}

TEST_P(FusedBlocks, StayNearWithBfloat16Factors) {
  const FusedNetwork exact(network_, Factors::kFloat32, BestKernels());
  const FusedNetwork rounded(network_, Factors::kBfloat16, BestKernels());
  const at::Tensor a = Residuals(exact, observations_, stream_, {0, 1, 2}, 1);
  const at::Tensor b = Residuals(rounded, observations_, stream_, {0, 1, 2}, 1);
  EXPECT_GT(MaxDifference(a, b), 0.0);
  EXPECT_LE((a - b).norm().item<double>(), 0.01 * a.norm().item<double>());
}

INSTANTIATE_TEST_SUITE_P(Tokens, FusedBlocks, testing::Values(9, 16));

}  // namespace
}  // namespace sagbench
