#include "mapreduce/tool/job_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/serialize.hpp>

#include "mapreduce/model/job_codec.h"
#include "mapreduce/model/task_state.h"

namespace tusk::mapreduce {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

proto::JobStatusProto Example() {
  proto::JobStatusProto job;
  ToProto(JobId{20261122, 3}, job.mutable_job());
  job.set_name("word count of a long name");
  job.set_user("ada");
  job.set_state(static_cast<uint32_t>(JobState::kSucceeded));
  job.set_priority(2);
  job.mutable_maps()->set_total(4);
  job.mutable_maps()->set_succeeded(4);
  job.mutable_maps()->set_progress(1);
  job.mutable_reduces()->set_total(2);
  job.mutable_reduces()->set_progress(0.5);
  job.set_submitted_ms(1'000'000);
  job.set_started_ms(1'001'000);
  job.set_finished_ms(1'063'000);
  job.set_url("http://h:1/jobs/j");
  Counters counters;
  counters.Add(BuiltinCounter::kMapInputRecords, 12);
  const Status added = counters.Add("mine", "things", 3);
  EXPECT_TRUE(added.ok());
  ToProto(counters, job.mutable_counters());
  return job;
}

// The columns of org.apache.hadoop.mapreduce.tools.CLI.
TEST(JobText, ListHasHadoopsColumns) {
  EXPECT_EQ(JobListText({}),
            "Total jobs:0\n"
            "                  JobId\t             JobName\t     State\t     StartTime\t"
            "    UserName\t       Queue\t  Priority\t UsedContainers\t RsvdContainers\t UsedMem\t"
            " RsvdMem\t NeededMem\t   AM info\n");
  const std::string text = JobListText({Example()});
  EXPECT_THAT(text, HasSubstr("Total jobs:1\n"));
  EXPECT_THAT(text, HasSubstr("\n      job_20261122_0003\tword count of a long\t SUCCEEDED\t"
                              "       1001000\t         ada\t     default\t    NORMAL\t"));
}

TEST(JobText, StatusHasHadoopsWords) {
  const std::string text = JobStatusText(Example());
  EXPECT_THAT(text, HasSubstr("\nJob: job_20261122_0003\n"));
  EXPECT_THAT(text, HasSubstr("\nNumber of maps: 4\nNumber of reduces: 2\n"
                              "map() completion: 1.0\nreduce() completion: 0.5\n"
                              "Job state: SUCCEEDED\n"));
  EXPECT_THAT(text, HasSubstr("Counters: 2\n\tMap-Reduce Framework\n\t\tMap input records=12\n"
                              "\tmine\n\t\tthings=3\n"));
}

TEST(JobText, HistoryTellsTimesAndFailures) {
  proto::TaskReportProto task;
  ToProto(TaskId{{20261122, 3}, TaskType::kMap, 1}, task.mutable_task());
  proto::AttemptReportProto* attempt = task.add_attempts();
  ToProto(AttemptId{{{20261122, 3}, TaskType::kMap, 1}, 0}, attempt->mutable_attempt());
  attempt->set_state(static_cast<uint32_t>(AttemptState::kFailed));
  attempt->set_tracker_id("t:1");
  attempt->set_cause("first line\nsecond");
  const std::string text = JobHistoryText(Example(), {task}, false);
  EXPECT_THAT(text, HasSubstr("Hadoop job: job_20261122_0003\n"));
  EXPECT_THAT(text, HasSubstr("(1mins, 2sec)"));
  EXPECT_THAT(text, HasSubstr("attempt_20261122_0003_m_000001_0\tFAILED"));
  EXPECT_THAT(text, HasSubstr("t:1\tfirst line second\n"));
  EXPECT_THAT(JobHistoryText(Example(), {}, true), Not(HasSubstr("attempts\n")));
}

TEST(JobText, JsonHasEverything) {
  const std::string text = boost::json::serialize(JobJson(Example()));
  EXPECT_THAT(text, HasSubstr(R"("id":"job_20261122_0003")"));
  EXPECT_THAT(text, HasSubstr(R"("state":"SUCCEEDED")"));
  EXPECT_THAT(text, HasSubstr(R"("mine":{"things":3})"));
}

TEST(JobText, NumbersThatNobodyKnowsAreNoFailure) {
  proto::JobStatusProto job = Example();
  job.set_state(99);
  job.set_priority(99);
  EXPECT_THAT(JobStatusText(job), HasSubstr("Job state: UNKNOWN"));
  EXPECT_THAT(JobListText({job}), HasSubstr("UNKNOWN"));
  proto::TaskReportProto task;
  ToProto(TaskId{{1, 1}, TaskType::kMap, 1}, task.mutable_task());
  task.set_state(77);
  EXPECT_THAT(boost::json::serialize(TaskJson(task)), HasSubstr("UNKNOWN"));
}

}  // namespace
}  // namespace tusk::mapreduce
