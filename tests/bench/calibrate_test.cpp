#include "bench/calibrate.h"

#include <csignal>
#include <filesystem>
#include <functional>

#include <gtest/gtest.h>

#include "bench/task_choice.h"
#include "core/error.h"
#include "core/files.h"
#include "core/interrupt.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

class Calibrate : public testing::Test {
 protected:
  Calibrate() {
    request_.policy = &policy_;
    request_.task = ChooseTaskFor(policy_.config, "pusht");
    request_.sampler = Samplers().Choose("ddim:steps=6");
    request_.episodes = 2;
    request_.observations = 3;
  }

  const Policy policy_ = TinyPolicy();
  CalibrateRequest request_;
};

TEST_F(Calibrate, RecordsObservationsOfSeveralEpisodes) {
  const at::Tensor observations = RecordObservations(request_);
  EXPECT_EQ(observations.sizes(), (std::vector<int64_t>{3, 2, 20}));
  EXPECT_FALSE(at::equal(observations[0], observations[2]));
}

TEST_F(Calibrate, RecordsWithANetworkThatTheFusedExecutorRefuses) {
  PolicyConfig config = TinyConfig();
  config.width = 24;
  const Policy narrow = TinyPolicy(1, config);
  request_.policy = &narrow;
  EXPECT_EQ(RecordObservations(request_).sizes(), (std::vector<int64_t>{3, 2, 20}));
}

// What is measured is what the scheduler reads.
TEST_F(Calibrate, BacRunsWithItsCalibration) {
  const nlohmann::json calibration = CalibrateBac(request_);
  EXPECT_EQ(calibration, CalibrateBac(request_));
  EXPECT_EQ(calibration.at("updates").size(), 6U);
  const auto path = std::filesystem::path(testing::TempDir()) / "sagbench_calibrated.json";
  WriteFileAtomically(path, calibration.dump());
  for (const int updates : {1, 3, 5}) {
    const std::string text =
        "bac:updates=" + std::to_string(updates) + ",calibration=" + path.string();
    const Chunk chunk = ActOnce(policy_, "ddim:steps=6", text, {0});
    EXPECT_EQ(chunk.rows[0].computed_cells, updates * 6);
  }
}

TEST_F(Calibrate, StopsWhenInterrupted) {
  InstallInterruptHandler();
  std::raise(SIGINT);
  for (const auto& calibrate : std::vector<std::function<void()>>{
           [&] { CalibrateBac(request_); }, [&] { CalibrateL2c(request_, {.iterations = 1}); }}) {
    try {
      calibrate();
      ADD_FAILURE() << "went on";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kInterrupted);
    }
  }
  InstallInterruptHandler();  // forgets the signal
}

TEST_F(Calibrate, SeedsBeyondAllNumbersAreNamedAsTheyAre) {
  request_.seed = UINT64_MAX;
  try {
    RecordObservations(request_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(std::to_string(UINT64_MAX)), std::string::npos);
  }
}

TEST_F(Calibrate, L2cRunsWithItsCalibration) {
  const L2cSettings settings{.penalty = 1e-3, .iterations = 30};
  const nlohmann::json calibration = CalibrateL2c(request_, settings);
  EXPECT_EQ(calibration, CalibrateL2c(request_, settings));
  EXPECT_EQ(calibration.at("curve").size(), 10U);
  const auto path = std::filesystem::path(testing::TempDir()) / "sagbench_calibrated_l2c.json";
  WriteFileAtomically(path, calibration.dump());
  int64_t expected = 3 * 6;  // every second step in full
  for (const nlohmann::json& step : calibration.at("probabilities")) {
    for (const nlohmann::json& p : step) expected += p.get<double>() > 0.3 ? 1 : 0;
  }
  const std::string text = "l2c:threshold=0.3,calibration=" + path.string();
  EXPECT_EQ(ActOnce(policy_, "ddim:steps=6", text, {0}).rows[0].computed_cells, expected);
}

}  // namespace
}  // namespace sagbench
