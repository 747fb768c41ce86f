// sagbench plan, calibrate and train sag as their users call them.
#include <filesystem>

#include <gtest/gtest.h>

#include "core/files.h"
#include "tests/schedulers/tiny_policy.h"
#include "tests/tools/invoke.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

class SchedulerCommands : public testing::Test {
 protected:
  SchedulerCommands() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    Policy policy = TinyPolicy();
    SavePolicy(folder_ / "policy", policy, WeightPrecision::kFloat32);
  }
  ~SchedulerCommands() override { fs::remove_all(folder_); }

  // A command on the tiny policy under four DDIM steps.
  Outcome Call(const std::string& command, const std::string& more,
               const std::string& sampler = "ddim:steps=4") const {
    return Invoke(command + " --policy " + (folder_ / "policy").string() +
                      " --threads 1 --sampler " + sampler + " " + more,
                  folder_);
  }
  std::string Path(const char* name) const { return (folder_ / name).string(); }

  void ExpectRefused(const Outcome& outcome, int code,
                     const std::vector<std::string>& words) const {
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_TRUE(IsOneSentence(outcome.err)) << outcome.err;
    for (const std::string& word : words) EXPECT_TRUE(Has(outcome.err, word)) << outcome.err;
  }

  const fs::path folder_ = fs::path(testing::TempDir()) /
                           (std::string("sagbench_scheduler_commands_") +
                            testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(SchedulerCommands, PlanShowsSavesDrawsAndRunsAgain) {
  const Outcome shown = Call("plan", "--scheduler static-cache:interval=2 --save " +
                                         Path("plan.json") + " --svg " + Path("plan.svg"));
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_TRUE(Has(shown.out, "   75  ##  ##  ##\n   50  ..  ..  ..\n")) << shown.out;
  EXPECT_TRUE(Has(shown.out, "50.0 % reused"));
  EXPECT_TRUE(Has(ReadFile(folder_ / "plan.svg"), "</svg>"));
  const Outcome again = Call("plan", "--json --scheduler file:path=" + Path("plan.json"));
  EXPECT_EQ(again.out, ReadFile(folder_ / "plan.json")) << again.err;
}

TEST_F(SchedulerCommands, PlanShowsHowMasksChangeOverARollout) {
  const Outcome outcome =
      Call("plan", "--over-rollout --scheduler sag:rate=0.5,weights=random", "ddim:steps=2");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(Has(outcome.out, "mean ")) << outcome.out;
}

TEST_F(SchedulerCommands, PlansThatDoNotFitAreRefused) {
  Call("plan", "--save " + Path("plan.json"));
  const std::string saved = "--scheduler file:path=" + Path("plan.json");
  ExpectRefused(Call("plan", saved, "ddim:steps=5"), 2, {"4 steps", "5 x 6"});
  WriteFileAtomically(folder_ / "plan.json", "{}");
  ExpectRefused(Call("plan", saved), 3, {"plan.json"});
  ExpectRefused(Call("plan", "--scheduler file:path=" + Path("none.json")), 3, {"none.json"});
  ExpectRefused(Call("plan", "--replan 1000"), 2, {"--replan 1000"});
}

TEST_F(SchedulerCommands, CalibrateMakesWhatBacReads) {
  const std::string file = Path("bac.json");
  const std::string bac = "--scheduler bac:updates=2,calibration=" + file;
  ExpectRefused(Call("plan", "--scheduler bac:updates=2"), 3,
                {"sagbench calibrate", "ddim:steps=4"});
  const Outcome made = Call("calibrate", "--episodes 2 --observations 4 --out " + file);
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_TRUE(Has(Call("plan", bac).out, "50.0 % reused"));
  ExpectRefused(Call("plan", bac, "ddim:steps=5"), 3, {"sampler 'ddim:steps=4'"});
  Policy other = TinyPolicy(2);
  SavePolicy(folder_ / "policy", other, WeightPrecision::kFloat32);
  ExpectRefused(Call("plan", bac), 3, {"policy_sha256"});
  ExpectRefused(Call("calibrate", "--observations 1000 --episodes 1"), 2, {"1000"});
  ExpectRefused(Call("calibrate", "--seed 99999 --episodes 2"), 2, {"evaluations"});
}

TEST_F(SchedulerCommands, TrainSagMakesWhatSagReads) {
  const std::string sag = "--scheduler sag:rate=0.5,weights=" + Path("sag.json");
  ExpectRefused(Call("plan", "--scheduler sag:rate=0.5"), 3,
                {"sagbench train sag", "--rate 0.5 --reuse block"});
  const Outcome trained = Call("train sag",
                               "--rate 0.5 --iterations 2 --batch 2 --episodes 1 --observations 4 "
                               "--quiet --folder " +
                                   Path("run") + " --out " + Path("sag.json"));
  EXPECT_EQ(trained.code, 0) << trained.err;
  EXPECT_TRUE(Has(trained.out, "pruner: ")) << trained.out;
  EXPECT_EQ(Call("plan", sag).code, 0);
  ExpectRefused(
      Call("train sag", "--reuse kind --rate 0.5 --episodes 1 --observations 4 --folder " +
                            Path("other") + " --out " + Path("other.json") + " --from " +
                            Path("sag.json")),
      2, {"cannot be started from", "reuse block", "kind"});
  ExpectRefused(Call("train sag", "--folder " + Path("other") + " --from /no/such.json"), 3,
                {"/no/such.json"});
  ExpectRefused(Call("plan", sag + ",reuse=kind"), 3, {"reuse \"block\"", "kind"});
  ExpectRefused(Call("plan", sag + ",hold=residuals"), 3, {"hold clean", "--hold residuals"});
  // What serves one way to hold does not serve the other.
  EXPECT_TRUE(Has(ReadFile(Path("sag.json")), "\"sparsity_weight\": 0.1"));
  ExpectRefused(Call("plan", "--scheduler sag:rate=1.5"), 2, {"0 to 0.99"});
  ExpectRefused(Call("plan", "--scheduler sag:reuse=some"), 2, {"kind, block, all"});
}

TEST_F(SchedulerCommands, TrainSagShowsItsSearchAndThenItsIterations) {
  const std::string some = "--batch 2 --episodes 1 --observations 4 --folder " + Path("run") +
                           " --out " + Path("sag.json");
  const Outcome trained = Call("train sag", "--search 3 --iterations 2 " + some);
  EXPECT_EQ(trained.code, 0) << trained.err;
  // The clock of each starts with its first line, which knows no rate yet.
  EXPECT_TRUE(Has(trained.err, "train sag: 1/3 proposals, action error")) << trained.err;
  EXPECT_TRUE(Has(trained.err, "train sag: 3/3 proposals, ")) << trained.err;
  EXPECT_TRUE(Has(trained.err, "train sag: 1/2 iterations, action error")) << trained.err;
  ExpectRefused(Call("train sag", "--search 3 --hold residuals " + some), 2,
                {"clean", "residuals"});
  ExpectRefused(Call("train sag", "--search -1 " + some), 2, {"--search"});
}

}  // namespace
}  // namespace sagbench
