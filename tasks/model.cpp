#include "tasks/model.h"

#include <array>
#include <string>

#include "core/error.h"
#include "tasks/task.h"

namespace sagbench {

// Tasks are made on several threads: the first sets it.
void SilenceWarnings() {
  [[maybe_unused]] static const bool silenced = [] {
    mju_user_warning = [](const char*) {};
    return true;
  }();
}

ModelPtr LoadModel(std::string_view name) {
  SilenceWarnings();
  const std::string xml(EmbeddedModel(name));
  std::array<char, 500> sentence = {};
  mjSpec* spec = mj_parseXMLString(xml.c_str(), nullptr, sentence.data(), sentence.size());
  if (spec == nullptr) throw EnvironmentError("cannot read tasks/{}: {}", name, sentence.data());
  ModelPtr model(mj_compile(spec, nullptr));
  const std::string error = model ? "" : mjs_getError(spec);
  mj_deleteSpec(spec);
  if (!model) throw EnvironmentError("cannot compile tasks/{}: {}", name, error);
  return model;
}

int WarningCount(const mjData& data) {
  int count = 0;
  for (const mjWarningStat& warning : data.warning) count += warning.number;
  return count;
}

std::string PhysicsVersion() {
  return mj_versionString();
}

}  // namespace sagbench
