#include "core/safetensors.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "core/strict_json.h"

namespace sagbench {
namespace {

using nlohmann::json;

constexpr size_t kPrefix = 8;                     // bytes of the header's length
constexpr uint64_t kLongestHeader = 100'000'000;  // the format's own limit
constexpr const char* kMetadata = "__metadata__";

// Where a tensor lies in the data section.
struct Extent {
  uint64_t begin;
  uint64_t end;
  std::string name;
};

bool IsPickleOrZip(std::string_view bytes) {
  if (bytes.size() > kPrefix && bytes[kPrefix] == '{')
    return false;  // a header of 640 bytes is 80 02
  const bool zip = bytes.substr(0, 4) == std::string_view("PK\x03\x04", 4);
  const bool pickle = bytes.size() >= 2 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5;
  return zip || pickle;
}

// The header's JSON text. Throws if the bytes cannot be a safetensors file.
std::string_view HeaderText(std::string_view bytes, const std::string& origin) {
  if (IsPickleOrZip(bytes)) {
    throw FileError(
        "'{}' is a pickle, zip or TorchScript file, which can run code when it is read; convert it "
        "in Python: safetensors.torch.save_file(torch.load(FILE, weights_only=True), OUT)",
        origin);
  }
  if (bytes.size() < kPrefix) {
    throw FileError("'{}' has {} bytes, too few for a safetensors file", origin, bytes.size());
  }
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kPrefix);
  if (length > kLongestHeader || length > bytes.size() - kPrefix) {
    throw FileError(
        "'{}' is no safetensors file or is cut off: it announces a header of {} bytes, "
        "but has {} bytes in all",
        origin, length, bytes.size());
  }
  return bytes.substr(kPrefix, length);
}

json ParseHeader(std::string_view bytes, const std::string& origin) {
  json header = ParseStrictJson(HeaderText(bytes, origin), "header of '" + origin + "'");
  if (!header.is_object()) throw FileError("'{}': the header is no JSON object", origin);
  return header;
}

std::map<std::string, std::string> ParseMetadata(const json& header, const std::string& origin) {
  std::map<std::string, std::string> metadata;
  const auto found = header.find(kMetadata);
  if (found == header.end()) return metadata;
  const bool valid =
      found->is_object() && std::all_of(found->begin(), found->end(),
                                        [](const json& value) { return value.is_string(); });
  if (!valid) throw FileError("'{}': {} must map strings to strings", origin, kMetadata);
  for (const auto& [key, value] : found->items()) metadata[key] = value.get<std::string>();
  return metadata;
}

bool IsListOfUnsigned(const json& value) {
  return value.is_array() && std::all_of(value.begin(), value.end(),
                                         [](const json& v) { return v.is_number_unsigned(); });
}

// Bytes of a tensor. Returns false if they do not fit 63 bits.
bool ByteCount(const std::vector<int64_t>& shape, Dtype dtype, uint64_t* bytes) {
  auto count = static_cast<int64_t>(DtypeSize(dtype));
  for (const int64_t extent : shape) {
    if (extent < 0 || __builtin_mul_overflow(count, extent, &count)) return false;
  }
  *bytes = static_cast<uint64_t>(count);
  return true;
}

// Reads dtype and shape of one header entry; `where` begins the error's sentence.
StoredTensor ParseLayout(const json& entry, const std::string& where) {
  if (!entry.is_object() || entry.size() != 3 || !entry.contains("dtype") ||
      !entry.contains("shape") || !entry.contains("data_offsets")) {
    throw FileError("{} must have exactly dtype, shape and data_offsets", where);
  }
  const json& name = entry["dtype"];
  const auto dtype = name.is_string() ? DtypeFromName(name.get<std::string>()) : std::nullopt;
  if (!dtype) {
    throw FileError("{} has dtype {}: valid are {}", where, name.dump(), AllDtypeNames());
  }
  if (!IsListOfUnsigned(entry["shape"])) {
    throw FileError("{} has shape {}: it must be a list of sizes", where, entry["shape"].dump());
  }
  StoredTensor tensor{*dtype, {}, {}};
  for (const json& size : entry["shape"]) {
    tensor.shape.push_back(static_cast<int64_t>(size.get<uint64_t>()));
  }
  return tensor;
}

// Reads where the tensor lies and checks it against its shape and the size of the data.
Extent ParseExtent(const json& offsets, const StoredTensor& tensor, uint64_t data_size,
                   const std::string& where) {
  if (!IsListOfUnsigned(offsets) || offsets.size() != 2) {
    throw FileError("{} has data_offsets {}: they must be [begin, end]", where, offsets.dump());
  }
  Extent extent{offsets[0].get<uint64_t>(), offsets[1].get<uint64_t>(), ""};
  if (extent.begin > extent.end || extent.end > data_size) {
    throw FileError("{} lies at {} of {} bytes of data: the file is damaged or cut off", where,
                    offsets.dump(), data_size);
  }
  uint64_t bytes = 0;
  if (!ByteCount(tensor.shape, tensor.dtype, &bytes) || bytes != extent.end - extent.begin) {
    throw FileError("{} has {} bytes, which is not shape {} of {}", where,
                    extent.end - extent.begin, ShapeText(tensor.shape), DtypeName(tensor.dtype));
  }
  return extent;
}

// Throws unless the extents cover all data without a gap or an overlap.
void CheckCover(std::vector<Extent> extents, uint64_t data_size, const std::string& origin) {
  std::sort(extents.begin(), extents.end(), [](const Extent& a, const Extent& b) {
    return std::tie(a.begin, a.end) < std::tie(b.begin, b.end);
  });
  uint64_t reached = 0;
  for (const Extent& extent : extents) {
    if (extent.begin != reached) {
      throw FileError("'{}': tensor '{}' begins at byte {} where byte {} was expected", origin,
                      extent.name, extent.begin, reached);
    }
    reached = extent.end;
  }
  if (reached != data_size) {
    throw FileError("'{}' has {} bytes of data, but its tensors take {}", origin, data_size,
                    reached);
  }
}

// The tensors in the order of the file: widest elements first, so that all are aligned, then names.
std::vector<std::string> FileOrder(const std::map<std::string, StoredTensor>& tensors) {
  std::vector<std::string> names;
  names.reserve(tensors.size());
  for (const auto& [name, tensor] : tensors) names.push_back(name);
  std::stable_sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return DtypeSize(tensors.at(a).dtype) > DtypeSize(tensors.at(b).dtype);
  });
  return names;
}

}  // namespace

std::string ShapeText(const std::vector<int64_t>& shape) {
  std::string text = "[";
  for (const int64_t size : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  return text + "]";
}

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : SafetensorsFile(ReadFile(path), path.string()) {}

SafetensorsFile::SafetensorsFile(std::string bytes, std::string origin)
    : bytes_(std::make_unique<const std::string>(std::move(bytes))), origin_(std::move(origin)) {
  const json header = ParseHeader(*bytes_, origin_);
  metadata_ = ParseMetadata(header, origin_);
  const size_t data_begin = kPrefix + HeaderText(*bytes_, origin_).size();
  const auto data = std::as_bytes(std::span(*bytes_)).subspan(data_begin);
  std::vector<Extent> extents;
  for (const auto& [name, entry] : header.items()) {
    if (name == kMetadata) continue;
    const std::string where = "'" + origin_ + "': tensor '" + name + "'";
    StoredTensor tensor = ParseLayout(entry, where);
    extents.push_back(ParseExtent(entry["data_offsets"], tensor, data.size(), where));
    extents.back().name = name;
    tensor.bytes = data.subspan(extents.back().begin, extents.back().end - extents.back().begin);
    tensors_.emplace(name, std::move(tensor));
  }
  CheckCover(std::move(extents), data.size(), origin_);
}

const StoredTensor& SafetensorsFile::Tensor(const std::string& name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) throw FileError("'{}' has no tensor '{}'", origin_, name);
  return found->second;
}

const StoredTensor& SafetensorsFile::Tensor(const std::string& name,
                                            const std::vector<int64_t>& shape) const {
  const StoredTensor& tensor = Tensor(name);
  if (tensor.shape != shape) {
    throw FileError("'{}': tensor '{}' has shape {}, but {} is needed", origin_, name,
                    ShapeText(tensor.shape), ShapeText(shape));
  }
  return tensor;
}

std::vector<double> SafetensorsFile::Doubles(const std::string& name) const {
  const StoredTensor& tensor = Tensor(name);
  std::vector<double> values(tensor.count());
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = ElementAsDouble(tensor.dtype, tensor.bytes.data(), i);
  }
  return values;
}

std::vector<float> SafetensorsFile::Floats(const std::string& name) const {
  if (!IsFloating(Tensor(name).dtype)) {
    throw FileError("'{}': tensor '{}' is {}, but a floating dtype is needed", origin_, name,
                    DtypeName(Tensor(name).dtype));
  }
  const std::vector<double> values = Doubles(name);
  return {values.begin(), values.end()};
}

std::vector<int64_t> SafetensorsFile::Integers(const std::string& name) const {
  const StoredTensor& tensor = Tensor(name);
  if (IsFloating(tensor.dtype)) {
    throw FileError("'{}': tensor '{}' is {}, but an integer dtype is needed", origin_, name,
                    DtypeName(tensor.dtype));
  }
  std::vector<int64_t> values(tensor.count());
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = ElementAsInteger(tensor.dtype, tensor.bytes.data(), i);
  }
  return values;
}

void SafetensorsFile::CheckFinite() const {
  for (const auto& [name, tensor] : tensors_) {
    if (!IsFloating(tensor.dtype)) continue;
    for (size_t i = 0; i < tensor.count(); ++i) {
      const double value = ElementAsDouble(tensor.dtype, tensor.bytes.data(), i);
      if (std::isfinite(value)) continue;
      throw FileError("'{}': tensor '{}' has {} at element {}", origin_, name, value, i);
    }
  }
}

std::string SafetensorsBytes(const std::map<std::string, std::string>& metadata,
                             const std::map<std::string, StoredTensor>& tensors) {
  json header = json::object();
  if (!metadata.empty()) header[kMetadata] = metadata;
  std::string data;
  for (const std::string& name : FileOrder(tensors)) {
    const StoredTensor& tensor = tensors.at(name);
    uint64_t bytes = 0;
    if (name == kMetadata || !ByteCount(tensor.shape, tensor.dtype, &bytes) ||
        bytes != tensor.bytes.size()) {
      throw std::invalid_argument("tensor '" + name + "' does not fit its shape");
    }
    header[name] = {{"dtype", DtypeName(tensor.dtype)},
                    {"shape", tensor.shape},
                    {"data_offsets", {data.size(), data.size() + bytes}}};
    data.append(reinterpret_cast<const char*>(tensor.bytes.data()), bytes);
  }
  std::string text = header.dump();
  text.append((kPrefix - text.size() % kPrefix) % kPrefix, ' ');  // the format allows such padding
  const uint64_t length = text.size();
  return std::string(reinterpret_cast<const char*>(&length), kPrefix) + text + data;
}

void WriteSafetensors(const std::filesystem::path& path,
                      const std::map<std::string, std::string>& metadata,
                      const std::map<std::string, StoredTensor>& tensors) {
  WriteFileAtomically(path, SafetensorsBytes(metadata, tensors));
}

}  // namespace sagbench
