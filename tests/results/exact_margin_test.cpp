#include "results/exact_margin.h"

#include <cmath>
#include <map>
#include <utility>

#include <gtest/gtest.h>

#include "core/noise.h"

namespace sagbench {
namespace {

// numpy, scipy 1.17.1: the trinomial probabilities of all outcomes with a score at least as large,
// summed, and maximised over the same 257 rates; with 2049 rates they are the same to ten digits.
TEST(ExactMargin, IsTheLargestProbabilityOfTheTail) {
  struct Case {
    PairedOutcomes outcomes;
    double delta, expected;
  };
  for (const Case& c :
       {Case{{0, 0, 53}, -0.05, 0.0659706981778719}, Case{{0, 0, 59}, -0.05, 0.0484945252494231},
        Case{{5, 3, 200}, -0.05, 0.0143250881166718}, Case{{10, 4, 124}, -0.05, 0.573415529134886},
        Case{{3, 3, 10}, -0.05, 0.598736939238379}, Case{{2, 12, 50}, 0.05, 0.0218291459505096},
        Case{{12, 2, 50}, -0.05, 0.996811656777693}, Case{{7, 8, 60}, -0.1, 0.0461778611578488}}) {
    EXPECT_NEAR(ExactMarginP(c.outcomes, c.delta), c.expected, 1e-9)
        << c.outcomes.b << " " << c.outcomes.c << " " << c.outcomes.pairs;
  }
  EXPECT_EQ(ExactMarginP({}, -0.05), 1.0);
}

// By hand: 53 pairs without a difference have probability .95^53 where 5 % are lost and none won.
TEST(ExactMargin, KnowsTheSimplestCase) {
  EXPECT_NEAR(ExactMarginP({0, 0, 59}, -0.05), std::pow(0.95, 59), 1e-12);
}

// The share of `trials` studies of `pairs` whose verdict is `wrong`, where the difference is
// exactly the margin.
double ErrorRate(Verdict wrong, double lost, int64_t pairs, int trials) {
  constexpr double kMargin = 0.05;
  CounterRandom random({.run_seed = static_cast<uint64_t>(pairs)});
  std::map<std::pair<int64_t, int64_t>, Verdict> verdicts;  // of what was seen before
  int errors = 0;
  for (int trial = 0; trial < trials; ++trial) {
    PairedOutcomes outcomes;
    while (outcomes.pairs < pairs) {
      const double draw = random.Uniform();
      ++outcomes.pairs;
      outcomes.b += draw < lost ? 1 : 0;
      outcomes.c += draw >= lost && draw < lost + lost - kMargin ? 1 : 0;
    }
    const auto [seen, is_new] = verdicts.emplace(std::pair(outcomes.b, outcomes.c), wrong);
    if (is_new) seen->second = NonInferiority(outcomes, kMargin);
    errors += seen->second == wrong ? 1 : 0;
  }
  return static_cast<double>(errors) / trials;
}

// Above the level only by what so few trials may wander (three standard errors).
void ExpectVerdictWithinLevel(int trials) {
  const double slack = 3.0 * std::sqrt(0.05 * 0.95 / trials);
  for (const int64_t pairs : {53, 124}) {
    for (const double lost : {0.05, 0.10}) {
      EXPECT_LE(ErrorRate(Verdict::kNonInferior, lost, pairs, trials), 0.05 + slack) << lost;
      EXPECT_LE(ErrorRate(Verdict::kInferior, lost, pairs, trials), 0.05 + slack) << lost;
    }
  }
}

TEST(ExactMargin, VerdictKeepsItsLevel) {
  ExpectVerdictWithinLevel(1000);
}

TEST(LongExactMargin, VerdictKeepsItsLevel) {
  ExpectVerdictWithinLevel(10000);
}

}  // namespace
}  // namespace sagbench
