#include "schedulers/fused_chunk.h"

#include <algorithm>
#include <cstring>

#include "policies/aten.h"

namespace sagbench {

FusedChunk::FusedChunk(const FusedNetwork& network, const Sampler& sampler, SpinTeam& team,
                       int batch)
    : network_(network),
      sampler_(sampler),
      team_(team),
      batch_(batch),
      token_rows_(batch * network.config().horizon),
      sample_size_(static_cast<size_t>(token_rows_) * network.config().action_size),
      stream_size_(static_cast<size_t>(token_rows_) * network.config().width),
      scratch_(network.config(), batch, team.size()),
      stream_(stream_size_),
      sample_(sample_size_),
      noise_(sample_size_ * sampler.timesteps().size()),
      clean_(sample_size_) {}

void FusedChunk::ReserveBuffers(int count) {
  if (count <= buffer_count_) return;
  buffers_ = FloatBuffer(static_cast<size_t>(count) * stream_size_);
  buffer_count_ = count;
}

void FusedChunk::Encode(const float* observations) {
  team_.Run(
      [&](const TeamMember& member) { network_.Encode(observations, batch_, scratch_, member); });
}

// The leading tokens of each row.
void FusedChunk::Copy(const at::Tensor& from, float* to) const {
  const at::Tensor dense = from.contiguous();
  const size_t row = sample_size_ / static_cast<size_t>(batch_);
  const auto stride = static_cast<size_t>(dense.numel() / batch_);
  for (int i = 0; i < batch_; ++i) {
    std::memcpy(to + i * row, dense.data_ptr<float>() + i * stride, row * sizeof(float));
  }
}

void FusedChunk::SetStart(const at::Tensor& sample) {
  Copy(sample, sample_.data());
}

void FusedChunk::SetNoise(int step, const at::Tensor& noise) {
  Copy(noise, noise_.data() + static_cast<size_t>(step) * sample_size_);
}

at::Tensor FusedChunk::Trajectory() const {
  const PolicyConfig& c = network_.config();
  at::Tensor copy = at::empty({batch_, c.horizon, c.action_size}, at::kFloat);
  std::memcpy(copy.data_ptr<float>(), sample_.data(), sample_size_ * sizeof(float));
  return copy;
}

void FusedChunk::Denoise(std::span<PlannedRows> rows, Scheduler& scheduler) {
  program_ = std::make_unique<ChunkProgram>(rows, network_.blocks());
  ReserveBuffers(program_->buffers());
  const Plan& plan = rows.front().plan;
  if (plan.probes().empty()) {
    for (int step = 0; step < plan.steps(); ++step) program_->Append(step, 0, plan.blocks());
    Run(*program_);
    return;
  }
  const int seen = plan.probes().back() + 1;
  for (int step = 0; step < plan.steps(); ++step) {
    program_->Clear();
    program_->Append(step, 0, seen);
    Run(*program_);
    Refine(step, rows, scheduler);
    if (seen == plan.blocks()) continue;  // the step is finished
    program_->Clear();
    program_->Append(step, seen, plan.blocks());
    Run(*program_);
  }
}

void FusedChunk::Refine(int step, std::span<PlannedRows> rows, Scheduler& scheduler) const {
  const PolicyConfig& c = network_.config();
  const int64_t row_size = int64_t{c.horizon} * c.width;
  for (PlannedRows& row : rows) {
    std::vector<at::Tensor> residuals;
    for (size_t probe = 0; probe < row.plan.probes().size(); ++probe) {
      residuals.push_back(at::empty({row.rows, c.horizon, c.width}, at::kFloat));
      std::memcpy(residuals.back().data_ptr<float>(),
                  Buffer(program_->ProbeBuffer(probe)) + row.first_row * row_size,
                  static_cast<size_t>(row.rows * row_size) * sizeof(float));
    }
    scheduler.Refine({.step = step, .row = row.first_row, .residuals = residuals}, row.plan);
  }
}

void FusedChunk::Run(const ChunkProgram& program) {
  team_.Run([&](const TeamMember& member) { Walk(program, member); });
}

// Rows are a member's own until a block is computed: only then members have to meet.
void FusedChunk::Walk(const ChunkProgram& program, const TeamMember& member) {
  bool apart = false;
  for (const Operation& operation : program.operations()) {
    switch (operation.kind) {
      case Operation::Kind::kBegin:
        network_.Embed(sample_.data(), TokensOf(operation, member), stream_.data());
        break;
      case Operation::Kind::kKeep:
      case Operation::Kind::kAdd:
        AddTerms(program, operation, member);
        break;
      case Operation::Kind::kCompute:
        if (apart) member.Wait();
        Compute(program, operation, member);
        break;
      case Operation::Kind::kFinish:
        Finish(operation, member);
        break;
      case Operation::Kind::kHold:
        Hold(operation, member);
        break;
    }
    apart = operation.kind != Operation::Kind::kCompute;
  }
}

Share FusedChunk::TokensOf(const Operation& operation, const TeamMember& member) const {
  const int horizon = network_.config().horizon;
  const Share own = member.ShareOf(token_rows_);
  const int begin = std::max(own.begin, operation.first_row * horizon);
  return {begin,
          std::max(begin, std::min(own.end, (operation.first_row + operation.rows) * horizon))};
}

void FusedChunk::AddTerms(const ChunkProgram& program, const Operation& operation,
                          const TeamMember& member) {
  const PolicyConfig& c = network_.config();
  const Share own = TokensOf(operation, member);
  if (own.begin == own.end) return;
  const size_t offset = static_cast<size_t>(own.begin) * c.width;
  const int length = (own.end - own.begin) * c.width;
  float* to = stream_.data() + offset;
  if (operation.kind == Operation::Kind::kKeep) {
    to = Buffer(operation.buffer) + offset;
    std::memset(to, 0, static_cast<size_t>(length) * sizeof(float));
  }
  for (const Term& term : program.terms(operation)) {
    network_.kernels().add(Buffer(term.buffer) + offset, term.weight, to, length);
  }
}

// This member's columns of the residual go onto the stream and into the buffers.
void FusedChunk::Compute(const ChunkProgram& program, const Operation& operation,
                         const TeamMember& member) {
  const PolicyConfig& c = network_.config();
  const std::span<const int> rows = program.rows(operation);
  network_.Residual(operation.block,
                    {.stream = stream_.data(),
                     .rows = rows,
                     .timestep = sampler_.timesteps()[static_cast<size_t>(operation.step)]},
                    scratch_, member);
  const Share columns = network_.ResidualColumns(member);
  const int length = columns.end - columns.begin;
  const size_t row_size = static_cast<size_t>(c.horizon) * c.width;
  const float* residual = scratch_.residual.data() + columns.begin;
  const auto tokens = [&](size_t index, auto&& visit) {
    const size_t from = index * row_size;
    const size_t to = static_cast<size_t>(rows[index]) * row_size + columns.begin;
    for (size_t at = 0; at < row_size; at += c.width) visit(residual + from + at, to + at);
  };
  for (size_t index = 0; index < rows.size(); ++index) {
    tokens(index, [&](const float* from, size_t to) {
      network_.kernels().add(from, 1.0F, stream_.data() + to, length);
    });
  }
  for (const Write& write : program.writes(operation)) {
    tokens(static_cast<size_t>(write.index), [&](const float* from, size_t to) {
      std::memcpy(Buffer(write.buffer) + to, from, static_cast<size_t>(length) * sizeof(float));
    });
  }
  member.Wait();
}

// The sampler's arithmetic (policies/sampler.h) for one number of the sample, with this share of
// its noise.
void FusedChunk::NextSample(int step, size_t at, float clean, float predicted, float share) {
  const StepCoefficients& c = sampler_.Coefficients(step);
  float next = clean * c.clean + sample_.data()[at] * c.sample + predicted * c.predicted;
  if (c.sigma > 0.0F) {
    next += noise_.data()[static_cast<size_t>(step) * sample_size_ + at] * (c.sigma * share);
  }
  sample_.data()[at] = next;
}

void FusedChunk::Finish(const Operation& operation, const TeamMember& member) {
  const Share own = TokensOf(operation, member);
  if (own.begin == own.end) return;
  network_.Predict(stream_.data(), own, scratch_, member);
  const StepCoefficients& c = sampler_.Coefficients(operation.step);
  const int size = network_.config().action_size;
  for (int row = own.begin; row < own.end; ++row) {
    const float* predicted =
        scratch_.predicted.data() + static_cast<size_t>(row) * network_.predicted_stride();
    for (int i = 0; i < size; ++i) {
      const size_t at = static_cast<size_t>(row) * size + i;
      const float noise = predicted[i];
      const float clean =
          std::clamp((sample_.data()[at] - noise * c.noise_scale) / c.signal_scale, -1.0F, 1.0F);
      clean_.data()[at] = clean;
      NextSample(operation.step, at, clean, noise, operation.noise);
    }
  }
}

void FusedChunk::Hold(const Operation& operation, const TeamMember& member) {
  const Share own = TokensOf(operation, member);
  const StepCoefficients& c = sampler_.Coefficients(operation.step);
  const auto size = static_cast<size_t>(network_.config().action_size);
  for (size_t at = own.begin * size; at < own.end * size; ++at) {
    const float clean = clean_.data()[at];
    NextSample(operation.step, at, clean,
               (sample_.data()[at] - clean * c.signal_scale) / c.noise_scale, operation.noise);
  }
}

}  // namespace sagbench
