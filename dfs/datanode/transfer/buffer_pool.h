#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "common/base/mutex.h"

namespace tusk::dfs::datanode {

/// Bytes of a pooled buffer: a mebibyte of data, and room for checksums and heads. Pages that are
/// never touched cost nothing.
inline constexpr size_t kBufferBytes = (1 << 20) + (64 << 10);

/// Memory for packets on their way. Not zeroed.
struct Buffer {
  std::unique_ptr<uint8_t[]> bytes;
  size_t capacity = 0;

  bool empty() const { return bytes == nullptr; }
};

/// Buffers that are used again, so that a new stream does not begin with a thousand page faults.
/// Thread-safe.
class BufferPool {
 public:
  /// Keeps at most `max_idle` buffers that nobody uses.
  explicit BufferPool(size_t max_idle) : max_idle_(max_idle) {}

  /// At least `bytes` of them; more than kBufferBytes are allocated afresh.
  Buffer Take(size_t bytes = kBufferBytes) EXCLUDES(mutex_);
  void Give(Buffer buffer) EXCLUDES(mutex_);

 private:
  const size_t max_idle_;
  Mutex mutex_;
  std::vector<Buffer> idle_ GUARDED_BY(mutex_);  // the warmest last
};

}  // namespace tusk::dfs::datanode
