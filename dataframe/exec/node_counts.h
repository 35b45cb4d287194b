#pragma once

#include <cstdint>

namespace tusk::df {

/// What one node of a plan did in one task.
struct NodeCounts {
  /// What it handed on, and how large that was in memory.
  int64_t rows = 0;
  int64_t bytes = 0;
  /// In its own code: of a leaf, reading; without what stands above it and below.
  int64_t nanoseconds = 0;
  int64_t spilled_bytes = 0;
};

}  // namespace tusk::df
