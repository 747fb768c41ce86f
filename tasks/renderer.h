#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tasks/scene.h"

namespace sagbench {

// Red, green and blue, rows from the top.
struct Image {
  int width = 0, height = 0;
  std::vector<uint8_t> rgb;  // [height, width, 3]
};

// Two columns of text in a picture's corner; lines end with '\n'.
struct Overlay {
  std::string names, values;
};

// Draws tasks with MuJoCo's renderer on the CPU (Mesa's OSMesa): no screen and no GPU needed. One
// at a time in a process, used by one thread.
class Renderer {
 public:
  // Throws Error (environment) where libOSMesa is missing.
  Renderer();
  ~Renderer();
  Renderer(const Renderer&) = delete;
  Renderer& operator=(const Renderer&) = delete;

  // A picture of the scene's size (at most 1024 x 1024).
  Image Draw(const TaskScene& scene, const Overlay& overlay);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Pictures of equal height next to each other.
Image SideBySide(const std::vector<Image>& images);

}  // namespace sagbench
