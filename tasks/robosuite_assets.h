#pragma once

#include <filesystem>
#include <string_view>

namespace sagbench::robosuite {

// Where the file NAME lies that tools/bootstrap took from the robosuite wheel: "link0.stl",
// "robot.xml", ... Throws Error (environment) that says how to fetch it.
std::filesystem::path AssetPath(std::string_view name);

}  // namespace sagbench::robosuite
