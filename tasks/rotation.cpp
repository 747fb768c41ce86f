#include "tasks/rotation.h"

#include <algorithm>
#include <cmath>

namespace sagbench {
namespace {

constexpr double kDegenerate = 1e-12;  // length below which a row has no direction

Vec3 Normalized(const Vec3& a, const Vec3& otherwise) {
  const double length = Norm(a);
  return length < kDegenerate ? otherwise : (1.0 / length) * a;
}

// x, y, z, w in the order of robosuite; its axisangle2quat.
std::array<double, 4> RobosuiteQuaternion(const Vec3& axis_angle) {
  const double angle = Norm(axis_angle);
  if (angle == 0.0) return {0.0, 0.0, 0.0, 1.0};
  const double sine = std::sin(angle / 2.0);
  return {axis_angle[0] / angle * sine, axis_angle[1] / angle * sine, axis_angle[2] / angle * sine,
          std::cos(angle / 2.0)};
}

}  // namespace

Vec3 operator+(const Vec3& a, const Vec3& b) {
  return {a[0] + b[0], a[1] + b[1], a[2] + b[2]};
}
Vec3 operator-(const Vec3& a, const Vec3& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}
Vec3 operator*(double scale, const Vec3& a) {
  return {scale * a[0], scale * a[1], scale * a[2]};
}
double Dot(const Vec3& a, const Vec3& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
double Norm(const Vec3& a) {
  return std::sqrt(Dot(a, a));
}
Vec3 Cross(const Vec3& a, const Vec3& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}
Vec3 Column(const Mat3& matrix, int column) {
  return {matrix[column], matrix[3 + column], matrix[6 + column]};
}

Mat3 Multiply(const Mat3& a, const Mat3& b) {
  Mat3 product{};
  for (int i = 0; i < 3; ++i) {
    for (int j = 0; j < 3; ++j) {
      for (int k = 0; k < 3; ++k) product[3 * i + j] += a[3 * i + k] * b[3 * k + j];
    }
  }
  return product;
}

Vec3 Multiply(const Mat3& a, const Vec3& b) {
  return {Dot({a[0], a[1], a[2]}, b), Dot({a[3], a[4], a[5]}, b), Dot({a[6], a[7], a[8]}, b)};
}

Mat3 Transpose(const Mat3& a) {
  return {a[0], a[3], a[6], a[1], a[4], a[7], a[2], a[5], a[8]};
}

Mat3 RotationOf(const Quaternion& unit) {
  const auto [w, x, y, z] = unit;
  return {1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y - w * z),       2.0 * (x * z + w * y),
          2.0 * (x * y + w * z),       1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z - w * x),
          2.0 * (x * z - w * y),       2.0 * (y * z + w * x),       1.0 - 2.0 * (x * x + y * y)};
}

Mat3 RotationOf(const Vec3& axis_angle) {
  const auto [x, y, z, w] = RobosuiteQuaternion(axis_angle);
  return RotationOf(Quaternion{w, x, y, z});
}

Mat3 RotationOfInFloat32(const Vec3& axis_angle) {
  const std::array<double, 4> wide = RobosuiteQuaternion(axis_angle);
  std::array<float, 4> q = {};  // w, x, y, z
  for (int i = 0; i < 4; ++i) q[(i + 1) % 4] = static_cast<float>(wide[i]);
  double sum = 0.0;  // numpy's dot: OpenBLAS adds the float32 products up in float64
  for (const float value : q) sum += static_cast<double>(value * value);
  const double scale = std::sqrt(2.0 / static_cast<double>(static_cast<float>(sum)));
  for (float& value : q) value = static_cast<float>(value * scale);
  const auto product = [&q](int i, int j) { return q[i] * q[j]; };
  const auto wide_product = [&](int i, int j) { return static_cast<double>(product(i, j)); };
  return {1.0 - wide_product(2, 2) - wide_product(3, 3),
          product(1, 2) - product(3, 0),
          product(1, 3) + product(2, 0),
          product(1, 2) + product(3, 0),
          1.0 - wide_product(1, 1) - wide_product(3, 3),
          product(2, 3) - product(1, 0),
          product(1, 3) - product(2, 0),
          product(2, 3) + product(1, 0),
          1.0 - wide_product(1, 1) - wide_product(2, 2)};
}

// Shepperd's method: the largest component is found without cancellation.
Quaternion QuaternionOf(const Mat3& m) {
  const double trace = m[0] + m[4] + m[8];
  const std::array<double, 4> squares = {1.0 + trace, 1.0 - trace + 2.0 * m[0],
                                         1.0 - trace + 2.0 * m[4], 1.0 - trace + 2.0 * m[8]};
  const auto largest = std::max_element(squares.begin(), squares.end()) - squares.begin();
  Quaternion q = {};
  switch (largest) {
    case 0:
      q = {squares[0], m[7] - m[5], m[2] - m[6], m[3] - m[1]};
      break;
    case 1:
      q = {m[7] - m[5], squares[1], m[1] + m[3], m[2] + m[6]};
      break;
    case 2:
      q = {m[2] - m[6], m[1] + m[3], squares[2], m[5] + m[7]};
      break;
    default:
      q = {m[3] - m[1], m[2] + m[6], m[5] + m[7], squares[3]};
  }
  double norm = 0.0;
  for (const double value : q) norm += value * value;
  const double scale = (q[0] < 0.0 ? -1.0 : 1.0) / std::sqrt(norm);
  for (double& value : q) value *= scale;
  return q;
}

Vec3 AxisAngleOf(const Mat3& rotation) {
  const Quaternion q = QuaternionOf(rotation);
  const Vec3 axis = {q[1], q[2], q[3]};
  const double sine = Norm(axis);
  const double angle = 2.0 * std::atan2(sine, q[0]);
  return (sine < kDegenerate ? 2.0 : angle / sine) * axis;
}

std::array<double, 6> SixdOf(const Mat3& rotation) {
  std::array<double, 6> sixd = {};
  std::copy_n(rotation.begin(), 6, sixd.begin());
  return sixd;
}

Mat3 RotationOfSixd(const std::array<double, 6>& sixd) {
  const Vec3 first = Normalized({sixd[0], sixd[1], sixd[2]}, {1.0, 0.0, 0.0});
  const Vec3 raw = {sixd[3], sixd[4], sixd[5]};
  const Vec3 other = Cross(std::abs(first[0]) < 0.9 ? Vec3{1, 0, 0} : Vec3{0, 0, 1}, first);
  const Vec3 second = Normalized(raw - Dot(first, raw) * first, Normalized(other, {0, 1, 0}));
  const Vec3 third = Cross(first, second);
  return {first[0],  first[1], first[2], second[0], second[1],
          second[2], third[0], third[1], third[2]};
}

}  // namespace sagbench
