// The program as its users call it: exit codes, sentences, files.
#include <chrono>
#include <limits>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <signal.h>

#include "core/demonstrations.h"
#include "core/json_lines.h"
#include "tests/schedulers/tiny_policy.h"
#include "tests/tools/invoke.h"
#include "tests/tools/process.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

class Cli : public testing::Test {
 protected:
  Cli() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    Policy policy = TinyPolicy();
    SavePolicy(policy_, policy, WeightPrecision::kFloat32);
  }
  ~Cli() override { fs::remove_all(folder_); }

  Outcome Call(const std::string& arguments) const { return Invoke(arguments, folder_); }

  // `run` with the tiny policy on one thread.
  std::string RunTiny(const std::string& more) const {
    return "run --policy " + policy_.string() + " --threads 1 " + more;
  }

  // Fails with this code and one sentence that holds all of `words`, and prints nothing.
  void ExpectRefused(const std::string& arguments, int code,
                     const std::vector<std::string>& words) const {
    const Outcome outcome = Call(arguments);
    EXPECT_EQ(outcome.code, code) << arguments << "\n" << outcome.err;
    EXPECT_TRUE(IsOneSentence(outcome.err)) << arguments << "\n" << outcome.err;
    for (const std::string& word : words) {
      EXPECT_TRUE(Has(outcome.err, word)) << arguments << "\n" << outcome.err << "lacks " << word;
    }
    EXPECT_EQ(outcome.out, "") << arguments;
  }

  // The policy's weights replaced by these bytes, in a folder of its own.
  void ExpectWeightsRefused(const std::string& bytes, const std::vector<std::string>& words) const {
    const fs::path broken = folder_ / "broken";
    fs::remove_all(broken);
    fs::copy(policy_, broken);
    std::ofstream(broken / "policy.safetensors", std::ios::binary | std::ios::trunc) << bytes;
    std::vector<std::string> all = words;
    all.push_back("policy.safetensors");
    ExpectRefused("run --episodes 1 --quiet --policy " + broken.string(), 3, all);
  }

  std::string Weights() const { return ReadAll(policy_ / "policy.safetensors"); }

  const fs::path folder_ = fs::path(testing::TempDir()) /
                           (std::string("sagbench_cli_") +
                            testing::UnitTest::GetInstance()->current_test_info()->name());
  const fs::path policy_ = folder_ / "policy";
};

TEST_F(Cli, UnknownNamesGetTheValidOnes) {
  ExpectRefused("", 2, {"--help"});
  ExpectRefused("dance", 2, {});
  ExpectRefused(RunTiny("--task pushd"), 2, {"unknown task 'pushd'", "pusht"});
  ExpectRefused(RunTiny("--scheduler sparse"), 2,
                {"unknown scheduler 'sparse'", "dense", "static-cache"});
  ExpectRefused(RunTiny("--sampler euler"), 2, {"unknown sampler 'euler'", "ddim", "ddpm"});
  ExpectRefused(RunTiny("--scheduler ddim:steps=16"), 2,
                {"'ddim' is a sampler, not a scheduler", "--sampler", "dense, fbcache"});
  ExpectRefused(RunTiny("--sampler dense"), 2,
                {"'dense' is a scheduler, not a sampler", "--scheduler", "ddim, ddpm"});
  ExpectRefused(RunTiny("--executor quick"), 2, {"unknown executor 'quick'", "eager", "reference"});
  ExpectRefused(RunTiny("--precision half"), 2, {"half", "float32", "bf16"});
  ExpectRefused(RunTiny("--precision bf16"), 2, {"executor 'eager'", "bf16", "--executor fused"});
  ExpectRefused(RunTiny("--device tpu"), 2, {"tpu", "auto", "cpu", "cuda"});
  ExpectRefused("list gadgets", 2, {"gadgets", "tasks", "samplers", "schedulers"});
  ExpectRefused(RunTiny("--epochs 3"), 2, {"--epochs"});
}

TEST_F(Cli, PrecisionIsAKnobOfTheExecutorsThatHaveOne) {
  const auto executor = [&](const std::string& more) {
    const fs::path report = folder_ / "report.json";
    const Outcome outcome = Call(
        RunTiny("--sampler ddim:steps=2 --episodes 1 --no-baseline --no-latency --quiet --json " +
                report.string() + " " + more));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return nlohmann::json::parse(ReadAll(report)).at("runs")[0].at("executor").get<std::string>();
  };
  EXPECT_EQ(executor("--executor fused --precision bf16"), "fused:precision=bf16");
  EXPECT_EQ(executor("--executor fused --precision float32"), "fused");
  EXPECT_EQ(executor("--executor fused:precision=bf16 --precision float32"),
            "fused:precision=bf16");
  EXPECT_EQ(executor("--executor eager --precision float32"), "eager");
}

TEST_F(Cli, KnobsAreChecked) {
  ExpectRefused(RunTiny("--scheduler static-cache:period=5"), 2, {"period", "interval"});
  ExpectRefused(RunTiny("--scheduler static-cache:interval=0"), 2, {"interval", "1 to 100"});
  ExpectRefused(RunTiny("--scheduler static-cache:interval=two"), 2, {"two", "1 to 100"});
  ExpectRefused(RunTiny("--scheduler static-cache:interval"), 2, {"interval"});
  ExpectRefused(RunTiny("--sampler ddim:steps=101"), 2, {"steps", "1 to 100"});
  ExpectRefused(RunTiny("--task pusht:reset=soft"), 2, {"soft", "legacy, exact"});
  ExpectRefused(RunTiny("--task pusht:observation=state"), 2, {"observation", "keypoints"});
}

TEST_F(Cli, CountsArePositive) {
  for (const char* option : {"--episodes", "--batch", "--samples"}) {
    for (const char* value : {"0", "-3", "many"}) {
      ExpectRefused(RunTiny(std::string(option) + " " + value), 2, {option, value, "1 or more"});
    }
  }
  for (const std::string command :
       {"train sag --rate", "train sag --table-rate", "train sag --network-rate",
        "train sag --sparsity-weight", "train sag --sampled", "calibrate --method l2c --penalty",
        "compare a b --margin", "compare a b --gate-time"}) {
    ExpectRefused(command + " nan", 2, {"'nan'", " to "});
  }
  ExpectRefused(RunTiny("--margin nan"), 2, {"margin"});
  ExpectRefused("plan --over-rollout --json", 2, {"--json", "--over-rollout"});
  ExpectRefused(RunTiny("--warmup -1"), 2, {"--warmup"});
  ExpectRefused(RunTiny("--threads -1"), 2, {"--threads"});
}

TEST_F(Cli, PoliciesMustBeThere) {
  const std::string missing = (folder_ / "nowhere").string();
  ExpectRefused("run --policy " + missing, 3, {missing, "policy.safetensors", "policy.json"});
  fs::remove(policy_ / "policy.safetensors");
  ExpectRefused(RunTiny(""), 3, {"policy.safetensors"});
  fs::remove(policy_ / "policy.json");
  ExpectRefused(RunTiny(""), 3, {"policy.json"});
  std::ofstream(policy_ / "policy.json") << "{\"config\": 1";
  ExpectRefused(RunTiny(""), 3, {"policy.json", "JSON"});
}

TEST_F(Cli, DamagedWeightsAreRefused) {
  const std::string bytes = Weights();
  ExpectWeightsRefused("", {});
  ExpectWeightsRefused(bytes.substr(0, 5), {});
  ExpectWeightsRefused(bytes.substr(0, 200), {});
  ExpectWeightsRefused(bytes.substr(0, bytes.size() - 1), {});
  ExpectWeightsRefused(bytes + "x", {});
  std::string flipped = bytes;
  flipped[flipped.size() - 40] ^= 0x10;
  ExpectWeightsRefused(flipped, {"sha256"});
  flipped = bytes;
  flipped[3] ^= 0x40;  // the header's length
  ExpectWeightsRefused(flipped, {});
  ExpectWeightsRefused(std::string("PK\x03\x04") + std::string(64, 'a'), {"convert"});
  ExpectWeightsRefused("\x80\x02}q\x01(X" + std::string(64, 'a'), {"convert"});
}

TEST_F(Cli, WeightsOfAnotherShapeAreRefused) {
  auto json = nlohmann::json::parse(ReadAll(policy_ / "policy.json"));
  json["config"]["width"] = 64;
  std::ofstream(policy_ / "policy.json") << json;
  ExpectRefused(RunTiny("--episodes 1"), 3, {"policy.safetensors", "32", "64"});
  json["config"]["width"] = 32;
  json["config"]["layers"] = 1;
  std::ofstream(policy_ / "policy.json") << json;
  ExpectRefused(RunTiny("--episodes 1"), 3, {"decoder.layers.1"});
  json["config"]["layers"] = 0;
  std::ofstream(policy_ / "policy.json") << json;
  ExpectRefused(RunTiny("--episodes 1"), 3, {"layers", "1 to 64"});
}

TEST_F(Cli, NonFiniteWeightsAreRefused) {
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    Policy policy = TinyPolicy();
    policy.weights.head.bias.fill_(bad);
    SavePolicy(policy_, policy, WeightPrecision::kFloat32);
    ExpectRefused(RunTiny("--episodes 1"), 3, {"policy.safetensors", "head.bias"});
  }
}

TEST_F(Cli, UnwritableOutputIsRefusedBeforeAnythingRuns) {
  std::ofstream(folder_ / "file") << "a file";
  const std::string below = (folder_ / "file" / "out").string();
  ExpectRefused(RunTiny("--quiet --out " + below), 5, {below});
  ExpectRefused(RunTiny("--quiet --json " + below + "/report.json"), 5, {below});
  ExpectRefused(RunTiny("--quiet --markdown " + below + "/report.md"), 5, {below});
}

TEST_F(Cli, TrainingDataIsChecked) {
  const fs::path data = folder_ / "data.hdf5";
  const std::string train = "train policy --quiet --layers 1 --width 8 --iterations 1 --out " +
                            (folder_ / "out").string() + " --data " + data.string();
  ExpectRefused(train, 3, {"data.hdf5"});
  std::ofstream(data) << "not HDF5";
  ExpectRefused(train, 3, {"data.hdf5"});
  Demonstration half;
  half.observations["keypoints"] = {.width = 18, .values = std::vector<double>(18 * 4, 1.0)};
  half.actions = {.width = 2, .values = std::vector<double>(2 * 4, 1.0)};
  half.states = {.width = 1, .values = std::vector<double>(4, 1.0)};
  half.rewards.assign(4, 0.0);
  half.dones.assign(4, 0);
  WriteDemonstrations(data, {}, {half, half});
  ExpectRefused(train, 3, {"data.hdf5", "agent_pos"});
  ExpectRefused("train policy --iterations 0 --data a --out b", 2, {"--iterations", "1 or more"});
  ExpectRefused("train policy --data a", 2, {"--out"});
  ExpectRefused(train + " --heads 3", 2, {"heads"});
  ExpectRefused(train + " --memory-gain 0", 2, {"--memory-gain"});
  ExpectRefused(train + " --full-every 0", 2, {"--full-every"});
  ExpectRefused(train + " --fine-share 1.5", 2, {"--fine-share"});
  ExpectRefused(train + " --rollout-every -1", 2, {"--rollout-every"});
  ExpectRefused(train + " --rollout-sampler euler", 2, {"euler", "ddim"});
}

TEST_F(Cli, ListTellsWhatThereIs) {
  const Outcome json = Call("list --json");
  EXPECT_EQ(json.code, 0);
  const auto parsed = nlohmann::json::parse(json.out);
  EXPECT_EQ(parsed.at("schedulers").size(), Schedulers().entries().size());
  EXPECT_EQ(parsed.at("samplers").size(), Samplers().entries().size());
  EXPECT_EQ(parsed.at("executors").size(), Executors().entries().size());
  for (const auto& kind : parsed) {
    for (const auto& entry : kind) {
      EXPECT_FALSE(entry.at("summary").get<std::string>().empty());
      for (const auto& knob : entry.at("knobs")) EXPECT_FALSE(knob.at("help").empty());
    }
  }
  const Outcome text = Call("list schedulers");
  EXPECT_EQ(text.code, 0);
  for (const auto& entry : Schedulers().entries()) EXPECT_TRUE(Has(text.out, entry.name));
  EXPECT_FALSE(Has(text.out, "pusht"));
  EXPECT_EQ(Call("--help").code, 0);
  EXPECT_EQ(Call("run --help").code, 0);
  EXPECT_TRUE(Has(Call("--version").out, "sagbench "));
}

TEST_F(Cli, RunPrintsATableAndWritesTheReport) {
  const fs::path out = folder_ / "out";
  const std::string command = RunTiny(
      "--episodes 2 --samples 2 --warmup 1 --sampler ddim:steps=4 "
      "--scheduler dense,static-cache:interval=2 --out " +
      out.string());
  const Outcome outcome = Call(command);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(Has(outcome.err, "rollouts: "));
  EXPECT_TRUE(Has(outcome.out, "| ddim:steps=4"));
  EXPECT_TRUE(Has(outcome.out, "static-cache:interval=2"));
  EXPECT_EQ(outcome.out, ReadAll(out / "report.md"));
  const auto report = nlohmann::json::parse(ReadAll(out / "report.json"));
  EXPECT_EQ(report.at("schema_version"), 1);
  ASSERT_EQ(report.at("runs").size(), 3U);  // and the baseline
  EXPECT_EQ(report.at("runs")[2].at("scheduler"), "static-cache:interval=2");
  EXPECT_TRUE(Has(report.at("context").at("command_line").get<std::string>(), "sagbench run"));
  EXPECT_EQ(ReadJsonLines(out / "episodes.jsonl").records.size(), 6U);
  EXPECT_EQ(Call(command + " --resume --quiet").err, "");
}

TEST_F(Cli, CtrlCEndsWithAReportOfWhatWasFinished) {
  const fs::path out = folder_ / "out", err = folder_ / "err.txt";
  const pid_t child = Start(
      {SAGBENCH_PROGRAM, "run", "--policy", policy_.string(), "--episodes", "1000000", "--batch",
       "1", "--sampler", "ddim:steps=1", "--no-baseline", "--threads", "1", "--out", out.string()},
      err);
  ASSERT_GT(child, 0);
  for (int i = 0; i < 600 && !Has(ReadAll(err), "rollouts: "); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  std::this_thread::sleep_for(std::chrono::seconds(2));
  kill(child, SIGINT);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130) << ReadAll(err);
  EXPECT_TRUE(Has(ReadAll(err), "sagbench: interrupted"));
  const auto report = nlohmann::json::parse(ReadAll(out / "report.json"));
  ASSERT_EQ(report.at("runs").size(), 1U);
  const auto episodes = report.at("runs")[0].at("episodes").get<size_t>();
  EXPECT_GE(episodes, 1U);
  EXPECT_LT(episodes, 1000000U);
  EXPECT_EQ(ReadJsonLines(out / "episodes.jsonl").records.size(), episodes);
  EXPECT_TRUE(Has(report.at("warnings").dump(), "interrupted"));
}

}  // namespace
}  // namespace sagbench
