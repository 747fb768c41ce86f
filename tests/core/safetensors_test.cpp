#include "core/safetensors.h"

#include <cstring>
#include <filesystem>
#include <limits>
#include <utility>

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"

namespace sagbench {
namespace {

using Tensors = std::map<std::string, StoredTensor>;
using Metadata = std::map<std::string, std::string>;

const std::vector<float> kWeights = {1.0F, -2.5F, 0.0F, 3e38F, 1e-40F, -0.0F};
const std::vector<double> kScalar = {0.1};
const std::vector<int64_t> kSteps = {-1, 99};
const std::vector<uint8_t> kFlags = {1, 0, 1};

template <class T>
StoredTensor View(Dtype dtype, std::vector<int64_t> shape, const std::vector<T>& values) {
  return {dtype, std::move(shape), std::as_bytes(std::span(values))};
}

Tensors SmallTensors() {
  return {{"flags", View(Dtype::kBool, {3}, kFlags)},
          {"weights", View(Dtype::kF32, {2, 3}, kWeights)},
          {"scalar", View(Dtype::kF64, {}, kScalar)},
          {"steps", View(Dtype::kI64, {2}, kSteps)},
          {"empty", {Dtype::kF32, {0, 4}, {}}}};
}

std::string SmallFile() {
  return SafetensorsBytes({{"name", "small"}}, SmallTensors());
}

// A file with this header and `data_size` zero bytes of data.
std::string FileWith(const std::string& header, size_t data_size) {
  const uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header +
         std::string(data_size, '\0');
}

// The sentence of the bad-file error that opening `bytes` throws; empty if they are fine.
std::string Sentence(const std::string& bytes) {
  try {
    SafetensorsFile(bytes, "f").CheckFinite();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kBadFile);
    return error.what();
  }
  return "";
}

TEST(Safetensors, GivesBackWhatWasWritten) {
  const SafetensorsFile file(SmallFile(), "f");
  EXPECT_EQ(file.metadata(), (Metadata{{"name", "small"}}));
  EXPECT_EQ(file.tensors().size(), 5U);
  EXPECT_EQ(file.Tensor("weights", {2, 3}).dtype, Dtype::kF32);
  EXPECT_EQ(file.Floats("weights"), kWeights);
  EXPECT_EQ(file.Doubles("scalar"), kScalar);
  EXPECT_EQ(file.Integers("steps"), kSteps);
  EXPECT_EQ(file.Integers("flags"), (std::vector<int64_t>{1, 0, 1}));
  EXPECT_EQ(file.Doubles("steps"), (std::vector<double>{-1.0, 99.0}));
  EXPECT_TRUE(file.Floats("empty").empty());
  EXPECT_EQ(SafetensorsBytes(file.metadata(), file.tensors()), SmallFile());
}

TEST(Safetensors, MovedFileKeepsItsTensors) {
  SafetensorsFile file(SmallFile(), "f");
  const SafetensorsFile moved = std::move(file);
  EXPECT_EQ(moved.Floats("weights"), kWeights);
}

TEST(Safetensors, TensorsAreAligned) {
  const std::string bytes = SmallFile();
  const SafetensorsFile file(bytes, "f");
  uint64_t header = 0;
  std::memcpy(&header, bytes.data(), 8);
  EXPECT_EQ(header % 8, 0U);
  const std::byte* data = file.Tensor("scalar").bytes.data();  // the widest come first, by name
  for (const auto& [name, tensor] : file.tensors()) {
    EXPECT_EQ((tensor.bytes.data() - data) % static_cast<int64_t>(DtypeSize(tensor.dtype)), 0);
  }
}

TEST(Safetensors, FileOnDiskIsTheSame) {
  const auto path = std::filesystem::path(testing::TempDir()) / "small.safetensors";
  WriteSafetensors(path, {{"name", "small"}}, SmallTensors());
  EXPECT_EQ(ReadFile(path), SmallFile());
  EXPECT_EQ(SafetensorsFile(path).Floats("weights"), kWeights);
}

TEST(Safetensors, EveryTruncationIsRefused) {
  const std::string whole = SmallFile();
  for (size_t length = 0; length < whole.size(); ++length) {
    EXPECT_NE(Sentence(whole.substr(0, length)), "") << length;
  }
  EXPECT_NE(Sentence(whole + '\0'), "");
}

// A flipped bit may still leave a valid file (a letter of a name), but never a crash or another
// type of exception, and what is accepted covers the data exactly.
TEST(Safetensors, NoFlippedHeaderBitIsFatal) {
  const std::string whole = SmallFile();
  const size_t header_end = whole.rfind('}') + 1;
  for (size_t bit = 0; bit < header_end * 8; ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    if (!Sentence(flipped).empty()) continue;
    size_t covered = 0;
    const SafetensorsFile file(flipped, "f");
    for (const auto& [name, tensor] : file.tensors()) {
      covered += tensor.bytes.size();
    }
    EXPECT_EQ(covered, 24U + 8U + 16U + 3U) << bit;
  }
}

TEST(Safetensors, EveryOtherLengthIsRefused) {
  const std::string whole = SmallFile();
  uint64_t right = 0;
  std::memcpy(&right, whole.data(), 8);
  for (const uint64_t length :
       {uint64_t{0}, right - 1, right + 1, uint64_t{whole.size()}, uint64_t{1} << 40U,
        std::numeric_limits<uint64_t>::max(), std::numeric_limits<uint64_t>::max() - 7}) {
    std::string changed = whole;
    std::memcpy(changed.data(), &length, 8);
    EXPECT_NE(Sentence(changed), "") << length;
  }
}

struct BadHeader {
  const char* header;
  size_t data_size;
  const char* sentence;  // a part of it
};

class BadHeaders : public testing::TestWithParam<BadHeader> {};

TEST_P(BadHeaders, AreRefusedInWords) {
  const std::string sentence = Sentence(FileWith(GetParam().header, GetParam().data_size));
  EXPECT_NE(sentence.find(GetParam().sentence), std::string::npos) << sentence;
}

INSTANTIATE_TEST_SUITE_P(
    Safetensors, BadHeaders,
    testing::Values(
        BadHeader{"[]", 0, "no JSON object"}, BadHeader{"{", 0, "not valid JSON"},
        BadHeader{"{} x", 0, "not valid JSON"}, BadHeader{"{}", 4, "4 bytes of data"},
        BadHeader{R"({"__metadata__":[]})", 0, "strings to strings"},
        BadHeader{R"({"__metadata__":{"a":1}})", 0, "strings to strings"},
        BadHeader{R"({"__metadata__":{"a":"1","a":"2"}})", 0, "'a' is there twice"},
        BadHeader{R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                  R"("a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})",
                  2, "'a' is there twice"},
        BadHeader{R"({"a":{"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]}})", 1,
                  "'shape' is there twice"},
        BadHeader{R"({"a":3})", 0, "exactly dtype"},
        BadHeader{R"({"a":{"dtype":"U8","shape":[1]}})", 1, "exactly dtype"},
        BadHeader{R"({"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}})", 8, "valid are F64"},
        BadHeader{R"({"a":{"dtype":8,"shape":[1],"data_offsets":[0,8]}})", 8, "valid are F64"},
        BadHeader{R"({"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}})", 1, "list of sizes"},
        BadHeader{R"({"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}})", 1, "list of sizes"},
        BadHeader{R"({"a":{"dtype":"U8","shape":1,"data_offsets":[0,1]}})", 1, "list of sizes"},
        BadHeader{R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4, "not shape [2]"},
        BadHeader{R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}})",
                  0, "not shape"},
        BadHeader{R"({"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}})", 0,
                  "not shape"},
        BadHeader{R"({"a":{"dtype":"U8","shape":[18446744073709551615],"data_offsets":[0,0]}})", 0,
                  "not shape"},
        BadHeader{R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}})", 1, "[begin, end]"},
        BadHeader{R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[1,0]}})", 1, "damaged"},
        BadHeader{R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", 1, "cut off"},
        BadHeader{R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})", 2,
                  "begins at byte 1"},
        BadHeader{R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
                  R"("b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
                  3, "begins at byte 1"},
        BadHeader{R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 2,
                  "2 bytes of data, but its tensors take 1"}));

TEST(Safetensors, DeepNestingIsRefused) {
  EXPECT_NE(Sentence(FileWith(std::string(1 << 20, '['), 0)), "");
}

TEST(Safetensors, PicklesAndZipsAreToldHowToConvert) {
  for (const std::string& start :
       {std::string("PK\x03\x04"), std::string("\x80\x02\x8a\nl\xfc\x9c"),
        std::string("\x80\x04\x95\0\0\0\0", 7)}) {
    const std::string sentence = Sentence(start + std::string(100, 'x'));
    EXPECT_NE(sentence.find("safetensors.torch.save_file"), std::string::npos) << sentence;
  }
}

TEST(Safetensors, HeaderLengthThatLooksLikeAPickleIsFine) {
  const std::string header = "{}" + std::string(640 - 2, ' ');  // 640 is 80 02 in the file
  EXPECT_EQ(Sentence(FileWith(header, 0)), "");
}

TEST(Safetensors, MissingOrOtherTensorsAreNamed) {
  const SafetensorsFile file(SmallFile(), "f");
  EXPECT_FALSE(file.Has("bias"));
  EXPECT_THROW(file.Tensor("bias"), Error);
  EXPECT_THROW(file.Tensor("weights", {3, 2}), Error);
  EXPECT_THROW(file.Floats("steps"), Error);
  EXPECT_THROW(file.Integers("weights"), Error);
  EXPECT_THROW(SafetensorsFile(std::filesystem::path("/nonexistent/a")), Error);
}

// The bit patterns of infinity and NaN in each floating dtype.
TEST(Safetensors, NonFiniteValuesAreFound) {
  const std::vector<std::pair<Dtype, uint64_t>> cases = {{Dtype::kF64, 0x7ff0000000000000},
                                                         {Dtype::kF64, 0xfff8000000000001},
                                                         {Dtype::kF32, 0x7f800000},
                                                         {Dtype::kF32, 0xffc00000},
                                                         {Dtype::kF16, 0x7c00},
                                                         {Dtype::kF16, 0xfe00},
                                                         {Dtype::kBF16, 0x7f80},
                                                         {Dtype::kBF16, 0xffc1}};
  for (const auto& [dtype, bits] : cases) {
    const auto value = std::as_bytes(std::span(&bits, 1)).first(DtypeSize(dtype));
    const std::string sentence = Sentence(SafetensorsBytes({}, {{"w", {dtype, {1}, value}}}));
    EXPECT_NE(sentence.find("'w' has "), std::string::npos) << DtypeName(dtype) << sentence;
  }
  EXPECT_EQ(Sentence(SmallFile()), "");
}

TEST(Safetensors, WriterRefusesWrongShapes) {
  EXPECT_THROW(SafetensorsBytes({}, {{"w", View(Dtype::kF32, {5}, kWeights)}}),
               std::invalid_argument);
  EXPECT_THROW(SafetensorsBytes({}, {{"__metadata__", View(Dtype::kF32, {6}, kWeights)}}),
               std::invalid_argument);
}

}  // namespace
}  // namespace sagbench
