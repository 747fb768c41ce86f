#include "tasks/symmetric_solve.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "core/noise.h"

namespace sagbench {
namespace {

// B B^T of a random B [size, rank]: of that rank.
std::vector<double> RandomSquare(int size, int rank, uint64_t seed) {
  CounterRandom random({.run_seed = seed});
  std::vector<double> b(static_cast<size_t>(size) * rank), square(static_cast<size_t>(size) * size);
  for (double& value : b) value = random.Normal();
  for (int i = 0; i < size; ++i) {
    for (int j = 0; j < size; ++j) {
      for (int k = 0; k < rank; ++k) square[i * size + j] += b[i * rank + k] * b[j * rank + k];
    }
  }
  return square;
}

std::vector<double> Times(const std::vector<double>& square, const std::vector<double>& x) {
  const size_t size = x.size();
  std::vector<double> product(size);
  for (size_t i = 0; i < size; ++i) {
    for (size_t j = 0; j < size; ++j) product[i] += square[i * size + j] * x[j];
  }
  return product;
}

TEST(SymmetricSolve, SolvesEveryRightHandSide) {
  for (const int size : {1, 3, 6, 7}) {
    const std::vector<double> square = RandomSquare(size, size + 3, 1);
    std::vector<double> expected, rhs;
    for (int column = 0; column < 2; ++column) {
      std::vector<double> x(size);
      for (int i = 0; i < size; ++i) x[i] = std::cos(3.0 * i + column);
      const std::vector<double> b = Times(square, x);
      expected.insert(expected.end(), x.begin(), x.end());
      rhs.insert(rhs.end(), b.begin(), b.end());
    }
    SolveSymmetric(square.data(), size, rhs.data(), 2);
    for (size_t i = 0; i < rhs.size(); ++i) EXPECT_NEAR(rhs[i], expected[i], 1e-9);
  }
}

// x = pinv(A) b with b in A's range: A x = b, and the shortest such x, which lies in the range,
// too.
TEST(SymmetricSolve, ASingularMatrixGetsItsPseudoInverse) {
  const std::vector<double> square = {2, 0, 0, 0, 0, 0, 0, 0, 4};
  std::vector<double> rhs = {2, 5, 8};
  SolveSymmetric(square.data(), 3, rhs.data());
  EXPECT_NEAR(rhs[0], 1.0, 1e-15);
  EXPECT_NEAR(rhs[1], 0.0, 1e-15);
  EXPECT_NEAR(rhs[2], 2.0, 1e-15);
  const std::vector<double> ones = {3, 3, 3, 3};  // rank 1
  std::vector<double> both = {6, 6};
  SolveSymmetric(ones.data(), 2, both.data());
  EXPECT_NEAR(both[0], 1.0, 1e-12);
  EXPECT_NEAR(both[1], 1.0, 1e-12);
}

TEST(SymmetricSolve, NotANumberStaysOne) {
  const std::vector<double> square = {NAN, 0, 0, 1};
  std::vector<double> rhs = {1, 1};
  SolveSymmetric(square.data(), 2, rhs.data());
  EXPECT_FALSE(std::isfinite(rhs[0]) && rhs[0] != 0.0);
}

}  // namespace
}  // namespace sagbench
