#include "mapreduce/model/task_state.h"

#include <gtest/gtest.h>

#include "common/base/random.h"

namespace tusk::mapreduce {
namespace {

constexpr int kJobEvents = 6, kTaskEvents = 6, kAttemptEvents = 6;

TEST(TaskState, FinalStatesHaveNoWayOut) {
  for (const JobState state : {JobState::kSucceeded, JobState::kFailed, JobState::kKilled}) {
    for (int event = 0; event < kJobEvents; ++event) {
      EXPECT_FALSE(Next(state, static_cast<JobEvent>(event)));
    }
  }
  for (const TaskState state : {TaskState::kFailed, TaskState::kKilled}) {
    for (int event = 0; event < kTaskEvents; ++event) {
      EXPECT_FALSE(Next(state, static_cast<TaskEvent>(event)));
    }
  }
  for (const AttemptState state :
       {AttemptState::kSucceeded, AttemptState::kFailed, AttemptState::kKilled}) {
    for (int event = 0; event < kAttemptEvents; ++event) {
      EXPECT_FALSE(Next(state, static_cast<AttemptEvent>(event)));
    }
  }
}

TEST(TaskState, TheLifeOfAGoodJob) {
  JobState state = JobState::kPreparing;
  for (const JobEvent event : {JobEvent::kPrepared, JobEvent::kTasksDone, JobEvent::kCommitted}) {
    const auto next = Next(state, event);
    ASSERT_TRUE(next);
    state = *next;
  }
  EXPECT_EQ(state, JobState::kSucceeded);
}

TEST(TaskState, AJobIsSucceededOnlyByItsCommit) {
  for (int state = 0; state < 8; ++state) {
    for (int event = 0; event < kJobEvents; ++event) {
      const auto next = Next(static_cast<JobState>(state), static_cast<JobEvent>(event));
      if (next != JobState::kSucceeded) continue;
      EXPECT_EQ(static_cast<JobState>(state), JobState::kCommitting);
      EXPECT_EQ(static_cast<JobEvent>(event), JobEvent::kCommitted);
    }
  }
}

TEST(TaskState, ALostMapOutputReopensItsTask) {
  EXPECT_EQ(Next(TaskState::kSucceeded, TaskEvent::kOutputLost), TaskState::kPending);
  EXPECT_FALSE(Next(TaskState::kRunning, TaskEvent::kOutputLost));
}

TEST(TaskState, EveryWalkEndsOrGoesOn) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  for (int walk = 0; walk < 1000; ++walk) {
    AttemptState state = AttemptState::kAssigned;
    for (int step = 0; step < 50; ++step) {
      const auto next = Next(state, static_cast<AttemptEvent>(random.Below(kAttemptEvents)));
      if (!next) continue;
      EXPECT_FALSE(IsFinal(state));
      state = *next;
    }
    EXPECT_NE(AttemptStateName(state), "UNKNOWN");
  }
}

TEST(TaskState, NamesAreHadoops) {
  EXPECT_EQ(JobStateName(JobState::kPreparing), "PREP");
  EXPECT_EQ(JobStateName(JobState::kCommitting), "RUNNING");
  EXPECT_EQ(JobStateName(JobState::kKilled), "KILLED");
  EXPECT_EQ(TaskStateName(static_cast<TaskState>(99)), "UNKNOWN");
  EXPECT_EQ(AttemptStateName(static_cast<AttemptState>(99)), "UNKNOWN");
}

}  // namespace
}  // namespace tusk::mapreduce
