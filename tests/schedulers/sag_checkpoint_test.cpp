#include "schedulers/sag_checkpoint.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "policies/aten.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

class SagCheckpoint : public testing::Test {
 protected:
  SagCheckpoint() {
    weights_ = InitialPruner(shape_, 0.9, 1.0, 2);
    LoadedSag sag{.shape = shape_, .weights = weights_, .references = at::rand({3, 40})};
    SaveSag(path_, key_, sag, {{"note", "kept"}});
  }

  LoadedSag Load(const SagKey& key) const {
    return LoadSag(key, path_.string(),
                   {.policy = &policy_, .sampler = Samplers().Choose("ddim:steps=5")});
  }
  ExitCode CodeOf(const SagKey& key) const {
    try {
      Load(key);
    } catch (const Error& error) {
      return error.code();
    }
    return ExitCode::kDone;
  }

  const Policy policy_ = TinyPolicy();
  const SagKey key_{.task = "pusht",
                    .sampler = "ddim:steps=5",
                    .policy_sha256 = policy_.sha256,
                    .rate = 0.9,
                    .reuse = Reuse::kAll};
  const PrunerShape shape_{.steps = 5, .blocks = 6, .observation_size = 40, .width = 16};
  PrunerWeights weights_;
  const fs::path path_ = fs::path(testing::TempDir()) /
                         (std::string("sagbench_pruner_") +
                          testing::UnitTest::GetInstance()->current_test_info()->name() + ".json");
};

TEST_F(SagCheckpoint, ReadsBackWhatWasWritten) {
  LoadedSag sag = Load(key_);
  EXPECT_EQ(sag.shape.steps, 5);
  EXPECT_EQ(sag.references.sizes(), (std::vector<int64_t>{3, 40}));
  PrunerWeights written = weights_;
  const auto one = PrunerParameters(sag.shape, sag.weights);
  const auto other = PrunerParameters(shape_, written);
  for (size_t i = 0; i < one.size(); ++i) {
    EXPECT_TRUE(at::equal(*one[i].tensor, *other[i].tensor)) << one[i].name;
  }
}

TEST_F(SagCheckpoint, BelongsToItsKey) {
  EXPECT_EQ(CodeOf(key_), ExitCode::kDone);
  SagKey other = key_;
  other.rate = 0.8;
  EXPECT_EQ(CodeOf(other), ExitCode::kBadFile);
  other = key_;
  other.reuse = Reuse::kKind;
  EXPECT_EQ(CodeOf(other), ExitCode::kBadFile);
  other = key_;
  other.observed = false;
  EXPECT_EQ(CodeOf(other), ExitCode::kBadFile);
}

TEST_F(SagCheckpoint, SizesAndNamesAreReadAsTheyAreWritten) {
  const nlohmann::json good = nlohmann::json::parse(ReadFile(path_));
  for (const auto& [key, value] :
       std::vector<std::pair<const char*, nlohmann::json>>{{"steps", 5.9},
                                                           {"steps", 4294967301},
                                                           {"blocks", true},
                                                           {"width", 12},
                                                           {"reuse", "foo"}}) {
    nlohmann::json other = good;
    other[key] = value;
    WriteFileAtomically(path_, other.dump());
    EXPECT_THROW(ReadSag(path_), Error) << key << " " << value;
  }
}

TEST_F(SagCheckpoint, DamagedTensorsAreRefused) {
  fs::path tensors = path_;
  tensors.replace_extension(".safetensors");
  std::string bytes = ReadFile(tensors);
  bytes[bytes.size() / 2] ^= 1;
  WriteFileAtomically(tensors, bytes);
  EXPECT_EQ(CodeOf(key_), ExitCode::kBadFile);
  fs::remove(tensors);
  EXPECT_EQ(CodeOf(key_), ExitCode::kBadFile);
}

TEST_F(SagCheckpoint, ReferencesMustBeObservations) {
  for (const at::Tensor& references : {at::rand({3, 39}), at::rand({40}), at::rand({0, 40})}) {
    LoadedSag sag{.shape = shape_, .weights = weights_, .references = references};
    SaveSag(path_, key_, sag, {});
    EXPECT_EQ(CodeOf(key_), ExitCode::kBadFile) << references.sizes();
  }
}

TEST_F(SagCheckpoint, AMissingPrunerNamesTheCommandThatTrainsIt) {
  try {
    ActOnce(policy_, "ddim:steps=7", "sag:rate=0.8,reuse=kind", {0});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kBadFile);
    EXPECT_NE(std::string(error.what())
                  .find("sagbench train sag --task pusht --sampler ddim:steps=7 --rate 0.8 "
                        "--reuse kind"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace sagbench
