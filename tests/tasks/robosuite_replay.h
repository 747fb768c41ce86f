#pragma once

#include <algorithm>
#include <cstdio>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "tests/tasks/robosuite_golden.h"

namespace sagbench::robosuite {

// Half sizes of a run's cube, m.
inline std::vector<double> CubeSize(const GoldenRun& run) {
  std::vector<double> size(3);
  const std::string text = run.file().metadata().at("cube_half_size");
  EXPECT_EQ(std::sscanf(text.c_str(), "[%lf, %lf, %lf]", &size[0], &size[1], &size[2]), 3);
  return size;
}

// The model of a recorded run, by itself.
class GoldenScene {
 public:
  explicit GoldenScene(const GoldenRun& run) : run_(run), scene_(ReadScene(run.task() + ".xml")) {
    if (run.task() == "lift") {
      const std::vector<double> size = CubeSize(run);
      std::copy(size.begin(), size.end(),
                mjs_asGeom(mjs_findElement(scene_.get(), mjOBJ_GEOM, "cube_g0"))->size);
    }
    model_ = CompileScene(scene_.get());
    data_.reset(mj_makeData(model_.get()));
  }

  const mjModel& model() const { return *model_; }
  mjData* data() { return data_.get(); }

  // Puts all bodies where they were before control step `row`, at rest.
  void Place(size_t row) {
    mj_resetData(model_.get(), data_.get());
    std::copy(run_.Positions(row).begin(), run_.Positions(row).end(), data_->qpos);
    mj_fwdPosition(model_.get(), data_.get());
  }

  // Whether the robot touches anything there: no, until it grasps or bumps.
  bool RobotTouches(size_t row) {
    Place(row);
    for (int i = 0; i < data_->ncon; ++i) {
      for (const int geom : data_->contact[i].geom) {
        const int body = model_->geom_bodyid[geom];
        if (model_->body_treeid[body] == 0) return true;  // the robot's tree comes first
      }
    }
    return false;
  }

 private:
  const GoldenRun& run_;
  SpecPtr scene_;
  ModelPtr model_;
  DataPtr data_;
};

// A task in the states of a recorded run.
class Replay {
 public:
  explicit Replay(const GoldenRun& run)
      : run_(run), task_(Tasks().Choose(run.TaskText()).Make()), scene_(run) {
    rest_ = run.task() == "lift" ? CubeSize(run) : std::vector<double>(14, 0.0);
    scene_.Place(0);
    first_orientation_ = Panda(scene_.model(), {}).GripOrientation(*scene_.data());
  }

  Task& task() { return *task_; }
  GoldenScene& scene() { return scene_; }

  // Puts the task before control step `row`; returns what it shows there.
  std::vector<double> Start(size_t row) {
    if (run_.task() == "can" && !run_.legacy()) SetSeen(row);
    return task_->SetState(run_.State(row, first_orientation_, rest_));
  }

  // How far robot and object are from where they were before control step `row`.
  double Error(size_t row) const {
    const std::vector<double> state = task_->State();
    double largest = 0.0;
    for (size_t i = 0; i < run_.Positions(row).size(); ++i) {
      largest = std::max(largest, std::abs(state[1 + i] - run_.Positions(row)[i]));
    }
    return largest;
  }

 private:
  // The can at the last two observations (1.5 shows where it was), as recorded.
  void SetSeen(size_t row) {
    const auto pose = [&](size_t at) {
      const std::vector<double> seen =
          at == 0 ? run_.file().Doubles("init/obs") : run_.Row("step/obs", at - 1);
      const double* p = &seen[7];
      return std::vector<double>{p[0], p[1], p[2], p[6], p[3], p[4], p[5]};
    };
    rest_ = row == 0 ? std::vector<double>(7, 0.0) : pose(row - 1);
    const std::vector<double> now = pose(row);
    rest_.insert(rest_.end(), now.begin(), now.end());
  }

  const GoldenRun& run_;
  std::unique_ptr<Task> task_;
  GoldenScene scene_;
  Mat3 first_orientation_ = {};
  std::vector<double> rest_;
};

}  // namespace sagbench::robosuite
