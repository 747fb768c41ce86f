#include "tasks/symmetric_solve.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace sagbench {
namespace {

constexpr int kLargestSize = 8;
constexpr double kCutoff = 1e-15;  // numpy's rcond of pinv
constexpr int kSweeps = 30;        // of Jacobi; it converges quadratically, in under 10

using Square = std::array<double, kLargestSize * kLargestSize>;

// Lower factor; false where a pivot is lost in rounding.
bool Factor(const double* a, int n, Square* factor) {
  Square& l = *factor;
  for (int j = 0; j < n; ++j) {
    for (int i = j; i < n; ++i) {
      double sum = a[i * n + j];
      for (int k = 0; k < j; ++k) sum -= l[i * n + k] * l[j * n + k];
      if (i > j) {
        l[i * n + j] = sum / l[j * n + j];
      } else if (sum <= kCutoff * std::abs(a[j * n + j]) || !std::isfinite(sum)) {
        return false;
      } else {
        l[j * n + j] = std::sqrt(sum);
      }
    }
  }
  return true;
}

void Substitute(const Square& l, int n, double* rhs) {
  for (int i = 0; i < n; ++i) {
    for (int k = 0; k < i; ++k) rhs[i] -= l[i * n + k] * rhs[k];
    rhs[i] /= l[i * n + i];
  }
  for (int i = n - 1; i >= 0; --i) {
    for (int k = i + 1; k < n; ++k) rhs[i] -= l[k * n + i] * rhs[k];
    rhs[i] /= l[i * n + i];
  }
}

// One rotation that makes a[p, q] zero; `vectors` has the eigenvectors as columns.
void Rotate(Square* matrix, Square* vectors, int n, int p, int q) {
  Square& a = *matrix;
  if (a[p * n + q] == 0.0) return;
  const double theta = (a[q * n + q] - a[p * n + p]) / (2.0 * a[p * n + q]);
  const double t = std::copysign(1.0, theta) / (std::abs(theta) + std::sqrt(theta * theta + 1.0));
  const double c = 1.0 / std::sqrt(t * t + 1.0), s = t * c;
  const auto turn = [c, s](double& x, double& y) {
    const double before = x;
    x = c * before - s * y;
    y = s * before + c * y;
  };
  for (int k = 0; k < n; ++k) turn(a[k * n + p], a[k * n + q]);
  for (int k = 0; k < n; ++k) turn(a[p * n + k], a[q * n + k]);
  for (int k = 0; k < n; ++k) turn((*vectors)[k * n + p], (*vectors)[k * n + q]);
}

void PseudoSolve(const double* matrix, int n, double* rhs) {
  Square a = {}, vectors = {};
  std::copy_n(matrix, n * n, a.begin());
  for (int i = 0; i < n; ++i) vectors[i * n + i] = 1.0;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    for (int p = 0; p < n; ++p) {
      for (int q = p + 1; q < n; ++q) Rotate(&a, &vectors, n, p, q);
    }
  }
  double largest = 0.0;
  for (int i = 0; i < n; ++i) largest = std::max(largest, std::abs(a[i * n + i]));
  std::array<double, kLargestSize> solution = {};
  for (int i = 0; i < n; ++i) {
    if (std::abs(a[i * n + i]) <= kCutoff * largest) continue;
    double along = 0.0;
    for (int k = 0; k < n; ++k) along += vectors[k * n + i] * rhs[k];
    for (int k = 0; k < n; ++k) solution[k] += vectors[k * n + i] * along / a[i * n + i];
  }
  std::copy_n(solution.begin(), n, rhs);
}

}  // namespace

void SolveSymmetric(const double* matrix, int size, double* rhs, int count) {
  Square l = {};
  const bool definite = Factor(matrix, size, &l);
  for (; count > 0; --count, rhs += size) {
    if (definite) {
      Substitute(l, size, rhs);
    } else {
      PseudoSolve(matrix, size, rhs);
    }
  }
}

}  // namespace sagbench
