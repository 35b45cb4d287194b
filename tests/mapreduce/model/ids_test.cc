#include "mapreduce/model/ids.h"

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

const AttemptId kAttempt = {{{202611290001, 7}, TaskType::kReduce, 3}, 1};

TEST(Ids, HaveHadoopsTexts) {
  EXPECT_EQ(kAttempt.task.job.ToString(), "job_202611290001_0007");
  EXPECT_EQ(kAttempt.task.ToString(), "task_202611290001_0007_r_000003");
  EXPECT_EQ(kAttempt.ToString(), "attempt_202611290001_0007_r_000003_1");
  const TaskId map{{1, 12345}, TaskType::kMap, 1'234'567};
  EXPECT_EQ(map.ToString(), "task_1_12345_m_1234567");
}

TEST(Ids, ComeBack) {
  EXPECT_EQ(*JobId::Parse(kAttempt.task.job.ToString()), kAttempt.task.job);
  EXPECT_EQ(*TaskId::Parse(kAttempt.task.ToString()), kAttempt.task);
  EXPECT_EQ(*AttemptId::Parse(kAttempt.ToString()), kAttempt);
  const TaskId map{{999'999'999'999'999'999, 999'999'999}, TaskType::kMap, 999'999'999};
  EXPECT_EQ(*TaskId::Parse(map.ToString()), map);
}

TEST(Ids, OneIdHasOneText) {
  const char* const bad[] = {"",
                             "job",
                             "job_",
                             "job_1",
                             "job_1_1",
                             "job_1_00001",
                             "job_01_0001_",
                             "job_1_0001_m",
                             "job_-1_0001",
                             "job_+1_0001",
                             "job_1_000a",
                             "job_ 1_0001",
                             "Job_1_0001",
                             "job_1234567890123456789_0001",
                             "job_1_1234567890"};
  for (const char* text : bad) {
    EXPECT_THAT(JobId::Parse(text), StatusIs(StatusCode::kInvalidArgument)) << text;
  }
  EXPECT_THAT(TaskId::Parse("task_1_0001_x_000000"), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(TaskId::Parse("task_1_0001_m_00000"), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(AttemptId::Parse("attempt_1_0001_m_000000"), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(AttemptId::Parse("attempt_1_0001_m_000000_00"),
              StatusIs(StatusCode::kInvalidArgument));
}

TEST(Ids, EveryPrefixOfAnAttemptIsNone) {
  const std::string text = kAttempt.ToString();
  for (size_t size = 0; size < text.size(); ++size) {
    EXPECT_FALSE(AttemptId::Parse(text.substr(0, size)).ok()) << size;
  }
}

}  // namespace
}  // namespace tusk::mapreduce
