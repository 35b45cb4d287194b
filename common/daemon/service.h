#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"

namespace tusk {

/// A part of a daemon, or a whole one, with a life: constructed, started, stopped, destroyed.
///
/// Start returns once it serves; when it fails, everything it had begun is undone before it
/// returns. Stop refuses new work, ends waits, drains, joins; it is called once after a successful
/// Start, takes bounded time, and never fails. The destructor only checks that Stop has run. Both
/// are called from one thread that is no I/O thread.
class Service {
 public:
  virtual ~Service() = default;

  virtual Status Start() = 0;
  virtual void Stop() = 0;

  /// Where it serves, for the ready line and the log: {"rpc", "127.0.0.1:8020"}, ... after Start.
  virtual std::vector<std::pair<std::string, std::string>> Addresses() const { return {}; }
};

}  // namespace tusk
