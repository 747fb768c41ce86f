#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace sagbench {

// A confidence interval, 95 % unless said otherwise; both ends belong to it.
struct Interval {
  double lo = 0.0;
  double hi = 0.0;
};

// Wilson's score interval of a rate of k in n; [0, 1] for n = 0. (E. B. Wilson, JASA 22, 1927.)
Interval WilsonInterval(int64_t k, int64_t n);

// What two runs did on the same episodes: only those with different outcomes count.
struct PairedOutcomes {
  int64_t b = 0;              // baseline succeeded, the other failed
  int64_t c = 0;              // baseline failed, the other succeeded
  int64_t pairs = 0;          // all paired episodes
  double difference() const;  // success rate of the other less that of the baseline
};

// Two-sided exact McNemar p value: binomial with b + c trials of one half, doubled, at most 1.
double McNemarExactP(int64_t b, int64_t c);

// Tango's score interval of PairedOutcomes::difference(), which stays proper at b = c = 0; [-1, 1]
// without pairs. `z` is the normal quantile of each side: 1.96 for 95 %. (T. Tango, Statistics in
// Medicine 17, 1998, 891-908.)
Interval TangoInterval(const PairedOutcomes& outcomes, double z = 1.959963984540054);

enum class Verdict { kNonInferior, kInferior, kInconclusive };
std::string_view VerdictName(Verdict verdict);  // "non-inferior", "inferior", "inconclusive"

// Tests the margin (0.05: five points of success rate) on each side at one-sided alpha .05, by the
// exact p value of Tango's score (exact_margin.h): non-inferior if a loss of `margin` or more is
// rejected, inferior if a loss of less than `margin` is rejected, else inconclusive.
Verdict NonInferiority(const PairedOutcomes& outcomes, double margin);

// Paired episodes for which NonInferiority finds an equal method non-inferior with power .8, when
// `discordance` of the pairs differ: (z.95 + z.80)^2 discordance / margin^2, rounded up.
int64_t PairedEpisodesNeeded(double margin, double discordance);

double Mean(std::span<const double> values);    // NaN without values
double Median(std::span<const double> values);  // NaN without values

// Quantile q in 0..1 with linear interpolation between order statistics (NumPy's default, Hyndman
// and Fan's type 7). NaN without values.
double Quantile(std::span<const double> values, double q);

// Distribution-free 95 % interval of the median: a pair of order statistics. Absent below 6 values,
// where no such pair reaches 95 %.
std::optional<Interval> MedianInterval(std::span<const double> values);

// True if that interval lies within `share` of the median on both sides; false without one.
bool MedianIsWithin(std::span<const double> values, double share);

// How bootstraps draw; equal settings give equal intervals on every machine.
struct Bootstrap {
  uint64_t seed = 0;
  int resamples = 10000;
};

// Percentile bootstrap interval of the mean. For paired samples give the differences. Absent below
// 2 values.
std::optional<Interval> BootstrapMean(std::span<const double> values, const Bootstrap& bootstrap);

// Ratio of medians with its interval, absent below 2 blocks.
struct MedianRatio {
  double ratio = 0.0;
  std::optional<Interval> ci95;
};

// median(top) / median(bottom). Both were measured in turns, `block_size` values a block: block i
// of one is near in time to block i of the other, so the bootstrap draws whole blocks, the same
// ones for both (percentile interval). Only blocks that both have count; without values the ratio
// is NaN.
MedianRatio RatioOfMedians(std::span<const double> top, std::span<const double> bottom,
                           size_t block_size, const Bootstrap& bootstrap);

}  // namespace sagbench
