#include "bench/shard.h"

#include <map>

#include <gtest/gtest.h>

#include "core/error.h"

namespace sagbench {
namespace {

using Variables = std::map<std::string, std::string>;

Environment Of(const Variables& variables) {
  return [&variables](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

// "2 of 4 (Slurm array task 3 of 4)", the index from 0; or the sentence.
std::string Choice(const std::string& text, const Variables& variables = {}) {
  try {
    const ShardChoice choice = ChooseShard(text, Of(variables));
    return fmt::format("{} of {} ({})", choice.shard.index, choice.shard.count, choice.source);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    return error.what();
  }
}

TEST(Shard, IsTypedFromOne) {
  EXPECT_EQ(Choice("1/4"), "0 of 4 (--shard)");
  EXPECT_EQ(Choice("4/4"), "3 of 4 (--shard)");
  EXPECT_EQ(Choice("1/1"), "0 of 1 (--shard)");
  for (const char* wrong : {"0/4", "5/4", "-1/4", "1/0", "3", "", "Auto"}) {
    EXPECT_EQ(Choice(wrong), fmt::format("--shard is '{}': valid are auto and i/n with i from 1 to "
                                         "n, e.g. 1/4",
                                         wrong));
  }
  EXPECT_EQ(Choice("a/4"), "--shard's part before the slash is 'a', not a whole number");
  EXPECT_EQ(Choice("1/4x"), "--shard's part after the slash is '4x', not a whole number");
}

TEST(Shard, AutoAsksTheLaunchers) {
  EXPECT_EQ(Choice("auto", {{"SLURM_ARRAY_TASK_ID", "7"},
                            {"SLURM_ARRAY_TASK_COUNT", "4"},
                            {"SLURM_ARRAY_TASK_MIN", "3"},
                            {"SLURM_ARRAY_TASK_STEP", "2"},
                            {"SLURM_PROCID", "0"},
                            {"SLURM_NTASKS", "1"}}),
            "2 of 4 (Slurm array task 3 of 4)");
  EXPECT_EQ(Choice("auto", {{"JOB_COMPLETION_INDEX", "0"}, {"JOB_COMPLETIONS", "3"}}),
            "0 of 3 (Kubernetes job 1 of 3)");
  EXPECT_EQ(Choice("auto", {{"OMPI_COMM_WORLD_RANK", "1"}, {"OMPI_COMM_WORLD_SIZE", "2"}}),
            "1 of 2 (Open MPI rank 2 of 2)");
  EXPECT_EQ(Choice("auto", {{"PMI_RANK", "1"}, {"PMI_SIZE", "2"}}), "1 of 2 (PMI rank 2 of 2)");
  EXPECT_EQ(Choice("auto", {{"SLURM_PROCID", "3"}, {"SLURM_NTASKS", "8"}}),
            "3 of 8 (Slurm process 4 of 8)");
}

TEST(Shard, AutoRefusesWhatIsNotClear) {
  EXPECT_EQ(Choice("auto").substr(0, 40), "--shard auto finds no Slurm array, Kuber");
  EXPECT_EQ(Choice("auto", {{"JOB_COMPLETION_INDEX", "0"}}),
            "--shard auto: JOB_COMPLETION_INDEX is set, but not JOB_COMPLETIONS, which says how "
            "many there are");
  EXPECT_EQ(Choice("auto", {{"PMI_RANK", "2"}, {"PMI_SIZE", "2"}}),
            "--shard auto: PMI_RANK 2 does not lie within PMI_SIZE 2");
  EXPECT_EQ(Choice("auto", {{"PMI_RANK", "x"}, {"PMI_SIZE", "2"}}),
            "PMI_RANK is 'x', not a whole number");
}

}  // namespace
}  // namespace sagbench
