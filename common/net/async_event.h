#pragma once

#include <memory>

#include "common/net/task.h"

namespace tusk {

class Deadline;

/// A condition that coroutines of any strand wait for and any thread sets: the bridge from a
/// journal, a disk or a block report back to a waiting call.
///
/// Stays set until Reset. Thread-safe. May be destroyed while others wait: they then wait until
/// their deadline.
class AsyncEvent {
 public:
  AsyncEvent();
  ~AsyncEvent();
  AsyncEvent(const AsyncEvent&) = delete;
  AsyncEvent& operator=(const AsyncEvent&) = delete;

  /// Returns true when the event is or becomes set; false when `deadline` passed first or the
  /// caller was cancelled. Resumes on the caller's strand.
  Task<bool> Wait(Deadline deadline);

  /// Wakes everyone who waits; later waits return at once. Never runs a waiter inside the call.
  void Set();
  /// Later waits wait again.
  void Reset();
  bool IsSet() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tusk
