#include "tasks/renderer.h"

#include <array>
#include <memory>
#include <set>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tasks/task.h"

namespace sagbench {
namespace {

using Colour = std::array<int, 3>;

Colour At(const Image& image, int x, int y) {
  const uint8_t* rgb = image.rgb.data() + size_t{3} * (size_t(y) * size_t(image.width) + size_t(x));
  return {rgb[0], rgb[1], rgb[2]};
}

size_t DistinctColours(const Image& image) {
  std::set<Colour> colours;
  for (int y = 0; y < image.height; y += 4) {
    for (int x = 0; x < image.width; x += 4) colours.insert(At(image, x, y));
  }
  return colours.size();
}

class RendererTest : public testing::Test {
 protected:
  void SetUp() override {
    try {
      renderer_ = std::make_unique<Renderer>();
    } catch (const Error& error) {
      ASSERT_EQ(error.code(), ExitCode::kEnvironment);
      GTEST_SKIP() << error.what();
    }
  }
  Image Draw(const Task& task, const Overlay& overlay = {}) {
    return renderer_->Draw(task.Scene(), overlay);
  }

  std::unique_ptr<Renderer> renderer_;
};

TEST_F(RendererTest, DrawsEveryTaskAsItIsNow) {
  for (const auto& entry : Tasks().entries()) {
    SCOPED_TRACE(entry.name);
    const std::unique_ptr<Task> task = Tasks().Choose(entry.name).Make();
    task->Reset(1);
    const Image first = Draw(*task);
    EXPECT_EQ(first.rgb.size(), size_t{3} * size_t(first.width) * size_t(first.height));
    EXPECT_GE(DistinctColours(first), 4U);
    EXPECT_EQ(Draw(*task).rgb, first.rgb);
    const std::vector<double> state = task->State();
    task->Reset(2);
    EXPECT_NE(Draw(*task).rgb, first.rgb);
    task->SetState(state);
    EXPECT_EQ(Draw(*task).rgb.size(), first.rgb.size());
  }
}

// Drawing reads: the episode goes on as if nobody had looked.
TEST_F(RendererTest, LeavesTheTaskAlone) {
  for (const auto& entry : Tasks().entries()) {
    const std::unique_ptr<Task> seen = Tasks().Choose(entry.name).Make();
    const std::unique_ptr<Task> unseen = Tasks().Choose(entry.name).Make();
    seen->Reset(3);
    unseen->Reset(3);
    for (int i = 0; i < 5; ++i) {
      Draw(*seen);
      const StepResult a = seen->Step(seen->spec().action_low);
      const StepResult b = unseen->Step(seen->spec().action_low);
      EXPECT_EQ(a.observation, b.observation) << entry.name;
    }
  }
}

// As the original: x to the right, y down, 512 px across, the goal behind the block.
TEST_F(RendererTest, ShowsPushTFromTheOriginalsSide) {
  const std::unique_ptr<Task> task = Tasks().Choose("pusht").Make();
  const auto draw = [&](double agent_x, double agent_y, double block_x, double block_y) {
    task->SetState(std::vector<double>{agent_x, agent_y, 0, 0, block_x, block_y, 0, 0, 0, 0});
    return Draw(*task);
  };
  const auto pixel = [](const Image& image, double x, double y) {
    return At(image, static_cast<int>(x / 512.0 * image.width),
              static_cast<int>(y / 512.0 * image.height));
  };
  const Image far = draw(100, 400, 400, 100);
  const Image other = draw(300, 420, 400, 100);
  const Colour board = pixel(far, 450, 450);
  EXPECT_NE(pixel(far, 100, 400), board);
  EXPECT_EQ(pixel(other, 100, 400), board);  // the agent went to the right
  EXPECT_EQ(pixel(other, 300, 420), pixel(far, 100, 400));
  const Colour block = pixel(far, 400, 100);
  EXPECT_NE(block, board);
  const Colour goal = pixel(far, 256 - 42, 256 + 42);  // on the stem of the goal
  EXPECT_GT(goal[1], goal[0] + 20);                    // green
  EXPECT_EQ(pixel(draw(100, 400, 256 - 42, 256 + 42), 256 - 42, 256 + 42), block);
}

TEST_F(RendererTest, WritesTextIntoTheCorner) {
  const std::unique_ptr<Task> task = Tasks().Choose("pusht").Make();
  task->Reset(1);
  EXPECT_NE(Draw(*task, {.names = "step\n", .values = "3\n"}).rgb, Draw(*task).rgb);
}

TEST(SideBySide, KeepsRows) {
  const Image left{1, 2, {1, 1, 1, 2, 2, 2}}, right{2, 2, {3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6}};
  const Image joined = SideBySide({left, right});
  EXPECT_EQ(joined.width, 3);
  EXPECT_EQ(joined.height, 2);
  EXPECT_EQ(At(joined, 0, 0), (Colour{1, 1, 1}));
  EXPECT_EQ(At(joined, 2, 0), (Colour{4, 4, 4}));
  EXPECT_EQ(At(joined, 0, 1), (Colour{2, 2, 2}));
  EXPECT_EQ(At(joined, 1, 1), (Colour{5, 5, 5}));
}

}  // namespace
}  // namespace sagbench
