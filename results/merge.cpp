#include "results/merge.h"

#include <map>
#include <utility>

#include "core/error.h"
#include "core/files.h"
#include "core/shell_word.h"
#include "results/same_episode.h"

namespace sagbench {
namespace {

// At spaces that are not between single quotes, which stay.
std::vector<std::string> SplitWords(const std::string& command) {
  std::vector<std::string> words(1);
  bool quoted = false;
  for (const char c : command) {
    if (c == '\'') quoted = !quoted;
    if (c == ' ' && !quoted) {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

// The part of a word before its '=', if it has one.
std::string OptionOf(const std::string& word) {
  return word.substr(0, word.find('='));
}

}  // namespace

MergeResult MergeRuns(const std::vector<RunFolder>& folders,
                      const std::vector<std::string>& names) {
  if (folders.empty()) throw UsageError("nothing to merge: name the folders");
  MergeResult merged;
  merged.folder.manifest = folders.front().manifest;
  const size_t rows = folders.front().runs.size();
  // Of each row by seed: the episode, and the folder that it is from.
  std::vector<std::map<uint64_t, std::pair<EpisodeRecord, size_t>>> episodes(rows);
  for (size_t i = 0; i < folders.size(); ++i) {
    const auto differences = Differences(folders.front().manifest, folders[i].manifest);
    if (!differences.empty()) {
      throw UsageError("'{}' and '{}' are not of one run: they differ in {}", names.front(),
                       names[i], DescribeDifferences(differences));
    }
    AddMeasurements(folders[i].manifest, &merged.folder.manifest);
    for (size_t row = 0; row < rows; ++row) {
      for (const EpisodeRecord& episode : folders[i].runs[row].episodes) {
        const auto [there, is_new] = episodes[row].emplace(episode.seed, std::pair(episode, i));
        if (is_new) continue;
        if (!SameButForTime(there->second.first, episode)) {
          throw FileError("'{}' and '{}' disagree on row {}, seed {}: remove one of them",
                          names[there->second.second], names[i], row + 1, episode.seed);
        }
        ++merged.duplicates;
      }
    }
    merged.folder.observations.insert(folders[i].observations.begin(),
                                      folders[i].observations.end());
  }
  for (size_t row = 0; row < rows; ++row) {
    RunData& run = merged.folder.runs.emplace_back();
    run.identity = merged.folder.manifest.rows[row].identity;
    for (auto& [seed, episode] : episodes[row]) {
      run.wall_s += episode.first.wall_s;
      run.episodes.push_back(std::move(episode.first));
    }
  }
  return merged;
}

void WriteRunFolder(const std::filesystem::path& path, const RunFolder& folder) {
  MakeWritableFolder(path);
  if (IsRunFolder(path)) {
    throw UsageError("'{}' holds a run already: name another folder", path.string());
  }
  WriteManifest(path, folder.manifest);
  RunFolderWriter writer(path);
  for (const auto& [task, observations] : folder.observations) {
    writer.AppendObservations(task, observations);
  }
  for (size_t row = 0; row < folder.runs.size(); ++row) {
    for (const EpisodeRecord& episode : folder.runs[row].episodes) writer.Append(row, episode);
  }
}

std::string ResumeCommand(const Manifest& manifest, const std::string& out) {
  std::string command;
  bool skip = false;
  for (const std::string& word : SplitWords(manifest.context.command_line)) {
    const std::string option = OptionOf(word);
    if (std::exchange(skip, false) || option == "--resume") continue;
    if (option == "--shard" || option == "--out") {
      skip = word == option;  // its value is the next word
      continue;
    }
    command += word + " ";
  }
  return command + "--out " + ShellWord(out) + " --resume";
}

}  // namespace sagbench
