#pragma once

#include <cstddef>
#include <cstdint>

#include "common/base/status.h"

namespace tusk::mapreduce {

/// One long-lived region of memory for the buffers of tasks.
///
/// Fresh pages cost more than the work done in them on virtual machines, so a task process (or a
/// worker thread of the local runner) owns one arena and lends it to one task after the other:
/// pages once touched stay as long as tasks ask for as much. Asks for huge pages. Contents are
/// undefined. One thread at a time.
class Arena {
 public:
  Arena() = default;
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  /// `bytes` of memory from here on, a little more at most: a job with a small buffer does not keep
  /// that of a greater one before it. What was in the region is lost if it has to grow.
  /// kResourceExhausted when the system gives no more.
  Status Reserve(size_t bytes);

  uint8_t* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace tusk::mapreduce
