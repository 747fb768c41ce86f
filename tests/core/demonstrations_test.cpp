#include "core/demonstrations.h"

#include <limits>

#include <gtest/gtest.h>
#include <unistd.h>

#include "core/error.h"
#include "core/files.h"
#include "core/hdf5_file.h"

namespace sagbench {
namespace {

Demonstration Example(size_t steps, double offset) {
  Demonstration demonstration;
  Rows& points = demonstration.observations["points"];
  points.width = 3;
  for (size_t i = 0; i < 3 * steps; ++i) points.values.push_back(offset + 0.1 * i);
  demonstration.actions = {2, std::vector<double>(2 * steps, offset)};
  demonstration.states = {1, std::vector<double>(steps, -offset)};
  demonstration.rewards.assign(steps, 0.5);
  demonstration.dones.assign(steps, 0);
  demonstration.dones.back() = 1;
  demonstration.attributes = {{"seed", "7"}};
  return demonstration;
}

class Demonstrations : public testing::Test {
 protected:
  ~Demonstrations() override { std::filesystem::remove(path_); }

  // Reads what `change` made of a valid file; returns the error's sentence, "" for none.
  std::string Sentence(const std::vector<std::string>& keys = {"points"}) const {
    try {
      ReadDemonstrations(path_, keys);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kBadFile);
      return error.what();
    }
    return "";
  }

  // A file of one demonstration, put together by hand.
  void WriteByHand(const std::vector<hsize_t>& action_shape, double value) const {
    size_t count = 1;
    for (const hsize_t size : action_shape) count *= size;
    Hdf5Builder file;
    file.AddGroup("data");
    file.AddGroup("data/demo_0");
    file.AddGroup("data/demo_0/obs");
    file.AddDoubles("data/demo_0/obs/points", {4, 3}, std::vector<double>(12, 1.0));
    file.AddDoubles("data/demo_0/actions", action_shape, std::vector<double>(count, value));
    WriteFileAtomically(path_, file.Bytes());
  }

  const std::filesystem::path path_ =
      std::filesystem::path(testing::TempDir()) /
      ("sagbench_demonstrations_test_" + std::to_string(getpid()) + ".hdf5");
};

TEST_F(Demonstrations, RoundTrip) {
  std::vector<Demonstration> written;
  for (size_t i = 0; i < 12; ++i) written.push_back(Example(3 + i, 10.0 * i));
  WriteDemonstrations(path_, {{{"task", "toy"}}}, written, 0.25);
  const DemonstrationFile file = ReadDemonstrations(path_, {"points"});
  EXPECT_EQ(file.info.attributes.at("task"), "toy");
  ASSERT_EQ(file.demonstrations.size(), written.size());
  for (size_t i = 0; i < written.size(); ++i) {
    const Demonstration& read = file.demonstrations[i];
    EXPECT_EQ(read.observations.at("points").values, written[i].observations.at("points").values);
    EXPECT_EQ(read.actions.values, written[i].actions.values);
    EXPECT_EQ(read.actions.width, 2U);
    EXPECT_EQ(read.states.values, written[i].states.values);
    EXPECT_EQ(read.rewards, written[i].rewards);
    EXPECT_EQ(read.dones, written[i].dones);
    EXPECT_EQ(read.attributes.at("seed"), "7");
  }
  EXPECT_EQ(file.valid, (std::vector<size_t>{2, 6, 10}));
  EXPECT_EQ(file.train.size(), 9U);
}

TEST_F(Demonstrations, OneIsKeptForValidationOfTwo) {
  WriteDemonstrations(path_, {}, {Example(2, 0.0), Example(2, 1.0)});
  EXPECT_EQ(ReadDemonstrations(path_, {}).valid.size(), 1U);
  WriteDemonstrations(path_, {}, {Example(2, 0.0)});
  EXPECT_TRUE(ReadDemonstrations(path_, {}).valid.empty());
}

TEST_F(Demonstrations, WithoutMasksAllTrain) {
  WriteByHand({4, 2}, 0.5);
  const DemonstrationFile file = ReadDemonstrations(path_, {"points"});
  EXPECT_EQ(file.train, (std::vector<size_t>{0}));
  EXPECT_TRUE(file.valid.empty());
}

TEST_F(Demonstrations, AMissingKeyIsNamed) {
  WriteDemonstrations(path_, {}, {Example(2, 0.0)});
  EXPECT_NE(Sentence({"points", "images"}).find("obs/images"), std::string::npos);
}

TEST_F(Demonstrations, WrongShapesAreNamed) {
  WriteByHand({4}, 0.5);
  EXPECT_NE(Sentence().find("[4]"), std::string::npos);
  WriteByHand({5, 2}, 0.5);
  EXPECT_NE(Sentence().find("4 rows"), std::string::npos);
  WriteByHand({0, 2}, 0.5);
  EXPECT_NE(Sentence(), "");
}

TEST_F(Demonstrations, NonFiniteValuesAreNamed) {
  WriteByHand({4, 2}, std::numeric_limits<double>::quiet_NaN());
  EXPECT_NE(Sentence().find("nan"), std::string::npos);
}

TEST_F(Demonstrations, OtherWidthsAreNamed) {
  Demonstration other = Example(2, 0.0);
  other.actions = {1, {0.0, 0.0}};
  WriteDemonstrations(path_, {}, {Example(2, 0.0), other});
  EXPECT_NE(Sentence().find("width 1"), std::string::npos);
}

TEST_F(Demonstrations, TruncatedOrForeignFilesAreErrors) {
  WriteDemonstrations(path_, {}, {Example(20, 0.0), Example(20, 1.0)});
  const std::string bytes = ReadFile(path_);
  for (const double share : {0.0, 0.1, 0.5, 0.9}) {
    WriteFileAtomically(path_, bytes.substr(0, static_cast<size_t>(share * bytes.size())));
    EXPECT_NE(Sentence(), "") << share;
  }
  Hdf5Builder empty;
  WriteFileAtomically(path_, empty.Bytes());
  EXPECT_NE(Sentence().find("'data'"), std::string::npos);
}

TEST_F(Demonstrations, UnevenRowsAreNotWritten) {
  Demonstration uneven = Example(4, 0.0);
  uneven.rewards.pop_back();
  EXPECT_THROW(WriteDemonstrations(path_, {}, {uneven}), Error);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(Demonstrations, UnwritableFolderIsAnEnvironmentError) {
  try {
    WriteDemonstrations("/proc/demos.hdf5", {}, {Example(2, 0.0)});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kEnvironment);
  }
}

}  // namespace
}  // namespace sagbench
