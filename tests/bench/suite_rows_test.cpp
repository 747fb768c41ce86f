#include "bench/suite_rows.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "schedulers/plan_io.h"
#include "tests/schedulers/tiny_policy_folder.h"

namespace sagbench {
namespace {

class SuiteRowsTest : public TinyPolicyFolder {
 protected:
  SuiteRowsTest() { settings_.policy = In("policy"); }
  std::vector<std::string> Names(const std::vector<RowSet>& sets) const {
    std::vector<std::string> names;
    for (const SuiteRow& row : MakeRows(sets, settings_).rows) {
      const RunIdentity& identity = row.data.identity;
      EXPECT_NE(row.executor, nullptr);
      names.push_back(fmt::format("{} {} {} {}", identity.executor, identity.sampler,
                                  identity.scheduler, row.episodes));
    }
    return names;
  }

  std::string Refusal(const std::vector<RowSet>& sets) const {
    try {
      MakeRows(sets, settings_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kUsage);
      return error.what();
    }
    return "nothing was refused";
  }

  static RowSet Set(std::vector<std::string> samplers, std::vector<std::string> schedulers,
                    int64_t episodes) {
    return {.tasks = {"pusht"},
            .samplers = std::move(samplers),
            .schedulers = std::move(schedulers),
            .episodes = episodes};
  }

  RowSettings settings_;
};

TEST_F(SuiteRowsTest, SetsNeedNotMultiplyOut) {
  settings_.add_baseline = false;
  EXPECT_EQ(Names({Set({"ddpm"}, {"dense", "late"}, 800), Set({"ddim:steps=2"}, {"dense"}, 200),
                   Set({"ddpm"}, {"random"}, 200)}),
            (std::vector<std::string>{"eager ddpm dense 800", "eager ddpm late 800",
                                      "eager ddim:steps=2 dense 200", "eager ddpm random 200"}));
}

TEST_F(SuiteRowsTest, TheBaselineIsFirstAndAsLongAsTheLongestRow) {
  EXPECT_EQ(Names({Set({"ddpm"}, {"late"}, 20), Set({"ddpm"}, {"random"}, 30)}),
            (std::vector<std::string>{"eager ddpm dense 30", "eager ddpm late 20",
                                      "eager ddpm random 30"}));
  EXPECT_EQ(Names({Set({"ddpm"}, {"late"}, 20), Set({"ddpm"}, {"dense"}, 10)}),
            (std::vector<std::string>{"eager ddpm dense 10", "eager ddpm late 20"}));
  RowSet both = Set({"ddpm"}, {"late"}, 5);
  both.executors = {"eager", "reference"};
  EXPECT_EQ(Names({both}),
            (std::vector<std::string>{"eager ddpm dense 5", "eager ddpm late 5",
                                      "reference ddpm dense 5", "reference ddpm late 5"}));
}

TEST_F(SuiteRowsTest, ARowTwiceIsOneUnlessItsEpisodesDiffer) {
  settings_.add_baseline = false;
  EXPECT_EQ(Names({Set({"ddpm"}, {"late"}, 20), Set({"ddpm:steps=100"}, {"late"}, 20)}).size(), 1U);
  EXPECT_EQ(Refusal({Set({"ddpm"}, {"late"}, 20), Set({"ddpm"}, {"late"}, 30)}),
            "the row pusht ddpm late is asked for twice, with 20 and with 30 episodes");
  EXPECT_EQ(Refusal({Set({"ddpm"}, {}, 20)}),
            "nothing to run: name a task, a sampler and a scheduler");
}

TEST_F(SuiteRowsTest, SeedsThatTheTaskLacksAreRefusedAtOnce) {
  const auto make = [&](uint64_t seed, int64_t episodes) {
    settings_.seed = seed;
    return MakeRows({Set({"ddpm"}, {"dense"}, episodes)}, settings_);
  };
  EXPECT_NO_THROW(make(4294967294, 2));
  EXPECT_THROW(make(4294967294, 3), Error);
  EXPECT_THROW(make(UINT64_MAX, 2), Error);
}

TEST_F(SuiteRowsTest, IdentityHoldsEverySetting) {
  settings_.batch = 7;
  settings_.seed = 42;
  const SuiteRows made = MakeRows({Set({"ddim:steps=2"}, {"late:rate=0.5"}, 1)}, settings_);
  ASSERT_EQ(made.policies.size(), 1U);
  const RunIdentity& identity = made.rows[1].data.identity;
  EXPECT_EQ(identity.params.at("scheduler.rate"), "0.5");
  EXPECT_EQ(identity.params.at("sampler.steps"), "2");
  EXPECT_EQ(identity.params.at("batch"), "7");
  EXPECT_EQ(identity.seed, 42U);
  EXPECT_EQ(identity.policy_sha256, made.policies[0]->sha256);
  EXPECT_EQ(identity.params.count("scheduler.sha256"), 0U);
}

// What a scheduler learned or was given is part of what a run is: two plans are two runs.
TEST_F(SuiteRowsTest, IdentityHoldsTheHashOfTheSchedulersFile) {
  const std::string path = testing::TempDir() + "sagbench_suite_rows_plan.json";
  WriteFileAtomically(path, PlanFileText(Plan(2, 6)));
  const SuiteRows made = MakeRows({Set({"ddim:steps=2"}, {"file:path=" + path}, 1)}, settings_);
  EXPECT_EQ(made.rows[1].data.identity.params.at("scheduler.sha256"), Sha256OfFile(path));
}

}  // namespace
}  // namespace sagbench
