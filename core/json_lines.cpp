#include "core/json_lines.h"

#include <string_view>

#include <fcntl.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "core/strict_json.h"

namespace sagbench {
namespace {

constexpr std::string_view kBeforeCheck = R"({"check":")";
constexpr std::string_view kBeforeRecord = R"(","record":)";
constexpr size_t kCheckDigits = 16;

std::string CheckOf(std::string_view record) {
  return Sha256Hex(record).substr(0, kCheckDigits);
}

std::string LineOf(std::string_view record) {
  return fmt::format("{}{}{}{}}}\n", kBeforeCheck, CheckOf(record), kBeforeRecord, record);
}

// The record's bytes in a line with its newline, or empty if the line is not as it was written.
std::string_view RecordOf(std::string_view line) {
  constexpr size_t kFrame = kBeforeCheck.size() + kCheckDigits + kBeforeRecord.size();
  if (line.size() < kFrame + 2) return {};
  const std::string_view record = line.substr(kFrame, line.size() - kFrame - 2);
  return LineOf(record) == line ? record : std::string_view();
}

// The first line of `text`, with its newline if it has one.
std::string_view FirstLine(std::string_view text) {
  const size_t newline = text.find('\n');
  return text.substr(0, newline == std::string_view::npos ? newline : newline + 1);
}

uint64_t IntactLength(const std::filesystem::path& path) {
  return std::filesystem::exists(path) ? ReadJsonLines(path).intact_bytes : 0;
}

}  // namespace

JsonLines ReadJsonLines(const std::filesystem::path& path) {
  const std::string bytes = ReadFile(path);
  JsonLines lines;
  for (std::string_view rest = bytes; !rest.empty();) {
    const std::string_view line = FirstLine(rest);
    const std::string_view record = RecordOf(line);
    const size_t number = lines.records.size() + 1;
    rest.remove_prefix(line.size());
    if (line.back() != '\n') {
      lines.notice = fmt::format("'{}': line {} was not written to its end and is dropped",
                                 path.string(), number);
      break;
    }
    const std::string where = fmt::format("'{}': line {}", path.string(), number);
    if (record.empty()) throw FileError("{} is damaged: its checksum does not fit", where);
    lines.records.push_back(ParseStrictJson(record, where));
    lines.intact_bytes += line.size();
  }
  return lines;
}

JsonLinesWriter::JsonLinesWriter(const std::filesystem::path& path)
    : file_(path, O_WRONLY | O_CREAT | O_APPEND) {
  file_.Truncate(IntactLength(path));
}

void JsonLinesWriter::Append(const nlohmann::json& record) {
  file_.Write(LineOf(record.dump()));
  file_.Sync();
}

}  // namespace sagbench
