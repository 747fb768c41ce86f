#include "core/noise.h"

#include <cmath>
#include <cstddef>

namespace sagbench {
namespace {

using Words = std::array<uint32_t, 4>;

// One Philox generator of a NoiseKey. Layout: a first Philox call, keyed by the run seed, hashes
// {episode low, episode high, purpose, 0} to h0..h3 (a bijection for each seed, so episodes and
// purposes of one run never share all of h). Block b of the stream is then
//   Philox(counter {b low, h2 + b high, replan, step}, key {h0, h1}),
// so replans and steps of one episode are disjoint for certain, and two different (run seed,
// episode, purpose) could only meet by a collision of 96 hashed bits.
struct Stream {
  explicit Stream(const NoiseKey& key)
      : hash(Philox({Low(key.episode), High(key.episode), static_cast<uint32_t>(key.purpose), 0},
                    {Low(key.run_seed), High(key.run_seed)})),
        replan(key.replan),
        step(key.step) {}

  Words Block(uint64_t block) const {
    return Philox({Low(block), hash[2] + High(block), replan, step}, {hash[0], hash[1]});
  }

  static uint32_t Low(uint64_t value) { return static_cast<uint32_t>(value); }
  static uint32_t High(uint64_t value) { return static_cast<uint32_t>(value >> 32U); }

  Words hash;
  uint32_t replan;
  uint32_t step;
};

// Natural logarithm of x > 0 to about one unit in the last place: x = m 2^e with m in
// [sqrt(1/2), sqrt(2)), log m = 2 (s + s^3/3 + s^5/5 + ...) with s = (m - 1) / (m + 1). Only IEEE
// basic operations and the exact frexp, since std::log differs between libraries.
double PortableLog(double x) {
  constexpr double kSqrtHalf = 0.70710678118654752440;
  constexpr double kLn2High = 6.93147180369123816490e-01;  // its low 32 bits are zero
  constexpr double kLn2Low = 1.90821492927058770002e-10;
  int exponent = 0;
  double mantissa = std::frexp(x, &exponent);
  if (mantissa < kSqrtHalf) {
    mantissa *= 2.0;
    --exponent;
  }
  const double s = (mantissa - 1.0) / (mantissa + 1.0);
  const double squared = s * s;
  double tail = 0.0;  // s^2/3 + s^4/5 + ... ; s^2 < 0.0295, so eleven terms reach 2^-53
  for (int power = 23; power >= 3; power -= 2) tail = (tail + 1.0 / power) * squared;
  const double log_mantissa = 2.0 * s + 2.0 * s * tail;
  return exponent * kLn2High + (exponent * kLn2Low + log_mantissa);
}

// Value of the polynomial with `coefficients` from the constant term up.
double Polynomial(const std::array<double, 8>& coefficients, double x) {
  double value = 0.0;
  for (size_t i = coefficients.size(); i-- > 0;) value = value * x + coefficients[i];
  return value;
}

// Coefficients of PPND16: M. J. Wichura, "Algorithm AS 241: The Percentage Points of the Normal
// Distribution", Applied Statistics 37 (1988), 477-484.
constexpr std::array<double, 8> kCentreTop = {3.3871328727963666080e0, 1.3314166789178437745e2,
                                              1.9715909503065514427e3, 1.3731693765509461125e4,
                                              4.5921953931549871457e4, 6.7265770927008700853e4,
                                              3.3430575583588128105e4, 2.5090809287301226727e3};
constexpr std::array<double, 8> kCentreBottom = {1.0,
                                                 4.2313330701600911252e1,
                                                 6.8718700749205790830e2,
                                                 5.3941960214247511077e3,
                                                 2.1213794301586595867e4,
                                                 3.9307895800092710610e4,
                                                 2.8729085735721942674e4,
                                                 5.2264952788528545610e3};
constexpr std::array<double, 8> kTailTop = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                            5.76949722146069140550e0,  3.64784832476320460504e0,
                                            1.27045825245236838258e0,  2.41780725177450611770e-1,
                                            2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr std::array<double, 8> kTailBottom = {1.0,
                                               2.05319162663775882187e0,
                                               1.67638483018380384940e0,
                                               6.89767334985100004550e-1,
                                               1.48103976427480074590e-1,
                                               1.51986665636164571966e-2,
                                               5.47593808499534494600e-4,
                                               1.05075007164441684324e-9};
constexpr std::array<double, 8> kFarTop = {6.65790464350110377720e0,  5.46378491116411436990e0,
                                           1.78482653991729133580e0,  2.96560571828504891230e-1,
                                           2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                           2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr std::array<double, 8> kFarBottom = {1.0,
                                              5.99832206555887937690e-1,
                                              1.36929880922735805310e-1,
                                              1.48753612908506148525e-2,
                                              7.86869131145613259100e-4,
                                              1.84631831751005468180e-5,
                                              1.42151175831644588870e-7,
                                              2.04426310338993978564e-15};

// The middle of cell `word` of (0, 1) cut into 2^32: never 0, never 1.
double CellMiddle(uint32_t word) {
  return (word + 0.5) * 0x1p-32;
}

}  // namespace

std::array<uint32_t, 4> Philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key) {
  constexpr uint64_t kMultiplier0 = 0xD2511F53U;
  constexpr uint64_t kMultiplier1 = 0xCD9E8D57U;
  constexpr uint32_t kWeyl0 = 0x9E3779B9U;
  constexpr uint32_t kWeyl1 = 0xBB67AE85U;
  for (int round = 0; round < 10; ++round) {
    const uint64_t product0 = kMultiplier0 * counter[0];
    const uint64_t product1 = kMultiplier1 * counter[2];
    counter = {Stream::High(product1) ^ counter[1] ^ key[0], Stream::Low(product1),
               Stream::High(product0) ^ counter[3] ^ key[1], Stream::Low(product0)};
    key[0] += kWeyl0;
    key[1] += kWeyl1;
  }
  return counter;
}

double NormalQuantile(double u) {
  const double q = u - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * Polynomial(kCentreTop, r) / Polynomial(kCentreBottom, r);
  }
  const double r = std::sqrt(-PortableLog(q < 0.0 ? u : 1.0 - u));
  const double size = r <= 5.0 ? Polynomial(kTailTop, r - 1.6) / Polynomial(kTailBottom, r - 1.6)
                               : Polynomial(kFarTop, r - 5.0) / Polynomial(kFarBottom, r - 5.0);
  return q < 0.0 ? -size : size;
}

void FillNormal(const NoiseKey& key, std::span<float> out) {
  const Stream stream(key);
  Words words{};
  for (size_t i = 0; i < out.size(); ++i) {
    if (i % 4 == 0) words = stream.Block(i / 4);
    out[i] = static_cast<float>(NormalQuantile(CellMiddle(words[i % 4])));
  }
}

uint32_t CounterRandom::NextU32() {
  if (used_ == 4) {
    words_ = Stream(key_).Block(block_++);
    used_ = 0;
  }
  return words_[used_++];
}

double CounterRandom::Uniform() {
  const uint64_t high = NextU32();
  const uint64_t low = NextU32();
  return (static_cast<double>((high << 20U) | (low >> 12U)) + 0.5) * 0x1p-52;
}

double CounterRandom::Uniform(double low, double high) {
  return low + (high - low) * Uniform();
}

double CounterRandom::Normal() {
  return NormalQuantile(CellMiddle(NextU32()));
}

// Lemire, "Fast random integer generation in an interval", TOMACS 29 (2019): multiply, and reject
// the few low products that would favour some values.
uint32_t CounterRandom::Below(uint32_t bound) {
  const uint32_t unfair = (0U - bound) % bound;
  uint64_t product = static_cast<uint64_t>(NextU32()) * bound;
  while (static_cast<uint32_t>(product) < unfair)
    product = static_cast<uint64_t>(NextU32()) * bound;
  return static_cast<uint32_t>(product >> 32U);
}

}  // namespace sagbench
