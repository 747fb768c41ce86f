#include "schedulers/slot_store.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "policies/aten.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

using Slots = std::vector<uint16_t>;

at::Tensor Filled(double value) {
  return at::full({1, 2, 3}, value);
}

TEST(SlotStore, HoldsTheLastResidualWritten) {
  SlotStore store(SlotPerBlock(2));
  EXPECT_THROW(store.Value(0, 0), Error);
  EXPECT_THROW(store.Value(5, 0), Error);
  store.Write(Slots{0, 1}, 0, Filled(1.0));
  store.Write(Slots{1}, 3, Filled(2.0));
  EXPECT_TRUE(at::equal(store.Value(0, 9), Filled(1.0)));
  EXPECT_TRUE(at::equal(store.Value(1, 9), Filled(2.0)));
}

// c0 + c1 s + c2 s^2 at a step s.
at::Tensor Polynomial(int step, bool quadratic) {
  const at::Tensor c = at::arange(6, at::kFloat).view({1, 2, 3});
  at::Tensor value = c * 0.5 - 1.0 + (c + 1.0) * (0.25 * step);
  return quadratic ? value + (c - 2.0) * (0.125 * step * step) : value;
}

TEST(SlotStore, ForecastsPolynomialsOfItsOrderExactly) {
  for (const bool quadratic : {false, true}) {
    SlotStore store(SlotPerBlock(1, quadratic ? 2 : 1));
    for (const int step : {0, 3, 4, 10}) store.Write(Slots{0}, step, Polynomial(step, quadratic));
    for (const int step : {10, 11, 15, 19}) {
      EXPECT_LE(MaxDifference(store.Value(0, step), Polynomial(step, quadratic)), 2e-4) << step;
    }
  }
}

TEST(SlotStore, ForecastsWithWhatItHasSoFar) {
  SlotStore store(SlotPerBlock(1, 2));
  store.Write(Slots{0}, 2, Filled(1.0));
  EXPECT_TRUE(at::equal(store.Value(0, 7), Filled(1.0)));
  store.Write(Slots{0}, 4, Filled(2.0));
  EXPECT_LE(MaxDifference(store.Value(0, 6), Filled(3.0)), 1e-6);
}

TEST(SlotStore, AWriteInTheSameStepReplaces) {
  SlotStore store({.writes = {{0}, {0}}, .orders = {1}});
  store.Write(Slots{0}, 0, Filled(1.0));
  store.Write(Slots{0}, 5, Filled(9.0));
  store.Write(Slots{0}, 5, Filled(2.0));
  EXPECT_LE(MaxDifference(store.Value(0, 10), Filled(3.0)), 1e-6);
}

TEST(SlotStore, SumsAreThoseOfTheSlotsAsTheyAre) {
  SlotStore store(SlotPerBlock(3));
  store.Write(Slots{0}, 0, Filled(1.0));
  store.Write(Slots{1}, 0, Filled(10.0));
  EXPECT_THROW(store.Sum({0, 2}, 1), Error);
  EXPECT_TRUE(at::equal(store.Sum({1}, 1), Filled(10.0)));
  const at::Tensor first = store.Sum({0, 1, 1}, 1);
  EXPECT_TRUE(at::equal(first, Filled(21.0)));
  EXPECT_TRUE(store.Sum({0, 1, 1}, 2).is_same(first));  // kept
  store.Write(Slots{1}, 3, Filled(20.0));
  EXPECT_TRUE(at::equal(store.Sum({0, 1, 1}, 4), Filled(41.0)));
  EXPECT_TRUE(at::equal(first, Filled(21.0)));  // nobody changed it
}

TEST(SlotStore, SumsOfForecastsFollowTheStep) {
  SlotStore store(SlotPerBlock(2, 1));
  for (const int step : {0, 1}) store.Write(Slots{0, 1}, step, Filled(step));
  EXPECT_LE(MaxDifference(store.Sum({0, 1}, 2), Filled(4.0)), 1e-6);
  EXPECT_LE(MaxDifference(store.Sum({0, 1}, 3), Filled(6.0)), 1e-6);
}

TEST(SlotStore, ManySumsForgetTheOldest) {
  SlotStore store(SlotPerBlock(2));
  store.Write(Slots{0, 1}, 0, Filled(1.0));
  for (size_t n = 2; n < 100; ++n) {
    EXPECT_TRUE(at::equal(store.Sum(Slots(n, 1), 1), Filled(static_cast<double>(n))));
  }
  EXPECT_TRUE(at::equal(store.Sum({1, 1}, 1), Filled(2.0)));
}

}  // namespace
}  // namespace sagbench
