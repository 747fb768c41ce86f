#include "policies/data_parallel.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/parallel.h"
#include "policies/aten.h"

namespace sagbench {
namespace {

// One thread for each operator while in scope, also on threads started meanwhile.
class SingleThreadedOperators {
 public:
  explicit SingleThreadedOperators(bool wanted) : before_(wanted ? at::get_num_threads() : 0) {
    if (before_ > 0) at::set_num_threads(1);
  }
  ~SingleThreadedOperators() {
    if (before_ > 0) at::set_num_threads(before_);
  }
  SingleThreadedOperators(const SingleThreadedOperators&) = delete;
  SingleThreadedOperators& operator=(const SingleThreadedOperators&) = delete;

 private:
  int before_;
};

}  // namespace

DataParallel::DataParallel(const PolicyConfig& config, const TransformerWeights& weights,
                           const DropoutRates& dropout, int workers) {
  if (workers > 1 && (dropout.attention > 0.0 || dropout.embedding > 0.0)) {
    throw std::invalid_argument("dropout needs one worker");
  }
  for (int worker = 0; worker < std::max(1, workers); ++worker) {
    TransformerWeights own = weights;
    std::vector<at::Tensor> leaves;
    for (NamedParameter& parameter : NamedParameters(config, own)) {
      if (worker > 0) *parameter.tensor = parameter.tensor->detach().set_requires_grad(true);
      leaves.push_back(*parameter.tensor);
    }
    networks_.emplace_back(config, std::move(own));
    networks_.back().set_dropout(dropout);
    leaves_.push_back(std::move(leaves));
  }
}

at::Tensor DataParallel::Backward(int64_t rows, const Loss& loss) {
  const auto count = static_cast<int64_t>(networks_.size());
  std::vector<at::Tensor> losses(networks_.size());
  {
    const SingleThreadedOperators single(count > 1);
    ParallelFor(networks_.size(), workers(), [&](size_t worker) {
      const int64_t first = rows * static_cast<int64_t>(worker) / count;
      const int64_t end = rows * static_cast<int64_t>(worker + 1) / count;
      if (first == end) return;
      at::Tensor share = loss(networks_[worker], first, end - first);
      if (count > 1) share = share * (static_cast<double>(end - first) / static_cast<double>(rows));
      share.backward();
      losses[worker] = share.detach();
    });
  }
  const at::NoGradGuard no_grad;
  at::Tensor total = losses.front().defined() ? losses.front() : at::zeros({});
  for (size_t worker = 1; worker < networks_.size(); ++worker) {
    if (!losses[worker].defined()) continue;
    total = total + losses[worker];
    for (size_t i = 0; i < leaves_[worker].size(); ++i) {
      at::Tensor& gradient = leaves_[worker][i].mutable_grad();
      if (!gradient.defined()) continue;
      at::Tensor& sum = leaves_.front()[i].mutable_grad();
      sum.defined() ? sum.add_(gradient) : sum = gradient.clone();
      gradient.zero_();
    }
  }
  return total;
}

}  // namespace sagbench
