#include "results/html.h"

#include <gtest/gtest.h>

namespace sagbench {
namespace {

TEST(Html, MarkupIsShownAsText) {
  EXPECT_EQ(HtmlEscaped("<script>alert('a' && \"b\")</script>"),
            "&lt;script&gt;alert(&#39;a&#39; &amp;&amp; &quot;b&quot;)&lt;/script&gt;");
  EXPECT_EQ(HtmlEscaped("a\tb\nc"), "a\tb\nc");
  EXPECT_EQ(HtmlEscaped(std::string_view("a\0b\x1b"
                                         "c\x7f",
                                         6)),
            "a b c ");
  EXPECT_EQ(HtmlEscaped("Gr\xc3\xb6\xc3\x9f"
                        "e"),
            "Gr\xc3\xb6\xc3\x9f"
            "e");
}

TEST(Html, NumbersKeepAllTheirDigits) {
  for (const double value : {0.7, 1.0 / 3.0, 1e-9, 13.31e9, 0.0}) {
    EXPECT_EQ(std::stod(ExactNumber(value)), value);
  }
}

TEST(Html, CoordinatesAreShort) {
  EXPECT_EQ(Coordinate(12.0), "12");
  EXPECT_EQ(Coordinate(12.34), "12.3");
  EXPECT_EQ(Coordinate(-0.01), "0");
}

}  // namespace
}  // namespace sagbench
