#pragma once

#include <exception>
#include <string_view>

#include "common/net/task.h"

namespace tusk::internal {

/// The outermost frame of every spawned coroutine: makes cancelled waits answer an error instead of
/// throwing, so that stops travel as kCancelled like every other outcome.
Task<void> RootTask(Task<void> task);

/// Stops the program when a coroutine ended with an exception: that is a bug of ours.
void FailOnException(std::exception_ptr error, std::string_view who);

}  // namespace tusk::internal
