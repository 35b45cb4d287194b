#include "common/net/async_mutex.h"

#include <gtest/gtest.h>

#include "common/net/sleep.h"
#include "common/net/task_group.h"
#include "tests/support/run_task.h"

namespace tusk {
namespace {

Task<void> AddSlowly(AsyncMutex* mutex, int* value) {
  for (int i = 0; i < 20; ++i) {
    AsyncMutex::Guard guard = co_await mutex->Lock();
    if (!guard.held()) co_return;
    const int seen = *value;
    co_await Yield();
    *value = seen + 1;
  }
}

TEST(AsyncMutexTest, ExcludesAcrossSuspensions) {
  TaskRunner runner;
  AsyncMutex mutex;
  int value = 0;
  TaskGroup group(runner.runtime().executor());
  for (int i = 0; i < 10; ++i)
    group.SpawnOn(runner.runtime().NewStrand(), "add", AddSlowly(&mutex, &value));
  group.JoinBlocking();
  EXPECT_EQ(value, 200);
}

}  // namespace
}  // namespace tusk
