#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

#include <sys/types.h>

namespace sagbench {

struct VideoShape {
  int width = 0, height = 0;  // pixels, even
  double frames_per_second = 10.0;
};

// Writes a film through the program ffmpeg, in the format of the name's ending (.mp4, .webm, .gif,
// ...), to a temporary file that gets its name when it is complete.
class VideoWriter {
 public:
  // Throws Error (environment) if ffmpeg is missing or the folder cannot be written, Error (usage)
  // for a name without an ending or a shape that is not even.
  VideoWriter(std::filesystem::path path, const VideoShape& shape);
  // Without Finish, the film is dropped.
  ~VideoWriter();
  VideoWriter(const VideoWriter&) = delete;
  VideoWriter& operator=(const VideoWriter&) = delete;

  // One frame, [height, width, 3] red, green, blue. Throws Error (environment) if ffmpeg ended.
  void Add(std::span<const uint8_t> rgb);
  // Throws Error (environment) with ffmpeg's exit code if it refused.
  void Finish();

 private:
  void Start(const VideoShape& shape);
  int Wait();  // ffmpeg's exit code

  std::filesystem::path path_, part_;
  size_t frame_bytes_;
  pid_t process_ = -1;
  int pipe_ = -1;
};

}  // namespace sagbench
