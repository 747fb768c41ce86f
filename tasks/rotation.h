#pragma once

#include <array>

namespace sagbench {

using Vec3 = std::array<double, 3>;
using Mat3 = std::array<double, 9>;        // rows one after the other
using Quaternion = std::array<double, 4>;  // w, x, y, z as in MuJoCo

inline constexpr Mat3 kIdentity3 = {1, 0, 0, 0, 1, 0, 0, 0, 1};

Vec3 operator+(const Vec3& a, const Vec3& b);
Vec3 operator-(const Vec3& a, const Vec3& b);
Vec3 operator*(double scale, const Vec3& a);
double Dot(const Vec3& a, const Vec3& b);
double Norm(const Vec3& a);
Vec3 Cross(const Vec3& a, const Vec3& b);
Vec3 Column(const Mat3& matrix, int column);
Mat3 Multiply(const Mat3& a, const Mat3& b);
Vec3 Multiply(const Mat3& a, const Vec3& b);
Mat3 Transpose(const Mat3& a);

// Rotation by |axis_angle| radians about its direction.
Mat3 RotationOf(const Vec3& axis_angle);
// The same as robosuite computes it: quat2mat(axisangle2quat(.)) of its transform_utils.py, which
// passes through float32 and so differs by about 1e-7.
Mat3 RotationOfInFloat32(const Vec3& axis_angle);
Mat3 RotationOf(const Quaternion& unit);

// Its unit quaternion with w >= 0.
Quaternion QuaternionOf(const Mat3& rotation);
// Its axis-angle vector, of an angle in [0, pi].
Vec3 AxisAngleOf(const Mat3& rotation);

// Zhou et al., "On the continuity of rotation representations" (CVPR 2019), as pytorch3d lays it
// out: the first two rows of the matrix.
std::array<double, 6> SixdOf(const Mat3& rotation);
// The rotation next to any six numbers, by Gram-Schmidt. Where no rotation is next to them: a first
// row of zeros is taken as the x axis, a second one that is zero or parallel as some vector across.
Mat3 RotationOfSixd(const std::array<double, 6>& sixd);

}  // namespace sagbench
