#include "core/video_writer.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "core/files.h"

extern char** environ;

namespace sagbench {
namespace {

std::vector<std::string> Arguments(const std::filesystem::path& part, const VideoShape& shape) {
  std::vector<std::string> arguments = {"ffmpeg",
                                        "-hide_banner",
                                        "-loglevel",
                                        "error",
                                        "-y",
                                        "-f",
                                        "rawvideo",
                                        "-pix_fmt",
                                        "rgb24",
                                        "-s",
                                        fmt::format("{}x{}", shape.width, shape.height),
                                        "-framerate",
                                        fmt::format("{}", shape.frames_per_second),
                                        "-i",
                                        "-",
                                        "-an"};
  if (part.extension() != ".gif") arguments.insert(arguments.end(), {"-pix_fmt", "yuv420p"});
  arguments.push_back(part.string());
  return arguments;
}

}  // namespace

VideoWriter::VideoWriter(std::filesystem::path path, const VideoShape& shape)
    : path_(std::filesystem::absolute(std::move(path))),
      frame_bytes_(size_t{3} * static_cast<size_t>(shape.width) *
                   static_cast<size_t>(shape.height)) {
  if (!path_.has_extension()) {
    throw UsageError("'{}' has no ending: a film's name ends with its format, e.g. .mp4 or .gif",
                     path_.string());
  }
  if (shape.width < 2 || shape.height < 2 || shape.width % 2 != 0 || shape.height % 2 != 0) {
    throw UsageError("a film of {} x {} pixels: both must be even", shape.width, shape.height);
  }
  MakeWritableFolder(path_.parent_path());
  part_ = path_.parent_path() / fmt::format(".part-{}-{}", getpid(), path_.filename().string());
  Start(shape);
}

// A socket pair instead of a pipe: writing to a program that has ended is then an error of this
// call alone, without a signal.
void VideoWriter::Start(const VideoShape& shape) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw EnvironmentError("no pipe to ffmpeg: {}", std::strerror(errno));
  }
  std::vector<std::string> arguments = Arguments(part_, shape);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
  const int failed = posix_spawnp(&process_, "ffmpeg", &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  pipe_ = ends[0];
  if (failed == 0) return;
  process_ = -1;
  close(pipe_);
  throw EnvironmentError(
      "ffmpeg cannot be started ({}): films need it; on Debian, apt-get install ffmpeg",
      std::strerror(failed));
}

VideoWriter::~VideoWriter() {
  if (process_ < 0) return;
  Wait();
  std::error_code ignored;
  std::filesystem::remove(part_, ignored);
}

void VideoWriter::Add(std::span<const uint8_t> rgb) {
  if (rgb.size() != frame_bytes_) {
    throw std::logic_error("a frame of another size than the film's");
  }
  while (!rgb.empty()) {
    const ssize_t sent = send(pipe_, rgb.data(), rgb.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) {
      throw EnvironmentError("ffmpeg ended before '{}' was complete (exit code {})", path_.string(),
                             Wait());
    }
    rgb = rgb.subspan(static_cast<size_t>(sent));
  }
}

void VideoWriter::Finish() {
  const int code = Wait();
  if (code != 0) {
    std::error_code ignored;
    std::filesystem::remove(part_, ignored);
    throw EnvironmentError("ffmpeg made no '{}' (exit code {})", path_.string(), code);
  }
  std::filesystem::rename(part_, path_);
}

int VideoWriter::Wait() {
  if (process_ < 0) return -1;
  close(pipe_);
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace sagbench
