#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "policies/dp_transformer.h"

namespace sagbench {

// Gradients of a batch on several CPU threads: each worker computes a share of the rows on its own
// view of the weights, with one thread, and the shares' gradients are added in a fixed order.
class DataParallel {
 public:
  // The mean loss of `count` rows from `first` on, computed by `network`.
  using Loss =
      std::function<at::Tensor(const DpTransformer& network, int64_t first, int64_t count)>;

  // `weights`: leaves that require gradients, shared with the caller and read only; each worker
  // past the first keeps gradients of its own. More than one: on the CPU.
  DataParallel(const PolicyConfig& config, const TransformerWeights& weights,
               const DropoutRates& dropout, int workers);

  // What the next dropouts draw from; the same seed and number of workers, the same draws.
  void SeedDropout(uint64_t seed);

  // Adds the gradient of the mean loss over `rows` rows to that of the weights; returns the loss.
  at::Tensor Backward(int64_t rows, const Loss& loss);

  int workers() const { return static_cast<int>(networks_.size()); }

 private:
  void AddGradients();

  std::vector<DpTransformer> networks_;
  std::vector<std::vector<at::Tensor>> leaves_;             // of each worker
  std::vector<std::shared_ptr<at::Generator>> generators_;  // of each worker; none on a GPU
};

}  // namespace sagbench
