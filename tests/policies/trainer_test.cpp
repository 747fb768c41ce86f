#include "policies/trainer.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <span>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/safetensors.h"
#include "tests/policies/golden.h"
#include "tests/policies/tiny_data.h"

namespace sagbench {
namespace {

// Largest relative difference of tensors, in units of the expected tensor's largest entry.
double Relative(const at::Tensor& actual, const at::Tensor& expected) {
  const double scale = expected.abs().max().item<double>();
  return MaxDifference(actual, expected) / std::max(scale, 1e-8);
}

// Without the bias of attention keys: softmax does not feel it, so its gradient is rounding noise,
// which Adam scales up to full steps in the original, too.
at::Tensor WithoutKeyBias(const std::string& name, const at::Tensor& tensor) {
  if (name.find("in_proj_bias") == std::string::npos) return tensor;
  const int64_t width = tensor.size(0) / 3;
  return at::cat({tensor.narrow(0, 0, width), tensor.narrow(0, 2 * width, width)});
}

TEST(TrainingGolden, LossGradientsUpdatesAndAverageMatchTheOriginal) {
  const Golden golden("train_tiny");
  const nlohmann::json& meta = golden.metadata();
  const PolicyConfig config = ConfigOf(meta.at("config"));
  TransformerWeights weights = StoredWeights(config, golden, "init/");
  TransformerWeights average = CloneWeights(config, weights);
  const std::vector<NamedParameter> parameters = NamedParameters(config, weights);
  for (const NamedParameter& p : parameters) p.tensor->set_requires_grad(true);
  const DpTransformer network(config, weights);
  const std::vector<NamedParameter> averaged = NamedParameters(config, average);
  Optimizer optimizer({.learning_rate = meta.at("lr"),
                       .weight_decay = meta.at("weight_decay"),
                       .warmup = meta.at("warmup"),
                       .total_steps = meta.at("total_steps")},
                      parameters, averaged);
  const nlohmann::json& losses = meta.at("losses");
  for (size_t step = 0; step < losses.size(); ++step) {
    const std::string in = fmt::format("step{}/", step);
    EXPECT_NEAR(optimizer.learning_rate(), meta.at("lrs_used").at(step).get<double>(), 1e-12);
    const at::Tensor loss =
        DiffusionLoss(network, NoiseSchedule(100), golden.Get(in + "action"),
                      golden.Get(in + "noise"), golden.Get(in + "t"), golden.Get(in + "cond"));
    EXPECT_NEAR(loss.item<double>() / losses.at(step).get<double>(), 1.0, 1e-5);
    loss.backward();
    for (const NamedParameter& p : parameters) {
      if (step != 0) break;
      EXPECT_LE(Relative(p.tensor->grad(), golden.Get("step0/grad/" + p.name)), 2e-5) << p.name;
    }
    optimizer.Step();
  }
  for (size_t i = 0; i < parameters.size(); ++i) {
    const std::string& name = parameters[i].name;
    const auto error = [&name](const at::Tensor& actual, const at::Tensor& expected) {
      return Relative(WithoutKeyBias(name, actual), WithoutKeyBias(name, expected));
    };
    EXPECT_LE(error(parameters[i].tensor->detach(), golden.Get("after3/" + name)), 1e-5) << name;
    EXPECT_LE(error(*averaged[i].tensor, golden.Get("ema3/" + name)), 1e-5) << name;
  }
}

TEST(TrainingGolden, OnlyLinearWeightsDecay) {
  const Golden golden("train_tiny");
  const PolicyConfig config = ConfigOf(golden.metadata().at("config"));
  TransformerWeights weights;
  std::vector<std::string> decaying;
  for (const NamedParameter& p : NamedParameters(config, weights)) {
    if (p.kind == ParameterKind::kLinearWeight) decaying.push_back(p.name);
  }
  std::sort(decaying.begin(), decaying.end());
  EXPECT_EQ(decaying, golden.metadata().at("decay_params").get<std::vector<std::string>>());
}

class TrainerTest : public testing::Test {
 protected:
  TrainerTest()
      : config_(SmallConfig()),
        file_(TinyDemonstrations(3, 20)),
        data_(config_, file_, file_.train, config_.action_steps - 1) {
    settings_.batch = 4;
    settings_.optimizer = {.learning_rate = 1e-3, .warmup = 2, .total_steps = 10};
    settings_.dropout.attention = 0.1;
  }

  std::unique_ptr<Trainer> Make() const {
    Policy policy = RandomPolicy(config_, 5);
    policy.observation_normalizer = FitLimits(data_.observations());
    policy.action_normalizer = FitLimits(data_.actions());
    return std::make_unique<Trainer>(std::move(policy), settings_, data_, &data_);
  }
  static at::Tensor Head(Trainer& trainer) { return trainer.Averaged().weights.head.weight; }

  PolicyConfig config_;
  DemonstrationFile file_;
  WindowDataset data_;
  TrainSettings settings_;
};

TEST_F(TrainerTest, ResumedTrainingRepeatsAnUninterruptedOne) {
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / "sagbench_trainer.safetensors";
  const auto whole = Make();
  for (int i = 0; i < 6; ++i) whole->Step();
  const auto first = Make();
  for (int i = 0; i < 3; ++i) first->Step();
  first->Save(path, "same");
  const auto second = Make();
  second->Load(path, "same");
  EXPECT_EQ(second->iteration(), 3);
  for (int i = 0; i < 3; ++i) second->Step();
  EXPECT_TRUE(at::equal(Head(*whole), Head(*second)));
  EXPECT_THROW(Make()->Load(path, "other"), Error);
}

TEST_F(TrainerTest, ACheckpointThatIsNotFiniteIsRefused) {
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / "sagbench_trainer_nan.safetensors";
  Make()->Save(path, "same");
  const SafetensorsFile file(path);
  std::map<std::string, StoredTensor> tensors = file.tensors();
  StoredTensor& moments = tensors.at("first/head.bias");
  const std::vector<float> bad(moments.count(), std::nanf(""));
  moments.bytes = std::as_bytes(std::span<const float>(bad));
  WriteSafetensors(path, file.metadata(), tensors);
  try {
    Make()->Load(path, "same");
    ADD_FAILURE() << "loaded";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kBadFile);
    EXPECT_NE(std::string(error.what()).find("first/head.bias"), std::string::npos);
  }
}

TEST_F(TrainerTest, ACheckpointBringsItsNormalizers) {
  const std::filesystem::path path =
      std::filesystem::path(testing::TempDir()) / "sagbench_trainer_normalizers.safetensors";
  const auto first = Make();
  first->Save(path, "same");
  Trainer other(RandomPolicy(config_, 5), settings_, data_, &data_);  // identity normalizers
  other.Load(path, "same");
  Policy expected = first->Averaged(), loaded = other.Averaged();
  const auto ours = NormalizerTensors(expected), theirs = NormalizerTensors(loaded);
  for (size_t i = 0; i < ours.size(); ++i) {
    EXPECT_TRUE(at::equal(*ours[i].tensor, *theirs[i].tensor)) << ours[i].name;
  }
  EXPECT_TRUE(at::equal(first->Step(), other.Step()));
}

TEST(TimestepQuantile, KeepsTheRangeAndPutsTheShareInItsFirstTenth) {
  for (const double share : {0.0, 0.3, 0.5, 1.0}) {
    int fine = 0;
    double last = -1.0;
    for (int i = 0; i < 1000; ++i) {
      const double at = TimestepQuantile((i + 0.5) / 1000.0, share);
      EXPECT_GT(at, last);
      EXPECT_LT(at, 1.0);
      fine += at < 0.1;
      last = at;
    }
    EXPECT_NEAR(fine, 1000.0 * (share + 0.1 * (1.0 - share)), 1.0) << share;
  }
  EXPECT_EQ(TimestepQuantile(0.37, 0.0), 0.37);
}

TEST_F(TrainerTest, AFineShareLearnsTheFineStepsBetter) {
  settings_.dropout.attention = 0.0;
  settings_.optimizer.total_steps = 400;
  const auto fine_loss = [&](double share) {
    settings_.fine_share = share;
    const auto trainer = Make();
    for (int i = 0; i < 200; ++i) trainer->Step();
    return trainer->Validate()->fine_loss;
  };
  EXPECT_LT(fine_loss(0.9), fine_loss(0.0));
}

TEST_F(TrainerTest, LossFalls) {
  settings_.optimizer.total_steps = 200;
  settings_.dropout.attention = 0.0;
  const auto trainer = Make();
  double first = 0.0, last = 0.0;
  for (int i = 0; i < 120; ++i) {
    const double loss = trainer->Step().item<double>();
    (i < 20 ? first : last) += i < 20 || i >= 100 ? loss : 0.0;
  }
  EXPECT_LT(last, 0.8 * first);
  EXPECT_LT(trainer->Validate()->noise_loss, 1.0);
}

TEST_F(TrainerTest, WorkersChangeOnlyTheRounding) {
  settings_.dropout.attention = 0.0;
  settings_.batch = 5;  // shares of other sizes
  const auto one = Make();
  settings_.workers = 3;
  const auto three = Make(), again = Make();
  for (int i = 0; i < 3; ++i) {
    const double expected = one->Step().item<double>();
    EXPECT_NEAR(three->Step().item<double>(), expected, 1e-4 * expected);
    again->Step();
  }
  EXPECT_TRUE(at::equal(Head(*three), Head(*again)));
  EXPECT_LE(MaxDifference(Head(*one), Head(*three)), 1e-3 * Head(*one).abs().max().item<double>());
}

// Between full iterations only the executed tokens learn: the tail's positions stay as they are.
TEST_F(TrainerTest, ThePrefixLearnsAloneBetweenFullIterations) {
  settings_.dropout.attention = 0.0;
  settings_.optimizer.weight_decay = 0.0;
  settings_.optimizer.warmup = 0;
  settings_.full_every = 3;
  const auto trainer = Make();
  const int64_t executed = config_.executed_tokens(), tail = config_.horizon - executed;
  const auto tail_positions = [&] {
    return trainer->Averaged().weights.pos_emb.narrow(1, executed, tail);
  };
  const at::Tensor before = tail_positions();
  trainer->Step();
  trainer->Step();
  EXPECT_TRUE(at::equal(before, tail_positions()));
  trainer->Step();
  trainer->Step();  // the average follows
  EXPECT_FALSE(at::equal(before, tail_positions()));
}

TEST_F(TrainerTest, Bfloat16StaysNearFloat32) {
  settings_.dropout.attention = 0.0;
  const double exact = Make()->Step().item<double>();
  settings_.bfloat16 = true;
  EXPECT_NEAR(Make()->Step().item<double>(), exact, 0.02 * exact);
}

}  // namespace
}  // namespace sagbench
