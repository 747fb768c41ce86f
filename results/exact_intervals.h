#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "results/statistics.h"

namespace sagbench {

// Regularised incomplete beta function I_x(a, b) for a, b > 0 and x in 0..1: the continued fraction
// of NIST's Digital Library of Mathematical Functions, 8.17.22, by Lentz's algorithm.
double IncompleteBeta(double x, double a, double b);

// P(X <= k) for X binomial with n trials of probability p in 0..1; 0 for k < 0, 1 for k >= n.
double BinomialCdf(int64_t k, int64_t n, double p);

// Clopper and Pearson's 95 % interval of a rate of k in n: it inverts two exact binomial tests of
// .025 each, so that it covers at least 95 % whatever the rate; [0, 1] for n = 0. (Biometrika 26,
// 1934, 404-413.)
Interval ClopperPearsonInterval(int64_t k, int64_t n);

// Distribution-free 95 % interval of the quantile q in 0..1 of independent values: a pair of order
// statistics, each side with an error of at most .025. Absent where too few values lie beyond the
// quantile for one of its ends. (Conover, Practical Nonparametric Statistics, 3.2.)
std::optional<Interval> QuantileInterval(std::span<const double> values, double q);

}  // namespace sagbench
