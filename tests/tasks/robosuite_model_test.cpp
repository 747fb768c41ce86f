// The compiled scenes against the constants of robosuite's, by name.
#include "tasks/robosuite_model.h"

#include <set>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "core/parallel.h"
#include "core/strict_json.h"
#include "tests/tasks/robosuite_golden.h"

namespace sagbench::robosuite {
namespace {

using nlohmann::json;

// Bodies that ours do without: they touch neither robot nor object. Each takes its parts with it.
const std::set<std::string> kLeftOut = {"left_eef_target",  "right_eef_target",  "VisualMilk_main",
                                        "VisualBread_main", "VisualCereal_main", "VisualCan_main",
                                        "Milk_main",        "Bread_main",        "Cereal_main"};
const std::set<std::string> kJointsLeftOut = {"Milk_joint0", "Bread_joint0", "Cereal_joint0"};

class RobosuiteModel : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    golden_ = ParseStrictJson(ReadFile(GoldenPath("model_" + GetParam() + ".json")), GetParam());
    scene_ = ReadScene(GetParam() + ".xml");
    for (const json& geom : golden_.at("collision_geoms")) {
      if (geom.at("name") != "cube_g0") continue;
      const auto size = geom.at("size").get<std::vector<double>>();
      std::copy(size.begin(), size.end(),
                mjs_asGeom(mjs_findElement(scene_.get(), mjOBJ_GEOM, "cube_g0"))->size);
    }
    model_ = CompileScene(scene_.get());
  }

  int Find(mjtObj type, const json& name) const {
    return IdOf(*model_, type, name.get<std::string>().c_str());
  }

  static void Same(const json& entry, const char* key, const mjtNum* values, double tolerance = 0) {
    const auto expected = entry.at(key).get<std::vector<double>>();
    for (size_t i = 0; i < expected.size(); ++i) {
      EXPECT_NEAR(values[i], expected[i], tolerance) << entry.at("name") << " " << key << " " << i;
    }
  }
  static void Same(const json& entry, const char* key, double value) {
    EXPECT_EQ(value, entry.at(key).get<double>()) << entry.at("name") << " " << key;
  }

  // The geom of that name, or without one, of that body, type and place.
  int FindGeom(const json& geom) const {
    if (geom.at("name").is_string()) return Find(mjOBJ_GEOM, geom.at("name"));
    const int body = Find(mjOBJ_BODY, geom.at("body"));
    const auto pos = geom.at("pos").get<std::vector<double>>();
    const auto size = geom.at("size").get<std::vector<double>>();
    for (int i = 0; i < model_->ngeom; ++i) {
      const mjtNum* at = model_->geom_pos + 3 * i;
      const mjtNum* is = model_->geom_size + 3 * i;
      if (model_->geom_bodyid[i] == body && std::equal(pos.begin(), pos.end(), at) &&
          std::equal(size.begin(), size.end(), is)) {
        return i;
      }
    }
    ADD_FAILURE() << "no such geom: " << geom;
    return 0;
  }

  json golden_;
  SpecPtr scene_;
  ModelPtr model_;
};

TEST_P(RobosuiteModel, Options) {
  const mjOption& o = model_->opt;
  EXPECT_EQ(golden_.at("timestep"), o.timestep);
  EXPECT_EQ(golden_.at("integrator"), o.integrator);
  EXPECT_EQ(golden_.at("cone"), o.cone);
  EXPECT_EQ(golden_.at("solver"), o.solver);
  EXPECT_EQ(golden_.at("iterations"), o.iterations);
  EXPECT_EQ(golden_.at("tolerance"), o.tolerance);
  EXPECT_EQ(golden_.at("impratio"), o.impratio);
  EXPECT_EQ(golden_.at("density"), o.density);
  EXPECT_EQ(golden_.at("viscosity"), o.viscosity);
  EXPECT_EQ(golden_.at("gravity"), std::vector<double>(o.gravity, o.gravity + 3));
  EXPECT_EQ(golden_.at("enableflags"), o.enableflags);
  EXPECT_EQ(o.disableflags, golden_.at("disableflags").get<int>() | mjDSBL_AUTORESET);
}

TEST_P(RobosuiteModel, Bodies) {
  int count = 0;
  for (const json& body : golden_.at("bodies")) {
    if (kLeftOut.count(body.at("name")) != 0) continue;
    const int i = Find(mjOBJ_BODY, body.at("name"));
    ++count;
    const std::string parent = golden_.at("bodies").at(body.at("parent").get<size_t>()).at("name");
    EXPECT_EQ(model_->body_parentid[i], Find(mjOBJ_BODY, parent)) << body.at("name");
    Same(body, "pos", model_->body_pos + 3 * i);
    Same(body, "quat", model_->body_quat + 4 * i);
    Same(body, "mass", model_->body_mass[i]);
    Same(body, "ipos", model_->body_ipos + 3 * i);
    Same(body, "iquat", model_->body_iquat + 4 * i);
    Same(body, "inertia", model_->body_inertia + 3 * i);
  }
  EXPECT_EQ(model_->nbody, count);
}

TEST_P(RobosuiteModel, Geoms) {
  int count = 0;
  for (const json& geom : golden_.at("collision_geoms")) {
    if (kLeftOut.count(geom.at("body")) != 0) continue;
    const int i = FindGeom(geom);
    ++count;
    EXPECT_EQ(model_->geom_bodyid[i], Find(mjOBJ_BODY, geom.at("body")));
    Same(geom, "type", model_->geom_type[i]);
    Same(geom, "size", model_->geom_size + 3 * i);
    Same(geom, "pos", model_->geom_pos + 3 * i);
    Same(geom, "quat", model_->geom_quat + 4 * i);
    Same(geom, "friction", model_->geom_friction + 3 * i);
    Same(geom, "solref", model_->geom_solref + 2 * i);
    Same(geom, "solimp", model_->geom_solimp + 5 * i);
    Same(geom, "condim", model_->geom_condim[i]);
    Same(geom, "contype", model_->geom_contype[i]);
    Same(geom, "conaffinity", model_->geom_conaffinity[i]);
    Same(geom, "margin", model_->geom_margin[i]);
    Same(geom, "priority", model_->geom_priority[i]);
    Same(geom, "solmix", model_->geom_solmix[i]);
    Same(geom, "group", model_->geom_group[i]);
  }
  EXPECT_EQ(model_->ngeom, count);
}

TEST_P(RobosuiteModel, JointsActuatorsSites) {
  int joints = 0;
  for (const json& joint : golden_.at("joints")) {
    if (kJointsLeftOut.count(joint.at("name")) != 0) continue;
    const int i = Find(mjOBJ_JOINT, joint.at("name"));
    ++joints;
    Same(joint, "type", model_->jnt_type[i]);
    Same(joint, "range", model_->jnt_range + 2 * i);
    Same(joint, "limited", model_->jnt_limited[i]);
    const int dof = model_->jnt_dofadr[i];
    Same(joint, "damping", model_->dof_damping[dof]);
    Same(joint, "armature", model_->dof_armature[dof]);
    Same(joint, "frictionloss", model_->dof_frictionloss[dof]);
  }
  EXPECT_EQ(model_->njnt, joints);
  EXPECT_EQ(model_->nu, static_cast<int>(golden_.at("actuators").size()));
  for (const json& actuator : golden_.at("actuators")) {
    const int i = Find(mjOBJ_ACTUATOR, actuator.at("name"));
    Same(actuator, "gainprm", model_->actuator_gainprm + mjNGAIN * i);
    Same(actuator, "biasprm", model_->actuator_biasprm + mjNBIAS * i);
    Same(actuator, "ctrlrange", model_->actuator_ctrlrange + 2 * i);
    Same(actuator, "forcerange", model_->actuator_forcerange + 2 * i);
    Same(actuator, "forcelimited", model_->actuator_forcelimited[i]);
    EXPECT_EQ(model_->actuator_trnid[2 * i], Find(mjOBJ_JOINT, actuator.at("joint")));
  }
  for (const json& site : golden_.at("sites")) {
    if (kLeftOut.count(site.at("body")) != 0) continue;
    const int i = Find(mjOBJ_SITE, site.at("name"));
    EXPECT_EQ(model_->site_bodyid[i], Find(mjOBJ_BODY, site.at("body")));
    Same(site, "pos", model_->site_pos + 3 * i);
    Same(site, "quat", model_->site_quat + 4 * i);
  }
}

TEST_P(RobosuiteModel, CompilesAlikeOnManyThreads) {
  std::vector<ModelPtr> models(8);
  ParallelFor(models.size(), 4,
              [&](size_t i) { models[i] = CompileScene(ReadScene(GetParam() + ".xml").get()); });
  for (const ModelPtr& model : models) {
    ASSERT_EQ(model->nmeshvert, models[0]->nmeshvert);
    for (int i = 0; i < 3 * model->nbody; ++i) {
      EXPECT_EQ(model->body_inertia[i], models[0]->body_inertia[i]);
    }
    for (int i = 0; i < model->nv; ++i) {
      EXPECT_EQ(model->dof_invweight0[i], models[0]->dof_invweight0[i]);
    }
  }
}

TEST_P(RobosuiteModel, AWrongNameIsAnError) {
  EXPECT_THROW(IdOf(*model_, mjOBJ_SITE, "nothing"), Error);
}

INSTANTIATE_TEST_SUITE_P(Scenes, RobosuiteModel, testing::Values("lift", "can"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace sagbench::robosuite
