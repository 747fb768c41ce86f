#include "results/merge.h"

#include "core/error.h"
#include "core/files.h"
#include "results/folder_report.h"
#include "results/report_json.h"
#include "tests/results/sample_folder.h"

namespace sagbench {
namespace {

class MergeTest : public FolderTest {
 protected:
  // A folder with those of the sample's episodes for which `has(row, index)`.
  template <class Has>
  std::string Part(const std::string& name, Has has) const {
    const std::filesystem::path path = folder_ / name;
    std::filesystem::create_directories(path);
    WriteManifest(path, SampleManifest());
    RunFolderWriter writer(path);
    for (size_t row = 0; row < 2; ++row) {
      for (size_t i = 0; i < 10; ++i) {
        if (has(row, i)) writer.Append(row, SampleRuns()[row].episodes[i]);
      }
    }
    return path.string();
  }

  static MergeResult Merge(const std::vector<std::string>& names) {
    std::vector<RunFolder> folders;
    for (const std::string& name : names) folders.push_back(ReadRunFolder(name));
    return MergeRuns(folders, names);
  }

  static std::string Refusal(const std::vector<std::string>& names, ExitCode code) {
    try {
      Merge(names);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code);
      return error.what();
    }
    return "nothing was refused";
  }
};

TEST_F(MergeTest, PartsMakeTheWholeInAnyOrder) {
  const std::string whole = Part("whole", [](size_t, size_t) { return true; });
  const std::string even = Part("even", [](size_t, size_t i) { return i % 2 == 0; });
  const std::string odd = Part("odd", [](size_t row, size_t i) { return i % 2 == 1 && row == 0; });
  const std::string rest =
      Part("rest", [](size_t row, size_t i) { return i % 2 == 1 && row == 1; });
  const MergeResult merged = Merge({rest, even, odd});
  EXPECT_EQ(merged.duplicates, 0);
  WriteRunFolder(folder_ / "merged", merged.folder);
  EXPECT_EQ(ReadFile(folder_ / "merged" / "episodes.jsonl"),
            ReadFile(folder_ / "whole" / "episodes.jsonl"));
  EXPECT_EQ(ReportJsonText(ReportOf(ReadRunFolder(folder_ / "merged"))),
            ReportJsonText(ReportOf(ReadRunFolder(whole))));
  EXPECT_EQ(ReportJsonText(ReportOf(merged.folder)),
            ReportJsonText(ReportOf(ReadRunFolder(whole))));
}

TEST_F(MergeTest, DuplicatesAreDroppedAndConflictsRefused) {
  const std::string a = Part("a", [](size_t, size_t i) { return i < 6; });
  const std::string b = Part("b", [](size_t, size_t i) { return i > 3; });
  const MergeResult merged = Merge({a, b});
  EXPECT_EQ(merged.duplicates, 4);
  EXPECT_EQ(merged.folder.runs[1].episodes.size(), 10U);
  EpisodeRecord other = SampleRuns()[1].episodes[0];
  other.success = !other.success;
  RunFolderWriter(b).Append(1, other);
  EXPECT_EQ(Refusal({a, b}, ExitCode::kBadFile),
            "'" + a + "' and '" + b + "' disagree on row 2, seed 100000: remove one of them");
}

TEST_F(MergeTest, OtherRunsAreRefused) {
  const std::string a = Part("a", [](size_t, size_t) { return true; });
  const std::string b = Part("b", [](size_t, size_t) { return true; });
  Manifest manifest = SampleManifest();
  manifest.batch = 5;
  WriteManifest(b, manifest);
  EXPECT_NE(Refusal({a, b}, ExitCode::kUsage).find("differ in batch (there 4, here 5)"),
            std::string::npos);
  EXPECT_EQ(Refusal({}, ExitCode::kUsage), "nothing to merge: name the folders");
}

TEST_F(MergeTest, ARunIsNotOverwritten) {
  const std::string a = Part("a", [](size_t, size_t) { return true; });
  EXPECT_THROW(WriteRunFolder(a, ReadRunFolder(a)), Error);
}

TEST(Merge, TheCommandForTheRestIsOfOneMachine) {
  Manifest manifest;
  manifest.context.command_line =
      "sagbench run --task pusht --shard 2/4 --policy 'my policy' --out=shard --resume --seed 3";
  EXPECT_EQ(ResumeCommand(manifest, "all"),
            "sagbench run --task pusht --policy 'my policy' --seed 3 --out all --resume");
  manifest.context.command_line = "sagbench run --shard=auto --out runs/a --quiet";
  EXPECT_EQ(ResumeCommand(manifest, "all"), "sagbench run --quiet --out all --resume");
}

}  // namespace
}  // namespace sagbench
