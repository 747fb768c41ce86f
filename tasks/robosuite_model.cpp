#include "tasks/robosuite_model.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/files.h"
#include "tasks/robosuite_assets.h"

namespace sagbench::robosuite {
namespace {

constexpr std::array<double, 7> kDamping = {0.1, 0.1, 0.1, 0.1, 0.1, 0.01, 0.01};  // N m s/rad
constexpr double kFrictionLoss = 0.1;                                              // N m
constexpr double kMountTop = 0.01;  // m by which the mount reaches into the arm's base

// In-memory files that a scene names in <model file=...>.
class Files {
 public:
  Files() { mj_defaultVFS(&vfs_); }
  ~Files() { mj_deleteVFS(&vfs_); }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;

  void Add(const char* name, const std::string& text) {
    mj_addBufferVFS(&vfs_, name, text.data(), static_cast<int>(text.size()));
  }
  const mjVFS* vfs() const { return &vfs_; }

 private:
  mjVFS vfs_;
};

SpecPtr Parse(std::string_view name, const std::string& xml, const Files& files) {
  std::array<char, 500> sentence = {};
  SpecPtr spec(mj_parseXMLString(xml.c_str(), files.vfs(), sentence.data(), sentence.size()));
  if (!spec) throw EnvironmentError("cannot read {}: {}", name, sentence.data());
  return spec;
}

std::vector<mjsElement*> Elements(const mjSpec& spec, mjtObj type) {
  std::vector<mjsElement*> found;
  for (mjsElement* at = mjs_firstElement(&spec, type); at != nullptr;
       at = mjs_nextElement(&spec, at)) {
    found.push_back(at);
  }
  return found;
}

// Removes what has no part in the physics; the meshes that stay are found among the assets.
void KeepPhysics(mjSpec* spec) {
  for (mjsElement* element : Elements(*spec, mjOBJ_GEOM)) {
    const mjsGeom* geom = mjs_asGeom(element);
    if (geom->contype == 0 && geom->conaffinity == 0) mjs_delete(spec, element);
  }
  for (const mjtObj type : {mjOBJ_SENSOR, mjOBJ_CAMERA, mjOBJ_LIGHT}) {
    for (mjsElement* element : Elements(*spec, type)) mjs_delete(spec, element);
  }
  std::vector<std::string> used;
  for (mjsElement* element : Elements(*spec, mjOBJ_GEOM)) {
    mjsGeom* geom = mjs_asGeom(element);
    mjs_setString(geom->material, "");
    used.emplace_back(mjs_getString(geom->meshname));
  }
  for (mjsElement* element : Elements(*spec, mjOBJ_MATERIAL)) mjs_delete(spec, element);
  for (mjsElement* element : Elements(*spec, mjOBJ_MESH)) {
    const std::string name = mjs_getString(mjs_getName(element));
    if (std::find(used.begin(), used.end(), name) == used.end()) {
      mjs_delete(spec, element);
      continue;
    }
    mjsMesh* mesh = mjs_asMesh(element);
    const std::filesystem::path file = mjs_getString(mesh->file);
    mjs_setString(mesh->file,
                  std::filesystem::absolute(AssetPath(file.filename().string())).c_str());
  }
}

void Attach(mjSpec* spec, const char* to, mjSpec* child, const char* body, const char* prefix) {
  mjsBody* parent = mjs_findBody(spec, to);
  mjsBody* part = mjs_findBody(child, body);
  if (parent == nullptr || part == nullptr ||
      mjs_attach(mjs_addFrame(parent, nullptr)->element, part->element, prefix, "") == nullptr) {
    throw EnvironmentError("cannot attach '{}' to '{}': {}", body, to, mjs_getError(spec));
  }
}

// As robosuite's PandaRobot and RobotModel set them.
void SetJoints(mjSpec* spec) {
  for (int i = 0; i < 7; ++i) {
    const std::string name = "robot0_joint" + std::to_string(i + 1);
    mjsJoint* joint = mjs_asJoint(mjs_findElement(spec, mjOBJ_JOINT, name.c_str()));
    joint->damping[0] = kDamping[i];
    joint->armature = 5.0 / (i + 1);
    joint->frictionloss = kFrictionLoss;
  }
}

}  // namespace

SpecPtr ReadScene(std::string_view scene) {
  SilenceWarnings();
  Files files;
  const std::string robot = ReadFile(AssetPath("robot.xml"));
  files.Add("robot.xml", robot);
  SpecPtr spec = Parse(scene, std::string(EmbeddedModel(scene)), files);
  const SpecPtr gripper =
      Parse("panda_gripper.xml", ReadFile(AssetPath("panda_gripper.xml")), files);
  const SpecPtr mount = Parse("rethink_mount.xml", ReadFile(AssetPath("rethink_mount.xml")), files);
  mjs_findBody(mount.get(), "base")->pos[2] = kMountTop;
  Attach(spec.get(), "robot0_right_hand", gripper.get(), "right_gripper", "gripper0_right_");
  Attach(spec.get(), "robot0_base", mount.get(), "base", "fixed_mount0_");
  SetJoints(spec.get());
  KeepPhysics(spec.get());
  return spec;
}

ModelPtr CompileScene(mjSpec* spec) {
  ModelPtr model(mj_compile(spec, nullptr));
  if (!model) throw EnvironmentError("cannot compile the arm's scene: {}", mjs_getError(spec));
  return model;
}

int IdOf(const mjModel& model, mjtObj type, const char* name) {
  const int id = mj_name2id(&model, type, name);
  if (id < 0) throw EnvironmentError("the compiled model has no {} '{}'", mju_type2Str(type), name);
  return id;
}

}  // namespace sagbench::robosuite
