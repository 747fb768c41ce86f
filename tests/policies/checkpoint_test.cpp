#include "policies/checkpoint.h"

#include <cmath>
#include <filesystem>
#include <functional>

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "core/safetensors.h"
#include "tests/policies/golden.h"
#include "tests/policies/tiny_data.h"

namespace sagbench {
namespace {

class CheckpointTest : public testing::Test {
 protected:
  CheckpointTest()
      : folder_(std::filesystem::path(testing::TempDir()) /
                testing::UnitTest::GetInstance()->current_test_info()->name()),
        policy_(RandomPolicy(SmallConfig(), 1)) {
    std::filesystem::remove_all(folder_);
  }

  // Saves what `damage` makes of the policy and expects a bad file that mentions `word`.
  void ExpectRefused(const std::string& word) const {
    try {
      LoadPolicy(folder_);
      ADD_FAILURE() << "loaded";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kBadFile);
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
    }
  }

  std::filesystem::path folder_;
  Policy policy_;
};

TEST_F(CheckpointTest, Float32ComesBackBitForBit) {
  policy_.provenance = {{"command", "test"}};
  const std::string sha = SavePolicy(folder_, policy_, WeightPrecision::kFloat32);
  Policy loaded = LoadPolicy(folder_);
  EXPECT_EQ(loaded.sha256, sha);
  EXPECT_EQ(loaded.name, folder_.filename().string());
  EXPECT_EQ(ToJson(loaded.config), ToJson(policy_.config));
  EXPECT_EQ(loaded.provenance, policy_.provenance);
  const auto saved = NamedParameters(policy_.config, policy_.weights);
  const auto read = NamedParameters(loaded.config, loaded.weights);
  for (size_t i = 0; i < saved.size(); ++i) {
    EXPECT_TRUE(at::equal(*saved[i].tensor, *read[i].tensor)) << saved[i].name;
  }
}

TEST_F(CheckpointTest, Float16IsHalfAsLargeAndNear) {
  SavePolicy(folder_, policy_, WeightPrecision::kFloat16);
  const Policy loaded = LoadPolicy(folder_);
  EXPECT_EQ(loaded.weights.head.weight.scalar_type(), at::kFloat);
  EXPECT_LE(MaxDifference(loaded.weights.head.weight, policy_.weights.head.weight), 1e-4);
}

TEST_F(CheckpointTest, MissingFolderIsRefused) {
  ExpectRefused("is not a folder");
}

TEST_F(CheckpointTest, EveryTruncationAndManyBitFlipsAreRefused) {
  SavePolicy(folder_, policy_, WeightPrecision::kFloat16);
  const std::string bytes = ReadFile(folder_ / "policy.safetensors");
  for (size_t length = 0; length < bytes.size(); length += 1 + bytes.size() / 50) {
    WriteFileAtomically(folder_ / "policy.safetensors", bytes.substr(0, length));
    ExpectRefused("policy.safetensors");
  }
  for (size_t at = 0; at < bytes.size(); at += 1 + bytes.size() / 100) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    WriteFileAtomically(folder_ / "policy.safetensors", flipped);
    ExpectRefused("policy.safetensors");
  }
}

TEST_F(CheckpointTest, NonFiniteWeightsAreRefused) {
  policy_.weights.head.bias[0] = std::nan("");
  SavePolicy(folder_, policy_, WeightPrecision::kFloat32);
  ExpectRefused("head.bias");
}

TEST_F(CheckpointTest, WrongShapeIsRefused) {
  policy_.weights.head.bias = at::zeros({7});
  SavePolicy(folder_, policy_, WeightPrecision::kFloat32);
  ExpectRefused("head.bias");
}

TEST_F(CheckpointTest, AStrangersTensorIsRefused) {
  SavePolicy(folder_, policy_, WeightPrecision::kFloat32);
  const std::filesystem::path path = folder_ / "policy.safetensors";
  const SafetensorsFile file(path);
  std::map<std::string, StoredTensor> tensors = file.tensors();
  tensors["stranger"] = file.Tensor("head.bias");
  WriteSafetensors(path, file.metadata(), tensors);
  ExpectRefused("'stranger' is not part");
}

TEST_F(CheckpointTest, AZeroActionScaleIsRefused) {
  policy_.action_normalizer.scale[0] = 0.0;
  SavePolicy(folder_, policy_, WeightPrecision::kFloat32);
  ExpectRefused("normalizer.action.scale");
}

TEST_F(CheckpointTest, PicklesAreRefusedWithTheWayOut) {
  SavePolicy(folder_, policy_, WeightPrecision::kFloat32);
  for (const std::string& magic : {std::string("PK\x03\x04"), std::string("\x80\x02}q")}) {
    WriteFileAtomically(folder_ / "policy.safetensors", magic + std::string(100, 'x'));
    ExpectRefused("safetensors");
  }
}

TEST_F(CheckpointTest, BadConfigurationIsRefused) {
  SavePolicy(folder_, policy_, WeightPrecision::kFloat32);
  for (const char* text : {"", "[]", "{\"config\": {}, \"sha256\": \"x\"}", "{\"config\": 1}"}) {
    WriteFileAtomically(folder_ / "policy.json", text);
    ExpectRefused("policy.json");
  }
}

TEST_F(CheckpointTest, AnotherFormatOrAKeyTwiceIsRefused) {
  SavePolicy(folder_, policy_, WeightPrecision::kFloat32);
  const std::string text = ReadFile(folder_ / "policy.json"), format = "\"format\": 1";
  const auto expect_refused = [&](const std::string& instead, const std::string& word) {
    std::string changed = text;
    changed.replace(changed.find(format), format.size(), instead);
    WriteFileAtomically(folder_ / "policy.json", changed);
    ExpectRefused(word);
  };
  expect_refused("\"format\": 2", "format 2");
  expect_refused("\"form\": 1", "format null");
  expect_refused(format + ", " + format, "'format' is there twice");
}

}  // namespace
}  // namespace sagbench
