#include "schedulers/bac_schedule.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "policies/aten.h"

namespace sagbench {
namespace {

// sums[a][b]: similarity of step a to the steps a..b-1, added up.
std::vector<std::vector<double>> IntervalSums(const at::Tensor& similarity) {
  const auto steps = static_cast<int>(similarity.size(0));
  const at::Tensor values = similarity.contiguous();
  const auto* data = values.data_ptr<double>();
  std::vector<std::vector<double>> sums(steps, std::vector<double>(steps + 1, 0.0));
  for (int a = 0; a < steps; ++a) {
    for (int t = a; t < steps; ++t) sums[a][t + 1] = sums[a][t] + data[a * steps + t];
  }
  return sums;
}

}  // namespace

std::vector<int> OptimalUpdates(const at::Tensor& similarity, int updates) {
  const auto steps = static_cast<int>(similarity.size(0));
  if (updates < 1 || updates > steps) {
    throw std::invalid_argument("updates must lie between 1 and the number of steps");
  }
  const std::vector<std::vector<double>> sums = IntervalSums(similarity);
  constexpr double kNever = -std::numeric_limits<double>::infinity();
  // best[s][e]: the most that s intervals can reach that cover the steps before e; from[s][e]:
  // where the last of them begins.
  std::vector<std::vector<double>> best(updates + 1, std::vector<double>(steps + 1, kNever));
  std::vector<std::vector<int>> from(updates + 1, std::vector<int>(steps + 1, 0));
  best[0][0] = 0.0;
  for (int s = 1; s <= updates; ++s) {
    for (int end = s; end <= steps; ++end) {
      for (int begin = s - 1; begin < end; ++begin) {
        const double value = best[s - 1][begin] + sums[begin][end];
        if (value > best[s][end]) {
          best[s][end] = value;
          from[s][end] = begin;
        }
      }
    }
  }
  std::vector<int> chosen(updates);
  for (int s = updates, end = steps; s > 0; --s) {
    chosen[s - 1] = from[s][end];
    end = from[s][end];
  }
  return chosen;
}

double UpdateObjective(const at::Tensor& similarity, const std::vector<int>& updates) {
  const std::vector<std::vector<double>> sums = IntervalSums(similarity);
  double sum = 0.0;
  for (size_t i = 0; i < updates.size(); ++i) {
    const int end = i + 1 < updates.size() ? updates[i + 1] : static_cast<int>(sums.size());
    sum += sums[updates[i]][end];
  }
  return sum;
}

at::Tensor StepSimilarity(const at::Tensor& residuals) {
  const at::Tensor values = residuals.to(at::kDouble);
  const at::Tensor norms = values.norm(2, {1}, /*keepdim=*/true).clamp_min(1e-30);
  const at::Tensor unit = values / norms;
  return unit.matmul(unit.t());
}

double MeanStepDistance(const at::Tensor& residuals) {
  const int64_t steps = residuals.size(0);
  if (steps < 2) return 0.0;
  const at::Tensor values = residuals.to(at::kDouble);
  double sum = 0.0;
  for (int64_t step = 1; step < steps; ++step) {
    const at::Tensor earlier = values.narrow(0, 0, step);
    sum += (earlier - values[step]).abs().mean(1).sum().item<double>();
  }
  return sum / (0.5 * static_cast<double>(steps * (steps - 1)));
}

}  // namespace sagbench
