#include "core/hdf5_file.h"

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace sagbench {
namespace {

// HDF5 would print its own stack of errors.
void Silence() {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

hid_t Built(hid_t id, const std::string& what) {
  if (id < 0) throw EnvironmentError("HDF5 cannot make {}", what);
  return id;
}

Hdf5Handle MemoryFile() {
  Silence();
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  constexpr size_t kIncrement = 1 << 20;
  H5Pset_fapl_core(access.id(), kIncrement, 0);
  return {Built(H5Fcreate("demonstrations", H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), "a file"),
          H5Fclose};
}

Hdf5Handle OpenFile(const std::filesystem::path& path) {
  Silence();
  if (!std::filesystem::exists(path)) throw FileError("{}: no such file", path.string());
  const hid_t id = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  if (id < 0) throw FileError("{}: not an HDF5 file, or not a whole one", path.string());
  return {id, H5Fclose};
}

Hdf5Handle TextType() {
  Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.id(), H5T_VARIABLE);
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  return type;
}

// Strings of a data set or attribute of string type, whether of fixed or variable length.
template <class Read>
std::vector<std::string> ReadText(hid_t type, size_t count, Read read) {
  std::vector<std::string> texts(count);
  if (H5Tis_variable_str(type) > 0) {
    const Hdf5Handle memory(H5Tcopy(type), H5Tclose);
    std::vector<char*> pointers(count, nullptr);
    if (read(memory.id(), pointers.data()) < 0) return {};
    for (size_t i = 0; i < count; ++i) {
      if (pointers[i] != nullptr) texts[i] = pointers[i];
      H5free_memory(pointers[i]);
    }
    return texts;
  }
  const size_t size = H5Tget_size(type);
  std::vector<char> bytes(size * count);
  if (read(type, bytes.data()) < 0) return {};
  for (size_t i = 0; i < count; ++i) {
    const char* begin = bytes.data() + i * size;
    texts[i].assign(begin, std::find(begin, begin + size, '\0'));
  }
  return texts;
}

herr_t AppendName(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

herr_t AppendAttribute(hid_t, const char* name, const H5A_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

}  // namespace

Hdf5Handle::Hdf5Handle(Hdf5Handle&& other) noexcept
    : id_(std::exchange(other.id_, -1)), close_(other.close_) {}

Hdf5Handle::~Hdf5Handle() {
  if (id_ >= 0) close_(id_);
}

Hdf5Builder::Hdf5Builder() : file_(MemoryFile()) {}

void Hdf5Builder::AddGroup(const std::string& path) {
  const Hdf5Handle group(
      Built(H5Gcreate2(file_.id(), path.c_str(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), path),
      H5Gclose);
}

void Hdf5Builder::AddDataset(const std::string& path, const std::vector<hsize_t>& shape,
                             hid_t stored, hid_t given, const void* values) {
  const Hdf5Handle space(
      Built(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), path),
      H5Sclose);
  const Hdf5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_obj_track_times(creation.id(), false);
  const Hdf5Handle set(Built(H5Dcreate2(file_.id(), path.c_str(), stored, space.id(), H5P_DEFAULT,
                                        creation.id(), H5P_DEFAULT),
                             path),
                       H5Dclose);
  Built(H5Dwrite(set.id(), given, H5S_ALL, H5S_ALL, H5P_DEFAULT, values), path);
}

void Hdf5Builder::AddDoubles(const std::string& path, const std::vector<hsize_t>& shape,
                             const std::vector<double>& values) {
  AddDataset(path, shape, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data());
}

void Hdf5Builder::AddBytes(const std::string& path, const std::vector<uint8_t>& values) {
  AddDataset(path, {values.size()}, H5T_STD_U8LE, H5T_NATIVE_UINT8, values.data());
}

void Hdf5Builder::AddStrings(const std::string& path, const std::vector<std::string>& values) {
  size_t size = 1;
  for (const std::string& value : values) size = std::max(size, value.size());
  std::string bytes;
  for (const std::string& value : values) bytes += value + std::string(size - value.size(), '\0');
  const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.id(), size);
  H5Tset_strpad(type.id(), H5T_STR_NULLPAD);
  AddDataset(path, {values.size()}, type.id(), type.id(), bytes.data());
}

void Hdf5Builder::AddAttribute(const std::string& path, const std::string& name, hid_t stored,
                               hid_t given, const void* value) {
  const std::string what = path + "@" + name;
  const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  const Hdf5Handle attribute(
      Built(H5Acreate_by_name(file_.id(), path.c_str(), name.c_str(), stored, space.id(),
                              H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
            what),
      H5Aclose);
  Built(H5Awrite(attribute.id(), given, value), what);
}

void Hdf5Builder::SetAttribute(const std::string& path, const std::string& name,
                               const std::string& value) {
  const Hdf5Handle type = TextType();
  const char* text = value.c_str();
  AddAttribute(path, name, type.id(), type.id(), &text);
}

void Hdf5Builder::SetAttribute(const std::string& path, const std::string& name, int64_t value) {
  AddAttribute(path, name, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
}

std::string Hdf5Builder::Bytes() {
  H5Fflush(file_.id(), H5F_SCOPE_GLOBAL);
  std::string bytes(Built(H5Fget_file_image(file_.id(), nullptr, 0), "the file"), '\0');
  Built(H5Fget_file_image(file_.id(), bytes.data(), bytes.size()), "the file");
  return bytes;
}

Hdf5Reader::Hdf5Reader(const std::filesystem::path& path)
    : name_(path.string()), file_(OpenFile(path)) {}

bool Hdf5Reader::Has(const std::string& path) const {
  for (size_t slash = path.find('/'); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    if (H5Lexists(file_.id(), path.substr(0, slash).c_str(), H5P_DEFAULT) <= 0) return false;
  }
  return H5Lexists(file_.id(), path.c_str(), H5P_DEFAULT) > 0;
}

std::vector<std::string> Hdf5Reader::Names(const std::string& group) const {
  const Hdf5Handle opened(H5Gopen2(file_.id(), group.c_str(), H5P_DEFAULT), H5Gclose);
  if (opened.id() < 0) throw FileError("{}: no group '{}'", name_, group);
  std::vector<std::string> names;
  if (H5Literate(opened.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, AppendName, &names) < 0) {
    throw FileError("{}: cannot list '{}'", name_, group);
  }
  return names;
}

Hdf5Handle Hdf5Reader::OpenDataset(const std::string& path) const {
  if (!Has(path)) throw FileError("{}: no key '{}'", name_, path);
  const hid_t id = H5Dopen2(file_.id(), path.c_str(), H5P_DEFAULT);
  if (id < 0) throw FileError("{}: '{}' is no data set", name_, path);
  return {id, H5Dclose};
}

Hdf5Array Hdf5Reader::Numbers(const std::string& path) const {
  const Hdf5Handle set = OpenDataset(path);
  const Hdf5Handle type(H5Dget_type(set.id()), H5Tclose);
  const H5T_class_t kind = H5Tget_class(type.id());
  if (kind != H5T_FLOAT && kind != H5T_INTEGER && kind != H5T_ENUM) {
    throw FileError("{}: '{}' holds no numbers", name_, path);
  }
  const Hdf5Handle space(H5Dget_space(set.id()), H5Sclose);
  std::vector<hsize_t> shape(std::max(0, H5Sget_simple_extent_ndims(space.id())));
  H5Sget_simple_extent_dims(space.id(), shape.data(), nullptr);
  Hdf5Array array{{shape.begin(), shape.end()}, {}};
  array.values.resize(H5Sget_simple_extent_npoints(space.id()));
  if (!array.values.empty() && H5Dread(set.id(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                                       array.values.data()) < 0) {
    throw FileError("{}: cannot read '{}': the file is damaged", name_, path);
  }
  return array;
}

std::vector<std::string> Hdf5Reader::Strings(const std::string& path) const {
  const Hdf5Handle set = OpenDataset(path);
  const Hdf5Handle type(H5Dget_type(set.id()), H5Tclose);
  if (H5Tget_class(type.id()) != H5T_STRING) {
    throw FileError("{}: '{}' holds no strings", name_, path);
  }
  const Hdf5Handle space(H5Dget_space(set.id()), H5Sclose);
  const auto count = static_cast<size_t>(H5Sget_simple_extent_npoints(space.id()));
  const auto texts = ReadText(type.id(), count, [&](hid_t memory, void* into) {
    return H5Dread(set.id(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, into);
  });
  if (texts.size() != count) throw FileError("{}: cannot read '{}'", name_, path);
  return texts;
}

std::vector<std::pair<std::string, std::string>> Hdf5Reader::StringAttributes(
    const std::string& path) const {
  std::vector<std::string> names;
  H5Aiterate_by_name(file_.id(), path.c_str(), H5_INDEX_NAME, H5_ITER_INC, nullptr, AppendAttribute,
                     &names, H5P_DEFAULT);
  std::vector<std::pair<std::string, std::string>> found;
  for (const std::string& name : names) {
    const Hdf5Handle attribute(
        H5Aopen_by_name(file_.id(), path.c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose);
    const Hdf5Handle type(H5Aget_type(attribute.id()), H5Tclose);
    const Hdf5Handle space(H5Aget_space(attribute.id()), H5Sclose);
    if (H5Tget_class(type.id()) != H5T_STRING || H5Sget_simple_extent_npoints(space.id()) != 1) {
      continue;
    }
    const auto texts = ReadText(type.id(), 1, [&](hid_t memory, void* into) {
      return H5Aread(attribute.id(), memory, into);
    });
    if (!texts.empty()) found.emplace_back(name, texts[0]);
  }
  return found;
}

}  // namespace sagbench
