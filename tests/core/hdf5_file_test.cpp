#include "core/hdf5_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "core/error.h"
#include "core/files.h"

namespace sagbench {
namespace {

std::string Example() {
  Hdf5Builder file;
  file.AddGroup("data");
  file.AddDoubles("data/x", {2, 3}, {1.0, 2.0, 3.0, 4.0, 5.0, 6.5});
  file.AddBytes("data/flags", {0, 1});
  file.AddStrings("data/names", {"demo_0", "demo_12"});
  file.SetAttribute("data", "total", 7);
  file.SetAttribute("data", "text", "grüße");
  return file.Bytes();
}

class Hdf5File : public testing::Test {
 protected:
  Hdf5File() { WriteFileAtomically(path_, Example()); }
  ~Hdf5File() override { std::filesystem::remove(path_); }
  const std::filesystem::path path_ =
      std::filesystem::path(testing::TempDir()) / "sagbench_hdf5_file_test.hdf5";
};

TEST_F(Hdf5File, RoundTrip) {
  const Hdf5Reader file(path_);
  EXPECT_TRUE(file.Has("data/x"));
  EXPECT_FALSE(file.Has("data/y"));
  EXPECT_FALSE(file.Has("nothing/x"));
  EXPECT_EQ(file.Names("data"), (std::vector<std::string>{"flags", "names", "x"}));
  const Hdf5Array x = file.Numbers("data/x");
  EXPECT_EQ(x.shape, (std::vector<uint64_t>{2, 3}));
  EXPECT_EQ(x.values, (std::vector<double>{1.0, 2.0, 3.0, 4.0, 5.0, 6.5}));
  EXPECT_EQ(file.Numbers("data/flags").values, (std::vector<double>{0.0, 1.0}));
  EXPECT_EQ(file.Strings("data/names"), (std::vector<std::string>{"demo_0", "demo_12"}));
  const auto attributes = file.StringAttributes("data");
  ASSERT_EQ(attributes.size(), 1U);
  EXPECT_EQ(attributes[0].first, "text");
  EXPECT_EQ(attributes[0].second, "grüße");
}

TEST_F(Hdf5File, EqualContentsEqualBytes) {
  EXPECT_EQ(Example(), Example());
}

TEST_F(Hdf5File, WrongKindsAreErrors) {
  const Hdf5Reader file(path_);
  EXPECT_THROW(file.Numbers("data/names"), Error);
  EXPECT_THROW(file.Numbers("data"), Error);
  EXPECT_THROW(file.Numbers("data/y"), Error);
  EXPECT_THROW(file.Strings("data/x"), Error);
  EXPECT_THROW(file.Names("data/x"), Error);
}

TEST_F(Hdf5File, FilesThatAreNoneAreErrors) {
  EXPECT_THROW(Hdf5Reader("/no/such/file.hdf5"), Error);
  WriteFileAtomically(path_, "not an HDF5 file");
  EXPECT_THROW(Hdf5Reader{path_}, Error);
  const std::string bytes = Example();
  WriteFileAtomically(path_, bytes.substr(0, bytes.size() / 2));
  EXPECT_THROW(Hdf5Reader{path_}, Error);
}

}  // namespace
}  // namespace sagbench
