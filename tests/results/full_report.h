#pragma once

#include "tests/results/sample_plan_map.h"
#include "tests/results/sample_runs.h"

namespace sagbench {

// A report in which every optional figure is there, in its second run.
inline Report FullReport() {
  std::vector<RunData> runs = SampleRuns();
  for (RunData& run : runs) {
    run.identity.control_period = 0.1;
    run.identity.action_steps = 8;
    run.identity.thinking_ms = 50.0;
  }
  runs[1].action_error = ActionError{0.1, 0.2};
  runs[1].plan_map = SamplePlanMap();
  Report report{SampleContext(), {}, QuickSummary(runs)};
  report.context.host = "here";
  report.context.gpu = "Some GPU";
  report.context.driver = "1.0";
  report.context.clocks = "1 GHz";
  report.context.throttle = "none";
  report.context.precision = "float32";
  report.context.tf32 = false;
  report.warnings = {"A warning."};
  report.runs[1].versus_dense->evidence = SequentialEvidence{1.5, 0.5};
  report.runs[1].spread = Spread{0.9, 0.3};
  report.runs[1].discriminating = true;
  return report;
}

}  // namespace sagbench
