#include "tasks/pusht_path.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace sagbench::pusht {
namespace {

constexpr Pose kOrigin = {256.0, 200.0, 0.0};

double LongestStep(Vec2 from, const std::vector<Vec2>& targets) {
  double longest = 0.0;
  for (const Vec2 target : targets) {
    longest = std::max(longest, Length(target - from));
    from = target;
  }
  return longest;
}

double Clearance(const std::vector<Vec2>& targets) {
  double least = 1e9;
  for (const Vec2 target : targets) {
    least = std::min(least, DistanceToT(ToLocal(kOrigin, target)));
  }
  return least;
}

TEST(PushTPath, StraightWhereNothingIsInTheWay) {
  const Vec2 from = {60.0, 60.0}, to = {60.0, 400.0};
  const std::vector<Vec2> targets = Ways(kOrigin, from).Targets(to);
  EXPECT_NEAR(Length(targets.back() - to), 0.0, 1e-9);
  EXPECT_LE(Length(targets.front() - from), kAcceleration + 1e-9);
  EXPECT_LE(LongestStep(from, targets), kFreeSpeed + 1e-9);
  for (const Vec2 target : targets) EXPECT_NEAR(target.x, 60.0, 1e-9);
}

TEST(PushTPath, GoesAroundTheT) {
  const Vec2 from = {150.0, 215.0}, to = {362.0, 230.0};
  const std::vector<Vec2> targets = Ways(kOrigin, from).Targets(to);
  EXPECT_NEAR(Length(targets.back() - to), 0.0, 1e-9);
  EXPECT_GT(Clearance(targets), kAgentRadius);
}

TEST(PushTPath, TheOtherSideIsAnotherWayAndLonger) {
  const Vec2 from = {150.0, 215.0}, to = {362.0, 230.0};
  const Ways ways(kOrigin, from);
  const std::vector<Vec2> one = ways.Targets(to), other = ways.Targets(to, Side::kOther);
  EXPECT_GE(other.size(), one.size());
  EXPECT_NEAR(Length(other.back() - to), 0.0, 1e-9);
  EXPECT_GT(Clearance(other), kAgentRadius);
  const auto above = [](Vec2 target) { return target.y < kOrigin.y; };
  EXPECT_NE(std::any_of(one.begin(), one.end(), above),
            std::any_of(other.begin(), other.end(), above));
}

TEST(PushTPath, NoStepsWhereTheAgentIsThere) {
  EXPECT_TRUE(Ways(kOrigin, {60.0, 60.0}).Targets({60.0, 60.0}).empty());
}

TEST(PushTPath, OutsideWindow) {
  EXPECT_EQ(OutsideWindow({256.0, 256.0}), 0.0);
  EXPECT_EQ(OutsideWindow({1.0, 256.0}), 3.0);
  EXPECT_EQ(OutsideWindow({256.0, 513.0}), 5.0);
}

}  // namespace
}  // namespace sagbench::pusht
