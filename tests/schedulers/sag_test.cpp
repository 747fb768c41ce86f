#include <set>

#include <gtest/gtest.h>

#include "policies/aten.h"
#include "schedulers/sag_checkpoint.h"
#include "schedulers/scheduler.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

class SagTest : public testing::Test {
 protected:
  // Digests of the plans that a mask gives some rows.
  std::vector<std::string> Digests(const std::string& mask, const std::vector<uint64_t>& rows) {
    std::vector<std::string> digests;
    for (const Plan& plan : PlansOf(policy_, "ddpm:steps=20", Text(mask), rows)) {
      plan.Validate();
      digests.push_back(plan.Digest());
    }
    return digests;
  }
  // Where each cell decides for itself, no two of a few masks are the same.
  static std::string Text(const std::string& mask, const std::string& hold = "residuals") {
    return "sag:rate=0.7,weights=random,hold=" + hold + ",mask=" + mask;
  }

  const Policy policy_ = TinyPolicy();
};

TEST_F(SagTest, ObservationsHaveMasksOfTheirOwn) {
  const std::vector<std::string> own = Digests("own", FirstRows(6));
  EXPECT_EQ(std::set<std::string>(own.begin(), own.end()).size(), 6U);
  EXPECT_EQ(Digests("own", {3}).front(), own[3]);
}

TEST_F(SagTest, StepsRunAsAWholeOrHold) {
  std::set<std::string> masks;
  for (const Plan& plan : PlansOf(policy_, "ddpm:steps=20", Text("own", "clean"), FirstRows(12))) {
    EXPECT_TRUE(plan.HoldsClean());
    masks.insert(plan.Digest());
    int held = 0;
    for (int step = 0; step < plan.steps(); ++step) held += plan.Holds(step) ? 1 : 0;
    EXPECT_GT(held, 0);
  }
  EXPECT_GT(masks.size(), 1U);
}

TEST_F(SagTest, ShuffledMasksAreThoseOfOthers) {
  const std::vector<std::string> own = Digests("own", FirstRows(12));
  const std::vector<std::string> other = Digests("shuffled", FirstRows(12));
  for (size_t row = 0; row < own.size(); ++row) EXPECT_NE(own[row], other[row]);
  EXPECT_GT(std::set<std::string>(other.begin(), other.end()).size(), 2U);
  EXPECT_EQ(Digests("shuffled", {3}).front(), other[3]);  // whatever the batch
}

TEST_F(SagTest, MeanAndTableAreOnePlanForAll) {
  for (const std::string mask : {"mean", "table"}) {
    EXPECT_EQ(Digests(mask, FirstRows(5)).size(), 1U);
    EXPECT_EQ(Digests(mask, {0}), Digests(mask, {4}));
  }
  EXPECT_NE(Digests("mean", {0}), Digests("table", {0}));
}

// Where all observations want the same, the mean is that, in its choice of slots as well.
TEST_F(SagTest, TheMeanOfEqualMasksIsThatMask) {
  const std::string sampler = "ddpm:steps=20";
  const PrunerShape shape{.steps = 20, .blocks = 6, .reuse = Reuse::kAll, .width = 16};
  LoadedSag sag{.shape = shape,
                .weights = InitialPruner(shape, 0.7, /*out_scale=*/0.0, 3),
                .references = at::rand({3, shape.observation_size})};
  const std::string path = testing::TempDir() + "sagbench_mean_mask.json";
  SaveSag(path, {.task = "pusht", .sampler = sampler, .policy_sha256 = policy_.sha256, .rate = 0.7},
          sag, {});
  const auto plan = [&](const std::string& mask) {
    return PlansOf(policy_, sampler,
                   "sag:rate=0.7,reuse=all,hold=residuals,mask=" + mask + ",weights=" + path)
        .front();
  };
  std::set<int> slots;
  for (int block = 0; block < 6; ++block) slots.insert(plan("own").at(1, block).slot);
  EXPECT_GT(slots.size(), 3U);  // of kinds and of blocks
  EXPECT_EQ(plan("mean").Digest(), plan("own").Digest());
}

TEST_F(SagTest, OnlyMasksThatLookCostAnything) {
  for (const auto& [mask, looks] : std::map<std::string, bool>{
           {"own", true}, {"shuffled", true}, {"mean", false}, {"table", false}}) {
    const Chunk chunk = ActOnce(policy_, "ddpm:steps=20", Text(mask), {0});
    EXPECT_EQ(chunk.rows[0].pruner_flops > 0.0, looks) << mask;
  }
}

}  // namespace
}  // namespace sagbench
