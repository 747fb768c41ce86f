#include "results/exact_margin.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "results/exact_intervals.h"

namespace sagbench {
namespace {

constexpr int kRates = 256;  // of discordance that are tried
constexpr double kNegligible = 1e-13;

// For each number of discordant pairs the fewest wins whose score is at least `score`; one more
// than all of them if none is. The score rises with the wins.
std::vector<int64_t> FewestWins(int64_t pairs, double delta, double score) {
  std::vector<int64_t> fewest;
  for (int64_t discordant = 0; discordant <= pairs; ++discordant) {
    int64_t lo = 0;
    int64_t hi = discordant + 1;
    while (lo < hi) {
      const int64_t wins = (lo + hi) / 2;
      const bool reaches = TangoScore({discordant - wins, wins, pairs}, delta) >= score;
      (reaches ? hi : lo) = reaches ? wins : wins + 1;
    }
    fewest.push_back(lo);
  }
  return fewest;
}

double LogChoose(double n, double k) {
  return std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0);
}

// P(score at least the one that `fewest` was made for) where a pair is lost with probability `lost`
// and won with `won`.
double TailProbability(const std::vector<int64_t>& fewest, double lost, double won) {
  const auto pairs = static_cast<double>(fewest.size() - 1);
  const double discordance = lost + won;
  double probability = 0.0;
  for (size_t discordant = 0; discordant < fewest.size(); ++discordant) {
    const auto count = static_cast<double>(discordant);
    double log_weight = LogChoose(pairs, count);
    if (count > 0.0) log_weight += count * std::log(discordance);
    if (pairs > count) log_weight += (pairs - count) * std::log1p(-discordance);
    const double weight = std::exp(log_weight);
    if (!(weight > kNegligible)) continue;
    const double share = discordance > 0.0 ? won / discordance : 0.0;
    probability += weight * (1.0 - BinomialCdf(fewest[discordant] - 1,
                                               static_cast<int64_t>(discordant), share));
  }
  return probability;
}

}  // namespace

double TangoScore(const PairedOutcomes& outcomes, double delta) {
  const auto b = static_cast<double>(outcomes.b);
  const auto c = static_cast<double>(outcomes.c);
  const auto n = static_cast<double>(outcomes.pairs);
  // P(baseline alone succeeds) is the root of A q^2 + B q + C = 0.
  const double a_term = 2.0 * n;
  const double b_term = -b - c + (2.0 * n - c + b) * delta;
  const double c_term = -b * delta * (1.0 - delta);
  const double root = std::sqrt(std::max(0.0, b_term * b_term - 4.0 * a_term * c_term));
  const double q =
      b_term > 0.0 ? -2.0 * c_term / (root + b_term) : (root - b_term) / (2.0 * a_term);
  const double variance = n * (2.0 * q + delta * (1.0 - delta));
  const double residual = c - b - n * delta;
  return residual == 0.0 ? 0.0 : residual / std::sqrt(std::max(0.0, variance));
}

double ExactMarginP(const PairedOutcomes& outcomes, double delta) {
  if (outcomes.pairs == 0) return 1.0;
  // Equal scores may differ in their last bits.
  const double score = TangoScore(outcomes, delta) - 1e-9;
  const std::vector<int64_t> fewest = FewestWins(outcomes.pairs, delta, score);
  const double least = std::max(0.0, -delta);
  const double most = 0.5 * (1.0 - delta);
  double largest = 0.0;
  for (int i = 0; i <= kRates; ++i) {
    const double part = static_cast<double>(i) / kRates;
    const double lost = least + (most - least) * part * part;  // finer where discordance is rare
    largest = std::max(largest, TailProbability(fewest, lost, std::max(0.0, lost + delta)));
  }
  return std::min(1.0, largest);
}

}  // namespace sagbench
