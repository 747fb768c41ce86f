#pragma once

#include <span>
#include <vector>

#include "core/spin_team.h"
#include "policies/denoiser.h"
#include "policies/dp_transformer.h"
#include "policies/kernels.h"
#include "policies/packed_matrix.h"

namespace sagbench {

// Where the network computes; for so many rows of a batch and members of a team.
struct FusedScratch {
  FusedScratch(const PolicyConfig& config, int batch, int members);

  FloatBuffer normalized;  // [members][B T, d]: each member's own
  FloatBuffer projected;   // [B T, heads * panels]: queries, keys and values by head
  FloatBuffer attended;    // [B T, d]
  FloatBuffer hidden;      // [B T, 4 d]
  FloatBuffer residual;    // [B T, d]: what a block adds, rows that computed it one after another
  FloatBuffer encoded;     // [B To, d]
  FloatBuffer memory;      // [B To, layers * 2 d]: keys and values of the observation tokens
  FloatBuffer predicted;   // [B T, a panel or more]
  FloatBuffer scores;      // [members][tokens, rounded up]
  std::vector<const float*> keys;  // [members][tokens]
  size_t rows_size = 0;            // B T d
  int tokens = 0, scores_stride = 0;
};

// What one evaluation of a block looks at.
struct BlockInput {
  const float* stream = nullptr;  // [B T, d]
  std::span<const int> rows;      // of the batch, those that compute the block
  int timestep = 0;
};

// The computation of MakeCachedDenoiser on packed weights, with sums in float32, on the CPU,
// allocating nothing. Members of a team share each call: all call it with the same arguments, and
// they meet inside. Results do not depend on their number.
class FusedNetwork {
 public:
  // Whether the widths fit the kernels.
  static bool Fits(const PolicyConfig& config);
  // Packs the weights, which must be float32 on the CPU. `factors` holds for the products of the
  // blocks; what is embedded, encoded or predicted keeps a float32 left side, since a position or
  // an action in bfloat16 would be off by a 256th. Throws Error (usage) unless it Fits.
  FusedNetwork(const DpTransformer& network, Factors factors, const Kernels& kernels);

  const PolicyConfig& config() const { return config_; }
  const Kernels& kernels() const { return kernels_; }
  std::span<const BlockInfo> blocks() const { return blocks_; }
  FixedFlops fixed_flops() const;

  // Keys and values of observations [B To, obs], normalised, into the scratch's memory.
  void Encode(const float* observations, int batch, FusedScratch& scratch,
              const TeamMember& member) const;
  // What `block` adds to the rows, into the scratch's residual: this member's columns of it,
  // ResidualColumns. Nobody may change the stream meanwhile.
  void Residual(int block, const BlockInput& input, FusedScratch& scratch,
                const TeamMember& member) const;
  Share ResidualColumns(const TeamMember& member) const;

  // For token rows of the batch, 0..B T - 1, each by itself:
  // the stream's rows from a sample [B T, act];
  void Embed(const float* sample, Share rows, float* stream) const;
  // the predicted noise, at predicted[row * predicted_stride()].
  void Predict(const float* stream, Share rows, FusedScratch& scratch,
               const TeamMember& member) const;
  int predicted_stride() const { return PanelsOf(config_.action_size) * kPanelWidth; }

 private:
  struct Norm {
    FloatBuffer gain, bias;
  };
  struct Layer {
    Norm norm1, norm2, norm3;
    PanelWeights self_in, self_out, query, cross_out, ff_in, ff_out;
  };
  // A linear map whose bias depends on the token's position: [positions, d].
  struct Embedding {
    PanelWeights weights;
    FloatBuffer start;
  };

  void Check() const;
  Norm CopyNorm(const NormWeights& norm) const;
  Embedding PackEmbedding(const LinearWeights& linear, const at::Tensor& positions);
  PanelWeights PackLinear(const LinearWeights& linear, Factors factors);
  Factors EndFactors() const;
  void PackLayer(const LayerWeights& layer);
  void PackMemory(const TransformerWeights& weights);
  void TabulateTime(const TransformerWeights& weights);

  void KeysAndValues(float* tokens, int rows, float* hidden, float* memory,
                     const TeamMember& member) const;
  const float* Normalize(const Norm& norm, const BlockInput& input, FusedScratch& scratch,
                         const TeamMember& member) const;
  void Multiply(const PanelWeights& weights, Share panels, const ProductRows& rows) const;
  void Project(const PanelWeights& weights, const float* from, int rows, FusedScratch& scratch,
               const TeamMember& member) const;
  void SelfAttention(const Layer& layer, const BlockInput& input, FusedScratch& scratch,
                     const TeamMember& member) const;
  void CrossAttention(int layer, const BlockInput& input, FusedScratch& scratch,
                      const TeamMember& member) const;
  void FeedForward(const Layer& layer, const BlockInput& input, FusedScratch& scratch,
                   const TeamMember& member) const;

  PolicyConfig config_;
  Factors factors_;
  const Kernels& kernels_;
  std::vector<BlockInfo> blocks_;
  PanelMemory memory_;
  std::vector<Layer> layers_;
  Embedding sample_, observation_;
  PanelWeights encoder0_, encoder2_, key_value_, head_;
  Norm last_norm_;
  FloatBuffer time_table_;  // [train_steps][layers * 2 d]
};

}  // namespace sagbench
