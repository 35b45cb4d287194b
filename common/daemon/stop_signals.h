#pragma once

#include <chrono>

namespace tusk {

/// Turns SIGTERM and SIGINT into a wait that returns. A second one, or `grace` without the end of
/// the process after the first, ends the process with `forced_exit`. SIGPIPE and SIGHUP have no
/// effect.
///
/// The signals are handled, not blocked or ignored, so that programs started from here begin with
/// the default dispositions. Signals belong to the process: at most one object at a time (checked).
class StopSignals {
 public:
  StopSignals(std::chrono::seconds grace, int forced_exit);
  /// Restores the default dispositions and takes back the forced end.
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  /// Returns when the first signal has come.
  void Wait();
  /// The same, but at most so long; false when no signal has come.
  bool WaitFor(std::chrono::milliseconds limit);

 private:
  int event_ = -1;
};

}  // namespace tusk
