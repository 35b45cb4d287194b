#include "mapreduce/tasktracker/attempt_logs.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::mapreduce::tasktracker {
namespace {

AttemptId Attempt(uint32_t index) { return {{{20261122, 1}, TaskType::kMap, index}, 0}; }

class AttemptLogsTest : public ::testing::Test {
 protected:
  void Print(const std::string& text) const {
    std::ofstream(directory_ / "log", std::ios::app) << text;
  }

  const TempDir directory_;
  AttemptLogs logs_;
};

TEST_F(AttemptLogsTest, AttemptsOfOneProcessHaveTheirOwnParts) {
  logs_.Begin(Attempt(0), directory_ / "log");
  Print("first\n");
  EXPECT_EQ(logs_.Read(Attempt(0), 100).value_or("-"), "first\n");
  logs_.End(Attempt(0));
  logs_.Begin(Attempt(1), directory_ / "log");
  Print("second\n");
  EXPECT_EQ(logs_.Read(Attempt(0), 100).value_or("-"), "first\n");
  EXPECT_EQ(logs_.Read(Attempt(1), 100).value_or("-"), "second\n");
  EXPECT_EQ(logs_.Read(Attempt(1), 3).value_or("-"), "nd\n");
  EXPECT_THAT(logs_.Read(Attempt(2), 100), StatusIs(StatusCode::kNotFound));
}

TEST_F(AttemptLogsTest, ForgetsTheOldest) {
  Print("text");
  for (uint32_t i = 0; i <= AttemptLogs::kMaxAttempts; ++i) {
    logs_.Begin(Attempt(i), directory_ / "log");
  }
  EXPECT_THAT(logs_.Read(Attempt(0), 10), StatusIs(StatusCode::kNotFound));
  EXPECT_OK(logs_.Read(Attempt(1), 10));
}

}  // namespace
}  // namespace tusk::mapreduce::tasktracker
