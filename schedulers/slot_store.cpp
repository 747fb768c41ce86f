#include "schedulers/slot_store.h"

#include <algorithm>
#include <map>

#include "core/error.h"
#include "policies/aten.h"

namespace sagbench {
namespace {

constexpr size_t kKeptSums = 32;

}  // namespace

SlotStore::SlotStore(const SlotLayout& layout) : slots_(layout.orders.size()) {
  for (size_t i = 0; i < slots_.size(); ++i) slots_[i].kept = size_t{layout.orders[i]} + 1;
}

void SlotStore::Write(std::span<const uint16_t> slots, int step, const at::Tensor& residual) {
  for (const uint16_t index : slots) {
    Slot& slot = slots_.at(index);
    // Two blocks may write a slot in one step: the later one counts.
    if (!slot.writes.empty() && slot.writes.back().first == step) slot.writes.pop_back();
    slot.writes.emplace_back(step, residual);
    if (slot.writes.size() > slot.kept) slot.writes.pop_front();
    slot.written = ++writes_;
  }
}

const SlotStore::Slot& SlotStore::Filled(uint16_t slot) const {
  if (slot >= slots_.size() || slots_[slot].writes.empty()) {
    throw UsageError("a cell reuses slot {} before anything filled it", slot);
  }
  return slots_[slot];
}

std::vector<double> PolynomialWeights(const std::vector<int>& at, int step) {
  std::vector<double> weights(at.size(), 1.0);
  for (size_t i = 0; i < at.size(); ++i) {
    for (const int other : at) {
      if (other != at[i]) weights[i] *= static_cast<double>(step - other) / (at[i] - other);
    }
  }
  return weights;
}

at::Tensor SlotStore::Extrapolate(const Slot& slot, int step) const {
  std::vector<int> at;
  for (const auto& write : slot.writes) at.push_back(write.first);
  const std::vector<double> weights = PolynomialWeights(at, step);
  at::Tensor value = slot.writes.front().second * weights.front();
  for (size_t i = 1; i < at.size(); ++i) value.add_(slot.writes[i].second, weights[i]);
  return value;
}

at::Tensor SlotStore::Value(uint16_t slot, int step) const {
  const Slot& filled = Filled(slot);
  return filled.writes.size() == 1 ? filled.writes.back().second : Extrapolate(filled, step);
}

at::Tensor SlotStore::Add(const std::vector<uint16_t>& slots, int step) const {
  std::map<uint16_t, int> counts;
  for (const uint16_t slot : slots) ++counts[slot];
  at::Tensor sum;
  for (const auto& [slot, count] : counts) {
    const at::Tensor value = Value(slot, step);
    if (sum.defined()) {
      sum.add_(value, count);
    } else {
      sum = count == 1 ? value.clone() : value * static_cast<double>(count);
    }
  }
  return sum;
}

at::Tensor SlotStore::Sum(const std::vector<uint16_t>& slots, int step) {
  if (slots.size() == 1) return Value(slots.front(), step);
  uint64_t newest = 0;
  bool constant = true;
  for (const uint16_t slot : slots) {
    newest = std::max(newest, Filled(slot).written);
    constant = constant && slots_[slot].kept == 1;
  }
  if (!constant) return Add(slots, step);
  for (const KeptSum& sum : sums_) {
    if (sum.made >= newest && sum.slots == slots) return sum.value;
  }
  KeptSum made{.slots = slots, .made = writes_, .value = Add(slots, step)};
  if (sums_.size() < kKeptSums) {
    sums_.push_back(std::move(made));
    return sums_.back().value;
  }
  KeptSum& place = sums_[next_sum_++ % kKeptSums];
  place = std::move(made);
  return place.value;
}

}  // namespace sagbench
