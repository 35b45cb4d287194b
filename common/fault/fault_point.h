#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "common/base/status.h"

// Named places where a test makes the program crash, fail or wait:
//
//   FAULT_POINT("nn.journal.after_append");                 // may crash, wait, call back
//   RETURN_IF_ERROR(FAULT_STATUS("dn.block.before_sync"));  // may also fail
//
// Off (always, unless a test or TUSK_FAULTS arms something): one relaxed atomic load. They are part
// of release builds, because tests with real processes run what users run. Names are
// "part.subject.moment", literals, unique in the code base.

namespace tusk {

/// What an armed point does when the program passes it.
struct FaultAction {
  enum class Kind : uint8_t {
    kCrash,     // _exit(kFaultExitCode): no destructors, no flush, like kill -9
    kError,     // FAULT_STATUS returns `error`; FAULT_POINT goes on
    kDelay,     // the thread sleeps for `delay`
    kCallback,  // calls `callback`, which may block; its Status counts as for kError
  };

  Kind kind = Kind::kCrash;
  /// The pass on which it happens, counted from 1 since arming; 0 = on each pass.
  uint64_t at_pass = 0;
  std::chrono::milliseconds delay{0};
  /// kError: defaults to kIoError "fault point NAME".
  Status error = {};
  std::function<Status()> callback = {};
};

/// Exit status of a crash at a fault point.
inline constexpr int kFaultExitCode = 85;

/// The fault points of the process. Thread-safe. Global on purpose: a point is a place in the code.
class FaultPoints {
 public:
  /// Arms `name`, replacing what was armed there; its pass count restarts.
  static void Arm(std::string_view name, FaultAction action);
  static void Disarm(std::string_view name);
  static void DisarmAll();

  /// Arms by text: `name=crash@7;other=error;third=delay:50ms@2`. kInvalidArgument names the part
  /// that is wrong; then nothing is armed.
  static Status ArmFromText(std::string_view text);
  /// ArmFromText of the environment variable TUSK_FAULTS, if set. Called by each program's main.
  static Status ArmFromEnvironment();

  /// True while anything is armed. A daemon that listens beyond loopback then refuses to start.
  static bool Armed() { return armed_.load(std::memory_order_relaxed); }
  /// Passes of `name` since it was armed; 0 when it is not armed.
  static uint64_t Passes(std::string_view name);

  /// For the macros: passes the point `name`.
  static Status Pass(std::string_view name);

 private:
  static std::atomic<bool> armed_;
};

/// Arms a point for a scope, for tests.
class ScopedFault {
 public:
  ScopedFault(std::string_view name, FaultAction action) : name_(name) {
    FaultPoints::Arm(name_, std::move(action));
  }
  ~ScopedFault() { FaultPoints::Disarm(name_); }
  ScopedFault(const ScopedFault&) = delete;
  ScopedFault& operator=(const ScopedFault&) = delete;

 private:
  const std::string name_;
};

}  // namespace tusk

/// A place that may crash, wait or call back.
#define FAULT_POINT(name)                                 \
  do {                                                    \
    if (::tusk::FaultPoints::Armed()) [[unlikely]] {      \
      static_cast<void>(::tusk::FaultPoints::Pass(name)); \
    }                                                     \
  } while (false)

/// A place that may also fail: an expression of type Status.
#define FAULT_STATUS(name) \
  (::tusk::FaultPoints::Armed() ? ::tusk::FaultPoints::Pass(name) : ::tusk::Status())
