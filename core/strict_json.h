#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace sagbench {

// One JSON value from all of `text`. Throws Error (bad file), its sentence beginning with `origin`,
// if it is not JSON or an object has a key twice (which plain parsers pass over).
nlohmann::json ParseStrictJson(std::string_view text, const std::string& origin);

}  // namespace sagbench
