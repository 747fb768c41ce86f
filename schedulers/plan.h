#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sagbench {

// One block at one denoising step: computed, or the value of `slot` added instead.
struct Cell {
  bool compute = true;
  uint16_t slot = 0;
  bool operator==(const Cell&) const = default;
};

// Where residuals are kept: which slots a computed block writes, and what a slot's value is.
struct SlotLayout {
  std::vector<std::vector<uint16_t>> writes;  // by block; every one before later cells read
  // By slot, the order of its rule: 0 is the last residual written, n > 0 the polynomial in the
  // denoising step through the last n + 1 of them (fewer while fewer were written).
  std::vector<uint8_t> orders;
  bool operator==(const SlotLayout&) const = default;
};

// What a step predicts that computes no block.
//
// kResiduals, as the papers have it: the network's ends run, with reused residuals between them.
// kClean: nothing runs. The estimate of the clean sample of the last step that ran is held, and the
// predicted noise is what separates the sample from it. Under a sampler that adds noise the two are
// far apart: reused residuals know nothing of the noise added since, which adds up, while with the
// clean estimate held the steps between two that run are, taken together and with all of their
// noise (IdleSteps), one longer step of the sampler (the posterior q(x_s | x_t, x_0) is the same in
// one step or in several; Ho et al., 2020, eq. 6).
enum class Hold { kResiduals, kClean };

constexpr double kMostIdleNoise = 2.0;

// What a plan does in steps that compute no block: what they predict, and the share of the
// sampler's noise that they add, 0 to kMostIdleNoise. In a dense chunk the network answers to that
// noise at once; here nothing does before the next step that computes.
struct IdleSteps {
  Hold hold = Hold::kResiduals;
  double noise = 1.0;
  bool operator==(const IdleSteps&) const = default;
};

// Which cells of a (denoising step x block) grid are computed, and what the others reuse; a plain
// value.
class Plan {
 public:
  Plan() = default;
  // All cells computed, no slots. Throws std::invalid_argument unless both are positive.
  Plan(int steps, int blocks);

  int steps() const { return steps_; }
  int blocks() const { return blocks_; }
  Cell& at(int step, int block) { return cells_[Index(step, block)]; }
  const Cell& at(int step, int block) const { return cells_[Index(step, block)]; }

  // Throws std::invalid_argument unless the layout names every block.
  void SetLayout(SlotLayout layout);
  const SlotLayout& layout() const { return layout_; }
  int slot_count() const { return static_cast<int>(layout_.orders.size()); }
  const std::vector<uint16_t>& writes(int block) const { return layout_.writes[block]; }

  // Blocks that run in every step and are shown to the scheduler, which may then change the later
  // cells of that step (Scheduler::Refine). Ascending; empty for plans made in advance.
  void SetProbes(std::vector<int> blocks) { probes_ = std::move(blocks); }
  const std::vector<int>& probes() const { return probes_; }

  void SetIdle(const IdleSteps& idle) { idle_ = idle; }
  const IdleSteps& idle() const { return idle_; }
  bool HoldsClean() const { return idle_.hold == Hold::kClean; }
  // True where the step computes no block.
  bool IsIdle(int step) const;
  // True where nothing of the step runs: it is idle, and the plan holds the clean sample.
  bool Holds(int step) const { return HoldsClean() && IsIdle(step); }
  // How much of the sampler's noise the step adds.
  double NoiseShare(int step) const { return IsIdle(step) ? idle_.noise : 1.0; }

  bool operator==(const Plan&) const = default;
  // Same grid, layout, probes and idle steps: plans that may share a batch.
  bool SameShape(const Plan& other) const;
  int64_t ComputedCells() const;
  int64_t TotalCells() const { return int64_t{steps_} * blocks_; }

  // Walks the plan in order of execution. Throws Error (usage), naming step and block, if a cell
  // reuses a slot that does not exist or that nothing has filled yet, if a probe is not computed,
  // or if probes do not ascend.
  void Validate() const;

  // Rows of '#' (computed) and '.' (reused), a line a step.
  std::string Text() const;
  // SHA-256 over grid, cells, layout, probes and what idle steps do.
  std::string Digest() const;

 private:
  size_t Index(int step, int block) const { return size_t(step) * blocks_ + block; }
  void ValidateCell(int step, int block, std::vector<bool>& filled) const;

  int steps_ = 0, blocks_ = 0;
  std::vector<Cell> cells_;
  SlotLayout layout_;
  std::vector<int> probes_;
  IdleSteps idle_;
};

// "residuals", "clean". The second throws std::invalid_argument for other names.
std::string HoldName(Hold hold);
Hold HoldFromName(const std::string& name);

// One slot a block: slot b belongs to block b. All of the order given.
SlotLayout SlotPerBlock(int blocks, int order = 0);

}  // namespace sagbench
