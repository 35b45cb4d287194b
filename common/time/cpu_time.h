#pragma once

#include <cstdint>

namespace tusk {

/// CPU time that the calling thread has used since it began, in milliseconds.
int64_t ThreadCpuMilliseconds();

}  // namespace tusk
