#pragma once

#include <functional>
#include <string>

#include <CLI/CLI.hpp>

#include "core/progress.h"
#include "results/summary.h"

namespace sagbench {

// A sub-command adds itself to the program; parsing it sets `run` to what it does, which returns
// the exit code and may throw Error.
using Command = std::function<int()>;

void AddCalibrate(CLI::App& app, Command& run);
void AddCollect(CLI::App& app, Command& run);
void AddCompare(CLI::App& app, Command& run);
void AddCompletion(CLI::App& app, Command& run);
void AddDoctor(CLI::App& app, Command& run);
void AddList(CLI::App& app, Command& run);
void AddMerge(CLI::App& app, Command& run);
void AddPlan(CLI::App& app, Command& run);
void AddRender(CLI::App& app, Command& run);
void AddReport(CLI::App& app, Command& run);
void AddRun(CLI::App& app, Command& run);
void AddTrain(CLI::App& app, Command& run);
void AddTrainSag(CLI::App& train, Command& run);  // a sub-command of train

// Shows progress on stderr: a bar with rate and time left on a terminal, a line now and then
// elsewhere; nothing when quiet.
ProgressSink ShowProgress(bool quiet);

// The command line as typed, for reports and provenance.
const std::string& CommandLine();
void SetCommandLine(int argc, char** argv);

// CLI checks with a sentence in the house's words.
CLI::Validator PositiveCount();
CLI::Validator PositiveNumber();
// From low to high; unlike CLI::Range it refuses nan.
CLI::Validator NumberBetween(double low, double high);

// Adds the options that decide how a report's figures are computed: --exact and --deadline.
// `options` outlives the command.
void AddStatistics(CLI::App& command, SummaryOptions& options);

}  // namespace sagbench
