#include "results/pareto.h"

#include <gtest/gtest.h>

namespace sagbench {
namespace {

using Indices = std::vector<size_t>;

TEST(Pareto, OnlyWhatNothingBeatsIsInOrderOfCost) {
  EXPECT_EQ(ParetoFrontier({{10, 0.9}, {5, 0.8}, {6, 0.7}, {1, 0.2}, {11, 0.9}}),
            (Indices{3, 1, 0}));
}

TEST(Pareto, WhatIsBetterInOneAndEqualInTheOtherWins) {
  EXPECT_EQ(ParetoFrontier({{5, 0.8}, {4, 0.8}}), (Indices{1}));
  EXPECT_EQ(ParetoFrontier({{5, 0.8}, {5, 0.9}}), (Indices{1}));
}

TEST(Pareto, EqualOnesAreAllIn) {
  EXPECT_EQ(ParetoFrontier({{5, 0.8}, {5, 0.8}}), (Indices{0, 1}));
  EXPECT_EQ(ParetoFrontier({{5, 0.8}}), (Indices{0}));
  EXPECT_TRUE(ParetoFrontier({}).empty());
}

}  // namespace
}  // namespace sagbench
