#include "tasks/numpy_random.h"

#include <bit>
#include <cmath>

namespace sagbench {

NumpyRandom::NumpyRandom(uint32_t seed) {
  state_[0] = seed;
  for (uint32_t i = 1; i < state_.size(); ++i) {
    state_[i] = 1812433253U * (state_[i - 1] ^ (state_[i - 1] >> 30)) + i;
  }
}

void NumpyRandom::Twist() {
  const size_t n = state_.size();
  for (size_t i = 0; i < n; ++i) {
    const uint32_t y = (state_[i] & 0x80000000U) | (state_[(i + 1) % n] & 0x7FFFFFFFU);
    state_[i] = state_[(i + 397) % n] ^ (y >> 1) ^ ((y & 1U) != 0U ? 0x9908B0DFU : 0U);
  }
  position_ = 0;
}

uint32_t NumpyRandom::Next() {
  if (position_ == 624) Twist();
  uint32_t y = state_[position_++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9D2C5680U;
  y ^= (y << 15) & 0xEFC60000U;
  return y ^ (y >> 18);
}

int64_t NumpyRandom::Integer(int64_t low, int64_t high) {
  const uint32_t largest = static_cast<uint32_t>(high - low - 1);
  if (largest == 0) return low;
  const uint32_t mask = 0xFFFFFFFFU >> std::countl_zero(largest);
  uint32_t value = Next() & mask;
  while (value > largest) value = Next() & mask;
  return low + value;
}

double NumpyRandom::Uniform() {
  const uint32_t a = Next() >> 5;
  const uint32_t b = Next() >> 6;
  return (a * 67108864.0 + b) / 9007199254740992.0;
}

double NumpyRandom::Normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  double x1 = 0.0, x2 = 0.0, r2 = 0.0;
  do {
    x1 = 2.0 * Uniform() - 1.0;
    x2 = 2.0 * Uniform() - 1.0;
    r2 = x1 * x1 + x2 * x2;
  } while (r2 >= 1.0 || r2 == 0.0);
  const double factor = std::sqrt(-2.0 * std::log(r2) / r2);
  spare_ = factor * x1;
  has_spare_ = true;
  return factor * x2;
}

}  // namespace sagbench
