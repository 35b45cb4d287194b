#pragma once

#include <chrono>

#include "common/base/status.h"
#include "common/net/task.h"

namespace tusk {

class Deadline;

/// Waits until `deadline`. kCancelled when stopped before. An unlimited deadline waits for the
/// stop.
Task<Status> SleepUntil(Deadline deadline);
/// Waits that long on the steady clock.
Task<Status> SleepFor(std::chrono::nanoseconds duration);
/// Lets others of the same strand run, then goes on.
Task<void> Yield();
/// True when the calling coroutine has been cancelled: it must end.
Task<bool> IsCancelled();

}  // namespace tusk
