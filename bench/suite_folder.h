#pragma once

#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "bench/suite.h"
#include "results/manifest.h"
#include "results/run_folder.h"
#include "results/take.h"

namespace sagbench {

// What the request and its rows decide.
Manifest ManifestOf(const SuiteRequest& request, const std::vector<SuiteRow>& rows);

// A run folder that a suite fills.
struct OpenRunFolder {
  RunFolder before;              // what earlier sessions did, and what was taken
  std::vector<Taken> unchecked;  // of other builds
  std::unique_ptr<RunFolderWriter> writer;
};

// Throws the Error (usage) for a folder that has a run, which nobody asked to resume.
[[noreturn]] void RefuseOldRun(const std::filesystem::path& folder);

// Throws what OpenFolder would, and writes nothing.
void CheckFolder(const SuiteRequest& request, const Manifest& manifest);

// What the folders to take from have of the manifest's rows. Throws as TakeFrom and ReadRunFolder.
std::vector<Taken> ReadTaken(const SuiteRequest& request, const Manifest& manifest);
// Adds what `before` does not have of it, checked or not, and writes that, if there is a writer.
void AddTaken(const std::vector<Taken>& all, RunFolder* before, RunFolderWriter* writer);

// Begins the folder that the request names, or goes on in it. Latency and spread may be added to a
// run that had none; nothing else may differ. What the folders to take from have of its rows is
// added, unless another build computed it. Throws Error (usage) if something differs, naming what,
// and if a run is there without `resume`.
OpenRunFolder OpenFolder(const SuiteRequest& request, const Manifest& manifest);

// Between the recorded policy inputs [To, obs] and the folder's form of them.
RecordedObservations Pack(const std::vector<at::Tensor>& observations);
std::vector<at::Tensor> Unpack(const RecordedObservations& recorded);

}  // namespace sagbench
