#include "tasks/placement.h"

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace sagbench::robosuite {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kTableTop = 0.8;
constexpr double kJointNoise = 0.02;  // standard deviation, rad

// Half the extents of the bin within which an object must fit, and its centre.
constexpr double kBinX = 0.1, kBinY = -0.25, kBinHalfX = 0.145, kBinHalfY = 0.195;
// Milk, Bread, Cereal, Can: horizontal radius. All heights overlap, so that these alone decide.
constexpr std::array<double, 4> kRadii = {0.025, 0.03, 0.04, 0.025};
constexpr double kCanBottom = -0.06;

struct Disc {
  double x, y, radius;
};

bool Overlaps(const Disc& disc, const std::vector<Disc>& placed) {
  for (const Disc& other : placed) {
    if (std::hypot(disc.x - other.x, disc.y - other.y) <= disc.radius + other.radius) return true;
  }
  return false;
}

}  // namespace

ArmVector DrawArmStart(CounterRandom& random) {
  ArmVector joints = {0.0, kPi / 16, 0.0, -kPi / 2 - kPi / 3, 0.0, kPi - 0.2, kPi / 4};
  for (double& joint : joints) joint += kJointNoise * random.Normal();
  return joints;
}

LiftStart DrawLiftStart(CounterRandom& random) {
  LiftStart start;
  for (double& size : start.half_size) size = random.Uniform(0.020, 0.022);
  const double x = random.Uniform(-0.03, 0.03), y = random.Uniform(-0.03, 0.03);
  start.cube = {{x, y, kTableTop + 0.01 + start.half_size[2]}, random.Uniform(0.0, 2.0 * kPi)};
  return start;
}

ObjectStart DrawCanStart(CounterRandom& random) {
  std::vector<Disc> placed;
  for (const double radius : kRadii) {
    Disc disc = {};
    do {
      const double x = kBinHalfX - radius, y = kBinHalfY - radius;
      disc = {kBinX + random.Uniform(-x, x), kBinY + random.Uniform(-y, y), radius};
    } while (Overlaps(disc, placed));
    placed.push_back(disc);
  }
  const Disc& can = placed.back();
  return {{can.x, can.y, kTableTop - kCanBottom}, random.Uniform(0.0, 2.0 * kPi)};
}

}  // namespace sagbench::robosuite
