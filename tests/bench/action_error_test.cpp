#include "bench/action_error.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "policies/aten.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

// Acts with one value, whatever it sees.
class Constant : public Executor {
 public:
  explicit Constant(double value) : value_(value) {}

  Chunk Act(const at::Tensor& observations, const NoiseSource&) override {
    rows = observations.size(0);
    Chunk chunk;
    chunk.actions = at::zeros({rows, 8, 2});
    chunk.actions.select(2, 1).fill_(value_);
    return chunk;
  }

  int64_t rows = 0;

 private:
  double value_;
};

std::vector<at::Tensor> Observations(size_t count) {
  const at::Tensor batch = SampleObservations(TinyConfig(), FirstRows(count));
  std::vector<at::Tensor> rows;
  for (size_t i = 0; i < count; ++i) rows.push_back(batch[int64_t(i)]);
  return rows;
}

TEST(CompareActionsTest, DenseAgainstItselfIsZero) {
  const Policy policy = TinyPolicy();
  const auto act = [&](const char* scheduler) {
    return ActOnRecorded(*MakeExecutor(policy, "ddim", scheduler), Observations(3), policy.config,
                         1);
  };
  const Chunk dense = act("dense");
  const ActionError same = CompareActions(dense, act("static-cache:interval=1"));
  EXPECT_EQ(same.mean_abs, 0.0);
  EXPECT_EQ(same.max_abs, 0.0);
  const ActionError other = CompareActions(dense, act("static-cache:interval=4"));
  EXPECT_GT(other.mean_abs, 0.0);
  EXPECT_GE(other.max_abs, other.mean_abs);
}

TEST(CompareActionsTest, MeanAndMaximumOfTheDifference) {
  Constant reference(1.0), other(-2.0);
  const auto act = [](Executor& executor) {
    return ActOnRecorded(executor, Observations(2), TinyConfig(), 1);
  };
  const ActionError error = CompareActions(act(reference), act(other));
  EXPECT_DOUBLE_EQ(error.mean_abs, 1.5);  // one of two action dimensions differs by 3
  EXPECT_DOUBLE_EQ(error.max_abs, 3.0);
}

TEST(ActOnRecordedTest, LooksAtSixtyFourObservationsAtMost) {
  Constant executor(1.0);
  ActOnRecorded(executor, Observations(70), TinyConfig(), 1);
  EXPECT_EQ(executor.rows, 64);
  EXPECT_THROW(ActOnRecorded(executor, {}, TinyConfig(), 1), Error);
}

}  // namespace
}  // namespace sagbench
