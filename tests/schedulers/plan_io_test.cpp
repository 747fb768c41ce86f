#include "schedulers/plan_io.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

Plan SamplePlan() {
  Plan plan(3, 2);
  plan.SetLayout({.writes = {{0, 1}, {1}}, .orders = {0, 1}});
  plan.at(1, 0) = {.compute = false, .slot = 0};
  plan.at(2, 1) = {.compute = false, .slot = 1};
  return plan;
}

std::string Complaint(const nlohmann::json& json) {
  try {
    PlanFromJson(json, "here");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kBadFile);
    return error.what();
  }
  return "";
}

TEST(PlanIo, WhatIsWrittenReadsBack) {
  const Plan plan = SamplePlan();
  EXPECT_TRUE(PlanFromJson(ToJson(plan), "here") == plan);
  EXPECT_TRUE(PlanFromJson(nlohmann::json::parse(PlanFileText(plan)), "here") == plan);
  Plan probing = plan;
  probing.SetProbes({0});
  EXPECT_TRUE(PlanFromJson(ToJson(probing), "here") == probing);
  Plan holding = plan;
  holding.SetIdle({.hold = Hold::kClean, .noise = 0.7});
  EXPECT_TRUE(PlanFromJson(ToJson(holding), "here") == holding);
  EXPECT_FALSE(PlanFromJson(ToJson(holding), "here") == plan);
}

TEST(PlanIo, AFileHasALineAStep) {
  EXPECT_NE(PlanFileText(SamplePlan()).find("\n[-1,-1],\n[0,-1],\n[-1,1]\n"), std::string::npos);
}

TEST(PlanIo, DamagedPlansAreRefused) {
  const nlohmann::json good = ToJson(SamplePlan());
  EXPECT_EQ(Complaint(good), "");
  for (const auto& [key, value] : good.items()) {
    nlohmann::json bad = good;
    bad.erase(key);
    EXPECT_NE(Complaint(bad).find(key), std::string::npos) << key;
    bad[key] = "text";
    EXPECT_NE(Complaint(bad), "") << key;
  }
  const auto with = [&](const char* key, const nlohmann::json& value) {
    nlohmann::json bad = good;
    bad[key] = value;
    return Complaint(bad);
  };
  EXPECT_NE(with("steps", 0), "");
  EXPECT_NE(with("steps", 4), "");
  EXPECT_NE(with("blocks", 70000), "");
  EXPECT_NE(with("cells", {{-1, -1}, {0, -1}, {-1}}).find("step 2 has 1 cells"), std::string::npos);
  EXPECT_NE(with("cells", {{-1, -1}, {2, -1}, {-1, -1}}).find("slot 2"), std::string::npos);
  EXPECT_NE(with("writes", {{0, 65536}, {1}}), "");
  EXPECT_NE(with("writes", {{0, -1}, {1}}), "");
  EXPECT_NE(with("orders", {0, 256}), "");
  EXPECT_NE(with("orders", {0, 0.5}), "");
  EXPECT_NE(with("hold", "noise").find("residuals"), std::string::npos);
  EXPECT_NE(with("hold", 1), "");
  for (const nlohmann::json& noise :
       {nlohmann::json(-0.1), nlohmann::json(2.5), nlohmann::json("1"), nlohmann::json(nullptr)}) {
    EXPECT_NE(with("noise", noise).find("noise is " + noise.dump()), std::string::npos);
  }
  EXPECT_NE(with("probes", {2}), "");
  EXPECT_NE(with("steps", 65535), "");
  EXPECT_NE(with("format", 2).find("format 2"), std::string::npos);
}

TEST(PlanIo, NumbersAreReadAsTheyAreWritten) {
  const nlohmann::json good = ToJson(SamplePlan());
  const auto expect_refused = [&](const char* key, const nlohmann::json& value) {
    nlohmann::json bad = good;
    bad[key] = value;
    EXPECT_NE(Complaint(bad).find(key), std::string::npos) << bad;
  };
  for (const nlohmann::json& cell : {nlohmann::json(0.9), nlohmann::json(false),
                                     nlohmann::json(4294967295U), nlohmann::json(-2)}) {
    nlohmann::json cells = good.at("cells");
    cells[1][0] = cell;
    expect_refused("cells", cells);
  }
  expect_refused("steps", 3.7);
  expect_refused("blocks", 4294967298U);
  expect_refused("format", 1.5);
  expect_refused("format", true);
  expect_refused("writes", nlohmann::json::parse("[0, 1]"));
  expect_refused("probes", nlohmann::json::parse("{\"a\": 0}"));
}

// A misspelt "noise" would pass for none.
TEST(PlanIo, StrangeKeysAreRefused) {
  nlohmann::json json = ToJson(Plan(2, 3));
  json["nosie"] = 0.3;
  try {
    PlanFromJson(json, "x.json");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kBadFile);
    EXPECT_NE(std::string(error.what()).find("'nosie'"), std::string::npos);
  }
}

TEST(PlanIo, AFileThatReusesAnEmptySlotIsRefused) {
  Plan plan = SamplePlan();
  plan.at(0, 0) = {.compute = false, .slot = 0};
  const auto path = std::filesystem::path(testing::TempDir()) / "sagbench_empty_slot.json";
  WriteFileAtomically(path, PlanFileText(plan));
  EXPECT_THROW(ReadPlan(path), Error);
  EXPECT_THROW(ReadPlan(path.string() + ".nowhere"), Error);
}

// A plan that was saved runs as the scheduler that made it.
TEST(FileScheduler, RunsASavedPlan) {
  const Policy policy = TinyPolicy();
  const Chunk made = ActOnce(policy, "ddim:steps=10", "random:rate=0.6", {0, 1});
  const auto path = std::filesystem::path(testing::TempDir()) / "sagbench_saved_plan.json";
  WriteFileAtomically(path, PlanFileText(made.plans.front()));
  const std::string text = "file:path=" + path.string();
  const Chunk again = ActOnce(policy, "ddim:steps=10", text, {0, 1});
  EXPECT_TRUE(at::equal(made.actions, again.actions));
  EXPECT_EQ(made.rows[0].plan_digest, again.rows[0].plan_digest);
  EXPECT_THROW(ActOnce(policy, "ddim:steps=20", text, {0}), Error);  // another grid
}

}  // namespace
}  // namespace sagbench
