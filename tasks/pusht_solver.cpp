#include "tasks/pusht_solver.h"

#include <algorithm>
#include <cmath>

namespace sagbench::pusht {
namespace {

constexpr int kIterations = 10;
constexpr double kSlop = 0.1;    // px
constexpr double kReach = 92.0;  // px: farthest corner from the centre of gravity + radius
constexpr int kPersistence = 3;  // sub-steps that an untouched pair keeps its impulse
const double kBiasRate = (1.0 - std::pow(0.9, 60.0 * kSubStep)) / kSubStep;  // 1/s

constexpr Rectangle FromCog(const Rectangle& box) {
  return {box.low_x, box.low_y - kCogOffset, box.high_x, box.high_y - kCogOffset};
}
constexpr std::array<Rectangle, 2> kShapes = {FromCog(kBar), FromCog(kStem)};

// Nearest point of a rectangle's outline to p and the outward unit normal there, for a p at most a
// radius away; returns the signed distance (negative inside: the side of least depth).
double Nearest(const Rectangle& box, Vec2 p, Vec2* point, Vec2* outward) {
  const Vec2 inner = {std::clamp(p.x, box.low_x, box.high_x),
                      std::clamp(p.y, box.low_y, box.high_y)};
  const Vec2 gap = p - inner;
  const double distance = Length(gap);
  if (distance > 0.0) {
    *point = inner;
    *outward = (1.0 / distance) * gap;
    return distance;
  }
  const std::array<double, 4> depth = {p.x - box.low_x, box.high_x - p.x, p.y - box.low_y,
                                       box.high_y - p.y};
  const int side = static_cast<int>(std::min_element(depth.begin(), depth.end()) - depth.begin());
  constexpr std::array<Vec2, 4> kNormals = {{{-1.0, 0.0}, {1.0, 0.0}, {0.0, -1.0}, {0.0, 1.0}}};
  *outward = kNormals[side];
  *point = p + depth[side] * kNormals[side];
  return -depth[side];
}

// Whether p is within a radius of the rectangle: most sub-steps end here.
inline bool Near(const Rectangle& box, Vec2 p) {
  const double dx = std::max({box.low_x - p.x, 0.0, p.x - box.high_x});
  const double dy = std::max({box.low_y - p.y, 0.0, p.y - box.high_y});
  return dx * dx + dy * dy <= kAgentRadius * kAgentRadius;
}

}  // namespace

PushSolver::PushSolver(Vec2 agent, const Pose& cog)
    : agent_(agent), cog_(cog), cos_(std::cos(cog.angle)), sin_(std::sin(cog.angle)) {}

void PushSolver::Step(Vec2 target) {
  for (int i = 0; i < kSubSteps; ++i) SubStep(target);
}

void PushSolver::Touch(int shape, Vec2 agent, Contact* contact) {
  Vec2 point, outward;
  const double distance = Nearest(kShapes[shape], agent, &point, &outward) - kAgentRadius;
  if (idle_[shape] >= kPersistence) impulse_[shape] = 0.0;
  contact->shape = shape;
  contact->normal = -1.0 * outward;
  contact->arm = point.x * contact->normal.y - point.y * contact->normal.x;
  contact->mass = 1.0 / (1.0 + contact->arm * contact->arm / kBlockInertia);
  contact->bias = -kBiasRate * std::min(0.0, distance + kSlop);
  contact->bias_impulse = 0.0;
}

void PushSolver::Solve(std::array<Contact, 2>& contacts, int count) {
  const Vec2 agent_velocity = {cos_ * agent_velocity_.x + sin_ * agent_velocity_.y,
                               cos_ * agent_velocity_.y - sin_ * agent_velocity_.x};
  Vec2 velocity, push;  // of the block: by contact, and the pseudo-velocity against penetration
  double spin = 0.0, push_spin = 0.0;
  for (int i = 0; i < count; ++i) {
    const Contact& contact = contacts[i];
    if (idle_[contact.shape] == 0) {
      velocity = velocity + impulse_[contact.shape] * contact.normal;
      spin += impulse_[contact.shape] * contact.arm / kBlockInertia;
    }
    idle_[contact.shape] = 0;
  }
  const int iterations = count == 1 ? 1 : kIterations;  // one contact is exact at once
  for (int iteration = 0; iteration < iterations; ++iteration) {
    for (int i = 0; i < count; ++i) {
      Contact& contact = contacts[i];
      const double push_speed = Dot(push, contact.normal) + push_spin * contact.arm;
      const double old_bias = contact.bias_impulse;
      contact.bias_impulse = std::max(0.0, old_bias + (contact.bias - push_speed) * contact.mass);
      const double speed = Dot(velocity - agent_velocity, contact.normal) + spin * contact.arm;
      double& impulse = impulse_[contact.shape];
      const double old_impulse = impulse;
      impulse = std::max(0.0, old_impulse - speed * contact.mass);
      push = push + (contact.bias_impulse - old_bias) * contact.normal;
      push_spin += (contact.bias_impulse - old_bias) * contact.arm / kBlockInertia;
      velocity = velocity + (impulse - old_impulse) * contact.normal;
      spin += (impulse - old_impulse) * contact.arm / kBlockInertia;
    }
  }
  const Vec2 total = velocity + push;
  pending_ = {cos_ * total.x - sin_ * total.y, sin_ * total.x + cos_ * total.y};
  pending_spin_ = spin + push_spin;
}

void PushSolver::SubStep(Vec2 target) {
  agent_velocity_ =
      agent_velocity_ + kSubStep * (kStiffness * (target - agent_) - kDamping * agent_velocity_);
  agent_ = agent_ + kSubStep * agent_velocity_;
  cog_.x += kSubStep * pending_.x;
  cog_.y += kSubStep * pending_.y;
  if (pending_spin_ != 0.0) {
    cog_.angle += kSubStep * pending_spin_;
    cos_ = std::cos(cog_.angle);
    sin_ = std::sin(cog_.angle);
  }
  pending_ = {};
  pending_spin_ = 0.0;
  const Vec2 gap = {agent_.x - cog_.x, agent_.y - cog_.y};
  if (Dot(gap, gap) > kReach * kReach) {
    ++idle_[0], ++idle_[1];
    return;
  }
  const Vec2 local = {cos_ * gap.x + sin_ * gap.y, cos_ * gap.y - sin_ * gap.x};
  std::array<Contact, 2> contacts;
  int count = 0;
  for (int shape = 0; shape < 2; ++shape) {
    if (Near(kShapes[shape], local)) {
      Touch(shape, local, &contacts[count++]);
    } else {
      ++idle_[shape];
    }
  }
  if (count > 0) Solve(contacts, count);
}

}  // namespace sagbench::pusht
