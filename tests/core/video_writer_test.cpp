#include "core/video_writer.h"

#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

class VideoWriterTest : public testing::Test {
 protected:
  VideoWriterTest() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~VideoWriterTest() override { fs::remove_all(folder_); }

  static bool HasFfmpeg() { return std::system("ffmpeg -version >/dev/null 2>&1") == 0; }
  size_t Files() const {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }
  // Exit code and sentence of what `act` throws.
  template <class Act>
  static std::pair<ExitCode, std::string> Complaint(Act act) {
    try {
      act();
    } catch (const Error& error) {
      return {error.code(), error.what()};
    }
    return {ExitCode::kDone, ""};
  }

  const fs::path folder_ = fs::path(testing::TempDir()) /
                           (std::string("sagbench_video_") +
                            testing::UnitTest::GetInstance()->current_test_info()->name());
  const std::vector<uint8_t> frame_ = std::vector<uint8_t>(size_t{3} * 16 * 16, 100);
};

TEST_F(VideoWriterTest, WritesAFilmUnderItsNameAlone) {
  if (!HasFfmpeg()) GTEST_SKIP() << "ffmpeg is not installed";
  for (const char* name : {"a.mp4", "b.gif"}) {
    VideoWriter writer(folder_ / name, {.width = 16, .height = 16});
    for (int i = 0; i < 3; ++i) writer.Add(frame_);
    EXPECT_FALSE(fs::exists(folder_ / name));
    writer.Finish();
    EXPECT_GT(fs::file_size(folder_ / name), 100U);
  }
  EXPECT_EQ(Files(), 2U);
}

TEST_F(VideoWriterTest, AnUnfinishedFilmIsDropped) {
  if (!HasFfmpeg()) GTEST_SKIP() << "ffmpeg is not installed";
  VideoWriter(folder_ / "a.mp4", {.width = 16, .height = 16}).Add(frame_);
  EXPECT_EQ(Files(), 0U);
}

TEST_F(VideoWriterTest, SaysThatFfmpegRefused) {
  if (!HasFfmpeg()) GTEST_SKIP() << "ffmpeg is not installed";
  const auto [code, text] = Complaint([&] {
    VideoWriter writer(folder_ / "a.nonsense", {.width = 16, .height = 16});
    for (int i = 0; i < 100; ++i) writer.Add(frame_);
    writer.Finish();
  });
  EXPECT_EQ(code, ExitCode::kEnvironment);
  EXPECT_NE(text.find("ffmpeg"), std::string::npos);
  EXPECT_EQ(Files(), 0U);
}

TEST_F(VideoWriterTest, RefusesShapesAndNamesThatCannotBe) {
  const auto code = [&](const char* name, int width, int height) {
    return Complaint([&] { VideoWriter(folder_ / name, {width, height, 10.0}); }).first;
  };
  EXPECT_EQ(code("a.mp4", 15, 16), ExitCode::kUsage);
  EXPECT_EQ(code("a.mp4", 0, 16), ExitCode::kUsage);
  EXPECT_EQ(code("a", 16, 16), ExitCode::kUsage);
}

TEST_F(VideoWriterTest, SaysHowToGetFfmpeg) {
  const std::string before = std::getenv("PATH");
  setenv("PATH", folder_.c_str(), 1);
  const auto [code, text] =
      Complaint([&] { VideoWriter(folder_ / "a.mp4", {.width = 16, .height = 16}); });
  setenv("PATH", before.c_str(), 1);
  EXPECT_EQ(code, ExitCode::kEnvironment);
  EXPECT_NE(text.find("apt-get install ffmpeg"), std::string::npos) << text;
}

}  // namespace
}  // namespace sagbench
