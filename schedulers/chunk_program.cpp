#include "schedulers/chunk_program.h"

#include <algorithm>

#include "core/error.h"
#include "schedulers/slot_store.h"

namespace sagbench {
namespace {

void AddTerm(std::vector<Term>& terms, const Term& term) {
  const auto same = std::find_if(terms.begin(), terms.end(),
                                 [&](const Term& other) { return other.buffer == term.buffer; });
  if (same == terms.end()) {
    terms.push_back(term);
  } else {
    same->weight += term.weight;
  }
}

}  // namespace

ChunkProgram::ChunkProgram(std::span<const PlannedRows> rows, std::span<const BlockInfo> blocks)
    : planned_(rows), blocks_(blocks), lanes_(rows.size()) {
  const Plan& plan = rows.front().plan;
  for (const uint8_t order : plan.layout().orders) {
    slot_buffers_.push_back(buffers_);
    buffers_ += order + 1;
  }
  kept_buffer_ = buffers_++;
  first_probe_ = buffers_;
  buffers_ += static_cast<int>(plan.probes().size());
  for (Lane& lane : lanes_) lane.slots.resize(static_cast<size_t>(plan.slot_count()));
}

void ChunkProgram::Clear() {
  operations_.clear();
  terms_.clear();
  rows_.clear();
  writes_.clear();
}

void ChunkProgram::Append(int step, int first, int end) {
  for (size_t i = 0; i < lanes_.size(); ++i) lanes_[i].holds = planned_[i].plan.Holds(step);
  if (first == 0) AppendStretches(Operation::Kind::kBegin, step, /*holds=*/false);
  for (int block = first; block < end; ++block) AppendBlock(step, block);
  const auto blocks = static_cast<int>(blocks_.size());
  if (end < blocks) return;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    if (lanes_[i].holds) continue;
    const Plan& plan = planned_[i].plan;
    bool whole = true;
    for (int block = 0; block < blocks; ++block) whole = whole && !plan.at(step, block).compute;
    Flush(i, step, whole);
  }
  AppendStretches(Operation::Kind::kFinish, step, /*holds=*/false);
  AppendStretches(Operation::Kind::kHold, step, /*holds=*/true);
}

void ChunkProgram::AppendStretches(Operation::Kind kind, int step, bool holds) {
  bool extends = false;
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const auto rows = static_cast<int>(planned_[i].rows);
    const auto noise = static_cast<float>(planned_[i].plan.NoiseShare(step));
    if (lanes_[i].holds != holds) {
      extends = false;
    } else if (extends && operations_.back().noise == noise) {
      operations_.back().rows += rows;
    } else {
      operations_.push_back({.kind = kind,
                             .step = step,
                             .keeps = planned_[i].plan.HoldsClean(),
                             .noise = noise,
                             .first_row = static_cast<int>(planned_[i].first_row),
                             .rows = rows});
      extends = true;
    }
  }
}

void ChunkProgram::AppendBlock(int step, int block) {
  const auto first = static_cast<uint32_t>(rows_.size());
  const auto first_write = static_cast<uint32_t>(writes_.size());
  for (size_t i = 0; i < lanes_.size(); ++i) {
    const Cell& cell = planned_[i].plan.at(step, block);
    if (!cell.compute) {
      if (!lanes_[i].holds) Reuse(lanes_[i], cell.slot, step);
      lanes_[i].count.Reuse(blocks_[static_cast<size_t>(block)]);
      continue;
    }
    Flush(i, step, /*whole_step=*/false);
    AddWrites(i, step, block, static_cast<int>(rows_.size() - first));
    for (int64_t row = 0; row < planned_[i].rows; ++row) {
      rows_.push_back(static_cast<int>(planned_[i].first_row + row));
    }
    lanes_[i].count.Compute(blocks_[static_cast<size_t>(block)]);
  }
  const auto count = static_cast<uint32_t>(rows_.size()) - first;
  if (count == 0) return;
  operations_.push_back({.kind = Operation::Kind::kCompute,
                         .step = step,
                         .block = block,
                         .first = first,
                         .count = count,
                         .first_write = first_write,
                         .writes = static_cast<uint32_t>(writes_.size()) - first_write});
}

// The block's residual also goes where its slots and, if it is one, its probe are kept.
void ChunkProgram::AddWrites(size_t index, int step, int block, int first_index) {
  const Plan& plan = planned_[index].plan;
  Lane& lane = lanes_[index];
  std::vector<int> buffers;
  for (const uint16_t slot : plan.writes(block)) {
    buffers.push_back(NextBuffer(lane.slots[slot], slot, step));
  }
  if (!buffers.empty()) lane.kept_valid = false;
  const std::vector<int>& probes = plan.probes();
  const auto probe = std::find(probes.begin(), probes.end(), block);
  if (probe != probes.end()) buffers.push_back(ProbeBuffer(probe - probes.begin()));
  for (const int buffer : buffers) {
    for (int row = 0; row < planned_[index].rows; ++row) {
      writes_.push_back({.index = first_index + row, .buffer = buffer});
    }
  }
}

// A second write in one step replaces the first; else the oldest makes room.
int ChunkProgram::NextBuffer(Slot& slot, uint16_t index, int step) const {
  if (!slot.steps.empty() && slot.steps.back() == step) return slot.buffers.back();
  const size_t room = size_t{planned_.front().plan.layout().orders[index]} + 1;
  int buffer = slot_buffers_[index] + static_cast<int>(slot.steps.size());
  if (slot.steps.size() == room) {
    buffer = slot.buffers.front();
    slot.steps.erase(slot.steps.begin());
    slot.buffers.erase(slot.buffers.begin());
  }
  slot.steps.push_back(step);
  slot.buffers.push_back(buffer);
  return buffer;
}

void ChunkProgram::Reuse(Lane& lane, uint16_t slot, int step) const {
  if (slot >= lane.slots.size() || lane.slots[slot].steps.empty()) {
    throw UsageError("a cell reuses slot {} before anything filled it", slot);
  }
  const Slot& filled = lane.slots[slot];
  const std::vector<double> weights = PolynomialWeights(filled.steps, step);
  for (size_t i = 0; i < weights.size(); ++i) {
    AddTerm(lane.waiting, {.buffer = filled.buffers[i], .weight = static_cast<float>(weights[i])});
  }
}

void ChunkProgram::AddSum(Operation::Kind kind, size_t index, int step,
                          std::span<const Term> terms) {
  operations_.push_back({.kind = kind,
                         .step = step,
                         .buffer = kept_buffer_,
                         .first_row = static_cast<int>(planned_[index].first_row),
                         .rows = static_cast<int>(planned_[index].rows),
                         .first = static_cast<uint32_t>(terms_.size()),
                         .count = static_cast<uint32_t>(terms.size())});
  terms_.insert(terms_.end(), terms.begin(), terms.end());
}

void ChunkProgram::Flush(size_t index, int step, bool whole_step) {
  Lane& lane = lanes_[index];
  if (lane.waiting.empty()) return;
  if (whole_step) {
    if (!lane.kept_valid || lane.kept != lane.waiting) {
      AddSum(Operation::Kind::kKeep, index, step, lane.waiting);
      lane.kept = lane.waiting;
      lane.kept_valid = true;
    }
    const Term kept{.buffer = kept_buffer_, .weight = 1.0F};
    AddSum(Operation::Kind::kAdd, index, step, {&kept, 1});
  } else {
    AddSum(Operation::Kind::kAdd, index, step, lane.waiting);
  }
  lane.waiting.clear();
}

}  // namespace sagbench
