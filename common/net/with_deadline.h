#pragma once

#include <optional>
#include <utility>

#include "common/base/result.h"
#include "common/base/status.h"
#include "common/net/run_blocking.h"
#include "common/net/task.h"
#include "common/time/deadline.h"

namespace tusk {

namespace internal {
/// Runs `child` as a child of the caller on the caller's strand; at `deadline` cancels it. Returns
/// after the child has ended: true when it was cut short by the deadline.
Task<bool> RunUntil(Task<void> child, Deadline deadline);
}  // namespace internal

/// Awaits `task`, which returns Status or Result<T>, but cancels it at `deadline`. The answer is
/// kDeadlineExceeded then, unless the task succeeded in the same moment. Returns only after the
/// task has ended, so it may refer to the caller's locals.
template <class R>
Task<R> WithDeadline(Task<R> task, Deadline deadline) {
  std::optional<R> result;
  const bool late =
      co_await internal::RunUntil(internal::StoreResult(std::move(task), &result), deadline);
  if (late && !result->ok()) {
    co_return R(Status(StatusCode::kDeadlineExceeded, "not done before its deadline"));
  }
  co_return std::move(*result);
}

}  // namespace tusk
