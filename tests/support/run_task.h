#pragma once

#include <utility>

#include "common/net/io_runtime.h"

namespace tusk {

/// Runs a coroutine of a test to its end on a strand of a runtime with two threads.
///
///   TaskRunner runner;
///   EXPECT_OK(runner.Run(WriteSomething(stream)));
///
/// It must outlive other runtimes that tasks wait for: the thread there that wakes a task lets go
/// of the task's executor only after the task may have ended.
class TaskRunner {
 public:
  template <class R>
  R Run(Task<R> task) {
    return RunBlocking(runtime_.NewStrand(), std::move(task));
  }
  IoRuntime& runtime() { return runtime_; }

 private:
  IoRuntime runtime_{2};
};

}  // namespace tusk
