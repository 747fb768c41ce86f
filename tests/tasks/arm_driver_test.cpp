#include "tasks/arm_driver.h"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace sagbench::robosuite {
namespace {

using std::numbers::pi;

CounterRandom Random() {
  return CounterRandom({.run_seed = 1, .purpose = NoisePurpose::kExpert});
}

TEST(ArmDriver, BeginsWhereTheHandIs) {
  const auto task = Tasks().Choose("lift").Make();
  CounterRandom random = Random();
  ArmDriver driver(*task, task->Reset(4), random);
  const Vec3 before = driver.Hand();
  EXPECT_NEAR(driver.yaw(), 0.0, 0.3);  // the arm's start is noisy
  driver.Hold(10, -1);
  EXPECT_LT(Norm(driver.Hand() - before), 0.005);
}

// A hand turned by more than a quarter is not read as one turned back by three.
TEST(ArmDriver, BeginsWithTheYawOfTheHand) {
  const auto task = Tasks().Choose("can").Make();
  CounterRandom random = Random();
  ArmDriver driver(*task, task->Reset(4), random);
  driver.Go({driver.Hand(), 1.85, -1});
  driver.Hold(20, -1);
  ArmDriver again(*task, task->SetState(task->State()), random);
  EXPECT_GT(again.yaw(), pi / 2.0);
  EXPECT_NEAR(again.yaw(), 1.85, 0.2);
}

TEST(ArmDriver, GoesWhereALegSays) {
  for (const char* name : {"lift", "can"}) {
    const auto task = Tasks().Choose(name).Make();
    CounterRandom random = Random();
    ArmDriver driver(*task, task->Reset(4), random);
    Leg leg = {driver.Hand() + Vec3{0.1, 0.05, -0.03}, 0.6, -1, 0.25, {0.0, 0.04, 0.0}, 0.005};
    leg.wander = 0.0;
    EXPECT_TRUE(driver.Go(leg));
    EXPECT_LT(Norm(driver.Hand() - leg.position), 0.01) << name;
    // As the hand is turned, so its body: 90 degrees from the grip site.
    const double* q =
        driver.recorder().observation().data() + driver.recorder().observation().size() - 6;
    const Mat3 body = RotationOf(Quaternion{q[3], q[0], q[1], q[2]});
    const Mat3 site = Multiply(body, Mat3{0, 1, 0, -1, 0, 0, 0, 0, 1});
    const Mat3 expected = HandDown(0.6);
    for (int i = 0; i < 9; ++i) EXPECT_NEAR(site[i], expected[i], 0.06) << name << i;
  }
}

TEST(ArmDriver, ABowLeadsAside) {
  const auto task = Tasks().Choose("lift").Make();
  CounterRandom random = Random();
  ArmDriver driver(*task, task->Reset(4), random);
  const Vec3 start = driver.Hand();
  driver.Go({start + Vec3{0.1, 0.0, 0.0}, 0.0, -1, 0.25, {0.0, 0.06, 0.0}});
  const Demonstration made = driver.recorder().Take();
  double most = 0.0;
  const Rows& hand = made.observations.at("robot0_eef_pos");
  for (size_t row = 0; row < hand.count(); ++row) {
    most = std::max(most, hand.values[3 * row + 1] - start[1]);
  }
  EXPECT_NEAR(most, 0.06, 0.02);
}

TEST(ArmDriver, TheGripperFollows) {
  const auto task = Tasks().Choose("lift").Make();
  CounterRandom random = Random();
  ArmDriver driver(*task, task->Reset(4), random);
  driver.Hold(15, -1);
  EXPECT_GT(driver.recorder().observation()[17], 0.037);
  driver.Hold(25, 1);
  EXPECT_LT(driver.recorder().observation()[17], 0.003);
}

TEST(ArmDriver, AnEpisodeThatEndsIsOver) {
  const auto task = Tasks().Choose("lift").Make();
  CounterRandom random = Random();
  ArmDriver driver(*task, task->Reset(4), random);
  EXPECT_FALSE(driver.Hold(1000, -1));
  EXPECT_TRUE(driver.over());
  EXPECT_EQ(driver.recorder().Take().actions.count(), static_cast<size_t>(task->spec().max_steps));
}

TEST(ArmDriver, WrapsAngles) {
  EXPECT_NEAR(Wrap(3.5 * pi, pi), -0.5 * pi, 1e-12);
  EXPECT_NEAR(Wrap(0.3, pi / 2), 0.3, 1e-12);
  EXPECT_NEAR(Wrap(1.0, pi / 2), 1.0 - pi / 2, 1e-12);
}

}  // namespace
}  // namespace sagbench::robosuite
