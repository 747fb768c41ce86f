#include "schedulers/plan.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/error.h"
#include "core/files.h"

namespace sagbench {

Plan::Plan(int steps, int blocks) : steps_(steps), blocks_(blocks) {
  if (steps < 1 || blocks < 1) throw std::invalid_argument("a plan has at least one cell");
  cells_.resize(static_cast<size_t>(steps) * blocks);
  writes_.resize(blocks);
}

void Plan::SetLayout(int slot_count, std::vector<std::vector<uint16_t>> writes) {
  if (writes.size() != static_cast<size_t>(blocks_)) {
    throw std::invalid_argument("a layout names the slots of every block");
  }
  slot_count_ = slot_count;
  writes_ = std::move(writes);
}

bool Plan::SameShape(const Plan& other) const {
  return steps_ == other.steps_ && blocks_ == other.blocks_ && slot_count_ == other.slot_count_ &&
         writes_ == other.writes_;
}

int64_t Plan::ComputedCells() const {
  return std::count_if(cells_.begin(), cells_.end(), [](const Cell& cell) { return cell.compute; });
}

void Plan::Validate() const {
  std::vector<bool> filled(slot_count_, false);
  for (int step = 0; step < steps_; ++step) {
    for (int block = 0; block < blocks_; ++block) {
      const Cell& cell = at(step, block);
      if (!cell.compute && cell.slot >= slot_count_) {
        throw UsageError("plan: step {}, block {} reuses slot {}: valid are 0 to {}", step, block,
                         cell.slot, slot_count_ - 1);
      }
      if (!cell.compute && !filled[cell.slot]) {
        throw UsageError("plan: step {}, block {} reuses slot {} before anything filled it", step,
                         block, cell.slot);
      }
      if (!cell.compute) continue;
      for (const uint16_t slot : writes_[block]) {
        if (slot >= slot_count_) {
          throw UsageError("plan: block {} writes slot {}: valid are 0 to {}", block, slot,
                           slot_count_ - 1);
        }
        filled[slot] = true;
      }
    }
  }
}

std::string Plan::Text() const {
  std::string text;
  for (int step = 0; step < steps_; ++step) {
    for (int block = 0; block < blocks_; ++block) text += at(step, block).compute ? '#' : '.';
    text += '\n';
  }
  return text;
}

std::string Plan::Digest() const {
  std::string bytes;
  const auto append = [&bytes](int value) {
    bytes += static_cast<char>(value & 0xFF);
    bytes += static_cast<char>(value >> 8 & 0xFF);
  };
  append(steps_);
  append(blocks_);
  append(slot_count_);
  for (const auto& slots : writes_) {
    append(static_cast<int>(slots.size()));
    for (const uint16_t slot : slots) append(slot);
  }
  for (const Cell& cell : cells_) append(cell.compute ? 0xFFFF : cell.slot);
  return Sha256Hex(bytes);
}

void SetSlotPerBlock(Plan& plan) {
  std::vector<std::vector<uint16_t>> writes(plan.blocks());
  for (int block = 0; block < plan.blocks(); ++block) {
    writes[block] = {static_cast<uint16_t>(block)};
  }
  plan.SetLayout(plan.blocks(), std::move(writes));
}

}  // namespace sagbench
