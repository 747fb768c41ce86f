#pragma once

#include <string>

namespace sagbench {

// What this program was built from and how; goes into every report.
struct BuildInfo {
  std::string commit;      // of the last build: 40 hex digits, "-dirty" after them where files had
                           // uncommitted changes; "unknown" outside a git checkout
  std::string build_type;  // "Release", "RelWithDebInfo", "Debug"
  std::string compiler;    // "GNU 12.2.0"
  std::string flags;
  std::string version;
  std::string source_folder;  // where shipped weights lie unless the user names another place
};

const BuildInfo& GetBuildInfo();

}  // namespace sagbench
