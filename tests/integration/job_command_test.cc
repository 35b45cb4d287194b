// The verbs of `tusk job` against a cluster.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "mapreduce/client/job_client.h"
#include "mapreduce/tool/job_session.h"
#include "tests/jobs/job_process.h"
#include "tests/support/in_process_mapreduce.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// A cluster on which one job has succeeded and then one has failed.
class JobCommandTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(cluster_.Start());
    const std::string in = cluster_.directory() + "/in", out = cluster_.directory() + "/out";
    std::ofstream(in) << "good\nbad\n";
    const auto run = [&](const std::string& how, const std::string& output) {
      return RunProgram("troublemaker",
                        {"-D", "mapreduce.map.maxattempts=1", how, "-", "-", in, output},
                        cluster_.Environment())
          .exit_status;
    };
    ASSERT_EQ(run("-", out), 0);
    ASSERT_EQ(run("stderr", out + "2"), 1);
  }

  using Verb = Result<int> (*)(JobSession&, JobArguments);
  /// What a verb prints; its exit status is kept.
  std::string Print(Verb verb, const std::vector<std::string>& arguments, bool json = false) {
    char* text = nullptr;
    size_t size = 0;
    FILE* const out = open_memstream(&text, &size);
    JobSession session{cluster_.client(), out, json};
    const Result<int> status = verb(session, arguments);
    std::fclose(out);
    exit_status_ = status.value_or(-1);
    error_ = status.status();
    const std::string printed(text, size);
    std::free(text);
    return printed;
  }

  InProcessMapreduce cluster_{InProcessMapreduce::Options{}};
  int exit_status_ = 0;
  Status error_;
};

TEST_F(JobCommandTest, ShowsWhatWasAsked) {
  EXPECT_THAT(Print(&ListJobs, {}), HasSubstr("Total jobs:0\n"));
  EXPECT_THAT(Print(&ListJobs, {"all"}),
              AllOf(HasSubstr("Total jobs:2\n"), HasSubstr("SUCCEEDED"), HasSubstr("FAILED")));
  EXPECT_THAT(Print(&ListJobs, {"all"}, true), HasSubstr(R"("state":"FAILED")"));
  EXPECT_THAT(Print(&ShowStatus, {"0001"}), HasSubstr("Job state: SUCCEEDED\n"));
  EXPECT_THAT(Print(&ShowStatus, {"last"}),
              AllOf(HasSubstr("Job state: FAILED\n"), HasSubstr("see stderr")));
  EXPECT_EQ(Print(&ShowCounter, {"0001", "trouble", "lines"}), "2\n");
  EXPECT_EQ(
      Print(&ShowCounter, {"0001", "org.apache.hadoop.mapreduce.TaskCounter", "MAP_INPUT_RECORDS"}),
      "2\n");
  EXPECT_THAT(Print(&ShowHistory, {"all", "0001"}),
              AllOf(HasSubstr("Status: SUCCEEDED"), HasSubstr("_m_000000_0\tSUCCEEDED")));
  EXPECT_THAT(Print(&ShowHistory, {"last", "-format", "json"}), HasSubstr(R"("tasks":[{)"));
  EXPECT_THAT(Print(&ListAttemptIds, {"0001", "REDUCE", "completed"}), HasSubstr("_r_000000_0\n"));
  EXPECT_EQ(Print(&ListAttemptIds, {"0001", "map", "running"}), "");
  EXPECT_THAT(Print(&ListTrackers, {}), HasSubstr("127.0.0.1:"));
  EXPECT_EQ(exit_status_, 0);
}

TEST_F(JobCommandTest, LogsAreThoseOfTheFailedAttempt) {
  const std::string log = Print(&ShowLogs, {"last"});
  EXPECT_EQ(exit_status_, 0);
  EXPECT_THAT(log, AllOf(HasSubstr("_m_000000_0  FAILED  on "), HasSubstr("setup of attempt_"),
                         HasSubstr("complaint 0\n"), HasSubstr("complaint 99\n")));
  EXPECT_THAT(Print(&ShowLogs, {"last", "-task", "m_0"}), HasSubstr("complaint 99\n"));
  EXPECT_THAT(Print(&ShowLogs, {"0001"}),
              AllOf(HasSubstr("_m_000000_0  SUCCEEDED"), Not(HasSubstr("complaint"))));
  Print(&ShowLogs, {"last", "m_7"});
  EXPECT_EQ(exit_status_, kJobRefused);
}

TEST_F(JobCommandTest, RefusalsHaveHadoopsWords) {
  EXPECT_THAT(Print(&KillJob, {"0001"}), HasSubstr("as it has already succeeded."));
  EXPECT_EQ(exit_status_, kJobRefused);
  EXPECT_THAT(Print(&KillJob, {"last"}), HasSubstr("as it has already failed."));
  EXPECT_EQ(Print(&ShowStatus, {"job_1_0001"}), "Could not find job job_1_0001\n");
  EXPECT_EQ(exit_status_, kJobRefused);
  Print(&ShowStatus, {"nonsense"});
  EXPECT_THAT(error_, StatusIs(StatusCode::kInvalidArgument, "not a job id: nonsense"));
  Print(&ChangePriority, {"last", "URGENT"});
  EXPECT_THAT(error_, StatusIs(StatusCode::kInvalidArgument, "URGENT"));
  Print(&ListAttemptIds, {"0001", "x", "running"});
  EXPECT_THAT(error_, StatusIs(StatusCode::kInvalidArgument, "Invalid task-type"));
}

}  // namespace
}  // namespace tusk::mapreduce
