#include "schedulers/graph_chunk.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "policies/aten.h"

namespace sagbench {
namespace {

bool IsSum(const Operation& operation) {
  return operation.kind == Operation::Kind::kKeep || operation.kind == Operation::Kind::kAdd;
}

// Where the only lane's residual goes.
std::vector<int> BuffersOf(const ChunkProgram& program, const Operation& operation) {
  std::vector<int> buffers;
  for (const Write& write : program.writes(operation)) {
    if (write.index == 0) buffers.push_back(write.buffer);
  }
  return buffers;
}

}  // namespace

GraphChunk::GraphChunk(const Denoiser& denoiser, const Sampler& sampler, WorkRecorder& recorder,
                       const PolicyConfig& config, int64_t tokens, int64_t batch,
                       const at::Device& device)
    : denoiser_(denoiser), sampler_(sampler), recorder_(recorder), batch_(batch) {
  const at::TensorOptions options = at::TensorOptions(at::kFloat).device(device);
  const auto steps = static_cast<int64_t>(sampler.timesteps().size());
  observations_ = at::zeros({batch, config.observation_steps, config.observation_size}, options);
  sample_ = at::zeros({batch, tokens, config.action_size}, options);
  clean_ = at::zeros_like(sample_);
  noise_ = at::zeros({steps, batch, tokens, config.action_size}, options);
  stream_ = at::zeros({batch, tokens, config.width}, options);
  buffers_ = at::zeros({0, batch, tokens, config.width}, options);
  cursor_ = at::zeros({1}, options.dtype(at::kLong));
  encoded_ = {.observations = observations_,
              .memory = denoiser.Encode(observations_).memory.clone()};
}

void GraphChunk::ReserveBuffers(int count) {
  if (count <= buffers_.size(0)) return;
  pieces_.clear();  // they know where the old ones are
  wholes_.clear();
  // Zeros, since a sum reads every buffer, also those that nothing has filled.
  buffers_ = at::zeros({count, batch_, stream_.size(1), stream_.size(2)}, stream_.options());
  const auto steps = static_cast<int64_t>(sampler_.timesteps().size());
  const auto blocks = static_cast<int64_t>(denoiser_.blocks().size());
  weights_ = at::zeros({steps * (blocks + 2) * batch_, count}, stream_.options());
}

void GraphChunk::Encode(const at::Tensor& observations) {
  observations_.copy_(observations);
  if (encode_) {
    encode_->Replay();
  } else {
    encode_ =
        recorder_.Record([this] { encoded_.memory.copy_(denoiser_.Encode(observations_).memory); });
  }
}

void GraphChunk::SetNoise(const at::Tensor& start, const at::Tensor& steps) {
  sample_.copy_(start);
  noise_.copy_(steps);
}

void GraphChunk::Denoise(std::span<PlannedRows> rows, Scheduler& scheduler) {
  const Plan& plan = rows.front().plan;
  counts_.clear();
  // What a chunk left, if it was not finite, must not reach the sums of the next by a weight of 0.
  buffers_.zero_();
  if (rows.size() == 1 && plan.probes().empty()) {
    const auto known = std::find_if(wholes_.begin(), wholes_.end(),
                                    [&](const Whole& whole) { return whole.plan == plan; });
    if (known != wholes_.end()) {
      known->work->Replay();
      counts_ = {known->count};
      NoteRepeat(plan);
      return;
    }
  }
  ChunkProgram program(rows, denoiser_.blocks());
  ReserveBuffers(program.buffers());
  if (!plan.probes().empty()) {
    DenoiseOnline(program, rows, scheduler);
  } else {
    for (int step = 0; step < plan.steps(); ++step) program.Append(step, 0, plan.blocks());
    if (rows.size() == 1) {
      DenoiseTogether(program, plan);
    } else {
      Run(program, Recording::kRowsApart);
    }
  }
  for (size_t i = 0; i < rows.size(); ++i) counts_.push_back(program.count(i));
}

void GraphChunk::DenoiseTogether(const ChunkProgram& program, const Plan& plan) {
  const bool is_first = last_.steps() == 0;
  NoteRepeat(plan);
  if (repeats_ >= kRepeatsToRecord) {
    RecordWhole(program, plan);
  } else {
    // Plans that are all alike need no pieces.
    Run(program, is_first || repeats_ > 0 ? Recording::kNone : Recording::kPieces);
  }
}

void GraphChunk::NoteRepeat(const Plan& plan) {
  repeats_ = plan == last_ ? repeats_ + 1 : 0;
  last_ = plan;
}

void GraphChunk::RecordWhole(const ChunkProgram& program, const Plan& plan) {
  if (wholes_.size() == kMostWholes) wholes_.pop_front();
  auto work = recorder_.Record([this, program, weights = SumWeights(program).to(stream_.device())] {
    int64_t sum = 0;
    for (const Operation& operation : program.operations()) {
      switch (operation.kind) {
        case Operation::Kind::kBegin:
          Begin(operation.step);
          break;
        case Operation::Kind::kKeep:
        case Operation::Kind::kAdd:
          Sum(operation, weights.select(0, sum++));
          break;
        case Operation::Kind::kCompute:
          Compute(operation.block, BuffersOf(program, operation));
          break;
        case Operation::Kind::kFinish:
        case Operation::Kind::kHold:
          Advance(operation);
          break;
      }
    }
  });
  wholes_.push_back({plan, program.count(0), std::move(work)});
}

void GraphChunk::DenoiseOnline(ChunkProgram& program, std::span<PlannedRows> rows,
                               Scheduler& scheduler) {
  const Plan& plan = rows.front().plan;
  const Recording recording = rows.size() == 1 ? Recording::kPieces : Recording::kRowsApart;
  const int seen = plan.probes().back() + 1;
  for (int step = 0; step < plan.steps(); ++step) {
    program.Clear();
    program.Append(step, 0, seen);
    Run(program, recording);
    for (PlannedRows& row : rows) {
      std::vector<at::Tensor> residuals;
      for (size_t probe = 0; probe < plan.probes().size(); ++probe) {
        const at::Tensor kept = buffers_.select(0, program.ProbeBuffer(probe));
        residuals.push_back(kept.narrow(0, row.first_row, row.rows).clone());
      }
      scheduler.Refine({.step = step, .row = row.first_row, .residuals = residuals}, row.plan);
    }
    if (seen == plan.blocks()) continue;  // the step is finished
    program.Clear();
    program.Append(step, seen, plan.blocks());
    Run(program, recording);
  }
}

at::Tensor GraphChunk::SumWeights(const ChunkProgram& program) const {
  const auto operations = program.operations();
  const auto sums = std::count_if(operations.begin(), operations.end(), IsSum);
  at::Tensor weights = at::zeros({sums, buffers_.size(0)}, at::kFloat);
  float* row = weights.data_ptr<float>();
  for (const Operation& operation : operations) {
    if (!IsSum(operation)) continue;
    for (const Term& term : program.terms(operation)) row[term.buffer] += term.weight;
    row += buffers_.size(0);
  }
  return weights;
}

void GraphChunk::Run(const ChunkProgram& program, Recording recording) {
  const at::Tensor weights = SumWeights(program);
  if (weights.size(0) > 0) {
    weights_.narrow(0, 0, weights.size(0)).copy_(weights);
    cursor_.zero_();
  }
  const auto run = [&](const std::vector<int>& key, std::function<void()> work) {
    if (recording == Recording::kPieces) {
      RunPiece(key, std::move(work));
    } else {
      work();
    }
  };
  int begun = -1;  // a step has a begin for each stretch of rows, and one for all will do
  for (const Operation& operation : program.operations()) {
    const int kind = static_cast<int>(operation.kind);
    switch (operation.kind) {
      case Operation::Kind::kBegin:
        if (operation.step == begun) break;
        begun = operation.step;
        run({kind, operation.step}, [this, step = operation.step] { Begin(step); });
        break;
      case Operation::Kind::kKeep:
      case Operation::Kind::kAdd:
        run({kind, operation.buffer, operation.first_row, operation.rows}, [this, operation] {
          Sum(operation, weights_.index_select(0, cursor_).squeeze(0));
          cursor_.add_(1);
        });
        break;
      case Operation::Kind::kCompute: {
        if (recording == Recording::kRowsApart) {
          ComputeRows(program, operation);
          break;
        }
        const std::vector<int> buffers = BuffersOf(program, operation);
        std::vector<int> key = {kind, operation.block};
        key.insert(key.end(), buffers.begin(), buffers.end());
        run(key, [this, block = operation.block, buffers] { Compute(block, buffers); });
        break;
      }
      case Operation::Kind::kFinish:
      case Operation::Kind::kHold:
        run({kind, operation.step, operation.keeps, std::bit_cast<int>(operation.noise)},
            [this, operation] { Advance(operation); });
        break;
    }
  }
}

void GraphChunk::RunPiece(const std::vector<int>& key, std::function<void()> run) {
  const auto piece = pieces_.find(key);
  if (piece != pieces_.end()) {
    piece->second->Replay();
  } else if (pieces_.size() < kMostPieces) {
    pieces_[key] = recorder_.Record(std::move(run));
  } else {
    run();
  }
}

void GraphChunk::Begin(int step) {
  stream_.copy_(denoiser_.Begin(sample_, sampler_.timesteps()[step], encoded_).stream);
}

// Products and a sum, since a matrix product may round its factors (TF32).
void GraphChunk::Sum(const Operation& operation, const at::Tensor& weights) {
  const auto rows = [&](const at::Tensor& tensor, int64_t dimension) {
    return tensor.narrow(dimension, operation.first_row, operation.rows);
  };
  const at::Tensor sum = (rows(buffers_, 1) * weights.view({-1, 1, 1, 1})).sum(0);
  if (operation.kind == Operation::Kind::kKeep) {
    rows(buffers_.select(0, operation.buffer), 0).copy_(sum);
  } else {
    rows(stream_, 0).add_(sum);
  }
}

void GraphChunk::Compute(int block, const std::vector<int>& buffers) {
  const at::Tensor residual =
      denoiser_.Residual(block, stream_, {.stream = stream_, .memory = encoded_.memory}, {});
  for (const int buffer : buffers) buffers_.select(0, buffer).copy_(residual);
  stream_.add_(residual);
}

void GraphChunk::ComputeRows(const ChunkProgram& program, const Operation& operation) {
  const std::span<const int> chosen = program.rows(operation);
  const std::vector<int64_t> indices(chosen.begin(), chosen.end());
  const at::Tensor rows = at::tensor(indices, at::kLong).to(stream_.device());
  const at::Tensor residual =
      denoiser_.Residual(operation.block, stream_.index_select(0, rows),
                         {.stream = stream_, .memory = encoded_.memory}, rows);
  stream_.index_add_(0, rows, residual);
  for (const Write& write : program.writes(operation)) {
    buffers_.select(0, write.buffer)
        .select(0, indices[static_cast<size_t>(write.index)])
        .copy_(residual.select(0, write.index));
  }
}

// The sampler's step, from what the network predicts or from the clean sample that is held.
void GraphChunk::Advance(const Operation& operation) {
  const int step = operation.step;
  const auto rows = [&](const at::Tensor& all) {
    return all.narrow(0, operation.first_row, operation.rows);
  };
  const at::Tensor sample = rows(sample_);
  at::Tensor predicted, noise;
  if (operation.kind == Operation::Kind::kHold) {
    predicted = sampler_.NoiseFrom(step, sample, rows(clean_));
  } else {
    predicted = denoiser_.Finish(rows(stream_));
    if (operation.keeps) rows(clean_).copy_(sampler_.Clean(step, sample, predicted));
  }
  if (sampler_.NeedsNoise(step)) noise = rows(noise_.select(0, step));
  if (noise.defined() && operation.noise != 1.0F) noise = noise * operation.noise;
  sample.copy_(sampler_.Step(step, sample, predicted, noise));
}

}  // namespace sagbench
