#include "schedulers/plan_view.h"

#include <algorithm>
#include <array>

#include <fmt/core.h>

namespace sagbench {
namespace {

constexpr std::array<BlockKind, kBlockKinds> kKinds = {
    BlockKind::kSelfAttention, BlockKind::kCrossAttention, BlockKind::kFeedForward};
constexpr const char* kColours[] = {"#1b4f72", "#117864", "#7e5109"};  // by kind
constexpr const char* kReused = "#ececec";
constexpr int kCell = 8, kGap = 12, kLeft = 48, kTop = 40;  // px

std::vector<int> BlocksOfKind(std::span<const BlockInfo> blocks, BlockKind kind) {
  std::vector<int> chosen;
  for (size_t block = 0; block < blocks.size(); ++block) {
    if (blocks[block].kind == kind) chosen.push_back(static_cast<int>(block));
  }
  return chosen;
}

std::string Rectangle(int x, int y, const char* colour) {
  return fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"/>\n", x, y,
                     kCell - 1, kCell - 1, colour);
}

std::string Escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    safe += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  }
  return safe;
}

std::string Label(int x, int y, const std::string& text) {
  return fmt::format("<text x=\"{}\" y=\"{}\">{}</text>\n", x, y, Escaped(text));
}

}  // namespace

std::string PlanText(const Plan& plan, std::span<const int> timesteps,
                     std::span<const BlockInfo> blocks) {
  std::string head = "    t";
  std::array<std::vector<int>, 3> by_kind;
  for (size_t i = 0; i < kKinds.size(); ++i) {
    by_kind[i] = BlocksOfKind(blocks, kKinds[i]);
    head += fmt::format("  {:<{}}", BlockKindName(kKinds[i]), by_kind[i].size());
  }
  std::string text = head + "\n";
  for (int step = 0; step < plan.steps(); ++step) {
    text += fmt::format("{:>5}", timesteps[step]);
    for (const std::vector<int>& columns : by_kind) {
      text += "  ";
      for (const int block : columns) text += plan.at(step, block).compute ? '#' : '.';
    }
    text += '\n';
  }
  const auto computed = static_cast<double>(plan.ComputedCells());
  return text + fmt::format("computed {} of {} cells ({:.1f} % reused)\n", plan.ComputedCells(),
                            plan.TotalCells(),
                            100.0 * (1.0 - computed / static_cast<double>(plan.TotalCells())));
}

std::string PlanSvg(const Plan& plan, std::span<const int> timesteps,
                    std::span<const BlockInfo> blocks, const std::string& title) {
  std::string body = Label(kLeft, 16, title);
  int y = kTop;
  for (size_t kind = 0; kind < kKinds.size(); ++kind) {
    body += Label(6, y + kCell, BlockKindName(kKinds[kind]));
    for (const int block : BlocksOfKind(blocks, kKinds[kind])) {
      for (int step = 0; step < plan.steps(); ++step) {
        const bool computed = plan.at(step, block).compute;
        body += Rectangle(kLeft + step * kCell, y, computed ? kColours[kind] : kReused);
      }
      y += kCell;
    }
    y += kGap;
  }
  for (int step = 0; step < plan.steps(); step += std::max(1, plan.steps() / 10)) {
    body += Label(kLeft + step * kCell, kTop - 6, fmt::format("t {}", timesteps[step]));
  }
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" "
      "font-family=\"sans-serif\" font-size=\"10\">\n<rect width=\"100%\" height=\"100%\" "
      "fill=\"white\"/>\n{}</svg>\n",
      kLeft + plan.steps() * kCell + kGap, y, body);
}

double ShareOfDifferentCells(const Plan& a, const Plan& b) {
  int64_t different = 0;
  for (int step = 0; step < a.steps(); ++step) {
    for (int block = 0; block < a.blocks(); ++block) {
      const Cell& one = a.at(step, block);
      const Cell& other = b.at(step, block);
      const bool same = one.compute == other.compute && (one.compute || one.slot == other.slot);
      different += same ? 0 : 1;
    }
  }
  return static_cast<double>(different) / static_cast<double>(a.TotalCells());
}

}  // namespace sagbench
