#include "results/sequential.h"

#include <gtest/gtest.h>

#include "core/noise.h"

namespace sagbench {
namespace {

// mpmath with 40 digits: the mean over the 64 bets of the product over pairs, term by term.
TEST(Sequential, EvidenceIsTheMeanOverBets) {
  struct Case {
    PairedOutcomes outcomes;
    double non_inferior, inferior;
  };
  for (const Case& c :
       {Case{{0, 0, 100}, 33.24964624054479, 0.2063669061805629},
        Case{{2, 3, 200}, 265.5301394387016, 0.09112282528232844},
        Case{{30, 5, 100}, 0.04394463275524894, 254.1076939537059},
        Case{{10, 10, 400}, 679.5586463972006, 0.04985068725119418}, Case{{0, 0, 0}, 1.0, 1.0}}) {
    const SequentialEvidence evidence = EvidenceOf(c.outcomes, 0.05);
    EXPECT_NEAR(evidence.non_inferior / c.non_inferior, 1.0, 1e-11);
    EXPECT_NEAR(evidence.inferior / c.inferior, 1.0, 1e-11);
  }
}

TEST(Sequential, VerdictNeedsTwentyfoldCapital) {
  EXPECT_EQ(SequentialVerdict({0, 0, 100}, 0.05), Verdict::kNonInferior);
  EXPECT_EQ(SequentialVerdict({0, 0, 60}, 0.05), Verdict::kInconclusive);
  EXPECT_EQ(SequentialVerdict({30, 5, 100}, 0.05), Verdict::kInferior);
  EXPECT_EQ(SequentialVerdict({}, 0.05), Verdict::kInconclusive);
}

// The share of `trials` studies of at most 150 pairs, looked at after each pair, that ever reach
// `wrong`, where the difference is exactly the margin and pairs are lost with `lost`.
double ErrorRate(Verdict wrong, double lost, int trials, uint64_t seed) {
  constexpr double kMargin = 0.05;
  CounterRandom random({.run_seed = seed});
  int errors = 0;
  for (int trial = 0; trial < trials; ++trial) {
    PairedOutcomes outcomes;
    while (outcomes.pairs < 150) {
      const double draw = random.Uniform();
      ++outcomes.pairs;
      outcomes.b += draw < lost ? 1 : 0;
      outcomes.c += draw >= lost && draw < lost + lost - kMargin ? 1 : 0;
      if (SequentialVerdict(outcomes, kMargin) == wrong) {
        ++errors;
        break;
      }
    }
  }
  return static_cast<double>(errors) / trials;
}

void ExpectAnyLookWithinLevel(int trials) {
  for (const double lost : {0.05, 0.10, 0.20}) {
    EXPECT_LE(ErrorRate(Verdict::kNonInferior, lost, trials, 1), 0.05) << lost;
    EXPECT_LE(ErrorRate(Verdict::kInferior, lost, trials, 2), 0.05) << lost;
  }
}

TEST(Sequential, LookingAfterEveryPairKeepsTheLevel) {
  ExpectAnyLookWithinLevel(1000);
}

TEST(LongSequential, LookingAfterEveryPairKeepsTheLevel) {
  ExpectAnyLookWithinLevel(10000);
}

}  // namespace
}  // namespace sagbench
