#pragma once

#include <optional>
#include <utility>

#include "common/net/task.h"

namespace tusk {

/// Starts `task` on `executor` and waits in the calling thread until it has ended. Not for I/O
/// threads (checked): they would wait for themselves. An exception of the task stops the program.
void RunBlockingVoid(Executor executor, Task<void> task);

namespace internal {
template <class R>
Task<void> StoreResult(Task<R> task, std::optional<R>* out) {
  out->emplace(co_await std::move(task));
}
/// `executor`, or a strand on it when it is the bare executor of a thread pool.
Executor AsSerial(Executor executor);
/// Marks the calling thread as one that runs coroutines; RunBlocking refuses it.
void MarkIoThread();
bool OnIoThread();
}  // namespace internal

/// The same for tasks with a result.
template <class R>
R RunBlocking(Executor executor, Task<R> task) {
  if constexpr (std::is_void_v<R>) {
    RunBlockingVoid(std::move(executor), std::move(task));
  } else {
    std::optional<R> result;
    RunBlockingVoid(std::move(executor), internal::StoreResult(std::move(task), &result));
    return std::move(*result);
  }
}

}  // namespace tusk
