#pragma once

#include <map>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "core/safetensors.h"

namespace sagbench {

// A stored tensor as a CPU tensor of its own; float dtypes become float32, float64 stays.
at::Tensor LoadTensor(const SafetensorsFile& file, const std::string& name);
// The same; throws Error (bad file) unless it has this shape.
at::Tensor LoadTensor(const SafetensorsFile& file, const std::string& name,
                      const std::vector<int64_t>& shape);

// The file's metadata `key`, a whole number from 0. Throws Error (bad file) if it is anything else
// or missing.
int64_t MetadataCount(const SafetensorsFile& file, const std::string& key);

// Collects tensors for a safetensors file and keeps their memory.
class TensorFileBuilder {
 public:
  // Stores a contiguous CPU copy in the tensor's own dtype (float32, float16, float64 or int64).
  void Add(const std::string& name, const at::Tensor& tensor);
  std::string Bytes(const std::map<std::string, std::string>& metadata) const;

 private:
  std::map<std::string, at::Tensor> tensors_;
};

}  // namespace sagbench
