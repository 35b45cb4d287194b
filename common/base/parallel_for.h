#pragma once

#include <cstddef>
#include <functional>

#include "common/base/status.h"

namespace tusk {

/// Calls `work(0)` to `work(count - 1)`, each once and up to `threads` of them at the same time: in
/// this thread and in others that have ended when it returns. For work that waits, such as calls to
/// servers. After a failure no further call begins; the failure of the smallest index is returned.
Status ParallelFor(size_t count, size_t threads, const std::function<Status(size_t)>& work);

}  // namespace tusk
