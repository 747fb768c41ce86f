#include "results/folder_report.h"

#include <algorithm>
#include <vector>

#include <fmt/core.h>

#include "results/early_stop.h"
#include "results/summary.h"
#include "results/warnings.h"

namespace sagbench {

Coverage CoverageOf(const RunFolder& folder) {
  const Manifest& manifest = folder.manifest;
  Coverage coverage;
  std::vector<bool> decided(manifest.rows.size(), false);
  if (manifest.sequential) {
    std::vector<const RunData*> runs;
    for (const RunData& run : folder.runs) runs.push_back(&run);
    decided = Decided(manifest, runs);
  }
  for (size_t i = 0; i < manifest.rows.size(); ++i) {
    const RunData& run = folder.runs[i];
    const auto episodes = static_cast<int64_t>(run.episodes.size());
    coverage.planned_episodes += decided[i] ? episodes : manifest.rows[i].episodes;
    coverage.episodes += episodes;
    if (manifest.latency) {
      const LatencySamples none;
      const LatencySamples& latency = run.latency ? *run.latency : none;
      const auto samples = static_cast<int64_t>(latency.ms.size());
      const bool enough = IsEnough(*manifest.latency, latency);
      coverage.planned_samples += enough ? samples : manifest.latency->samples;
      coverage.samples += samples;
    }
    const bool compared = ComparesActions(manifest.rows[i].identity);
    const bool mapped = compared && manifest.plans;
    coverage.planned_measured += (compared ? 1 : 0) + (mapped ? 1 : 0) + (manifest.spread ? 1 : 0);
    coverage.measured += (compared && run.action_error ? 1 : 0) + (mapped && run.plan_map ? 1 : 0) +
                         (run.spread ? 1 : 0);
  }
  return coverage;
}

std::string DescribeCoverage(const Coverage& coverage) {
  std::string text = fmt::format("{} of {} episodes", coverage.episodes, coverage.planned_episodes);
  if (coverage.planned_samples > 0) {
    text += fmt::format(", {} of {} latency samples", coverage.samples, coverage.planned_samples);
  }
  if (coverage.planned_measured > 0) {
    text += fmt::format(", {} of {} measurements of actions", coverage.measured,
                        coverage.planned_measured);
  }
  return text;
}

bool ComparesActions(const RunIdentity& identity) {
  return identity.scheduler != "dense";
}

void AddClocks(const std::optional<GpuClocks>& clocks, Context* context) {
  if (!clocks) return;
  if (!clocks->clocks.empty()) context->clocks = clocks->clocks;
  if (!clocks->throttle.empty()) context->throttle = clocks->throttle;
}

Report ReportOf(const RunFolder& folder, SummaryOptions options) {
  options.margin = folder.manifest.margin;
  options.sequential = folder.manifest.sequential;
  options.bootstrap.seed = folder.manifest.rows.front().identity.seed;
  std::vector<RunData> begun;
  for (const RunData& run : folder.runs) {
    if (!run.episodes.empty()) begun.push_back(run);
  }
  Report report;
  report.context = folder.manifest.context;
  AddClocks(folder.clocks, &report.context);
  report.runs = Summarise(begun, options);
  report.warnings = FindWarnings(report);
  const std::string& host = report.context.host;
  if (!folder.latency_host.empty() && !host.empty() && folder.latency_host != host) {
    report.warnings.push_back(
        fmt::format("Latency was measured on '{}', another machine than the context's '{}'.",
                    folder.latency_host, host));
  }
  const Coverage coverage = CoverageOf(folder);
  if (!coverage.complete()) {
    report.warnings.push_back(fmt::format("This run was interrupted or still goes on: {} are here.",
                                          DescribeCoverage(coverage)));
  }
  return report;
}

}  // namespace sagbench
