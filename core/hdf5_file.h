#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <hdf5.h>

namespace sagbench {

// An HDF5 identifier, closed by its own function.
class Hdf5Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Hdf5Handle(hid_t id, Close close) : id_(id), close_(close) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept;
  Hdf5Handle(const Hdf5Handle&) = delete;
  Hdf5Handle& operator=(const Hdf5Handle&) = delete;
  Hdf5Handle& operator=(Hdf5Handle&&) = delete;
  ~Hdf5Handle();
  hid_t id() const { return id_; }

 private:
  hid_t id_;
  Close close_;
};

// An HDF5 file being put together in memory. Equal calls give equal bytes (no times are stored).
// Paths inside the file end in a group that exists. Throws Error (environment).
class Hdf5Builder {
 public:
  Hdf5Builder();
  void AddGroup(const std::string& path);
  void AddDoubles(const std::string& path, const std::vector<hsize_t>& shape,
                  const std::vector<double>& values);
  void AddBytes(const std::string& path, const std::vector<uint8_t>& values);
  // Fixed-length byte strings, as robomimic's masks are.
  void AddStrings(const std::string& path, const std::vector<std::string>& values);
  void SetAttribute(const std::string& path, const std::string& name, const std::string& value);
  void SetAttribute(const std::string& path, const std::string& name, int64_t value);
  std::string Bytes();

 private:
  void AddDataset(const std::string& path, const std::vector<hsize_t>& shape, hid_t stored,
                  hid_t given, const void* values);
  void AddAttribute(const std::string& path, const std::string& name, hid_t stored, hid_t given,
                    const void* value);
  Hdf5Handle file_;
};

// A numeric data set of any rank.
struct Hdf5Array {
  std::vector<uint64_t> shape;
  std::vector<double> values;
};

// An HDF5 file open for reading; every error is an Error (bad file) that names file and key.
class Hdf5Reader {
 public:
  explicit Hdf5Reader(const std::filesystem::path& path);
  bool Has(const std::string& path) const;
  std::vector<std::string> Names(const std::string& group) const;  // sorted
  Hdf5Array Numbers(const std::string& path) const;                // floats or integers
  std::vector<std::string> Strings(const std::string& path) const;
  // Attributes that are strings; others are passed over.
  std::vector<std::pair<std::string, std::string>> StringAttributes(const std::string& path) const;
  const std::string& name() const { return name_; }

 private:
  Hdf5Handle OpenDataset(const std::string& path) const;
  std::string name_;
  Hdf5Handle file_;
};

}  // namespace sagbench
