#include "results/text_table.h"

#include <cmath>

#include <gtest/gtest.h>

namespace sagbench {
namespace {

TEST(TextTable, AlignsNamesLeftAndNumbersRight) {
  EXPECT_EQ(RenderTable({{"name", false, {"a", "long name"}}, {"n", true, {"12345", ""}}}),
            "| name      |     n |\n"
            "| --------- | ----: |\n"
            "| a         | 12345 |\n"
            "| long name |     - |\n");
}

TEST(TextTable, KeepsCellsWhole) {
  EXPECT_EQ(RenderTable({{"x", false, {"a|b\nc"}}}), "| x      |\n| ------ |\n| a\\|b c |\n");
  EXPECT_EQ(RenderTable({}), "");
  EXPECT_EQ(RenderTable({{"x", true, {}}}), "|   x |\n| --: |\n");
}

TEST(TextTable, FourDigitsNeedNoExponent) {
  EXPECT_EQ(FourDigits(123456.7), "123457");
  EXPECT_EQ(FourDigits(1234.4), "1234");
  EXPECT_EQ(FourDigits(41.234), "41.23");
  EXPECT_EQ(FourDigits(1.0), "1.000");
  EXPECT_EQ(FourDigits(0.041234), "0.04123");
  EXPECT_EQ(FourDigits(-41.234), "-41.23");
  EXPECT_EQ(FourDigits(0.0), "0");
  EXPECT_EQ(FourDigits(std::nan("")), "-");
}

TEST(TextTable, WidthIsThatOfItsLines) {
  const std::vector<TextColumn> columns = {{"a", false, {"long text", "|"}},
                                           {"b", true, {"1", ""}}};
  EXPECT_EQ(TableWidth(columns), RenderTable(columns).find('\n'));
  EXPECT_EQ(TableWidth({}), 0U);
}

}  // namespace
}  // namespace sagbench
