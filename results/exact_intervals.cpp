#include "results/exact_intervals.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace sagbench {
namespace {

constexpr double kTail = 0.025;

// The continued fraction of I_x(a, b), for x below (a + 1) / (a + b + 2), where it converges fast.
double BetaFraction(double x, double a, double b) {
  constexpr double kTiny = 1e-300;
  constexpr int kMaxTerms = 10000;
  const auto away_from_zero = [](double value) { return std::fabs(value) < kTiny ? kTiny : value; };
  double c = 1.0;
  double d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
  double fraction = d;
  for (int m = 1; m < kMaxTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
    double change = 1.0;
    for (const double term : {even, odd}) {
      d = 1.0 / away_from_zero(1.0 + term * d);
      c = away_from_zero(1.0 + term / c);
      change = c * d;
      fraction *= change;
    }
    if (std::fabs(change - 1.0) < 1e-16) break;
  }
  return fraction;
}

// The p at which a function that falls (rises) from 1 to 0 (0 to 1) passes `target`.
template <class Function>
double SolveIncreasing(Function function, double target) {
  double lo = 0.0;
  double hi = 1.0;
  for (int i = 0; i < 100; ++i) {
    const double middle = 0.5 * (lo + hi);
    (function(middle) < target ? lo : hi) = middle;
  }
  return 0.5 * (lo + hi);
}

}  // namespace

double IncompleteBeta(double x, double a, double b) {
  if (x <= 0.0) return 0.0;
  if (x >= 1.0) return 1.0;
  const double log_front =
      std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x);
  const double front = std::exp(log_front);
  if (x < (a + 1.0) / (a + b + 2.0)) return front * BetaFraction(x, a, b) / a;
  return 1.0 - front * BetaFraction(1.0 - x, b, a) / b;
}

double BinomialCdf(int64_t k, int64_t n, double p) {
  if (k < 0) return 0.0;
  if (k >= n) return 1.0;
  return IncompleteBeta(1.0 - p, static_cast<double>(n - k), static_cast<double>(k) + 1.0);
}

Interval ClopperPearsonInterval(int64_t k, int64_t n) {
  if (n == 0) return {0.0, 1.0};
  Interval interval{0.0, 1.0};
  if (k > 0) {
    interval.lo = SolveIncreasing([&](double p) { return 1.0 - BinomialCdf(k - 1, n, p); }, kTail);
  }
  if (k < n) {
    interval.hi = SolveIncreasing([&](double p) { return 1.0 - BinomialCdf(k, n, p); }, 1 - kTail);
  }
  return interval;
}

// With `below` of the values under the quantile: x(i) > quantile needs below < i, and x(j) <
// quantile needs below >= j.
std::optional<Interval> QuantileInterval(std::span<const double> values, double q) {
  const auto n = static_cast<int64_t>(values.size());
  int64_t lower = 0;  // the largest i with P(below <= i - 1) <= .025
  while (lower < n && BinomialCdf(lower, n, q) <= kTail) ++lower;
  int64_t upper = n + 1;  // the smallest j with P(below >= j) <= .025
  while (upper > 1 && 1.0 - BinomialCdf(upper - 2, n, q) <= kTail) --upper;
  if (lower < 1 || upper > n) return std::nullopt;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return Interval{sorted[static_cast<size_t>(lower - 1)], sorted[static_cast<size_t>(upper - 1)]};
}

}  // namespace sagbench
