// What a user sees when the code of a job fails, in --local mode.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/jobs/job_process.h"
#include "tests/support/temp_dir.h"

namespace tusk::mapreduce {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Runs of the job troublemaker over three lines, of which the second says "bad".
class LocalTrouble : public ::testing::Test {
 protected:
  LocalTrouble() { std::ofstream(directory_ / "in") << "good\nbad\ngood\n"; }
  std::string Out() const { return directory_ / "out"; }

  Ended Run(const std::string& map, const std::string& combine = "-",
            const std::string& reduce = "-") const {
    return RunProgram("troublemaker", {"--local", "-D", "tusk.local.dir=" + directory_.path(), map,
                                       combine, reduce, directory_ / "in", Out()});
  }
  /// Failed, with nothing left behind but what a process that died at once cannot remove.
  void ExpectClean() const {
    EXPECT_FALSE(std::filesystem::exists(Out()));
    for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
      EXPECT_EQ(entry.path().filename(), "in");
    }
  }

  const TempDir directory_;
};

TEST_F(LocalTrouble, NoneAtAll) {
  const Ended ended = Run("-");
  EXPECT_EQ(ended.exit_status, 0) << ended.err;
  std::ifstream in(Out() + "/part-r-00000");
  std::ostringstream text;
  text << in.rdbuf();
  EXPECT_EQ(text.str(), "bad\t1\ngood\t2\n");
}

TEST_F(LocalTrouble, AMapThatThrowsNamesTheRecord) {
  const Ended ended = Run("throw");
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_THAT(ended.err, HasSubstr("error: map task 0 of \"trouble\""));
  EXPECT_THAT(ended.err, HasSubstr("std::out_of_range: a bad line"));
  EXPECT_THAT(ended.err, HasSubstr("record 2 of " + (directory_ / "in") + ", byte 5: \"bad\""));
  ExpectClean();
}

TEST_F(LocalTrouble, ThrowsThatAreNoExceptions) {
  EXPECT_THAT(Run("throw-int").err, HasSubstr("int"));
  ExpectClean();
}

TEST_F(LocalTrouble, SetUpCombinerAndReduceThatThrow) {
  EXPECT_THAT(Run("setup").err, HasSubstr("std::logic_error: no way to start"));
  ExpectClean();
  const Ended combiner = Run("-", "throw");
  EXPECT_EQ(combiner.exit_status, 1);
  EXPECT_THAT(combiner.err, HasSubstr("in the combiner: std::out_of_range: a bad line"));
  ExpectClean();
  const Ended reduce = Run("-", "-", "throw");
  EXPECT_EQ(reduce.exit_status, 1);
  EXPECT_THAT(reduce.err, HasSubstr("error: reduce task 0 of \"trouble\""));
  EXPECT_THAT(reduce.err, HasSubstr("std::out_of_range: a bad line"));
  ExpectClean();
}

TEST_F(LocalTrouble, TooManyCountersAreRefused) {
  const Ended ended = Run("count");
  EXPECT_EQ(ended.exit_status, 1);
  EXPECT_THAT(ended.err, HasSubstr("too many counters"));
  ExpectClean();
}

TEST_F(LocalTrouble, AMapThatEndsTheProcessIsNoSuccess) {
  for (const std::string how : {"exit", "exit0"}) {
    const Ended ended = Run(how);
    EXPECT_NE(ended.exit_status, 0) << how;
    EXPECT_THAT(ended.err, HasSubstr("exit")) << how;
    EXPECT_FALSE(std::filesystem::exists(Out() + "/_SUCCESS"));
    std::filesystem::remove_all(Out());
  }
}

TEST_F(LocalTrouble, AMapThatAbortsDiesOfTheSignal) {
  EXPECT_EQ(Run("abort").exit_status, 128 + SIGABRT);
  EXPECT_FALSE(std::filesystem::exists(Out() + "/_SUCCESS"));
}

TEST_F(LocalTrouble, MapOnlyJobsWriteWhatMapsEmit) {
  const Ended ended = Run("-", "-", "map-only");
  EXPECT_EQ(ended.exit_status, 0) << ended.err;
  std::ifstream in(Out() + "/part-m-00000");
  std::ostringstream text;
  text << in.rdbuf();
  EXPECT_EQ(text.str(), "good\t1\nbad\t1\ngood\t1\n");
  EXPECT_THAT(ended.err, Not(HasSubstr("shuffled")));
}

}  // namespace
}  // namespace tusk::mapreduce
