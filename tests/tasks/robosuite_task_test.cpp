// The arm's tasks against runs of the real robosuite, whatever runs the golden folder has.
#include "tasks/robosuite_task.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/tasks/robosuite_golden.h"

namespace sagbench::robosuite {
namespace {

// How far one control step may be off: contacts amplify rounding.
struct Limits {
  double median, most, worst;  // most: the 95th percentile
};
const std::map<std::string, Limits> kLimits = {{"lift", {1e-12, 1e-6, 2e-4}},
                                               {"can", {1e-11, 1e-4, 1e-3}}};

class Robosuite : public testing::TestWithParam<std::string> {};

double Quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
}

double Largest(const std::vector<double>& a, const std::vector<double>& b, size_t from = 0,
               size_t to = SIZE_MAX) {
  double largest = 0.0;
  for (size_t i = from; i < std::min(to, a.size()); ++i) {
    largest = std::max(largest, std::abs(a[i] - b[i]));
  }
  return largest;
}

// A task in the states of a recorded run.
class Replay {
 public:
  explicit Replay(const GoldenRun& run) : run_(run), task_(Tasks().Choose(run.TaskText()).Make()) {
    rest_ = task_->spec().name == "lift" ? CubeSize() : std::vector<double>(14, 0.0);
    // The arm's first orientation is the one that the reset's joints give.
    scene_ = ReadScene(run.task() + ".xml");
    model_ = CompileScene(scene_.get());
    data_.reset(mj_makeData(model_.get()));
    std::copy(run.Positions(0).begin(), run.Positions(0).end(), data_->qpos);
    mj_kinematics(model_.get(), data_.get());
    first_orientation_ = Panda(*model_, {}).GripOrientation(*data_);
  }

  Task& task() { return *task_; }

  // Puts the task before control step `row`; returns what it shows there.
  std::vector<double> Start(size_t row) {
    if (run_.task() == "can") SetSeen(row);
    return task_->SetState(run_.State(row, first_orientation_, rest_));
  }

  std::vector<double> Positions() const {
    const std::vector<double> state = task_->State();
    return {state.begin() + 1, state.begin() + 17};
  }

  double Error(size_t row) const { return Largest(Positions(), run_.Positions(row)); }

  // Whether arm or fingers touch anything in the state before control step `row`.
  bool Touches(size_t row) {
    std::copy(run_.Positions(row).begin(), run_.Positions(row).end(), data_->qpos);
    mj_fwdPosition(model_.get(), data_.get());
    const int object = static_cast<int>(model_->ngeom) - 1;
    for (int i = 0; i < data_->ncon; ++i) {
      const int* geoms = data_->contact[i].geom;
      const bool robot = model_->body_weldid[model_->geom_bodyid[geoms[0]]] != 0 &&
                         model_->body_weldid[model_->geom_bodyid[geoms[1]]] != 0;
      const bool arm_on_scene = geoms[0] != object && geoms[1] != object;
      if (robot || arm_on_scene) return true;
    }
    return false;
  }

 private:
  std::vector<double> CubeSize() const {
    const std::string text = run_.file().metadata().at("cube_half_size");
    std::vector<double> size(3);
    EXPECT_EQ(std::sscanf(text.c_str(), "[%lf, %lf, %lf]", &size[0], &size[1], &size[2]), 3);
    return size;
  }

  // The can at the last two observations (v15 shows where it was), as recorded.
  void SetSeen(size_t row) {
    const auto pose = [&](size_t at) {
      const std::vector<double> seen =
          at == 0 ? run_.file().Doubles("init/obs") : run_.Row("step/obs", at - 1);
      const double* p = &seen[7];
      return std::vector<double>{p[0], p[1], p[2], p[6], p[3], p[4], p[5]};
    };
    if (run_.legacy()) return;
    rest_ = row == 0 ? std::vector<double>(7, 0.0) : pose(row - 1);
    const std::vector<double> now = pose(row);
    rest_.insert(rest_.end(), now.begin(), now.end());
  }

  const GoldenRun& run_;
  std::unique_ptr<Task> task_;
  SpecPtr scene_;
  ModelPtr model_;
  DataPtr data_;
  Mat3 first_orientation_ = {};
  std::vector<double> rest_;
};

TEST_P(Robosuite, OneStepFromEveryRecordedState) {
  std::vector<double> errors;
  for (const GoldenRun& run : GoldenRuns(GetParam())) {
    Replay replay(run);
    for (size_t row = 0; row < run.steps(); ++row) {
      replay.Start(row);
      const StepResult result = replay.task().Step(run.Row("step/action", row));
      errors.push_back(replay.Error(row + 1));
      EXPECT_EQ(result.success, run.Row("step/success", row)[0] != 0.0) << run.name() << " " << row;
      EXPECT_EQ(result.reward, run.Row("step/reward", row)[0]) << run.name() << " " << row;
    }
  }
  ASSERT_FALSE(errors.empty());
  const Limits& limits = kLimits.at(GetParam());
  printf("median %g p95 %g max %g\n", Quantile(errors, 0.5), Quantile(errors, .95), Quantile(errors, 1.));
  EXPECT_LE(Quantile(errors, 0.5), limits.median);
  EXPECT_LE(Quantile(errors, 0.95), limits.most);
  EXPECT_LE(Quantile(errors, 1.0), limits.worst);
}

TEST_P(Robosuite, RunsAlikeUntilTheFirstContact) {
  for (const GoldenRun& run : GoldenRuns(GetParam())) {
    Replay replay(run);
    replay.Start(0);
    size_t row = 0;
    double worst = 0;
    for (; row < run.steps() && !replay.Touches(row + 1); ++row) {
      replay.task().Step(run.Row("step/action", row));
      worst = std::max(worst, replay.Error(row + 1));
      EXPECT_LE(replay.Error(row + 1), 1e-9) << run.name() << " " << row;
    }
    printf("%s: %zu of %zu worst %g\n", run.name().c_str(), row, run.steps(), worst);
    EXPECT_GT(row, 0U) << run.name();
  }
}

// float32 in the original: the can's pose in the hand's frame.
TEST_P(Robosuite, ObservesTheRecordedStates) {
  for (const GoldenRun& run : GoldenRuns(GetParam())) {
    Replay replay(run);
    double worst = 0, worst32 = 0;
    for (size_t row = run.legacy() ? 1 : 0; row <= run.steps(); ++row) {
      const std::vector<double> expected =
          row == 0 ? run.file().Doubles("init/obs") : run.Row("step/obs", row - 1);
      const std::vector<double> seen = replay.Start(row);
      ASSERT_EQ(seen.size(), expected.size());
      for (size_t i = 0; i < seen.size(); ++i) {
        const bool relative = run.task() == "can" && i < 14 && (i >= 7) == run.legacy();
        EXPECT_NEAR(seen[i], expected[i], relative ? 1e-6 : 1e-9) << run.name() << " " << row;
        (relative ? worst32 : worst) = std::max(relative ? worst32 : worst, std::abs(seen[i] - expected[i]));
      }
    }
    printf("%s: %g %g\n", run.name().c_str(), worst, worst32);
  }
}

INSTANTIATE_TEST_SUITE_P(Tasks, Robosuite, testing::Values("lift", "can"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace sagbench::robosuite
