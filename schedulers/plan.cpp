#include "schedulers/plan.h"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <utility>

#include "core/error.h"
#include "core/files.h"

namespace sagbench {

Plan::Plan(int steps, int blocks) : steps_(steps), blocks_(blocks) {
  if (steps < 1 || blocks < 1) throw std::invalid_argument("a plan has at least one cell");
  cells_.resize(static_cast<size_t>(steps) * blocks);
  layout_.writes.resize(blocks);
}

void Plan::SetLayout(SlotLayout layout) {
  if (layout.writes.size() != static_cast<size_t>(blocks_)) {
    throw std::invalid_argument("a layout names the slots of every block");
  }
  layout_ = std::move(layout);
}

bool Plan::SameShape(const Plan& other) const {
  return steps_ == other.steps_ && blocks_ == other.blocks_ && layout_ == other.layout_ &&
         probes_ == other.probes_ && idle_ == other.idle_;
}

bool Plan::IsIdle(int step) const {
  const auto first = cells_.begin() + static_cast<std::ptrdiff_t>(Index(step, 0));
  return std::none_of(first, first + blocks_, [](const Cell& cell) { return cell.compute; });
}

int64_t Plan::ComputedCells() const {
  return std::count_if(cells_.begin(), cells_.end(), [](const Cell& cell) { return cell.compute; });
}

void Plan::ValidateCell(int step, int block, std::vector<bool>& filled) const {
  const Cell& cell = at(step, block);
  const auto valid = [&](uint16_t slot) { return slot < slot_count(); };
  if (!cell.compute) {
    if (!valid(cell.slot)) {
      throw UsageError("plan: step {}, block {} reuses slot {}: valid are 0 to {}", step, block,
                       cell.slot, slot_count() - 1);
    }
    if (!filled[cell.slot]) {
      throw UsageError("plan: step {}, block {} reuses slot {} before anything filled it", step,
                       block, cell.slot);
    }
    return;
  }
  for (const uint16_t slot : writes(block)) {
    if (!valid(slot)) {
      throw UsageError("plan: block {} writes slot {}: valid are 0 to {}", block, slot,
                       slot_count() - 1);
    }
    filled[slot] = true;
  }
}

void Plan::Validate() const {
  std::vector<bool> filled(slot_count(), false);
  if (std::adjacent_find(probes_.begin(), probes_.end(), std::greater_equal<>()) != probes_.end()) {
    throw UsageError("plan: probes are not in ascending order");
  }
  for (int step = 0; step < steps_; ++step) {
    for (int block = 0; block < blocks_; ++block) ValidateCell(step, block, filled);
    for (const int probe : probes_) {
      if (probe < 0 || probe >= blocks_ || !at(step, probe).compute) {
        throw UsageError("plan: step {} does not compute its probe, block {}", step, probe);
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
  append(slot_count());
  for (const auto& slots : layout_.writes) {
    append(static_cast<int>(slots.size()));
    for (const uint16_t slot : slots) append(slot);
  }
  for (const uint8_t order : layout_.orders) append(order);
  for (const Cell& cell : cells_) append(cell.compute ? 0xFFFF : cell.slot);
  for (const int probe : probes_) append(probe);
  // Nothing for the defaults: older digests.
  if (HoldsClean()) bytes += HoldName(idle_.hold);
  if (idle_.noise != 1.0) bytes += fmt::format("noise={}", idle_.noise);
  return Sha256Hex(bytes);
}

std::string HoldName(Hold hold) {
  return hold == Hold::kClean ? "clean" : "residuals";
}

Hold HoldFromName(const std::string& name) {
  if (name == "residuals") return Hold::kResiduals;
  if (name == "clean") return Hold::kClean;
  throw std::invalid_argument("no way to hold: " + name);
}

SlotLayout SlotPerBlock(int blocks, int order) {
  SlotLayout layout;
  for (int block = 0; block < blocks; ++block) {
    layout.writes.push_back({static_cast<uint16_t>(block)});
    layout.orders.push_back(static_cast<uint8_t>(order));
  }
  return layout;
}

}  // namespace sagbench
