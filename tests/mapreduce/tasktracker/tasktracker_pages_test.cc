#include "mapreduce/tasktracker/web/tasktracker_pages.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>

#include "common/http/page.h"
#include "common/net/work_pool.h"
#include "mapreduce/tasktracker/attempt_logs.h"
#include "tests/common/http/http_conversation.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::mapreduce::tasktracker {
namespace {

namespace json = boost::json;

class TasktrackerPagesTest : public testing::Test {
 protected:
  TasktrackerPagesTest() {
    const auto facts = [this] { return facts_; };
    AddTasktrackerPages(server_, frame_, facts, logs_, disk_);
  }
  ~TasktrackerPagesTest() override { disk_.Stop(); }

  void Print(const std::string& attempt, const std::string& text, bool ends) {
    const Result<AttemptId> id = AttemptId::Parse(attempt);
    ASSERT_OK(id);
    logs_.Begin(*id, directory_ / "log");
    std::ofstream(directory_ / "log", std::ios::app) << text;
    if (ends) logs_.End(*id);
  }
  http::RawAnswer Get(const std::string& target) { return http::Get(runner_, server_, target); }

  TempDir directory_;
  TaskRunner runner_;
  TrackerFacts facts_{"jt:8021", true, 1, 5};
  AttemptLogs logs_;
  WorkPool disk_{"disk", 1, 10};
  http::PageFrame frame_{"tasktracker", "h:1"};
  http::HttpServer server_{runner_.runtime(), http::HttpServerOptions()};
};

constexpr const char* kFirst = "attempt_20261124_0001_m_000000_0";
constexpr const char* kSecond = "attempt_20261124_0001_m_000001_0";

TEST_F(TasktrackerPagesTest, TheNewestAttemptsComeFirst) {
  Print(kFirst, "one\n", true);
  Print(kSecond, "two\n", false);
  const json::value model = json::parse(Get("/?format=json").body);
  EXPECT_TRUE(model.at("connected").as_bool());
  ASSERT_EQ(model.at("attempts").as_array().size(), 2u);
  EXPECT_EQ(model.at("attempts").at(0).at("id").as_string(), kSecond);
  EXPECT_TRUE(model.at("attempts").at(0).at("running").as_bool());
  EXPECT_FALSE(model.at("attempts").at(1).at("running").as_bool());
  const std::string page = Get("/").body;
  EXPECT_NE(page.find(std::string("/attempts/") + kFirst), std::string::npos);
  EXPECT_NE(page.find("health good"), std::string::npos);
  facts_.connected = false;
  EXPECT_NE(Get("/").body.find("health bad"), std::string::npos);
}

TEST_F(TasktrackerPagesTest, WhatAnAttemptPrintedIsItsOwnPart) {
  Print(kFirst, "one <1>\n", true);
  Print(kSecond, "two\n", true);
  const http::RawAnswer answer = Get(std::string("/attempts/") + kFirst);
  EXPECT_NE(answer.head.find("text/plain"), std::string::npos);
  EXPECT_EQ(answer.body, "one <1>\n");
  const json::value model =
      json::parse(Get(std::string("/attempts/") + kSecond + "?format=json").body);
  EXPECT_EQ(model.at("text").as_string(), "two\n");
}

TEST_F(TasktrackerPagesTest, UnknownAttemptsAreTold) {
  EXPECT_EQ(Get(std::string("/attempts/") + kFirst).status, 404);
  EXPECT_EQ(Get("/attempts/..%2F..%2Fetc%2Fpasswd").status, 400);
  EXPECT_EQ(Get("/attempts/nonsense").status, 400);
  EXPECT_EQ(Get("/attempts/nonsense?format=json").status, 400);
}

}  // namespace
}  // namespace tusk::mapreduce::tasktracker
