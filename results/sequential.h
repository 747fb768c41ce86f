#pragma once

#include "results/statistics.h"

namespace sagbench {

// Evidence that may be looked at after every pair, with no penalty for stopping when one likes:
// e-values, the capital of a gambler who bets against a hypothesis at fair odds.
struct SequentialEvidence {
  double non_inferior = 1.0;  // against a loss of the margin or more
  double inferior = 1.0;      // against a loss of less than the margin
};

// The gambler spreads the capital evenly over bets of several sizes on each pair's difference
// (-1, 0 or 1) plus the margin, so that it depends on the counts alone and not on their order.
// `margin` in 0..1, exclusive. By Ville's inequality the probability that it ever reaches 1 / alpha
// is at most alpha if the hypothesis holds. (Waudby-Smith and Ramdas, Estimating means of bounded
// random variables by betting, JRSS B 86, 2024.)
SequentialEvidence EvidenceOf(const PairedOutcomes& outcomes, double margin);

// At one-sided alpha .05: a verdict as soon as its e-value reaches 20.
Verdict SequentialVerdict(const PairedOutcomes& outcomes, double margin);

}  // namespace sagbench
