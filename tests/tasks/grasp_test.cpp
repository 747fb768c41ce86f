#include "tasks/grasp.h"

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
  int disturbed = 0;
  for (int i = 0; i < kDraws; ++i) {
    const GraspStyle style = DrawGraspStyle(random);
    ++modes[style.Name()];
    disturbed += style.disturbed;
  }
  EXPECT_EQ(modes.size(), 6U);
  for (const auto& [mode, count] : modes) EXPECT_NEAR(count, kDraws / 6, 150) << mode;
  EXPECT_NEAR(disturbed, 0.3 * kDraws, 180);
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

}  // namespace
}  // namespace sagbench::robosuite
