#include "tasks/model.h"

#include <array>
#include <cmath>
#include <string>

#include "core/error.h"

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

void CheckNumbers(const TaskSpec& task, const char* what, std::span<const double> values,
                  int size) {
  if (static_cast<int>(values.size()) != size) {
    throw UsageError("{} {} of {} numbers: it has {}", task.name, what, values.size(), size);
  }
  for (const double value : values) {
    if (!std::isfinite(value))
      throw UsageError("{} {} holds {}: not finite", task.name, what, value);
  }
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
