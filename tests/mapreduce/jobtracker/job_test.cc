#include "mapreduce/jobtracker/job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace tusk::mapreduce::jobtracker {
namespace {

class JobTest : public testing::Test {
 protected:
  JobTest() {
    tracker_.id = TrackerId("node1:1");
    tracker_.description.host = "node1";
    tracker_.description.http_port = 80;
    job_.Apply(JobEvent::kPrepared);
  }
  static JobSpec Spec() {
    JobSpec spec;
    spec.name = "j";
    spec.reduces = 4;
    spec.max_attempts = 2;
    spec.splits.resize(2);
    return spec;
  }
  AttemptId StartMap() { return *job_.StartMap(tracker_, Locality::kAny, 10); }

  Tracker tracker_;
  Job job_{JobId{1, 1}, Spec(), 5, {}};
};

TEST_F(JobTest, LateEventsChangeNothing) {
  const AttemptId attempt = StartMap();
  EXPECT_EQ(job_.OnFailed(attempt, "boom", "", false, "", 20), Job::Outcome::kRequeued);
  EXPECT_EQ(job_.OnDone(attempt, Counters(), TaskOutput(), {}, 30), Job::Outcome::kNone);
  EXPECT_EQ(job_.OnFailed(attempt, "again", "", false, "", 30), Job::Outcome::kNone);
  EXPECT_EQ(job_.OnStarted(attempt), Job::Outcome::kNone);
  EXPECT_EQ(job_.OnStarted(AttemptId{TaskId{JobId{9, 9}, TaskType::kMap, 0}, 0}),
            Job::Outcome::kNone);
  EXPECT_EQ(job_.OnProgress(AttemptId{TaskId{job_.id(), TaskType::kMap, 77}, 0}, 1, nullptr),
            Job::Outcome::kNone);
}

TEST_F(JobTest, FailsAfterTheLastAttemptAndKeepsTheFirstCause) {
  AttemptId attempt = StartMap();
  const TaskId task = attempt.task;
  job_.OnFailed(attempt, "first", "", false, "", 20);
  do attempt = StartMap();
  while (attempt.task != task);
  EXPECT_EQ(job_.OnFailed(attempt, "second", "", false, "", 20), Job::Outcome::kJobFailed);
  job_.SetCause("something later", "");
  EXPECT_THAT(job_.cause(), testing::HasSubstr("failed 2 times on 1 node\n  cause: first"));
}

TEST_F(JobTest, ProgressThatIsNoNumberIsIgnored) {
  const AttemptId attempt = StartMap();
  job_.OnProgress(attempt, 0.5f, nullptr);
  job_.OnProgress(attempt, NAN, nullptr);
  job_.OnProgress(attempt, 7.0f, nullptr);
  EXPECT_FLOAT_EQ(job_.Counts(TaskType::kMap).progress, 0.25f);
}

TEST_F(JobTest, TimedOutFetchesNeedSeveralReducers) {
  const AttemptId map = StartMap();
  job_.OnDone(map, Counters(), TaskOutput(), {}, 20);
  job_.OnDone(StartMap(), Counters(), TaskOutput(), {}, 20);
  std::vector<AttemptId> reduces;
  for (int i = 0; i < 4; ++i) reduces.push_back(*job_.StartReduce(tracker_, 20));
  EXPECT_EQ(job_.OnFetchFailed(map, reduces[0], false, "time-out", 30), Job::Outcome::kChanged);
  EXPECT_EQ(job_.OnFetchFailed(map, reduces[0], false, "time-out", 30), Job::Outcome::kChanged)
      << "the same reducer counts once";
  EXPECT_EQ(job_.OnFetchFailed(map, reduces[1], false, "time-out", 30), Job::Outcome::kRequeued)
      << "half of those that run";
}

}  // namespace
}  // namespace tusk::mapreduce::jobtracker
