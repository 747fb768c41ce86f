// Reports, dry runs, completion and the doctor, as users call them.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "results/report_csv.h"
#include "tests/tools/tiny_policy_cli.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

class ReportCli : public TinyPolicyCli {
 protected:
  // Two short rows without a baseline.
  std::string Tiny(const std::string& more) const {
    return "run --quiet --threads 1 --no-baseline --episodes 2 --samples 4 --warmup 1 --sampler "
           "ddim:steps=2 --scheduler dense,static-cache:interval=2 --policy " +
           (folder_ / "policy").string() + " " + more;
  }
};

TEST_F(ReportCli, AFolderHoldsEveryFormOfTheReport) {
  const fs::path out = folder_ / "out";
  const Outcome run = Call(Tiny("--out " + out.string() + " --csv " + (folder_ / "a.csv").string() +
                                " --html " + (folder_ / "a.html").string()));
  ASSERT_EQ(run.code, 0) << run.err;
  const std::string csv = ReadAll(out / "report.csv");
  EXPECT_TRUE(csv.starts_with(CsvColumns()[0] + "," + CsvColumns()[1]));
  EXPECT_EQ(ReadAll(folder_ / "a.csv"), csv);
  EXPECT_TRUE(ReadAll(out / "report.html").starts_with("<!DOCTYPE html>"));
  EXPECT_EQ(ReadAll(folder_ / "a.html"), ReadAll(out / "report.html"));
  const auto runs = nlohmann::json::parse(ReadAll(out / "report.json")).at("runs");
  EXPECT_EQ(runs[1].at("plan_map").at("steps"), 2);
  EXPECT_GT(runs[1].at("deadline").at("ms").get<double>(), 0.0);

  const Outcome exact = Call("report --exact --deadline 0.001 " + out.string());
  EXPECT_EQ(exact.code, 0) << exact.err;
  EXPECT_TRUE(Has(exact.out, "Clopper and Pearson"));
  const auto again = nlohmann::json::parse(ReadAll(out / "report.json")).at("runs");
  EXPECT_EQ(again[0].at("success").at("interval"), "clopper-pearson");
  EXPECT_EQ(again[0].at("deadline").at("share"), 1.0);
  EXPECT_TRUE(Has(Call("report " + out.string()).out, "Wilson"));
}

TEST_F(ReportCli, WrongValuesAreRefused) {
  for (const char* value : {"0", "-1", "soon", "inf", "nan"}) {
    ExpectRefused(Tiny(std::string("--deadline ") + value), 2, "a number above 0");
    ExpectRefused(std::string("report x --deadline ") + value, 2, "a number above 0");
  }
  std::ofstream(folder_ / "file") << "a file";
  const std::string below = (folder_ / "file" / "out").string();
  ExpectRefused(Tiny("--csv " + below + "/report.csv"), 5, below);
  ExpectRefused(Tiny("--html " + below + "/report.html"), 5, below);
  ExpectRefused(Tiny("--exact=maybe"), 2, "exact");
}

TEST_F(ReportCli, ADryRunWritesNothing) {
  const fs::path out = folder_ / "out";
  const Outcome dry = Call(Tiny("--dry-run --out " + out.string()));
  EXPECT_EQ(dry.code, 0) << dry.err;
  EXPECT_EQ(dry.err, "");
  EXPECT_TRUE(Has(dry.out, "2 of 2 groups")) << dry.out;
  EXPECT_TRUE(Has(dry.out, "Estimate: ")) << dry.out;
  EXPECT_FALSE(fs::exists(out));
  ASSERT_EQ(Call(Tiny("--out " + out.string())).code, 0);
  ExpectRefused(Tiny("--dry-run --out " + out.string()), 2, "add --resume");
  const Outcome rest = Call(Tiny("--dry-run --resume --out " + out.string()));
  EXPECT_TRUE(Has(rest.out, "Nothing is left to do.")) << rest.out;
  ExpectRefused(Tiny("--dry-run --task sparse"), 2, "unknown task 'sparse'");
}

// The words that the script offers after a line.
std::string Completed(const fs::path& script, const std::string& words) {
  const std::string command = "bash -c 'source " + script.string() + "; COMP_WORDS=(" + words +
                              "); COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _sagbench; "
                              "echo \"${COMPREPLY[@]}\"'";
  FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
  EXPECT_EQ(pclose(pipe), 0);
  return text;
}

TEST_F(ReportCli, CompletionKnowsCommandsOptionsAndNames) {
  const Outcome bash = Call("completion bash");
  ASSERT_EQ(bash.code, 0) << bash.err;
  const fs::path script = folder_ / "completion.sh";
  std::ofstream(script) << bash.out;
  EXPECT_EQ(Completed(script, "sagbench comp"), "compare completion\n");
  EXPECT_EQ(Completed(script, "sagbench run --dead"), "--deadline\n");
  EXPECT_EQ(Completed(script, "sagbench run --scheduler den"), "dense\n");
  EXPECT_EQ(Completed(script, "sagbench run --sampler ddim,si"), "ddim,single\n");
  EXPECT_EQ(Completed(script, "sagbench run --device = cu"), "cuda\n");
  EXPECT_EQ(Completed(script, "sagbench run --out x"), "\n");
  EXPECT_EQ(Completed(script, "sagbench train pol"), "policy\n");
  EXPECT_EQ(Completed(script, "sagbench train sag --rat"), "--rate\n");
  EXPECT_EQ(Completed(script, "sagbench list sam"), "samplers\n");
  EXPECT_TRUE(Call("completion zsh").out.starts_with("#compdef sagbench\n"));
  ExpectRefused("completion fish", 2, "fish");
  ExpectRefused("completion", 2, "SHELL");
}

TEST_F(ReportCli, TheDoctorSaysWhatToDo) {
  const Outcome json = Call("doctor --json");
  EXPECT_TRUE(json.code == 0 || json.code == 5) << json.err;
  const auto parsed = nlohmann::json::parse(json.out);
  EXPECT_EQ(parsed.at("complete"), json.code == 0);
  for (const auto& check : parsed.at("checks")) {
    EXPECT_EQ(check.contains("advice"), check.at("state") != "ok") << check;
  }
  const Outcome text = Call("doctor");
  EXPECT_EQ(text.code, json.code);
  EXPECT_TRUE(Has(text.out, " checks: ")) << text.out;
  ExpectRefused("doctor now", 2, "now");
}

TEST_F(ReportCli, TheDoctorMissesADamagedPolicy) {
  const fs::path policy = folder_ / "policies" / "weights" / "pusht";
  fs::create_directories(policy);
  std::ofstream(policy / "policy.json") << "{";
  setenv("SAGBENCH_HOME", folder_.c_str(), 1);
  const Outcome outcome = Call("doctor");
  unsetenv("SAGBENCH_HOME");
  EXPECT_EQ(outcome.code, 5);
  EXPECT_TRUE(Has(outcome.out, "missing  policy pusht")) << outcome.out;
}

}  // namespace
}  // namespace sagbench
