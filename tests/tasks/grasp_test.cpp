#include "tasks/grasp.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include <gtest/gtest.h>

namespace sagbench::robosuite {
namespace {

using std::numbers::pi;

TEST(Grasp, ModesAreOfSimilarProbability) {
  CounterRandom random({.run_seed = 1, .purpose = NoisePurpose::kExpert});
  std::map<std::string, int> modes;
  constexpr int kDraws = 6000;
  int disturbed = 0, missing = 0;
  for (int i = 0; i < kDraws; ++i) {
    const GraspStyle style = DrawGraspStyle(random);
    ++modes[style.Name()];
    disturbed += style.disturbed;
    missing += Norm(style.miss) > 0.0;
    EXPECT_LE(std::max(std::abs(style.miss[0]), std::abs(style.miss[1])), 0.045);
    EXPECT_EQ(style.miss[2], 0.0);
  }
  EXPECT_EQ(modes.size(), 6U);
  for (const auto& [mode, count] : modes) EXPECT_NEAR(count, kDraws / 6, 150) << mode;
  EXPECT_NEAR(disturbed, 0.3 * kDraws, 180);
  EXPECT_NEAR(missing, 0.7 * kDraws, 200);
}

TEST(Grasp, TheFingersFitBothPairsOfSides) {
  for (double yaw = -4.0; yaw < 4.0; yaw += 0.1) {
    const auto [near, across] = GraspYaws(yaw);
    EXPECT_LE(std::abs(near), pi / 4 + 1e-12);
    EXPECT_LE(std::abs(across), pi / 2 + 1e-12);
    EXPECT_NEAR(std::abs(near - across), pi / 2, 1e-12);
    EXPECT_NEAR(std::sin(2.0 * (near - yaw)), 0.0, 1e-9);
  }
}

TEST(Grasp, HoldsTheCube) {
  const auto task = Tasks().Choose("lift").Make();
  for (const bool across : {false, true}) {
    CounterRandom random({.run_seed = 2, .purpose = NoisePurpose::kExpert});
    ArmDriver driver(*task, task->Reset(6), random);
    GraspStyle style = DrawGraspStyle(random);
    style.across = across;
    ASSERT_TRUE(Grasp(driver, style, {GraspYaws(driver.ObjectYaw()), 0.0}));
    const double finger = driver.recorder().observation()[17];
    EXPECT_NEAR(finger, 0.021, 0.003);  // half the cube
    const Vec3 before = driver.Object();
    driver.Go({driver.Hand() + Vec3{0.0, 0.0, 0.02}, driver.yaw(), 1, 0.2});
    EXPECT_GT(driver.Object()[2] - before[2], 0.008);  // it follows the hand, with its lag
  }
}

TEST(Grasp, AMissIsCorrectedBeforeTheDescent) {
  const auto task = Tasks().Choose("can").Make();
  CounterRandom random({.run_seed = 3, .purpose = NoisePurpose::kExpert});
  ArmDriver driver(*task, task->Reset(8), random);
  const Vec3 can = driver.Object();
  GraspStyle style = DrawGraspStyle(random);
  style.disturbed = false;
  style.miss = {0.02, -0.02, 0.0};
  style.height = 0.08;
  ASSERT_TRUE(Grasp(driver, style, {GraspYaws(driver.ObjectYaw()), 0.015}));
  const Demonstration demonstration = driver.recorder().Take();
  const Rows& actions = demonstration.actions;
  double missed = 0.0, at_the_can = 0.0;  // furthest aside where the hand is sent, m
  for (size_t i = 0; i < actions.count(); ++i) {
    const double* to = actions.values.data() + i * actions.width;
    if (std::hypot(to[0] - can[0], to[1] - can[1]) > 0.05) continue;  // on its way
    double& aside = to[2] < can[2] + 0.07 ? at_the_can : missed;
    aside = std::max(aside, std::hypot(to[0] - can[0], to[1] - can[1]));
  }
  EXPECT_GT(missed, 0.02);
  EXPECT_LT(at_the_can, 0.012);
}

}  // namespace
}  // namespace sagbench::robosuite
