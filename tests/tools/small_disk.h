#pragma once

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include <sched.h>
#include <sys/mount.h>

namespace sagbench {

// A file system of 2 MiB in memory, which this process and those that it starts alone see. Needs
// root: `problem` says why it is not there.
class SmallDisk {
 public:
  static constexpr size_t kSize = 2 << 20;

  explicit SmallDisk(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    mounted_ = unshare(CLONE_NEWNS) == 0 &&
               mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
               mount("none", folder_.c_str(), "tmpfs", 0, "size=2m") == 0;
    if (!mounted_) problem_ = std::string("cannot mount a tmpfs: ") + std::strerror(errno);
  }
  ~SmallDisk() {
    if (mounted_) umount2(folder_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  const std::string& problem() const { return problem_; }

  // Fills it but for so many bytes.
  void LeaveFree(size_t bytes) const {
    std::filesystem::remove(folder_ / "filler");
    const size_t free = std::filesystem::space(folder_).free;
    if (bytes < free) std::ofstream(folder_ / "filler") << std::string(free - bytes, 'x');
  }

  // Whether it can be written to. Returns false where the system refuses to change that.
  bool SetWritable(bool writable) const {
    const unsigned long flags = MS_REMOUNT | (writable ? 0 : MS_RDONLY);
    return mount("none", folder_.c_str(), "tmpfs", flags, "size=2m") == 0;
  }

 private:
  const std::filesystem::path folder_;
  bool mounted_ = false;
  std::string problem_;
};

}  // namespace sagbench
