#include "policies/memory_gain.h"

#include <limits>

#include <gtest/gtest.h>

#include "core/error.h"
#include "policies/aten.h"
#include "tests/policies/golden.h"

namespace sagbench {
namespace {

DpTransformer Scaled(const DpTransformer& network, double gain) {
  TransformerWeights original = network.weights();
  TransformerWeights weights = CloneWeights(network.config(), original);
  ScaleMemory(weights, gain);
  return {network.config(), weights};
}

TEST(ScaleMemory, KeepsTheFunctionBitForBitAtPowersOfTwo) {
  const Golden golden("network_tiny");
  const DpTransformer network = GoldenNetwork(golden);
  const DpTransformer scaled = Scaled(network, 8.0);
  const PolicyConfig& config = network.config();
  const at::Tensor sample = at::randn({3, config.horizon, config.action_size});
  const at::Tensor observations = at::randn({3, config.observation_steps, config.observation_size});
  const at::Tensor steps = at::arange(3) * 30;
  EXPECT_TRUE(
      at::equal(scaled.Memory(steps, observations), network.Memory(steps, observations) * 8));
  EXPECT_TRUE(at::equal(scaled.Forward(sample, steps, observations),
                        network.Forward(sample, steps, observations)));
}

TEST(ScaleMemory, LeavesTheOriginalsWeightsAlone) {
  const Golden golden("network_tiny");
  const DpTransformer network = GoldenNetwork(golden);
  TransformerWeights shared = network.weights();
  const at::Tensor before = shared.layers[0].cross_in.weight;
  const at::Tensor copy = before.clone();
  ScaleMemory(shared, 2.0);
  EXPECT_TRUE(at::equal(before, copy));
  EXPECT_FALSE(at::equal(shared.layers[0].cross_in.weight, copy));
}

TEST(ScaleMemory, RejectsWhatIsNoGain) {
  TransformerWeights weights;
  for (const double gain : {0.0, -1.0, std::numeric_limits<double>::infinity(),
                            std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_THROW(ScaleMemory(weights, gain), Error) << gain;
  }
}

}  // namespace
}  // namespace sagbench
