#pragma once

#include <cstdint>

namespace sagbench {

// The nearest bfloat16, ties to even, as the upper half of a float's bits; what is no number stays
// that. (`static`: every source has its own, for its own instruction set.)
static inline uint32_t RoundedBits(float value) {
  uint32_t bits = 0;
  __builtin_memcpy(&bits, &value, sizeof bits);
  const uint32_t rounded = bits + 0x7FFFU + (bits >> 16 & 1U);
  const uint32_t quiet = bits | 0x400000U;
  return (value == value ? rounded : quiet) & 0xFFFF0000U;
}

}  // namespace sagbench
