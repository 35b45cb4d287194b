#include "common/net/task_group.h"

#include <atomic>
#include <chrono>

#include <gtest/gtest.h>

#include "common/net/async_event.h"
#include "common/net/sleep.h"
#include "common/time/deadline.h"
#include "tests/support/run_task.h"

namespace tusk {
namespace {

Task<void> SleepForever(std::atomic<int>* ended) {
  const Status status = co_await SleepUntil(Deadline::Never());
  if (status.code() == StatusCode::kCancelled) ended->fetch_add(1);
  // Later waits of a cancelled coroutine end at once as well.
  AsyncEvent never;
  if (!co_await never.Wait(Deadline::Never())) ended->fetch_add(1);
}

TEST(TaskGroupTest, StopCancelsEveryChild) {
  TaskRunner runner;
  std::atomic<int> ended{0};
  TaskGroup group(runner.runtime().NewStrand());
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(group.SpawnOn(runner.runtime().NewStrand(), "sleep", SleepForever(&ended)));
  }
  EXPECT_EQ(group.size(), 50u);
  group.Stop();
  EXPECT_FALSE(group.Spawn("late", SleepForever(&ended)));
  runner.Run(group.Join());
  group.JoinBlocking();
  EXPECT_EQ(ended.load(), 100);
}

TEST(TaskGroupTest, JoinOfAnEmptyGroupReturns) {
  TaskRunner runner;
  TaskGroup group(runner.runtime().executor());
  runner.Run(group.Join());
  group.JoinBlocking();
  EXPECT_EQ(group.size(), 0u);
}

}  // namespace
}  // namespace tusk
