#pragma once

#include <string>

#include <fmt/core.h>

#include "results/summary.h"

namespace sagbench {

// Made-up runs that the tests of results/ share.

inline RunIdentity SampleIdentity(const std::string& sampler, const std::string& scheduler) {
  return {.task = "pusht",
          .sampler = sampler,
          .scheduler = scheduler,
          .params = {{"sampler.steps", "100"}},
          .policy_name = "pusht-transformer",
          .policy_sha256 = "ab12",
          .executor = "default",
          .device = "cpu",
          .seed = 100000};
}

inline EpisodeRecord SampleEpisode(const RunIdentity& identity, uint64_t seed, bool success) {
  return {.task = identity.task,
          .sampler = identity.sampler,
          .scheduler = identity.scheduler,
          .seed = seed,
          .success = success,
          .score = success ? 1.0 : 0.5,
          .failure = success ? "" : "timeout",
          .steps = success ? 120 : 300,
          .replans = success ? 15 : 38,
          .computed_cells = 2400,
          .total_cells = 2400,
          .flops = (success ? 15 : 38) * 24e9,
          .pruner_flops = 0.0,
          .skipped_flops = 0.0,
          .plan_digest = fmt::format("p{}", seed),
          .action_digest = fmt::format("a{}", seed),
          .wall_s = 0.5};
}

// `outcomes`: one character an episode, '1' for success, seeds from 100000.
inline RunData SampleRun(const std::string& sampler, const std::string& scheduler,
                         const std::string& outcomes) {
  RunData run;
  run.identity = SampleIdentity(sampler, scheduler);
  run.wall_s = 12.5;
  for (size_t i = 0; i < outcomes.size(); ++i) {
    run.episodes.push_back(SampleEpisode(run.identity, 100000 + i, outcomes[i] == '1'));
  }
  return run;
}

// 200 samples around `ms` in blocks of 10, nine tenths of it for denoising.
inline LatencySamples SampleLatency(double ms) {
  LatencySamples latency{{}, 10, PhaseTimes{.denoise = 200 * 0.9 * ms, .sampler = 200 * 0.1 * ms}};
  for (int i = 0; i < 200; ++i) latency.ms.push_back(ms * (1.0 + 0.001 * (i * 7 % 20)));
  return latency;
}

// Dense, a cache that skips three quarters, and a short sampler, with latencies.
inline std::vector<RunData> SampleRuns() {
  std::vector<RunData> runs = {SampleRun("ddpm", "dense", "1111111100"),
                               SampleRun("ddpm", "static-cache:interval=5", "1111110010"),
                               SampleRun("ddim:steps=16", "dense", "1111111100")};
  for (EpisodeRecord& episode : runs[1].episodes) {
    episode.computed_cells = 600;
    episode.skipped_flops = 0.75 * episode.flops;
    episode.flops *= 0.25;
  }
  for (EpisodeRecord& episode : runs[2].episodes) episode.flops *= 0.16;
  runs[0].latency = SampleLatency(1000.0);
  runs[1].latency = SampleLatency(300.0);
  runs[2].latency = SampleLatency(165.0);
  return runs;
}

inline Context SampleContext() {
  Context context;
  context.commit = "0123abc";
  context.build_type = "Release";
  context.flags = "-O3";
  context.versions = {{"mujoco", "4.0.0"}, {"torch", "2.11.0"}};
  context.cpu = "Some CPU";
  context.threads = 2;
  context.command_line = "sagbench run --task pusht";
  context.date = "2026-01-02T03:04:05Z";
  return context;
}

// Few resamples, so that the tests are quick.
inline std::vector<RunReport> QuickSummary(const std::vector<RunData>& runs) {
  SummaryOptions options;
  options.bootstrap.resamples = 200;
  return Summarise(runs, options);
}

inline Report SampleReport() {
  return {SampleContext(), {}, QuickSummary(SampleRuns())};
}

}  // namespace sagbench
