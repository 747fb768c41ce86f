#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace sagbench {

// An open file for writing, closed at the end of its scope. Every failure throws Error
// (environment) with the path and the system's reason.
class PosixFile {
 public:
  // `flags` as of open(2), e.g. O_WRONLY | O_CREAT; new files get mode 0666 less the umask.
  PosixFile(std::filesystem::path path, int flags);
  ~PosixFile();
  PosixFile(PosixFile&& other) noexcept;
  PosixFile(const PosixFile&) = delete;
  PosixFile& operator=(const PosixFile&) = delete;
  PosixFile& operator=(PosixFile&&) = delete;

  void Write(std::string_view bytes);  // one write(2) unless the system takes fewer bytes
  void Truncate(uint64_t length);
  void Sync();     // returns when the bytes are on the disk
  bool TryLock();  // exclusive until closed; false if another process holds it
  void Close();

 private:
  void Check(bool done, const char* what) const;

  std::filesystem::path path_;
  int descriptor_ = -1;
};

}  // namespace sagbench
