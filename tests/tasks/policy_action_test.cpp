#include "tasks/policy_action.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace sagbench {
namespace {

const TaskSpec kPlain = {.name = "plain", .action_size = 2};
const TaskSpec kPose = {
    .name = "pose", .action_size = 7, .action_encoding = ActionEncoding::kRotation6d};

TEST(PolicyAction, PlainActionsStay) {
  EXPECT_EQ(PolicyActionSize(kPlain), 2);
  const std::vector<double> action = {1.5, -2.0};
  EXPECT_EQ(ToPolicyAction(kPlain, action), action);
  EXPECT_EQ(ToTaskAction(kPlain, action), action);
}

TEST(PolicyAction, PosesHaveTenNumbersAndComeBack) {
  EXPECT_EQ(PolicyActionSize(kPose), 10);
  const std::vector<double> action = {0.1, -0.2, 0.9, 3.0, 0.2, -0.4, -1.0};
  const std::vector<double> encoded = ToPolicyAction(kPose, action);
  ASSERT_EQ(encoded.size(), 10U);
  EXPECT_EQ(encoded[2], 0.9);
  EXPECT_EQ(encoded[9], -1.0);
  const std::vector<double> back = ToTaskAction(kPose, encoded);
  ASSERT_EQ(back.size(), 7U);
  for (int i = 0; i < 7; ++i) EXPECT_NEAR(back[i], action[i], 1e-12);
}

TEST(PolicyAction, NoRotationIsTheFirstTwoUnitRows) {
  const std::vector<double> encoded = ToPolicyAction(kPose, std::vector<double>(7, 0.0));
  EXPECT_EQ(encoded, (std::vector<double>{0, 0, 0, 1, 0, 0, 0, 1, 0, 0}));
}

TEST(PolicyAction, RecordedRowsOfAnotherSizeAreRefused) {
  const Rows rows = {7, std::vector<double>(21, 0.0)};
  EXPECT_EQ(ToPolicyActions(kPose, rows).width, 10U);
  EXPECT_EQ(ToPolicyActions(kPose, rows).count(), 3U);
  try {
    ToPolicyActions(kPlain, rows);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kBadFile);
  }
}

}  // namespace
}  // namespace sagbench
