// Lift and Can: control steps (25 sub-steps each, controller included) of random smooth actions,
// and what of them is the controller's and MuJoCo's.
#include <array>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/noise.h"
#include "tasks/panda.h"
#include "tasks/robosuite_model.h"
#include "tasks/task.h"

namespace sagbench::robosuite {
namespace {

constexpr int kEpisode = 100;  // control steps between resets

// A random walk of deltas, as a hand might move: 0.8 of the action before and something new.
void MoveOn(std::vector<double>& action, CounterRandom& random) {
  for (double& value : action) value = 0.8 * value + 0.3 * random.Normal();
}

void ControlStep(benchmark::State& state, const std::string& name) {
  const auto task = Tasks().Choose(name + ":actions=delta").Make();
  CounterRandom random({.run_seed = 1, .purpose = NoisePurpose::kExpert});
  std::vector<double> action(task->spec().action_size);
  uint64_t step = 0;
  for (auto unused : state) {
    if (step % kEpisode == 0) {
      state.PauseTiming();
      task->Reset(step / kEpisode);
      state.ResumeTiming();
    }
    ++step;
    MoveOn(action, random);
    benchmark::DoNotOptimize(task->Step(action));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(ControlStep, lift, "lift")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(ControlStep, can, "can")->Unit(benchmark::kMicrosecond);

// A sub-step without the controller, in the pose of a reset.
void PhysicsSubStep(benchmark::State& state, const std::string& name) {
  const SpecPtr scene = ReadScene(name + ".xml");
  const ModelPtr model = CompileScene(scene.get());
  const DataPtr data(mj_makeData(model.get()));
  const auto task = Tasks().Choose(name).Make();
  task->Reset(1);
  const std::vector<double> start = task->State();
  std::copy_n(start.begin() + 1, model->nq, data->qpos);
  for (auto unused : state) {
    mj_step1(model.get(), data.get());
    std::copy_n(data->qfrc_bias, kArmJoints, data->ctrl);
    mj_step2(model.get(), data.get());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK_CAPTURE(PhysicsSubStep, lift, "lift");
BENCHMARK_CAPTURE(PhysicsSubStep, can, "can");

// The torques of one sub-step.
void Torques(benchmark::State& state) {
  CounterRandom random({.run_seed = 2});
  ArmReading reading = {};
  for (double& value : reading.jacobian) value = random.Normal();
  for (int i = 0; i < kArmJoints; ++i) reading.mass_matrix[i * (kArmJoints + 1)] = 1.0 + i;
  for (auto unused : state) {
    benchmark::DoNotOptimize(OscTorques(reading, {}, reading.joints));
    benchmark::ClobberMemory();
  }
}
BENCHMARK(Torques);

void Reset(benchmark::State& state, const std::string& name) {
  const auto task = Tasks().Choose(name).Make();
  uint64_t seed = 0;
  for (auto unused : state) benchmark::DoNotOptimize(task->Reset(seed++));
}
BENCHMARK_CAPTURE(Reset, lift, "lift")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Reset, can, "can")->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sagbench::robosuite
