// The original's computation, block by block: nothing is kept from one denoising step to the next.

#include "policies/aten.h"
#include "policies/denoiser.h"
#include "policies/flops.h"

namespace sagbench {
namespace {

class ReferenceDenoiser : public Denoiser {
 public:
  explicit ReferenceDenoiser(const DpTransformer& network)
      : network_(network), blocks_(ListBlocks(network.config(), /*memory_in_block=*/true)) {}

  std::span<const BlockInfo> blocks() const override { return blocks_; }

  FixedFlops fixed_flops() const override {
    const NetworkFlops flops = CountNetworkFlops(network_.config());
    return {.per_chunk = 0.0,
            .per_step = flops.embed_observations + flops.embed_sample + flops.head +
                        network_.config().memory_tokens() * flops.encode_token};
  }

  Encoded Encode(const at::Tensor& observations) const override {
    return {.observations = observations, .memory = {}};
  }

  StepState Begin(const at::Tensor& sample, int timestep, const Encoded& encoded) const override {
    const at::Tensor timesteps =
        at::full({sample.size(0)}, timestep, sample.options().dtype(at::kLong));
    return {.stream = network_.Embed(sample),
            .memory = network_.Memory(timesteps, encoded.observations)};
  }

  at::Tensor Residual(int block, const at::Tensor& stream, const StepState& state,
                      const at::Tensor& rows) const override {
    const BlockInfo& info = blocks_[block];
    switch (info.kind) {
      case BlockKind::kSelfAttention:
        return network_.SelfAttention(info.layer, stream);
      case BlockKind::kCrossAttention:
        return network_.CrossAttention(
            info.layer, stream, rows.defined() ? state.memory.index_select(0, rows) : state.memory);
      case BlockKind::kFeedForward:
        return network_.FeedForward(info.layer, stream);
    }
    return {};
  }

  at::Tensor Finish(const at::Tensor& stream) const override { return network_.Head(stream); }

 private:
  DpTransformer network_;
  std::vector<BlockInfo> blocks_;
};

}  // namespace

std::unique_ptr<Denoiser> MakeReferenceDenoiser(const DpTransformer& network) {
  return std::make_unique<ReferenceDenoiser>(network);
}

}  // namespace sagbench
