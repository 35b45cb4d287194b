#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

#include "common/base/mutex.h"
#include "common/time/clock.h"

namespace tusk {
class AsyncEvent;
}

namespace tusk::rpc {

struct CallContext;

/// The answers of at-most-once calls that were executed, so that a repeat gets the first answer
/// instead of a second execution (Hadoop's RetryCache). A call is known by user, method, client id
/// and call id. A failed call had no effect: it is forgotten, and its repeat executes.
///
/// Bounded in time and number: the oldest answers go first; while every entry is still running, new
/// calls are executed without the cache. Thread-safe.
class RetryCache {
 public:
  enum class State { kRunning, kDone, kFailed };
  /// One execution. Shared by the first call and its repeats.
  struct Entry {
    std::string key;
    State state = State::kRunning;      // belongs to the cache's mutex
    std::string answer;                 // the encoded response message; constant once kDone
    std::shared_ptr<AsyncEvent> ended;  // set when state leaves kRunning; always there
  };
  enum class Role { kExecute, kWait, kAnswer, kUncached };
  struct Ticket {
    Role role = Role::kUncached;
    std::shared_ptr<Entry> entry;
  };

  RetryCache(const Clock& clock, std::chrono::nanoseconds keep, size_t max_entries);
  ~RetryCache();

  /// What to do with this call: execute it and End it; wait for entry->ended and Begin again;
  /// answer with entry->answer; or execute it without the cache (no client id).
  Ticket Begin(const CallContext& call);
  /// Ends an execution. `answer` is ignored unless `ok`.
  void End(const std::shared_ptr<Entry>& entry, bool ok, std::string answer);

  size_t size() const;

 private:
  struct Expiry {
    Clock::SteadyTime time;
    std::weak_ptr<Entry> entry;
  };
  void Evict(Clock::SteadyTime now) REQUIRES(mutex_);

  const Clock& clock_;
  const std::chrono::nanoseconds keep_;
  const size_t max_entries_;
  mutable Mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Entry>> entries_ GUARDED_BY(mutex_);
  std::deque<Expiry> done_ GUARDED_BY(mutex_);  // in order of ending
};

}  // namespace tusk::rpc
