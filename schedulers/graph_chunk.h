#pragma once

#include <deque>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

#include "policies/denoiser.h"
#include "policies/sampler.h"
#include "schedulers/chunk_program.h"
#include "schedulers/scheduler.h"
#include "schedulers/work_recorder.h"

namespace sagbench {

// The denoising of chunks of one batch size on tensors that stay in place, as recorded work (CUDA
// graphs on a GPU). Where all rows follow one plan that comes a third time in a row, its whole
// chunk is recorded; plans that vary run through pieces: a step's begin and its end, a block
// with the buffers that it writes, a weighted sum of buffers. There are boundedly many of each, and
// no more than kMostPieces are kept. Rows of a batch that follow different plans run unrecorded.
class GraphChunk {
 public:
  static constexpr size_t kMostPieces = 2048, kMostWholes = 4;

  // All of them outlive this. `tokens`: of the samples that are denoised.
  GraphChunk(const Denoiser& denoiser, const Sampler& sampler, WorkRecorder& recorder,
             const PolicyConfig& config, int64_t tokens, int64_t batch, const at::Device& device);

  int64_t batch() const { return batch_; }
  // Normalised observations [B, To, obs], on any device.
  void Encode(const at::Tensor& observations);
  // The sample to start from [B, T, act] and the steps' noise [steps, B, T, act], on any device.
  void SetNoise(const at::Tensor& start, const at::Tensor& steps);
  // All steps. The scheduler is called where the plans have probes.
  void Denoise(std::span<PlannedRows> rows, Scheduler& scheduler);

  const at::Tensor& observations() const { return observations_; }  // as encoded
  const at::Tensor& sample() const { return sample_; }              // overwritten by the next chunk
  // Of the i-th of the last planned rows.
  const CellCount& count(size_t i) const { return counts_[i]; }

  size_t pieces() const { return pieces_.size(); }
  size_t wholes() const { return wholes_.size(); }

 private:
  struct Whole {
    Plan plan;
    CellCount count;
    std::unique_ptr<RecordedWork> work;
  };
  enum class Recording { kNone, kPieces, kRowsApart };  // the last: unrecorded, rows differ
  static constexpr int kRepeatsToRecord = 2;

  void ReserveBuffers(int count);
  void NoteRepeat(const Plan& plan);
  void DenoiseTogether(const ChunkProgram& program, const Plan& plan);
  void DenoiseOnline(ChunkProgram& program, std::span<PlannedRows> rows, Scheduler& scheduler);
  void RecordWhole(const ChunkProgram& program, const Plan& plan);
  // One row of weights over the buffers for each of the program's sums, in their order.
  at::Tensor SumWeights(const ChunkProgram& program) const;
  void Run(const ChunkProgram& program, Recording recording);
  // What `run` does, recorded under the key where there is room.
  void RunPiece(const std::vector<int>& key, std::function<void()> run);

  void Begin(int step);  // of all rows, those that hold included
  void Sum(const Operation& operation, const at::Tensor& weights);
  void Compute(int block, const std::vector<int>& buffers);
  void ComputeRows(const ChunkProgram& program, const Operation& operation);
  void Advance(const Operation& operation);

  const Denoiser& denoiser_;
  const Sampler& sampler_;
  WorkRecorder& recorder_;
  int64_t batch_;
  at::Tensor observations_, sample_, noise_, stream_;
  at::Tensor clean_;    // [B, T, act], of each row's last step that ran
  at::Tensor buffers_;  // [n, B, T, d]
  Encoded encoded_;
  at::Tensor weights_, cursor_;  // of the sums to come in pieces, and which is next: [m, n], [1]
  std::unique_ptr<RecordedWork> encode_;
  std::map<std::vector<int>, std::unique_ptr<RecordedWork>> pieces_;
  std::deque<Whole> wholes_;  // the latest made last
  Plan last_;                 // that all rows followed in the last chunk,
  int repeats_ = 0;           // and how often before that without a break
  std::vector<CellCount> counts_;
};

}  // namespace sagbench
