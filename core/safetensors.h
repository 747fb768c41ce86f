#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/dtype.h"

namespace sagbench {

// A dense row-major tensor whose bytes someone else owns.
struct StoredTensor {
  Dtype dtype = Dtype::kF32;
  std::vector<int64_t> shape;        // empty for a scalar
  std::span<const std::byte> bytes;  // little-endian, not necessarily aligned
  size_t count() const { return bytes.size() / DtypeSize(dtype); }
};

std::string ShapeText(const std::vector<int64_t>& shape);  // "[8, 256]"

// A safetensors file held in memory, checked when it is opened: header length, JSON, duplicate
// keys, dtypes, shapes, and offsets that cover the data exactly once. Every error is an Error (bad
// file) that names the file and the tensor; pickles and zip archives get the sentence how to
// convert.
class SafetensorsFile {
 public:
  explicit SafetensorsFile(const std::filesystem::path& path);
  // From the bytes of a file; `origin` names them in errors.
  SafetensorsFile(std::string bytes, std::string origin);

  const std::string& origin() const { return origin_; }
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  // By name; the spans live as long as this object, moves included.
  const std::map<std::string, StoredTensor>& tensors() const { return tensors_; }

  bool Has(const std::string& name) const { return tensors_.count(name) != 0; }
  // Throws if the tensor is missing or, in the second form, has another shape.
  const StoredTensor& Tensor(const std::string& name) const;
  const StoredTensor& Tensor(const std::string& name, const std::vector<int64_t>& shape) const;

  // The elements in row-major order. Floats and Doubles take any floating dtype (Doubles also
  // integers), Integers any integer dtype and bool; another dtype throws.
  std::vector<float> Floats(const std::string& name) const;
  std::vector<double> Doubles(const std::string& name) const;
  std::vector<int64_t> Integers(const std::string& name) const;

  // Throws if a floating tensor has a NaN or an infinity; names the first.
  void CheckFinite() const;

 private:
  std::unique_ptr<const std::string> bytes_;
  std::string origin_;
  std::map<std::string, std::string> metadata_;
  std::map<std::string, StoredTensor> tensors_;
};

// The bytes of a safetensors file; equal arguments give equal bytes, and every tensor is aligned to
// its element size. Throws std::invalid_argument if a tensor's bytes do not fit its shape.
std::string SafetensorsBytes(const std::map<std::string, std::string>& metadata,
                             const std::map<std::string, StoredTensor>& tensors);

// SafetensorsBytes, written atomically. Throws Error (environment) if it cannot be written.
void WriteSafetensors(const std::filesystem::path& path,
                      const std::map<std::string, std::string>& metadata,
                      const std::map<std::string, StoredTensor>& tensors);

}  // namespace sagbench
