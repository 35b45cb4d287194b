#pragma once

#include <memory>

#include "common/net/task.h"

namespace tusk {

/// Suspends one coroutine until some thread resumes it: the piece below WorkPool and TaskGroup.
/// Cancellation does not end the wait, so what the resumer uses stays alive until it is done.
///
/// Wait is awaited once, Resume is called once, from any thread, before or after. Copies share.
class Suspension {
 public:
  Suspension();

  /// Returns after Resume, on the caller's executor.
  Task<void> Wait();
  /// Never runs the coroutine inside the call, unless Wait has not begun (then it will not
  /// suspend).
  void Resume();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tusk
