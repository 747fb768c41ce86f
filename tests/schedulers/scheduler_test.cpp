// What every registered scheduler must do under every registered sampler, without naming any.
#include "schedulers/scheduler.h"

#include <algorithm>
#include <cctype>
#include <tuple>

#include <gtest/gtest.h>

#include "policies/aten.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

class SchedulerContract : public testing::TestWithParam<std::tuple<std::string, std::string>> {
 protected:
  static std::string scheduler() { return std::get<0>(GetParam()); }
  static std::string sampler() { return std::get<1>(GetParam()); }

  // What a scheduler, named with its knobs, plans for some rows; one plan each.
  std::vector<Plan> Plans(const std::string& text, const std::vector<uint64_t>& rows) const {
    const std::unique_ptr<Sampler> steps =
        Samplers().Choose(sampler()).Make(NoiseSchedule(policy_.config.train_steps));
    std::vector<Plan> plans = PlansOf(policy_, sampler(), text, rows);
    EXPECT_TRUE(plans.size() == 1 || plans.size() == rows.size()) << plans.size();
    for (const Plan& plan : plans) {
      EXPECT_EQ(plan.steps(), static_cast<int>(steps->timesteps().size()));
      EXPECT_EQ(plan.blocks(), 3 * policy_.config.layers);
      EXPECT_NO_THROW(plan.Validate());
      EXPECT_TRUE(plan.SameShape(plans.front()));
    }
    if (plans.size() == 1) plans.resize(rows.size(), plans.front());
    return plans;
  }

  Chunk Act(const std::vector<uint64_t>& rows) const {
    return ActOnce(policy_, sampler(), Untrained(scheduler()), rows);
  }

  const Policy policy_ = TinyPolicy();
};

TEST_P(SchedulerContract, PlansValidateAtTheDefaults) {
  Plans(Untrained(scheduler()), {0});
  Plans(Untrained(scheduler()), FirstRows(3));
}

TEST_P(SchedulerContract, PlansValidateAtTheEndsOfEveryKnob) {
  for (const Knob& knob : Schedulers().Choose(scheduler()).entry->knobs) {
    std::vector<std::string> values = knob.choices;
    if (knob.kind == Knob::Kind::kText) continue;
    if (knob.kind == Knob::Kind::kInteger) {
      values = {std::to_string(int64_t(knob.min)), std::to_string(int64_t(knob.max))};
    } else if (knob.kind == Knob::Kind::kNumber) {
      values = {std::to_string(knob.min), std::to_string(knob.max)};
    }
    for (const std::string& value : values) {
      SCOPED_TRACE(knob.name + "=" + value);
      Plans(Untrained(scheduler(), knob.name + "=" + value), FirstRows(2));
    }
  }
}

// Who has the knob makes plans of it.
TEST_P(SchedulerContract, IdleStepsAddTheNoiseThatWasAskedFor) {
  const std::vector<Knob>& knobs = Schedulers().Choose(scheduler()).entry->knobs;
  const bool has = std::any_of(knobs.begin(), knobs.end(),
                               [](const Knob& knob) { return knob.name == "noise"; });
  const std::string text = Untrained(scheduler(), has ? "noise=0.25" : "");
  for (const Plan& plan : Plans(text, {0})) EXPECT_EQ(plan.idle().noise, has ? 0.25 : 1.0);
}

TEST_P(SchedulerContract, ExecutesWhatWasPlanned) {
  const std::vector<uint64_t> rows = FirstRows(3);
  const std::vector<Plan> plans = Plans(Untrained(scheduler()), rows);
  const Chunk chunk = Act(rows);
  const Chunk dense = ActOnce(policy_, sampler(), "dense", rows);
  ASSERT_EQ(chunk.rows.size(), rows.size());
  for (size_t row = 0; row < rows.size(); ++row) {
    const RowTrace& trace = chunk.rows[row];
    const Plan& ran = chunk.plans.size() == 1 ? chunk.plans[0] : chunk.plans.at(row);
    if (ran.probes().empty()) {
      EXPECT_TRUE(ran == plans[row]);
    }
    EXPECT_NO_THROW(ran.Validate());
    EXPECT_EQ(trace.computed_cells, ran.ComputedCells());
    EXPECT_EQ(trace.total_cells, ran.TotalCells());
    EXPECT_EQ(trace.plan_digest, ran.Digest());
    EXPECT_EQ(trace.skipped_flops == 0.0, trace.computed_cells == trace.total_cells);
    EXPECT_GE(trace.flops + trace.skipped_flops, dense.rows[row].flops * (1.0 - 1e-12));
  }
}

// Each declares the knobs at which it changes nothing.
TEST_P(SchedulerContract, EqualsDenseBitForBitAtItsDenseKnobs) {
  const std::string& identity = Schedulers().Choose(scheduler()).entry->identity;
  ASSERT_TRUE(!identity.empty() || scheduler() == "dense") << "declare .identity";
  const std::string text = Untrained(scheduler(), identity);
  for (const size_t rows : {1, 3}) {
    const Chunk dense = ActOnce(policy_, sampler(), "dense", FirstRows(rows));
    const Chunk same = ActOnce(policy_, sampler(), text, FirstRows(rows));
    EXPECT_TRUE(at::equal(dense.actions, same.actions));
    EXPECT_TRUE(at::equal(dense.trajectory, same.trajectory));
    EXPECT_EQ(same.rows[0].computed_cells, same.rows[0].total_cells);
    EXPECT_EQ(same.rows[0].flops - same.rows[0].pruner_flops, dense.rows[0].flops);
  }
}

TEST_P(SchedulerContract, SameObservationsAndNoiseGiveTheSameBits) {
  const Chunk first = Act(FirstRows(3)), second = Act(FirstRows(3));
  EXPECT_TRUE(at::equal(first.actions, second.actions));
  EXPECT_TRUE(at::equal(first.trajectory, second.trajectory));
  for (size_t row = 0; row < 3; ++row) {
    EXPECT_EQ(first.rows[row].plan_digest, second.rows[row].plan_digest);
  }
}

TEST_P(SchedulerContract, ARowDoesNotDependOnItsBatch) {
  const Chunk batch = Act(FirstRows(3));
  for (uint64_t row = 0; row < 3; ++row) {
    const Chunk alone = Act({row});
    EXPECT_LE(MaxDifference(alone.trajectory[0], batch.trajectory[int64_t(row)]), kRounding);
    EXPECT_EQ(alone.rows[0].plan_digest, batch.rows[row].plan_digest);
    EXPECT_EQ(alone.rows[0].computed_cells, batch.rows[row].computed_cells);
    EXPECT_EQ(alone.rows[0].flops, batch.rows[row].flops);
  }
}

TEST_P(SchedulerContract, GivesFiniteActionsOfTheRightShape) {
  const Chunk chunk = Act(FirstRows(2));
  const PolicyConfig& c = policy_.config;
  EXPECT_EQ(chunk.actions.sizes(), (std::vector<int64_t>{2, c.action_steps, c.action_size}));
  EXPECT_GE(chunk.trajectory.size(1), c.executed_tokens());
  EXPECT_LE(chunk.trajectory.size(1), c.horizon);
  EXPECT_TRUE(at::isfinite(chunk.trajectory).all().item<bool>());
}

std::string TestName(const testing::TestParamInfo<SchedulerContract::ParamType>& info) {
  std::string name = std::get<0>(info.param) + "_under_" + std::get<1>(info.param);
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, SchedulerContract,
                         testing::Combine(testing::ValuesIn(NamesOf(Schedulers().entries())),
                                          testing::ValuesIn(NamesOf(Samplers().entries()))),
                         TestName);

}  // namespace
}  // namespace sagbench
