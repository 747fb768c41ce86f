#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/phase_times.h"
#include "results/sequential.h"
#include "results/statistics.h"

namespace sagbench {

// Facts, as plain data. What is not known is absent here and in the JSON, never zero or null.
// results/README.md describes every field.

struct Success {
  int64_t k = 0;
  int64_t n = 0;
  double rate = 0.0;
  Interval ci95;
  bool exact = false;  // ci95 is Clopper and Pearson's, else Wilson's
};

// A mean over episodes; the interval is absent below two.
struct MeanFigure {
  double mean = 0.0;
  std::optional<Interval> ci95;
};

// Against the task's baseline (dense under ddpm, 100 steps) on the episodes that both ran.
struct VersusDense {
  PairedOutcomes outcomes;
  double mcnemar_p = 1.0;
  std::optional<double> mcnemar_p_holm;  // corrected for the rows of the task
  Interval ci95;                         // of outcomes.difference()
  double margin = 0.05;
  Verdict verdict = Verdict::kInconclusive;
  std::optional<SequentialEvidence> evidence;  // of a sequential run: what its verdict rests on
  std::optional<MeanFigure> score_difference;
};

// FLOPs of one action chunk, means over all chunks of the run.
struct Flops {
  double per_chunk = 0.0;
  double pruner_per_chunk = 0.0;
  std::optional<double> dense_per_chunk;  // the baseline's per_chunk
  std::optional<double> ratio;            // per_chunk / dense_per_chunk
};

// Shares of what this sampler's steps could have computed and did not.
struct Sparsity {
  double cells = 0.0;
  double flops = 0.0;
};

// Chunk latency at batch 1, in milliseconds.
struct Latency {
  double median = 0.0;
  double p90 = 0.0;
  double p99 = 0.0;
  double max = 0.0;
  std::optional<PhaseTimes> phases = {};  // means over the samples
  int64_t block_size = 0;                 // samples taken in a row before the next run's turn
  std::vector<double> samples;            // in the order taken
};

// Chunks that came later than the actions of one chunk last.
struct Deadline {
  double ms = 0.0;
  int64_t missed = 0;                   // latency samples above it
  double share = 0.0;                   // of all samples
  std::optional<double> actions_per_s;  // executed actions of a chunk over the median latency
};

// Baseline over this run: above 1 is faster or cheaper.
struct Speedup {
  std::optional<double> flops;
  std::optional<double> latency;
  std::optional<Interval> latency_ci95;
};

struct ActionError {
  double mean_abs = 0.0;
  double max_abs = 0.0;
};

struct Spread {
  std::optional<double> ratio;  // to the baseline's mean
  double mean = 0.0;
};

// Which cells of the (denoising step x block) grid are computed.
struct PlanMap {
  int64_t steps = 0;
  int64_t blocks = 0;
  std::vector<std::string> block_names;  // by column, "SA0", "CA0", ...; empty where unknown
  int64_t observations = 0;              // recorded ones that `computed` is a mean over
  std::vector<double> computed;          // [steps, blocks], share of the observations
  // Plans of an episode's first replans, '#' computed and '.' reused, a line a step; one alone if
  // all were the same.
  std::vector<std::string> replans;
  int64_t replans_seen = 0;
};

struct Digest {
  std::string plans;  // SHA-256, hex
  std::string actions;
};

// What a run is; equal for equal command lines, policies and machines' kinds.
struct RunIdentity {
  std::string task;  // as on the command line, canonical, with their knobs
  std::string sampler;
  std::string scheduler;
  std::map<std::string, std::string> params;  // every knob: "scheduler.interval" -> "5"
  std::string policy_name;
  std::string policy_sha256;
  std::string executor;                       // "default", "reference", ...
  std::string device;                         // "cpu", "cuda"
  uint64_t seed = 0;                          // of the first episode
  std::optional<double> control_period = {};  // of the task, seconds
  std::optional<int64_t> action_steps = {};   // executed of a chunk
  // Milliseconds for which the environment goes on while a chunk is computed; absent: it waits.
  std::optional<double> thinking_ms = {};
};

struct RunReport {
  RunIdentity identity;
  int64_t episodes = 0;
  bool is_baseline = false;
  std::optional<Success> success;
  std::optional<MeanFigure> score;
  std::map<std::string, int64_t> failures;
  std::optional<VersusDense> versus_dense;
  std::optional<Flops> flops;
  std::optional<Sparsity> sparsity;
  std::optional<Latency> latency_ms;
  std::optional<Deadline> deadline;
  std::optional<Speedup> speedup;
  std::optional<ActionError> action_error;
  std::optional<Spread> spread;
  std::optional<bool> discriminating;  // of the task, in each of its runs
  std::optional<PlanMap> plan_map;
  std::optional<Digest> digest;
  int64_t replans = 0;
  double wall_s = 0.0;
  std::map<std::string, int64_t> other_commits;  // than the context's: episodes that they computed
};

// Of a GPU while or right after it worked; "" what is not known.
struct GpuClocks {
  std::string clocks, throttle;
};

// Where and how the numbers were made.
struct Context {
  std::string commit;
  std::string build_type;                       // "Release"
  std::string flags;                            // of the compiler
  std::map<std::string, std::string> versions;  // "torch" -> "2.11.0"
  std::string host;
  std::string cpu;
  int threads = 0;
  std::optional<std::string> gpu;
  std::optional<std::string> driver;
  std::optional<std::string> clocks;
  std::optional<std::string> throttle;
  std::optional<std::string> precision;  // "float32"
  std::optional<bool> tf32;
  std::string command_line;
  std::string date;  // ISO 8601, UTC
};

struct Report {
  static constexpr int kSchemaVersion = 1;
  Context context;
  std::vector<std::string> warnings;  // sentences, see results/warnings.h
  std::vector<RunReport> runs;
};

}  // namespace sagbench
