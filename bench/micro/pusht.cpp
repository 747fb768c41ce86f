// Push-T: control steps of the task and of the planner's solver, one demonstration of the expert.
#include <benchmark/benchmark.h>

#include "core/noise.h"
#include "tasks/expert.h"
#include "tasks/pusht_solver.h"

namespace sagbench {
namespace {

// Targets about the block, so that there is contact; a reset every 200 steps.
void PushTStep(benchmark::State& state) {
  const auto task = Tasks().Choose("pusht").Make();
  CounterRandom random({1, 0, 0, 0, NoisePurpose::kExpert});
  std::vector<double> action(2);
  uint64_t step = 0;
  for (auto unused : state) {
    if (step % 200 == 0) task->Reset(step / 200);
    if (step++ % 5 == 0) action = {random.Uniform(100.0, 400.0), random.Uniform(100.0, 400.0)};
    benchmark::DoNotOptimize(task->Step(action));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(PushTStep);

void PushSolverStep(benchmark::State& state) {
  CounterRandom random({2, 0, 0, 0, NoisePurpose::kExpert});
  pusht::PushSolver solver({100.0, 100.0}, {256.0, 256.0, 1.0});
  for (auto unused : state) {
    const pusht::Pose& cog = solver.cog();
    solver.Step({cog.x + random.Uniform(-80.0, 80.0), cog.y + random.Uniform(-80.0, 80.0)});
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(PushSolverStep);

void PushTDemonstration(benchmark::State& state) {
  const auto expert = Experts().Choose("pusht").Make();
  uint64_t seed = 0;
  for (auto unused : state) {
    benchmark::DoNotOptimize(expert->Solve({StartKind::kReset, seed++ % 20, 0, {}}));
  }
}
BENCHMARK(PushTDemonstration)->Unit(benchmark::kMillisecond)->Iterations(20);

}  // namespace
}  // namespace sagbench
