#include "policies/kernels.h"

#include <cmath>
#include <cstring>

#include <gtest/gtest.h>

#include "policies/aten.h"
#include "policies/packed_matrix.h"
#include "tests/policies/max_difference.h"

namespace sagbench {
namespace {

std::vector<const Kernels*> AllKernels() {
  std::vector<const Kernels*> all{&PortableKernels()};
  for (const Kernels* kernels : {Avx2Kernels(), Avx512Kernels()}) {
    if (kernels != nullptr) all.push_back(kernels);
  }
  return all;
}

// output = left * weight^T + bias by kernels, for all rows at once or starting from `start`.
at::Tensor Multiply(const Kernels& kernels, const at::Tensor& left, const PanelWeights& weights,
                    int64_t columns, Activation activation = Activation::kNone,
                    const at::Tensor& start = {}) {
  const int panels = PanelsOf(columns);
  at::Tensor output =
      start.defined() ? start.clone() : at::full({left.size(0), panels * kPanelWidth}, NAN);
  kernels.multiply(weights, 0, panels,
                   {.input = left.data_ptr<float>(),
                    .input_stride = left.stride(0),
                    .rows = static_cast<int>(left.size(0)),
                    .output = output.data_ptr<float>(),
                    .output_stride = output.stride(0),
                    .add = start.defined(),
                    .activation = activation});
  return output.narrow(1, 0, columns);
}

TEST(Kernels, MultiplyAsLibTorchDoesForAnyNumberOfRows) {
  for (const Kernels* kernels : AllKernels()) {
    for (const int64_t inner : {1, 2, 20, 256, 300, 1024}) {
      const int64_t columns = 40;  // two panels and a half
      const at::Tensor weight = at::randn({columns, inner}), bias = at::randn({columns});
      PanelMemory memory;
      const PanelWeights packed = Pack(weight, bias, Factors::kFloat32, memory);
      for (const int64_t rows : {1, 2, 3, 4, 5, 6, 7, 9, 13, 25}) {
        SCOPED_TRACE(std::string(kernels->name) + " " + std::to_string(inner) + " " +
                     std::to_string(rows));
        const at::Tensor left = at::randn({rows, inner});
        const at::Tensor expected = at::linear(left, weight, bias);
        EXPECT_LE(MaxDifference(Multiply(*kernels, left, packed, columns), expected),
                  1e-5 * std::sqrt(static_cast<double>(inner)));
      }
    }
  }
}

TEST(Kernels, RowsDoNotDependOnTheirNeighbours) {
  for (const Factors factors : {Factors::kFloat32, Factors::kBfloat16Weights, Factors::kBfloat16}) {
    PanelMemory memory;
    const PanelWeights packed = Pack(at::randn({16, 300}), at::randn({16}), factors, memory);
    const at::Tensor left = at::randn({37, 300});
    for (const Kernels* kernels : AllKernels()) {
      const at::Tensor together = Multiply(*kernels, left, packed, 16);
      for (const int64_t rows : {1, 2, 5, 7, 13, 16, 17}) {
        for (int64_t row = 0; row + rows <= 37; row += rows) {
          const at::Tensor some = Multiply(*kernels, left.narrow(0, row, rows), packed, 16);
          EXPECT_TRUE(at::equal(some, together.narrow(0, row, rows)))
              << kernels->name << " " << row << " " << rows;
        }
      }
    }
  }
}

TEST(Kernels, AddToWhatIsThere) {
  PanelMemory memory;
  const at::Tensor weight = at::randn({16, 300});
  const PanelWeights packed = Pack(weight, at::randn({16}), Factors::kFloat32, memory);
  const at::Tensor left = at::randn({9, 300}), start = at::randn({9, 16});
  for (const Kernels* kernels : AllKernels()) {
    const at::Tensor sum = Multiply(*kernels, left, packed, 16, Activation::kNone, start);
    EXPECT_LE(MaxDifference(sum, start + at::mm(left, weight.t())), 2e-4);
  }
}

TEST(Kernels, RoundTheWeightsAloneOrBothSides) {
  for (const int64_t inner : {1, 3, 255, 256, 257, 1024}) {
    const at::Tensor weight = at::randn({40, inner}), bias = at::randn({40});
    const at::Tensor left = at::randn({9, inner});
    const auto rounded = [](const at::Tensor& values) {
      return values.to(at::kBFloat16).to(at::kDouble);
    };
    for (const Factors factors : {Factors::kBfloat16Weights, Factors::kBfloat16}) {
      PanelMemory memory;
      const PanelWeights packed = Pack(weight, bias, factors, memory);
      const bool both = factors == Factors::kBfloat16;
      const at::Tensor exact = at::linear(both ? rounded(left) : left.to(at::kDouble),
                                          rounded(weight), bias.to(at::kDouble));
      for (const Kernels* kernels : AllKernels()) {
        EXPECT_LE(MaxDifference(Multiply(*kernels, left, packed, 40), exact.to(at::kFloat)),
                  1e-5 * std::sqrt(static_cast<double>(inner)))
            << kernels->name << " " << inner << " " << both;
      }
    }
  }
}

// So that --precision bf16 rounds alike with the units and without them.
TEST(Kernels, ProductsOfBfloat16AreTheSameToTheBitOnEveryProcessor) {
  for (const int64_t inner : {1, 2, 37, 256, 511, 1024}) {
    PanelMemory memory;
    const PanelWeights packed =
        Pack(at::randn({48, inner}), at::randn({48}), Factors::kBfloat16, memory);
    for (const int64_t rows : {1, 9, 12, 16, 25, 40}) {
      const at::Tensor left = at::randn({rows, inner + 3}).narrow(1, 0, inner);
      const at::Tensor start = at::randn({rows, 48});
      const at::Tensor portable = Multiply(PortableKernels(), left, packed, 48),
                       added =
                           Multiply(PortableKernels(), left, packed, 48, Activation::kNone, start);
      for (const Kernels* kernels : AllKernels()) {
        SCOPED_TRACE(std::string(kernels->name) + " " + std::to_string(inner) + " " +
                     std::to_string(rows));
        EXPECT_TRUE(at::equal(Multiply(*kernels, left, packed, 48), portable));
        EXPECT_TRUE(
            at::equal(Multiply(*kernels, left, packed, 48, Activation::kNone, start), added));
      }
    }
  }
}

TEST(Kernels, WhatIsNoNumberComesThroughBfloat16) {
  PanelMemory memory;
  const PanelWeights packed = Pack(at::ones({16, 40}), at::zeros({16}), Factors::kBfloat16, memory);
  uint32_t bits = 0x7FFFFFFF;  // one that would become -0 if it were rounded as a number
  float not_a_number = 0.0F;
  std::memcpy(&not_a_number, &bits, sizeof not_a_number);
  at::Tensor left = at::ones({3, 40}), weight = at::ones({16, 40});
  left[0][7] = not_a_number;
  left[1][8] = INFINITY;
  weight[5][0] = not_a_number;
  const PanelWeights wrong = Pack(weight, at::zeros({16}), Factors::kBfloat16, memory);
  for (const Kernels* kernels : AllKernels()) {
    const at::Tensor output = Multiply(*kernels, left, packed, 16);
    EXPECT_TRUE(at::isnan(output[0]).all().item<bool>()) << kernels->name;
    EXPECT_TRUE(at::isinf(output[1]).all().item<bool>()) << kernels->name;
    EXPECT_EQ(output[2][0].item<float>(), 40.0F);
    EXPECT_TRUE(at::isnan(Multiply(*kernels, left, wrong, 16)[2][5]).item<bool>());
  }
}

// Products with the identity, so that the activation sees every value of a grid.
TEST(Kernels, ActivationsAreExactToAFewUnits) {
  PanelMemory memory;
  const PanelWeights packed = Pack(at::eye(16), at::zeros({16}), Factors::kFloat32, memory);
  const at::Tensor values = at::linspace(-30.0, 30.0, 16 * 4000).view({-1, 16});
  const at::Tensor exact = values.to(at::kDouble);
  const at::Tensor scale = at::clamp_min(exact.abs(), 1.0);
  for (const Kernels* kernels : AllKernels()) {
    const at::Tensor gelu = Multiply(*kernels, values, packed, 16, Activation::kGelu);
    EXPECT_LE(((gelu - at::gelu(exact)) / scale).abs().max().item<double>(), 4e-7);
    const at::Tensor mish = Multiply(*kernels, values, packed, 16, Activation::kMish);
    EXPECT_LE(((mish - at::mish(exact)) / scale).abs().max().item<double>(), 4e-7);
  }
}

TEST(Kernels, NormalizeAsLayerNorm) {
  for (const int64_t width : {16, 32, 256}) {
    const at::Tensor row = at::randn({width}) * 3.0 + 5.0;
    const at::Tensor gain = at::randn({width}), bias = at::randn({width});
    for (const Kernels* kernels : AllKernels()) {
      at::Tensor output = at::empty({width});
      kernels->normalize(row.data_ptr<float>(), gain.data_ptr<float>(), bias.data_ptr<float>(),
                         output.data_ptr<float>(), static_cast<int>(width));
      EXPECT_LE(MaxDifference(output, at::layer_norm(row, {width}, gain, bias, 1e-5)), 1e-5);
    }
  }
}

TEST(Kernels, AttendToAsManyKeysAsAreNamed) {
  constexpr int kWidth = 16;
  const at::Tensor query = at::randn({1, kWidth}) * 3.0;
  const at::Tensor pairs = at::randn({20, 2 * kWidth});  // a key and its value
  std::vector<const float*> keys;
  for (int64_t i = 0; i < 20; ++i) keys.push_back(pairs[i].data_ptr<float>());
  for (const Kernels* kernels : AllKernels()) {
    for (const int count : {1, 3, 8, 9, 16, 20}) {
      std::vector<float> scores(24);
      at::Tensor output = at::empty({1, kWidth});
      kernels->attend({.query = query.data_ptr<float>(),
                       .keys = keys.data(),
                       .count = count,
                       .width = kWidth,
                       .scores = scores.data(),
                       .output = output.data_ptr<float>()});
      const at::Tensor seen = pairs.narrow(0, 0, count);
      const at::Tensor expected =
          at::softmax(at::mm(query, seen.narrow(1, 0, kWidth).t()) / 4.0, -1)
              .mm(seen.narrow(1, kWidth, kWidth));
      EXPECT_LE(MaxDifference(output, expected), 1e-5) << kernels->name << " " << count;
    }
  }
}

TEST(Kernels, GeluOfASum) {
  const at::Tensor a = at::randn({24}) * 3.0, b = at::randn({24}) * 3.0;
  for (const Kernels* kernels : AllKernels()) {
    at::Tensor output = at::empty({24});
    kernels->gelu_sum(a.data_ptr<float>(), b.data_ptr<float>(), output.data_ptr<float>(), 24);
    EXPECT_LE(MaxDifference(output, at::gelu(a + b)), 5e-6) << kernels->name;
  }
}

TEST(Kernels, AddScaledRows) {
  const at::Tensor from = at::randn({64}), to = at::randn({64});
  for (const Kernels* kernels : AllKernels()) {
    at::Tensor sum = to.clone();
    kernels->add(from.data_ptr<float>(), 2.5F, sum.data_ptr<float>(), 64);
    EXPECT_LE(MaxDifference(sum, to + 2.5 * from), 1e-5);
  }
}

}  // namespace
}  // namespace sagbench
