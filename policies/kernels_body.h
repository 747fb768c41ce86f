#pragma once

// The kernels of kernels.h but for the matrix products (kernels_multiply.h), written once with the
// compiler's vectors of eight floats. Each source that includes this gets code of its own (hence
// the unnamed namespace: the linker must not take one source's code for another's instruction set)
// and passes `Isa`, which knows how to multiply and add.

#include <cstdint>

#if defined(__FMA__)
#include <immintrin.h>
#endif

#include "policies/kernels.h"

namespace sagbench {
namespace {

constexpr int kLanes = 8;
using Vec = float __attribute__((vector_size(32)));
using WordVec = uint32_t __attribute__((vector_size(32)));

constexpr float kNormEpsilon = 1e-5F;

inline __attribute__((always_inline)) Vec Load(const float* from) {
  Vec value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

inline __attribute__((always_inline)) void Store(float* to, Vec value) {
  __builtin_memcpy(to, &value, sizeof value);
}

inline __attribute__((always_inline)) Vec Broadcast(float v) {
  return Vec{v, v, v, v, v, v, v, v};
}

inline __attribute__((always_inline)) Vec Clamp(Vec value, float low, float high) {
  value = value > low ? value : Broadcast(low);
  return value < high ? value : Broadcast(high);
}

inline __attribute__((always_inline)) float Sum(Vec v) {
  v += __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3);
  v += __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5);
  return v[0] + v[1];
}

#if defined(__FMA__)
// An Isa: AVX2's vectors with FMA.
struct FusedMulAdd {
  static Vec MulAdd(Vec a, Vec b, Vec c) {
    return reinterpret_cast<Vec>(_mm256_fmadd_ps(
        reinterpret_cast<__m256>(a), reinterpret_cast<__m256>(b), reinterpret_cast<__m256>(c)));
  }
};
#endif

// exp(x) to a few units in the last place: 2^n times the Taylor series of the rest.
template <class Isa>
inline Vec Exp(Vec x) {
  x = Clamp(x, -87.0F, 88.0F);
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: adding it leaves the integer in the low bits
  const Vec shifted = Isa::MulAdd(x, Broadcast(1.44269504F), Broadcast(kRound));
  const Vec n = shifted - kRound;
  Vec rest = Isa::MulAdd(n, Broadcast(-0.693145752F), x);  // ln 2 in two parts
  rest = Isa::MulAdd(n, Broadcast(-1.42860677e-6F), rest);
  constexpr float kFactorials[] = {5040.0F, 720.0F, 120.0F, 24.0F, 6.0F, 2.0F, 1.0F, 1.0F};
  Vec sum{};
  for (const float factorial : kFactorials) {
    sum = Isa::MulAdd(sum, rest, Broadcast(1.0F / factorial));
  }
  const WordVec power = (reinterpret_cast<WordVec>(shifted) + 127U) << 23;
  return sum * reinterpret_cast<Vec>(power);
}

// x Phi(x) with the normal distribution's Phi: an odd polynomial on [-5.5, 5.5], interpolated at
// Chebyshev nodes in s = 2 (x / 5.5)^2 - 1. Its error is below 2e-7 max(1, |x|).
template <class Isa>
inline Vec Gelu(Vec x) {
  constexpr float kEnd = 5.5F;
  constexpr float kCoefficients[] = {
      0x1.48947cp-11F, -0x1.759768p-10F, 0x1.8585a6p-11F, -0x1.162ebap-10F, 0x1.2c4e8ep-8F,
      -0x1.01c4bap-7F, 0x1.503478p-7F,   -0x1.dd57eep-7F, 0x1.4d6fdcp-6F,   -0x1.ac454fp-6F,
      0x1.06bd76p-5F,  -0x1.3db889p-5F,  0x1.8710b2p-5F,  -0x1.06d9d0p-4F,  0x1.07463cp-3F};
  const Vec near = Clamp(x, -kEnd, kEnd);
  const Vec s = Isa::MulAdd(near * near, Broadcast(2.0F / (kEnd * kEnd)), Broadcast(-1.0F));
  Vec sum{};
  for (const float c : kCoefficients) sum = Isa::MulAdd(sum, s, Broadcast(c));
  return x * Isa::MulAdd(near, sum, Broadcast(0.5F));
}

// x tanh(ln(1 + e^x)); for large x it is x.
template <class Isa>
inline Vec Mish(Vec x) {
  const Vec e = Exp<Isa>(Clamp(x, -87.0F, 20.0F));
  const Vec n = e * (e + 2.0F);
  return x * (n / (n + 2.0F));
}

template <class Isa>
void Normalize(const float* input, const float* gain, const float* bias, float* output, int width) {
  Vec sums[2]{}, squares[2]{};  // two chains of additions go faster than one
  for (int i = 0; i < width; i += 2 * kLanes) {
    sums[0] += Load(input + i);
    sums[1] += Load(input + i + kLanes);
  }
  const Vec mean = Broadcast(Sum(sums[0] + sums[1]) / static_cast<float>(width));
  for (int i = 0; i < width; i += 2 * kLanes) {
    const Vec first = Load(input + i) - mean, second = Load(input + i + kLanes) - mean;
    squares[0] = Isa::MulAdd(first, first, squares[0]);
    squares[1] = Isa::MulAdd(second, second, squares[1]);
  }
  const float variance = Sum(squares[0] + squares[1]) / static_cast<float>(width);
  const Vec scale = Broadcast(1.0F / __builtin_sqrtf(variance + kNormEpsilon));
  for (int i = 0; i < width; i += kLanes) {
    const Vec scaled = (Load(input + i) - mean) * scale;
    Store(output + i, Isa::MulAdd(scaled, Load(gain + i), Load(bias + i)));
  }
}

template <class Isa>
void Attend(const AttentionRow& row) {
  const float scale = 1.0F / __builtin_sqrtf(static_cast<float>(row.width));
  float highest = -__builtin_inff();
  for (int j = 0; j < row.count; ++j) {
    Vec sum{};
    for (int i = 0; i < row.width; i += kLanes) {
      sum = Isa::MulAdd(Load(row.query + i), Load(row.keys[j] + i), sum);
    }
    row.scores[j] = Sum(sum) * scale;
    highest = row.scores[j] > highest ? row.scores[j] : highest;
  }
  for (int j = row.count; j % kLanes != 0; ++j) row.scores[j] = highest;
  float total = 0.0F;
  for (int j = 0; j < row.count; j += kLanes) {
    Store(row.scores + j, Exp<Isa>(Load(row.scores + j) - highest));
  }
  for (int j = 0; j < row.count; ++j) total += row.scores[j];
  for (int i = 0; i < row.width; i += kLanes) {
    Vec sum{};
    for (int j = 0; j < row.count; ++j) {
      sum = Isa::MulAdd(Broadcast(row.scores[j]), Load(row.keys[j] + row.width + i), sum);
    }
    Store(row.output + i, sum / total);
  }
}

template <class Isa>
void AddScaled(const float* from, float weight, float* to, int length) {
  for (int i = 0; i < length; i += kLanes) {
    Store(to + i, Isa::MulAdd(Load(from + i), Broadcast(weight), Load(to + i)));
  }
}

template <class Isa>
void GeluSum(const float* a, const float* b, float* output, int length) {
  for (int i = 0; i < length; i += kLanes) Store(output + i, Gelu<Isa>(Load(a + i) + Load(b + i)));
}

}  // namespace
}  // namespace sagbench
