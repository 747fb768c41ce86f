#pragma once

#include <cstdint>
#include <vector>

#include "schedulers/sag_trainer.h"

namespace sagbench {

// Looks for the steps that a pruner's table computes, where the others hold the clean estimate
// (Hold::kClean): one step after another is moved by a random distance, and the move stays if the
// actions of all examples come nearer to dense. Gradients find little there, since a step runs or
// does not and a chunk that changes its mode drowns the rest; a move is judged by what it does. All
// steps of the table are whole ones afterwards.
class StepSearch {
 public:
  // Begins with the steps that the trainer's table computes, step 0 included. `trainer` and the
  // examples must outlive it; `proposals` is their number in all, `done` those of an earlier search
  // whose table the trainer has: the rest goes as in an uninterrupted one.
  StepSearch(SagTrainer& trainer, std::vector<const SagExample*> examples, uint64_t seed,
             int64_t proposals, int64_t done = 0);

  // Tries one move, if there is one to try. The first half of the proposals go up to 8 steps far,
  // the others up to 3.
  void Propose();

  int64_t done() const { return done_; }
  // Of the table: mean over examples of log(distance to dense + 1e-4), so that a chunk that lands
  // in another mode counts no more than one that comes ten times nearer.
  double score() const { return score_; }
  const std::vector<int>& steps() const { return steps_; }  // ascending

 private:
  double ScoreOf(const std::vector<int>& steps);

  SagTrainer& trainer_;
  std::vector<const SagExample*> examples_;
  uint64_t seed_;
  int64_t proposals_, done_;
  std::vector<int> steps_;
  double score_ = 0.0;
};

}  // namespace sagbench
