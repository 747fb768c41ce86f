#include "results/sequential.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace sagbench {
namespace {

constexpr double kThreshold = 20.0;  // 1 / alpha
constexpr size_t kBets = 64;

// Capital after bets on `lost` differences of -1, `won` of +1 and `tied` of 0, each raised by
// `shift`, where their mean is at most 0 if the hypothesis holds: the mean over bet sizes of the
// product of 1 + bet * difference.
double Capital(double lost, double won, double tied, double shift) {
  const double largest = 1.0 / (1.0 - shift);  // a larger bet could lose more than all
  std::array<double, kBets> logs{};
  for (size_t i = 0; i < kBets; ++i) {
    const double bet = largest * (static_cast<double>(i) + 0.5) / kBets;
    logs[i] = lost * std::log1p(bet * (shift - 1.0)) + won * std::log1p(bet * (shift + 1.0)) +
              tied * std::log1p(bet * shift);
  }
  const double top = *std::max_element(logs.begin(), logs.end());
  double sum = 0.0;
  for (const double log : logs) sum += std::exp(log - top);
  return std::exp(top) * sum / kBets;
}

}  // namespace

SequentialEvidence EvidenceOf(const PairedOutcomes& outcomes, double margin) {
  const auto b = static_cast<double>(outcomes.b);
  const auto c = static_cast<double>(outcomes.c);
  const auto tied = static_cast<double>(outcomes.pairs - outcomes.b - outcomes.c);
  return {.non_inferior = Capital(b, c, tied, margin), .inferior = Capital(c, b, tied, -margin)};
}

Verdict SequentialVerdict(const PairedOutcomes& outcomes, double margin) {
  const SequentialEvidence evidence = EvidenceOf(outcomes, margin);
  if (evidence.non_inferior >= kThreshold) return Verdict::kNonInferior;
  if (evidence.inferior >= kThreshold) return Verdict::kInferior;
  return Verdict::kInconclusive;
}

}  // namespace sagbench
