#include "tasks/model.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.h"

namespace sagbench {
namespace {

TEST(Model, EmbeddedAndCompiled) {
  EXPECT_NE(EmbeddedModel("pusht.xml").find("<mujoco"), std::string_view::npos);
  const ModelPtr model = LoadModel("pusht.xml");
  EXPECT_EQ(model->nv, 5);
  const DataPtr data(mj_makeData(model.get()));
  mj_forward(model.get(), data.get());
  EXPECT_EQ(WarningCount(*data), 0);
}

TEST(Model, UnknownNameIsAnError) {
  EXPECT_THROW(LoadModel("nothing.xml"), Error);
}

TEST(Model, NumbersAreCountedAndFinite) {
  TaskSpec task;
  task.name = "reach";
  const std::vector<double> good = {1.0, 2.0}, bad = {1.0, std::nan("")};
  EXPECT_NO_THROW(CheckNumbers(task, "action", good, 2));
  EXPECT_THROW(CheckNumbers(task, "action", good, 3), Error);
  EXPECT_THROW(CheckNumbers(task, "action", bad, 2), Error);
}

TEST(Model, WarningsAreCounted) {
  const ModelPtr model = LoadModel("pusht.xml");
  const DataPtr data(mj_makeData(model.get()));
  data->qpos[0] = 1e20;
  mj_checkPos(model.get(), data.get());
  EXPECT_EQ(WarningCount(*data), 1);
}

}  // namespace
}  // namespace sagbench
