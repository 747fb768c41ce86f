#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

TEST(Dense, ComputesEveryCellAndKeepsNothing) {
  const Plan plan = PlansOf(TinyPolicy(), "ddim:steps=7", "dense").front();
  EXPECT_EQ(plan.ComputedCells(), 7 * 6);
  EXPECT_EQ(plan.TotalCells(), 7 * 6);
  EXPECT_EQ(plan.slot_count(), 0);
}

TEST(Dense, HasNoKnobs) {
  EXPECT_THROW(Schedulers().Choose("dense:rate=0.5"), Error);
}

}  // namespace
}  // namespace sagbench
