#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "policies/dp_transformer.h"

namespace sagbench {

// The residual blocks of a layer, in order of execution: block b is of kind b % kBlockKinds.
enum class BlockKind { kSelfAttention, kCrossAttention, kFeedForward };
constexpr int kBlockKinds = 3;
const char* BlockKindName(BlockKind kind);  // "SA", "CA", "FF"

// A residual block of the network, in order of execution.
struct BlockInfo {
  std::string name;  // "SA0", "CA0", "FF0", "SA1", ...
  BlockKind kind;
  int layer;
  double flops_per_row;  // of one evaluation for one batch row
};

// What a denoiser spends outside its blocks, for one batch row.
struct FixedFlops {
  double per_chunk = 0.0;  // Encode
  double per_step = 0.0;   // Begin and Finish
};

// What depends on the observations alone, for the rows of a batch.
struct Encoded {
  at::Tensor observations;  // normalised, [B, To, obs]
  at::Tensor memory;        // the denoiser's own
};

// The token stream of one denoising step.
struct StepState {
  at::Tensor stream;  // [B, T, d]; the executor adds residuals to it
  // The denoiser's own, rows as in `stream`: holds until the next Begin with the same Encoded,
  // which may write over it.
  at::Tensor memory;
};

// A noise-predicting network that can be run one residual block at a time.
class Denoiser {
 public:
  virtual ~Denoiser() = default;
  virtual std::span<const BlockInfo> blocks() const = 0;
  virtual FixedFlops fixed_flops() const = 0;
  virtual Encoded Encode(const at::Tensor& observations) const = 0;  // normalised [B, To, obs]
  virtual StepState Begin(const at::Tensor& sample, int timestep, const Encoded& encoded) const = 0;
  // What the block adds to the stream [b, T, d]; `rows` picks rows of the memory (undefined = all).
  virtual at::Tensor Residual(int block, const at::Tensor& stream, const StepState& state,
                              const at::Tensor& rows) const = 0;
  virtual at::Tensor Finish(const at::Tensor& stream) const = 0;  // predicted noise [B, T, act]
};

// Recomputes everything at every step, as the original Python does: the published baseline.
std::unique_ptr<Denoiser> MakeReferenceDenoiser(const DpTransformer& network);

// Computes keys and values of observation tokens once a replan and those of time tokens once a
// checkpoint. Exact: the memory is token-wise. The matrix products of its blocks are in the
// type given (at::kFloat or at::kBFloat16: factors, biases and results); all else is float32.
std::unique_ptr<Denoiser> MakeCachedDenoiser(const DpTransformer& network,
                                             at::ScalarType products = at::kFloat);

}  // namespace sagbench
