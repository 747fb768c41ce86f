#include "core/knobs.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace sagbench {
namespace {

using Strings = std::vector<std::string>;

const std::vector<Knob> kKnobs = {IntegerKnob("interval", 5, 1, 100, "steps between refreshes"),
                                  NumberKnob("rate", 0.9, 0.0, 1.0, "share of cells reused"),
                                  ChoiceKnob("reuse", "kind", {"kind", "by-block"}, "slot layout")};

// The sentence of the usage error that `call` throws.
template <class Call>
std::string UsageSentence(Call call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    return error.what();
  }
  ADD_FAILURE() << "no error";
  return "";
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

KnobValues Values(const std::string& text) {
  return {"scheduler sag", kKnobs, ParsePlugin(text).knobs};
}

TEST(Knobs, DefaultsHoldWhereNothingIsGiven) {
  const KnobValues values = Values("sag");
  EXPECT_EQ(values.Integer("interval"), 5);
  EXPECT_EQ(values.Number("rate"), 0.9);
  EXPECT_EQ(values.Choice("reuse"), "kind");
}

TEST(Knobs, SpellingDoesNotMatter) {
  const KnobValues values = Values("SAG:Interval=007,rate=5e-1,reuse=BY_BLOCK");
  EXPECT_EQ(values.Integer("interval"), 7);
  EXPECT_EQ(values.Number("rate"), 0.5);
  EXPECT_EQ(values.Choice("reuse"), "by-block");
}

TEST(Knobs, CanonicalNameReadsBackAsItself) {
  for (const bool all : {false, true}) {
    const std::string name =
        CanonicalName("sag", kKnobs, Values("sag:rate=0.50,reuse=by_block"), all);
    EXPECT_EQ(CanonicalName("sag", kKnobs, Values(name), all), name);
  }
  EXPECT_EQ(CanonicalName("sag", kKnobs, Values("sag:interval=5")), "sag");
  EXPECT_EQ(CanonicalName("sag", kKnobs, Values("sag:rate=1.0")), "sag:rate=1");
  EXPECT_EQ(CanonicalName("sag", kKnobs, Values("sag"), true),
            "sag:interval=5,rate=0.9,reuse=kind");
}

TEST(Knobs, ErrorsNameTheValueAndTheValidOnes) {
  EXPECT_EQ(UsageSentence([] { Values("sag:interval=0"); }),
            "scheduler sag: '0' is no value for knob 'interval': "
            "it takes a whole number from 1 to 100");
  EXPECT_EQ(UsageSentence([] { Values("sag:colour=red"); }),
            "scheduler sag has no knob 'colour': valid are interval, rate, reuse");
  EXPECT_TRUE(Has(UsageSentence([] { Values("sag:reuse=all"); }), "one of kind, by-block"));
  EXPECT_EQ(UsageSentence([] {
              KnobValues("scheduler dense", {}, {{"rate", "1"}});
            }),
            "scheduler dense has no knobs, so 'rate' cannot be set");
}

class BadValue : public testing::TestWithParam<const char*> {};

TEST_P(BadValue, IsRefused) {
  EXPECT_NE(UsageSentence([] { Values(GetParam()); }), "");
}

INSTANTIATE_TEST_SUITE_P(Knobs, BadValue,
                         testing::Values("sag:interval=", "sag:interval=-1", "sag:interval=101",
                                         "sag:interval=5.0", "sag:interval=5x",
                                         "sag:interval=99999999999999999999", "sag:rate=nan",
                                         "sag:rate=inf", "sag:rate=1.01", "sag:rate=-0.01",
                                         "sag:rate=0,5", "sag:reuse=", "sag:", "sag:interval",
                                         "sag:=5", "sag:rate=1,rate=1", "sag:rate=1,,interval=2",
                                         ":rate=1", ""));

TEST(Plugins, ParseSplitsNameAndKnobs) {
  const PluginText plugin = ParsePlugin("Static_Cache:Inter_val=5,b=x");
  EXPECT_EQ(plugin.name, "static-cache");
  EXPECT_EQ(plugin.knobs, (std::map<std::string, std::string>{{"b", "x"}, {"inter-val", "5"}}));
}

TEST(Plugins, ListsSplitBetweenPluginsNotBetweenKnobs) {
  EXPECT_EQ(SplitPluginList("dense,sag:rate=0.9,reuse=kind,bac"),
            (Strings{"dense", "sag:rate=0.9,reuse=kind", "bac"}));
  EXPECT_EQ(SplitPluginList("ddpm, ddim,steps=10"), (Strings{"ddpm", "ddim:steps=10"}));
}

TEST(Plugins, ListsRefuseEmptyItems) {
  for (const char* text : {"", ",", "dense,", ",dense", "dense,,sag"}) {
    EXPECT_TRUE(Has(UsageSentence([text] { SplitPluginList(text); }), "empty item")) << text;
  }
  EXPECT_TRUE(Has(UsageSentence([] { SplitPluginList("rate=1,sag"); }), "begins with"));
}

TEST(TextKnobs, TakeAnyTextAndSayWhatItMeans) {
  const std::vector<Knob> knobs = {TextKnob("path", "none", "a file, or none", "what to read")};
  EXPECT_EQ(DescribeRange(knobs[0]), "a file, or none");
  EXPECT_EQ(KnobValues("it", knobs, {}).Text("path"), "none");
  const KnobValues given("it", knobs, ParsePlugin("it:path=/A_b/c.json").knobs);
  EXPECT_EQ(given.Text("path"), "/A_b/c.json");
  EXPECT_EQ(CanonicalName("it", knobs, given), "it:path=/A_b/c.json");
  EXPECT_TRUE(Has(UsageSentence([&] {
                    KnobValues("it", knobs, {{"path", ""}});
                  }),
                  "a file, or none"));
}

TEST(Words, AreLowerCaseWithHyphens) {
  EXPECT_EQ(CanonicalWord("Static_CACHE-2"), "static-cache-2");
}

}  // namespace
}  // namespace sagbench
