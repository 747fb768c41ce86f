// What every registered expert must do, without naming any.
#include "tasks/expert.h"

#include <gtest/gtest.h>

namespace sagbench {
namespace {

TEST(Expert, EveryExpertHasItsTaskAndRecordsItsKeys) {
  EXPECT_FALSE(Experts().entries().empty());
  for (const auto& entry : Experts().entries()) {
    ASSERT_TRUE(Tasks().Has(entry.name));
    const auto task = Tasks().Choose(entry.name).Make();
    const ExpertResult result =
        Experts().Choose(entry.name).Make()->Solve({StartKind::kReset, 1, 0, {}});
    const Demonstration& demonstration = result.demonstration;
    const size_t steps = demonstration.actions.count();
    EXPECT_GT(steps, 0U);
    EXPECT_LE(steps, static_cast<size_t>(task->spec().max_steps));
    EXPECT_EQ(demonstration.observations.size(), task->spec().observation_keys.size());
    for (const ObservationKey& key : task->spec().observation_keys) {
      const Rows& rows = demonstration.observations.at(key.name);
      EXPECT_EQ(rows.width, static_cast<size_t>(key.size));
      EXPECT_EQ(rows.count(), steps);
    }
    EXPECT_EQ(demonstration.actions.width, static_cast<size_t>(task->spec().action_size));
    EXPECT_EQ(demonstration.states.count(), steps);
    EXPECT_EQ(demonstration.rewards.size(), steps);
    EXPECT_EQ(demonstration.dones.back(), 1);
  }
}

}  // namespace
}  // namespace sagbench
