#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/posix_file.h"

namespace sagbench {

// What a file of JSON lines holds. Each line is {"check":"<16 hex digits>","record":<JSON>}, where
// check is the beginning of the SHA-256 of the record's bytes as they stand in the line.
struct JsonLines {
  std::vector<nlohmann::json> records;
  uint64_t intact_bytes = 0;  // length of the file up to and with the last good line
  std::string notice;         // empty, or a sentence: a torn last line was dropped
};

// Reads all records. A last line that was not written to its end is dropped with a notice; any
// other line that is not as it was written throws Error (bad file) with its number.
JsonLines ReadJsonLines(const std::filesystem::path& path);

// Appends records, one write and one fsync each, so that a crash loses at most the last line. Not
// for several threads or processes at once. All errors of writing are Error (environment).
class JsonLinesWriter {
 public:
  // Opens or creates the file. A torn last line is cut off first; throws as ReadJsonLines.
  explicit JsonLinesWriter(const std::filesystem::path& path);
  void Append(const nlohmann::json& record);

 private:
  PosixFile file_;
};

}  // namespace sagbench
