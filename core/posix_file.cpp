#include "core/posix_file.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/error.h"

namespace sagbench {

PosixFile::PosixFile(std::filesystem::path path, int flags) : path_(std::move(path)) {
  descriptor_ = open(path_.c_str(), flags | O_CLOEXEC, 0666);
  Check(descriptor_ >= 0, "open");
}

PosixFile::~PosixFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

PosixFile::PosixFile(PosixFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

void PosixFile::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    Check(written >= 0, "write");
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

void PosixFile::Truncate(uint64_t length) {
  Check(ftruncate(descriptor_, static_cast<off_t>(length)) == 0, "cut");
}

void PosixFile::Sync() {
  Check(fsync(descriptor_) == 0, "sync");
}

// A file system that knows no locks is no obstacle.
bool PosixFile::TryLock() {
  return flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

void PosixFile::Close() {
  Check(close(std::exchange(descriptor_, -1)) == 0, "close");
}

void PosixFile::Check(bool done, const char* what) const {
  if (done) return;
  throw EnvironmentError("cannot {} '{}': {}", what, path_.string(), std::strerror(errno));
}

}  // namespace sagbench
