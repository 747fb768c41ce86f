#include "policies/tensor_file.h"

#include <charconv>

#include "core/error.h"
#include "policies/aten.h"

namespace sagbench {
namespace {

at::ScalarType TorchType(const SafetensorsFile& file, const std::string& name, Dtype dtype) {
  switch (dtype) {
    case Dtype::kF64:
      return at::kDouble;
    case Dtype::kF32:
      return at::kFloat;
    case Dtype::kF16:
      return at::kHalf;
    case Dtype::kBF16:
      return at::kBFloat16;
    case Dtype::kI64:
      return at::kLong;
    case Dtype::kI32:
      return at::kInt;
    case Dtype::kU8:
      return at::kByte;
    case Dtype::kBool:
      return at::kBool;
    default:
      throw FileError(
          "{}: tensor '{}' is {}: valid here are F64, F32, F16, BF16, I64, I32, U8, BOOL",
          file.origin(), name, DtypeName(dtype));
  }
}

Dtype StoredType(at::ScalarType type) {
  switch (type) {
    case at::kDouble:
      return Dtype::kF64;
    case at::kHalf:
      return Dtype::kF16;
    case at::kLong:
      return Dtype::kI64;
    case at::kFloat:
      return Dtype::kF32;
    default:
      throw std::invalid_argument("this element type is not stored");
  }
}

at::Tensor ToTensor(const SafetensorsFile& file, const std::string& name,
                    const StoredTensor& stored) {
  const at::ScalarType type = TorchType(file, name, stored.dtype);
  at::Tensor tensor = at::empty(stored.shape, type);
  std::copy(stored.bytes.begin(), stored.bytes.end(), static_cast<std::byte*>(tensor.data_ptr()));
  return type == at::kHalf || type == at::kBFloat16 ? tensor.to(at::kFloat) : tensor;
}

}  // namespace

at::Tensor LoadTensor(const SafetensorsFile& file, const std::string& name) {
  return ToTensor(file, name, file.Tensor(name));
}

at::Tensor LoadTensor(const SafetensorsFile& file, const std::string& name,
                      const std::vector<int64_t>& shape) {
  return ToTensor(file, name, file.Tensor(name, shape));
}

int64_t MetadataCount(const SafetensorsFile& file, const std::string& key) {
  const auto found = file.metadata().find(key);
  const std::string text = found == file.metadata().end() ? "" : found->second;
  const char* end = text.data() + text.size();
  int64_t count = -1;
  const std::from_chars_result read = std::from_chars(text.data(), end, count);
  if (read.ec != std::errc() || read.ptr != end || count < 0) {
    throw FileError("{}: '{}' is '{}', not a whole number from 0", file.origin(), key, text);
  }
  return count;
}

void TensorFileBuilder::Add(const std::string& name, const at::Tensor& tensor) {
  tensors_[name] = tensor.detach().to(at::kCPU).contiguous();
}

std::string TensorFileBuilder::Bytes(const std::map<std::string, std::string>& metadata) const {
  std::map<std::string, StoredTensor> stored;
  for (const auto& [name, tensor] : tensors_) {
    stored[name] = {.dtype = StoredType(tensor.scalar_type()),
                    .shape = tensor.sizes().vec(),
                    .bytes = {static_cast<const std::byte*>(tensor.data_ptr()), tensor.nbytes()}};
  }
  return SafetensorsBytes(metadata, stored);
}

}  // namespace sagbench
