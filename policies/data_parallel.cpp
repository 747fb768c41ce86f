#include "policies/data_parallel.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <ATen/CPUGeneratorImpl.h>

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
  const bool on_cpu = weights.pos_emb.is_cpu();
  if (workers > 1 && !on_cpu) throw std::invalid_argument("more than one worker needs the CPU");
  for (int worker = 0; worker < std::max(1, workers); ++worker) {
    TransformerWeights own = weights;
    std::vector<at::Tensor> leaves;
    for (NamedParameter& parameter : NamedParameters(config, own)) {
      if (worker > 0) *parameter.tensor = parameter.tensor->detach().set_requires_grad(true);
      leaves.push_back(*parameter.tensor);
    }
    networks_.emplace_back(config, std::move(own));
    std::shared_ptr<at::Generator> generator;
    if (on_cpu) {
      generator = std::make_shared<at::Generator>(at::detail::createCPUGenerator());
      generators_.push_back(generator);
    }
    networks_.back().set_dropout(dropout, std::move(generator));
    leaves_.push_back(std::move(leaves));
  }
}

void DataParallel::SeedDropout(uint64_t seed) {
  if (generators_.empty()) at::manual_seed(seed);
  for (size_t worker = 0; worker < generators_.size(); ++worker) {
    generators_[worker]->set_current_seed(seed + worker);
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
  AddGradients();
  const at::NoGradGuard no_grad;
  at::Tensor total = at::zeros({});
  for (const at::Tensor& share : losses) {
    if (share.defined()) total = total + share;
  }
  return total;
}

// Parameter by parameter, on as many threads as workers; each sum is in the workers' order.
void DataParallel::AddGradients() {
  if (workers() == 1) return;
  ParallelFor(leaves_.front().size(), workers(), [&](size_t i) {
    const at::NoGradGuard no_grad;  // of this thread
    at::Tensor& sum = leaves_.front()[i].mutable_grad();
    for (size_t worker = 1; worker < leaves_.size(); ++worker) {
      at::Tensor gradient = std::exchange(leaves_[worker][i].mutable_grad(), at::Tensor());
      if (!gradient.defined()) continue;
      sum.defined() ? sum.add_(gradient) : sum = std::move(gradient);
    }
  });
}

}  // namespace sagbench
