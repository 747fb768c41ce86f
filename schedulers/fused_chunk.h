#pragma once

#include <memory>
#include <span>

#include <ATen/core/Tensor.h>

#include "core/spin_team.h"
#include "policies/fused_network.h"
#include "policies/sampler.h"
#include "schedulers/chunk_program.h"
#include "schedulers/scheduler.h"

namespace sagbench {

// The denoising of chunks of one batch size: stream, sample, noise and kept residuals, and the loop
// over them. For plans made in advance the loop allocates nothing once it has run.
class FusedChunk {
 public:
  // All of them outlive this.
  FusedChunk(const FusedNetwork& network, const Sampler& sampler, SpinTeam& team, int batch);

  int batch() const { return batch_; }
  // Normalised observations [B, To, obs].
  void Encode(const float* observations);
  // Float32 on the CPU, [B, n, act] with n of at least the tokens that are computed: the sample to
  // start from, and a step's noise.
  void SetStart(const at::Tensor& sample);
  void SetNoise(int step, const at::Tensor& noise);
  // All steps. The scheduler is called where the plans have probes.
  void Denoise(std::span<PlannedRows> rows, Scheduler& scheduler);
  // Walks along a program's list, with all threads.
  void Run(const ChunkProgram& program);

  // The sample [B, T, act], a copy.
  at::Tensor Trajectory() const;
  // Of the i-th of the last planned rows.
  const CellCount& count(size_t i) const { return program_->count(i); }

  void ReserveBuffers(int count);

 private:
  void Copy(const at::Tensor& from, float* to) const;
  void Refine(int step, std::span<PlannedRows> rows, Scheduler& scheduler) const;
  void Walk(const ChunkProgram& program, const TeamMember& member);
  void AddTerms(const ChunkProgram& program, const Operation& operation, const TeamMember& member);
  void Compute(const ChunkProgram& program, const Operation& operation, const TeamMember& member);
  // A member's tokens of the operation's rows.
  Share TokensOf(const Operation& operation, const TeamMember& member) const;
  void Finish(const Operation& operation, const TeamMember& member);
  void Hold(const Operation& operation, const TeamMember& member);
  void NextSample(int step, size_t at, float clean, float predicted, float share);
  float* Buffer(int index) const { return buffers_.data() + index * stream_size_; }

  const FusedNetwork& network_;
  const Sampler& sampler_;
  SpinTeam& team_;
  int batch_, token_rows_;  // B T
  size_t sample_size_, stream_size_;
  int buffer_count_ = 0;
  FusedScratch scratch_;
  FloatBuffer stream_, sample_, noise_, buffers_;
  FloatBuffer clean_;  // [B, T, act], of each row's last step that ran
  std::unique_ptr<ChunkProgram> program_;
};

}  // namespace sagbench
