#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/safetensors.h"
#include "tasks/panda.h"
#include "tasks/robosuite_model.h"
#include "tasks/task.h"

namespace sagbench::robosuite {

inline std::filesystem::path GoldenPath(const std::string& name) {
  const char* folder = std::getenv("SAGBENCH_GOLDEN_DIR");
  return std::filesystem::path(folder != nullptr ? folder : SAGBENCH_GOLDEN_DEFAULT) / "robosuite" /
         name;
}

// One recorded run of the real robosuite. Rows are control steps; row 0 of `state` is the reset.
class GoldenRun {
 public:
  GoldenRun(const std::filesystem::path& path, bool legacy)
      : file_(path), name_(path.parent_path().filename() / path.filename()), legacy_(legacy) {
    task_ = file_.metadata().at("task");
    steps_ = std::stoul(file_.metadata().at("steps"));
    const auto input = file_.metadata().find("input_type");
    absolute_ = input != file_.metadata().end() && input->second == "absolute";
    for (const char* key : {"qpos", "qvel", "qacc_warmstart"}) AppendLean(key);
    grip_ = file_.Doubles("init/grip_action");
    grip_.resize(2, grip_.back());
    const std::vector<double> grip = file_.Doubles("step/grip_action");
    grip_.insert(grip_.end(), grip.begin(), grip.end());
    goal_orientation_ = file_.Doubles("step/goal_ori");
  }

  const std::string& name() const { return name_; }
  const std::string& task() const { return task_; }
  bool legacy() const { return legacy_; }
  bool absolute() const { return absolute_; }
  size_t steps() const { return steps_; }
  const SafetensorsFile& file() const { return file_; }

  // As the task of ours is asked for.
  std::string TaskText() const {
    return task_ + ":semantics=" + (legacy_ ? "legacy" : "v15") +
           ",actions=" + (absolute_ ? "absolute" : "delta");
  }

  std::vector<double> Row(const std::string& key, size_t row) const {
    const std::vector<double> all = file_.Doubles(key);
    const size_t width = all.size() / static_cast<size_t>(file_.Tensor(key).shape.at(0));
    return {all.begin() + row * width, all.begin() + (row + 1) * width};
  }

  // qpos [16], without the bodies that ours does not have, before control step `row`.
  const std::vector<double>& Positions(size_t row) const { return states_.at(0).at(row); }

  // ArmTask's state before control step `row`; `rest` is what the task adds.
  std::vector<double> State(size_t row, const Mat3& first_orientation,
                            const std::vector<double>& rest) const {
    std::vector<double> state = {0.05 * static_cast<double>(row)};
    for (const auto& rows : states_) {
      state.insert(state.end(), rows.at(row).begin(), rows.at(row).end());
    }
    const std::vector<double> joints = file_.Doubles("init/initial_joint");
    state.insert(state.end(), joints.begin(), joints.end());
    state.insert(state.end(), grip_.begin() + 2 * row, grip_.begin() + 2 * row + 2);
    const double* goal = row == 0 ? first_orientation.data() : &goal_orientation_[9 * (row - 1)];
    state.insert(state.end(), goal, goal + 9);
    state.insert(state.end(), rest.begin(), rest.end());
    return state;
  }

 private:
  // The robot comes first, the object last: 9 and 7 positions, 9 and 6 of what is a velocity.
  void AppendLean(const std::string& key) {
    const size_t object = key == "qpos" ? 7 : 6;
    std::vector<std::vector<double>> rows;
    for (size_t row = 0; row <= steps_; ++row) {
      const std::vector<double> full =
          row == 0 ? file_.Doubles("init/" + key) : Row("step/" + key, row - 1);
      std::vector<double> lean(full.begin(), full.begin() + kRobotJoints);
      lean.insert(lean.end(), full.end() - object, full.end());
      rows.push_back(std::move(lean));
    }
    states_.push_back(std::move(rows));
  }

  SafetensorsFile file_;
  std::string name_, task_;
  bool legacy_, absolute_ = false;
  size_t steps_ = 0;
  std::vector<std::vector<std::vector<double>>> states_;  // of each key, of each row
  std::vector<double> grip_, goal_orientation_;
};

// All runs of a task that the golden folder has, of both semantics.
inline std::vector<GoldenRun> GoldenRuns(const std::string& task) {
  std::vector<std::filesystem::path> paths;
  for (const char* semantics : {"legacy", "v15"}) {
    for (const auto& entry : std::filesystem::directory_iterator(GoldenPath(semantics))) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with(task + "_") && name.ends_with(".safetensors")) {
        paths.push_back(entry.path());
      }
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<GoldenRun> runs;
  for (const auto& path : paths) {
    runs.emplace_back(path, path.parent_path().filename() == "legacy");
  }
  return runs;
}

}  // namespace sagbench::robosuite
