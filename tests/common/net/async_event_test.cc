#include "common/net/async_event.h"

#include <atomic>
#include <chrono>

#include <gtest/gtest.h>

#include "common/net/sleep.h"
#include "common/net/task_group.h"
#include "common/net/with_deadline.h"
#include "common/time/system_clock.h"
#include "tests/support/eventually.h"
#include "tests/support/run_task.h"

namespace tusk {
namespace {

Deadline In(std::chrono::milliseconds time) { return Deadline::After(SystemClock::Get(), time); }

Task<void> CountWait(AsyncEvent* event, std::atomic<int>* woken) {
  const bool set = co_await event->Wait(Deadline::Never());
  if (set) woken->fetch_add(1);
}

TEST(AsyncEventTest, WakesWaitersOfAllStrands) {
  TaskRunner runner;
  AsyncEvent event;
  std::atomic<int> woken{0};
  TaskGroup group(runner.runtime().NewStrand());
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(group.SpawnOn(runner.runtime().NewStrand(), "wait", CountWait(&event, &woken)));
  }
  event.Set();
  group.JoinBlocking();
  EXPECT_EQ(woken.load(), 100);
  EXPECT_TRUE(runner.Run(event.Wait(Deadline::Never())));
}

TEST(AsyncEventTest, WaitEndsAtTheDeadline) {
  TaskRunner runner;
  AsyncEvent event;
  EXPECT_FALSE(runner.Run(event.Wait(In(std::chrono::milliseconds(5)))));
  event.Set();
  event.Reset();
  EXPECT_FALSE(event.IsSet());
  EXPECT_FALSE(runner.Run(event.Wait(In(std::chrono::milliseconds(0)))));
}

TEST(AsyncEventTest, MayBeDestroyedWhileOthersWait) {
  TaskRunner runner;
  std::atomic<int> woken{0};
  TaskGroup group(runner.runtime().NewStrand());
  {
    AsyncEvent event;
    group.Spawn("wait", CountWait(&event, &woken));
    event.Set();
    EXPECT_TRUE(Eventually([&] { return group.size() == 0; }));
  }
  group.Stop();
  group.JoinBlocking();
  EXPECT_EQ(woken.load(), 1);
}

Task<Status> SleepLong() { co_return co_await SleepUntil(In(std::chrono::hours(1))); }
Task<Status> Quick() { co_return Status(); }

TEST(WithDeadlineTest, CutsALongTaskShort) {
  TaskRunner runner;
  const auto late = runner.Run(WithDeadline(SleepLong(), In(std::chrono::milliseconds(5))));
  EXPECT_EQ(late.code(), StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(runner.Run(WithDeadline(Quick(), In(std::chrono::hours(1)))).ok());
}

Task<void> SleepUnderDeadline(std::atomic<int>* code) {
  const Status status = co_await WithDeadline(SleepLong(), In(std::chrono::hours(2)));
  code->store(static_cast<int>(status.code()));
}

TEST(WithDeadlineTest, HandsACancelOn) {
  TaskRunner runner;
  std::atomic<int> code{-1};
  TaskGroup group(runner.runtime().executor());
  group.Spawn("sleep", SleepUnderDeadline(&code));
  group.Stop();
  group.JoinBlocking();
  EXPECT_EQ(code.load(), static_cast<int>(StatusCode::kCancelled));
}

}  // namespace
}  // namespace tusk
