// The three kinds of block. A member normalises all rows for itself, which costs less than meeting
// once more; then heads or columns of the hidden layer are shared, and after a meeting the columns
// of the residual.
#include <algorithm>

#include "policies/fused_network.h"

namespace sagbench {
namespace {

size_t Product(int64_t a, int64_t b, int64_t c = 1) {
  return static_cast<size_t>(a * b * c);
}

}  // namespace

void FusedNetwork::Residual(int block, const BlockInput& input, FusedScratch& scratch,
                            const TeamMember& member) const {
  const BlockInfo& info = blocks_[static_cast<size_t>(block)];
  const Layer& layer = layers_[static_cast<size_t>(info.layer)];
  switch (info.kind) {
    case BlockKind::kSelfAttention:
      return SelfAttention(layer, input, scratch, member);
    case BlockKind::kCrossAttention:
      return CrossAttention(info.layer, input, scratch, member);
    case BlockKind::kFeedForward:
      return FeedForward(layer, input, scratch, member);
  }
}

// The rows' tokens one after the other, in the member's own room.
const float* FusedNetwork::Normalize(const Norm& norm, const BlockInput& input,
                                     FusedScratch& scratch, const TeamMember& member) const {
  const size_t row_size = Product(config_.horizon, config_.width);
  float* own = scratch.normalized.data() + static_cast<size_t>(member.rank) * scratch.rows_size;
  float* to = own;
  for (const int row : input.rows) {
    const float* from = input.stream + Product(row, row_size);
    for (int token = 0; token < config_.horizon; ++token, from += config_.width) {
      kernels_.normalize(from, norm.gain.data(), norm.bias.data(), to, config_.width);
      to += config_.width;
    }
  }
  return own;
}

// This member's columns of the residual.
void FusedNetwork::Project(const PanelWeights& weights, const float* from, int rows,
                           FusedScratch& scratch, const TeamMember& member) const {
  member.Wait();
  Multiply(weights, member.ShareOf(PanelsOf(config_.width)),
           {.input = from,
            .input_stride = weights.inner,
            .rows = rows,
            .output = scratch.residual.data(),
            .output_stride = config_.width});
}

void FusedNetwork::SelfAttention(const Layer& layer, const BlockInput& input, FusedScratch& scratch,
                                 const TeamMember& member) const {
  const int d = config_.width, tokens = config_.horizon, size = config_.head_width();
  const int rows = static_cast<int>(input.rows.size()) * tokens;
  const int panels = PanelsOf(3 * size), stride = config_.heads * panels * kPanelWidth;
  const float* normalized = Normalize(layer.norm1, input, scratch, member);
  const float** keys = scratch.keys.data() + Product(member.rank, scratch.tokens);
  const Share heads = member.ShareOf(config_.heads);
  for (int head = heads.begin; head < heads.end; ++head) {
    Multiply(layer.self_in, {head * panels, (head + 1) * panels},
             {.input = normalized,
              .input_stride = d,
              .rows = rows,
              .output = scratch.projected.data(),
              .output_stride = stride});
    for (int row = 0; row < rows; ++row) {
      const int token = row % tokens;
      const float* query =
          scratch.projected.data() + Product(row, stride) + head * panels * kPanelWidth;
      keys[token] = query + size;  // causal: the keys so far
      kernels_.attend(
          {.query = query,
           .keys = keys,
           .count = token + 1,
           .width = size,
           .scores = scratch.scores.data() + Product(member.rank, scratch.scores_stride),
           .output = scratch.attended.data() + Product(row, d) + head * size});
    }
  }
  Project(layer.self_out, scratch.attended.data(), rows, scratch, member);
}

void FusedNetwork::CrossAttention(int layer, const BlockInput& input, FusedScratch& scratch,
                                  const TeamMember& member) const {
  const Layer& weights = layers_[static_cast<size_t>(layer)];
  const int d = config_.width, tokens = config_.horizon, size = config_.head_width();
  const int rows = static_cast<int>(input.rows.size()) * tokens;
  const int panels = PanelsOf(size), stride = config_.heads * panels * kPanelWidth;
  const int seen = config_.observation_steps, columns = 2 * config_.layers * d;
  const float* normalized = Normalize(weights.norm2, input, scratch, member);
  const float** keys = scratch.keys.data() + Product(member.rank, scratch.tokens);
  const Share heads = member.ShareOf(config_.heads);
  for (int head = heads.begin; head < heads.end; ++head) {
    Multiply(weights.query, {head * panels, (head + 1) * panels},
             {.input = normalized,
              .input_stride = d,
              .rows = rows,
              .output = scratch.projected.data(),
              .output_stride = stride});
    const size_t column = Product(2, layer, d) + Product(2, head, size);
    keys[0] = time_table_.data() + Product(input.timestep, columns) + column;
    for (int row = 0; row < rows; ++row) {
      const int token = row % tokens;
      const int batch_row = input.rows[static_cast<size_t>(row / tokens)];
      for (int i = 0; token == 0 && i < seen; ++i) {
        keys[i + 1] =
            scratch.memory.data() + Product(int64_t{batch_row} * seen + i, columns) + column;
      }
      kernels_.attend(
          {.query = scratch.projected.data() + Product(row, stride) + head * panels * kPanelWidth,
           .keys = keys,
           .count = std::min(token + 2, seen + 1),
           .width = size,
           .scores = scratch.scores.data() + Product(member.rank, scratch.scores_stride),
           .output = scratch.attended.data() + Product(row, d) + head * size});
    }
  }
  Project(weights.cross_out, scratch.attended.data(), rows, scratch, member);
}

void FusedNetwork::FeedForward(const Layer& layer, const BlockInput& input, FusedScratch& scratch,
                               const TeamMember& member) const {
  const int rows = static_cast<int>(input.rows.size()) * config_.horizon;
  const float* normalized = Normalize(layer.norm3, input, scratch, member);
  Multiply(layer.ff_in, member.ShareOf(PanelsOf(layer.ff_out.inner)),
           {.input = normalized,
            .input_stride = config_.width,
            .rows = rows,
            .output = scratch.hidden.data(),
            .output_stride = layer.ff_out.inner,
            .activation = Activation::kGelu});
  Project(layer.ff_out, scratch.hidden.data(), rows, scratch, member);
}

}  // namespace sagbench
