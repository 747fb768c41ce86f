#include "results/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "core/noise.h"
#include "results/exact_margin.h"

namespace sagbench {
namespace {

constexpr double kZ95TwoSided = 1.959963984540054;   // standard normal quantile of .975
constexpr double kZ95OneSided = 1.6448536269514722;  // of .95
constexpr double kZ80 = 0.8416212335729143;          // of .80

// P(X = k) for X binomial with n trials of one half.
double BinomialHalf(int64_t k, int64_t n) {
  const auto log_factorial = [](int64_t m) { return std::lgamma(static_cast<double>(m) + 1.0); };
  return std::exp(log_factorial(n) - log_factorial(k) - log_factorial(n - k) +
                  static_cast<double>(n) * std::log(0.5));
}

// P(X <= k).
double BinomialHalfCdf(int64_t k, int64_t n) {
  double sum = 0.0;
  for (int64_t i = 0; i <= k; ++i) sum += BinomialHalf(i, n);
  return std::min(sum, 1.0);
}

// The delta in [lo, hi] where the falling TangoScore passes `target`.
double SolveTango(const PairedOutcomes& outcomes, double target, double lo, double hi) {
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (lo + hi);
    (TangoScore(outcomes, middle) > target ? lo : hi) = middle;
  }
  return 0.5 * (lo + hi);
}

// Quantile that may reorder `values`.
double QuantileInPlace(std::vector<double>& values, double q) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double position = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<size_t>(position);
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(values.begin(), at, values.end());
  if (below + 1 == values.size()) return *at;
  const double next = *std::min_element(at + 1, values.end());
  return *at + (position - static_cast<double>(below)) * (next - *at);
}

Interval PercentileInterval(std::vector<double>& resampled) {
  return {QuantileInPlace(resampled, 0.025), QuantileInPlace(resampled, 0.975)};
}

CounterRandom BootstrapRandom(const Bootstrap& bootstrap) {
  return CounterRandom({.run_seed = bootstrap.seed, .purpose = NoisePurpose::kBootstrap});
}

// Median of the values in the chosen blocks.
double MedianOfBlocks(std::span<const double> values, size_t block_size,
                      const std::vector<size_t>& blocks, std::vector<double>& scratch) {
  scratch.clear();
  for (const size_t block : blocks) {
    const auto part = values.subspan(block * block_size);
    const auto end = part.begin() + static_cast<std::ptrdiff_t>(std::min(block_size, part.size()));
    scratch.insert(scratch.end(), part.begin(), end);
  }
  return QuantileInPlace(scratch, 0.5);
}

}  // namespace

Interval WilsonInterval(int64_t k, int64_t n) {
  if (n == 0) return {0.0, 1.0};
  const auto trials = static_cast<double>(n);
  const double rate = static_cast<double>(k) / trials;
  const double z2 = kZ95TwoSided * kZ95TwoSided;
  const double scale = 1.0 + z2 / trials;
  const double centre = (rate + z2 / (2.0 * trials)) / scale;
  const double half =
      kZ95TwoSided / scale * std::sqrt(rate * (1.0 - rate) / trials + z2 / (4.0 * trials * trials));
  return {k == 0 ? 0.0 : centre - half, k == n ? 1.0 : centre + half};
}

double PairedOutcomes::difference() const {
  return pairs == 0 ? 0.0 : static_cast<double>(c - b) / static_cast<double>(pairs);
}

double McNemarExactP(int64_t b, int64_t c) {
  return std::min(1.0, 2.0 * BinomialHalfCdf(std::min(b, c), b + c));
}

Interval TangoInterval(const PairedOutcomes& outcomes, double z) {
  if (outcomes.pairs == 0) return {-1.0, 1.0};
  const double estimate = outcomes.difference();
  return {estimate <= -1.0 ? -1.0 : SolveTango(outcomes, z, -1.0, estimate),
          estimate >= 1.0 ? 1.0 : SolveTango(outcomes, -z, estimate, 1.0)};
}

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kNonInferior:
      return "non-inferior";
    case Verdict::kInferior:
      return "inferior";
    case Verdict::kInconclusive:
      break;
  }
  return "inconclusive";
}

Verdict NonInferiority(const PairedOutcomes& outcomes, double margin) {
  constexpr double kAlpha = 0.05;
  if (ExactMarginP(outcomes, -margin) <= kAlpha) return Verdict::kNonInferior;
  const PairedOutcomes other_way{outcomes.c, outcomes.b, outcomes.pairs};
  return ExactMarginP(other_way, margin) <= kAlpha ? Verdict::kInferior : Verdict::kInconclusive;
}

int64_t PairedEpisodesNeeded(double margin, double discordance) {
  const double z = (kZ95OneSided + kZ80) / margin;
  return static_cast<int64_t>(std::ceil(z * z * discordance));
}

double Mean(std::span<const double> values) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double Median(std::span<const double> values) {
  return Quantile(values, 0.5);
}

double Quantile(std::span<const double> values, double q) {
  std::vector<double> copy(values.begin(), values.end());
  return QuantileInPlace(copy, q);
}

std::optional<Interval> MedianInterval(std::span<const double> values) {
  const auto n = static_cast<int64_t>(values.size());
  int64_t rank = 0;  // the largest with P(fewer than `rank` values below the median) <= .025
  for (double below = BinomialHalf(0, n); rank < n && below <= 0.025;) {
    ++rank;
    below += BinomialHalf(rank, n);
  }
  if (rank == 0) return std::nullopt;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return Interval{sorted[static_cast<size_t>(rank - 1)], sorted[static_cast<size_t>(n - rank)]};
}

bool MedianIsWithin(std::span<const double> values, double share) {
  const std::optional<Interval> interval = MedianInterval(values);
  if (!interval) return false;
  const double median = Median(values), most = share * std::abs(median);
  return median - interval->lo <= most && interval->hi - median <= most;
}

std::optional<Interval> BootstrapMean(std::span<const double> values, const Bootstrap& bootstrap) {
  if (values.size() < 2) return std::nullopt;
  CounterRandom random = BootstrapRandom(bootstrap);
  const auto count = static_cast<uint32_t>(values.size());
  std::vector<double> means(static_cast<size_t>(bootstrap.resamples));
  for (double& mean : means) {
    double sum = 0.0;
    for (uint32_t i = 0; i < count; ++i) sum += values[random.Below(count)];
    mean = sum / count;
  }
  return PercentileInterval(means);
}

MedianRatio RatioOfMedians(std::span<const double> top, std::span<const double> bottom,
                           size_t block_size, const Bootstrap& bootstrap) {
  MedianRatio result{Median(top) / Median(bottom), std::nullopt};
  const size_t paired = std::min(top.size(), bottom.size());
  const auto blocks = static_cast<uint32_t>((paired + block_size - 1) / block_size);
  if (blocks < 2) return result;
  CounterRandom random = BootstrapRandom(bootstrap);
  std::vector<size_t> chosen(blocks);
  std::vector<double> scratch;
  std::vector<double> ratios(static_cast<size_t>(bootstrap.resamples));
  for (double& ratio : ratios) {
    for (size_t& block : chosen) block = random.Below(blocks);
    ratio = MedianOfBlocks(top.first(paired), block_size, chosen, scratch) /
            MedianOfBlocks(bottom.first(paired), block_size, chosen, scratch);
  }
  result.ci95 = PercentileInterval(ratios);
  return result;
}

}  // namespace sagbench
