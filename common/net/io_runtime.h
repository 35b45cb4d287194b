#pragma once

#include <memory>

#include "common/net/run_blocking.h"
#include "common/net/task.h"
#include "common/net/work_pool.h"

namespace tusk {

/// The I/O threads of a process. Everything that waits for the network or a timer runs here as
/// coroutines on strands; nothing here may block (disk and long computations go to a WorkPool).
///
/// Thread-safe.
class IoRuntime {
 public:
  /// Starts `threads` I/O threads; 0 = one per core, at least 2.
  explicit IoRuntime(int threads = 0);
  /// Stops.
  ~IoRuntime();
  IoRuntime(const IoRuntime&) = delete;
  IoRuntime& operator=(const IoRuntime&) = delete;

  /// The pool itself. Work given to it directly may run in any order and at the same time.
  Executor executor();
  /// A new strand: what runs on it runs one after the other, in any I/O thread.
  Executor NewStrand();
  int threads() const;

  /// Ends the threads after what they are just doing; what waits is dropped, never resumed. Stop
  /// task groups, servers and work pools first. Idempotent. Not from an I/O thread.
  void Stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tusk
