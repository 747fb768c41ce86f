#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sagbench {

// Element types of stored tensors, named as safetensors names them.
enum class Dtype { kF64, kF32, kF16, kBF16, kI64, kI32, kI16, kI8, kU64, kU32, kU16, kU8, kBool };

std::string_view DtypeName(Dtype dtype);  // "F32"
std::optional<Dtype> DtypeFromName(std::string_view name);
std::string AllDtypeNames();    // "F64, F32, ..."
size_t DtypeSize(Dtype dtype);  // bytes an element
bool IsFloating(Dtype dtype);

// Element `index` of little-endian `bytes` (which need no alignment) as a number. Integers beyond
// 2^53 are rounded by ElementAsDouble; ElementAsInteger is only for integer and bool dtypes.
double ElementAsDouble(Dtype dtype, const std::byte* bytes, size_t index);
int64_t ElementAsInteger(Dtype dtype, const std::byte* bytes, size_t index);

}  // namespace sagbench
