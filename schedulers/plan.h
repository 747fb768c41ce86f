#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sagbench {

// One block at one denoising step: computed, or the residual in `slot` added instead.
struct Cell {
  bool compute = true;
  uint16_t slot = 0;
  bool operator==(const Cell&) const = default;
};

// Which cells of a (denoising step x block) grid are computed; a plain value. A computed block
// writes its residual to every slot that the layout names for it, before later cells read them.
class Plan {
 public:
  Plan() = default;
  // All cells computed, no slots. Throws std::invalid_argument unless both are positive.
  Plan(int steps, int blocks);

  int steps() const { return steps_; }
  int blocks() const { return blocks_; }
  Cell& at(int step, int block) { return cells_[Index(step, block)]; }
  const Cell& at(int step, int block) const { return cells_[Index(step, block)]; }

  // Slots 0..slot_count-1; writes[b] lists those that block b fills.
  void SetLayout(int slot_count, std::vector<std::vector<uint16_t>> writes);
  int slot_count() const { return slot_count_; }
  const std::vector<uint16_t>& writes(int block) const { return writes_[block]; }

  bool operator==(const Plan&) const = default;
  // Same grid and same layout: plans that may share a batch.
  bool SameShape(const Plan& other) const;
  int64_t ComputedCells() const;
  int64_t TotalCells() const { return int64_t{steps_} * blocks_; }

  // Walks the plan in order of execution with all slots empty. Throws Error (usage) if a cell
  // reuses a slot that does not exist or that nothing has filled yet, naming step and block.
  void Validate() const;

  // Rows of '#' (computed) and '.' (reused), a line a step.
  std::string Text() const;
  // SHA-256 over grid, cells and layout.
  std::string Digest() const;

 private:
  size_t Index(int step, int block) const { return size_t(step) * blocks_ + block; }

  int steps_ = 0, blocks_ = 0, slot_count_ = 0;
  std::vector<Cell> cells_;
  std::vector<std::vector<uint16_t>> writes_;
};

// Layout with one slot a block: slot b belongs to block b.
void SetSlotPerBlock(Plan& plan);

}  // namespace sagbench
