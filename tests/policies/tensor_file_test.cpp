#include "policies/tensor_file.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "policies/aten.h"

namespace sagbench {
namespace {

TEST(TensorFile, ComesBackInFloat32) {
  const at::Tensor wide = at::randn({3, 4});
  TensorFileBuilder builder;
  builder.Add("f32", wide.t());
  builder.Add("f16", wide.to(at::kHalf));
  builder.Add("f64", wide.to(at::kDouble));
  builder.Add("i64", at::arange(5));
  const SafetensorsFile file(builder.Bytes({{"a", "b"}}), "memory");
  EXPECT_TRUE(at::equal(LoadTensor(file, "f32"), wide.t()));
  EXPECT_TRUE(at::equal(LoadTensor(file, "f16"), wide.to(at::kHalf).to(at::kFloat)));
  EXPECT_EQ(LoadTensor(file, "f64").scalar_type(), at::kDouble);
  EXPECT_TRUE(at::equal(LoadTensor(file, "i64"), at::arange(5)));
  EXPECT_EQ(file.metadata().at("a"), "b");
}

TEST(TensorFile, WrongShapeAndMissingNameAreRefused) {
  TensorFileBuilder builder;
  builder.Add("x", at::zeros({2, 3}));
  const SafetensorsFile file(builder.Bytes({}), "memory");
  EXPECT_NO_THROW(LoadTensor(file, "x", {2, 3}));
  EXPECT_THROW(LoadTensor(file, "x", {3, 2}), Error);
  EXPECT_THROW(LoadTensor(file, "y"), Error);
}

TEST(TensorFile, CountsInItsMetadataAreWholeNumbers) {
  const auto count = [](const std::string& text) {
    const SafetensorsFile file(TensorFileBuilder().Bytes({{"iteration", text}}), "memory");
    return MetadataCount(file, "iteration");
  };
  EXPECT_EQ(count("0"), 0);
  EXPECT_EQ(count("4000000000"), 4000000000);
  for (const char* text : {"", "-3", "+3", "3x", "3.5", " 3", "99999999999999999999"}) {
    EXPECT_THROW(count(text), Error) << text;
  }
  EXPECT_THROW(MetadataCount(SafetensorsFile(TensorFileBuilder().Bytes({}), "memory"), "x"), Error);
}

}  // namespace
}  // namespace sagbench
