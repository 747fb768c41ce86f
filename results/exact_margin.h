#pragma once

#include "results/statistics.h"

namespace sagbench {

// Tango's score statistic of the hypothesis that the true difference is `delta` (-1..1): the
// residual over its standard error with the maximum likelihood estimate of P(baseline alone
// succeeds) under it. Falls as delta rises.
double TangoScore(const PairedOutcomes& outcomes, double delta);

// Exact unconditional p value of the hypothesis that the true difference is `delta` or less,
// against a larger one: the largest probability, over all rates of discordance, of a score at least
// as large as the one seen. A test that rejects at p <= alpha errs with at most alpha, however few
// the pairs. `delta` in -1..1, exclusive; 1 without pairs. (K. Sidik, Statistics in Medicine 22,
// 2003, 265-278.)
double ExactMarginP(const PairedOutcomes& outcomes, double delta);

}  // namespace sagbench
