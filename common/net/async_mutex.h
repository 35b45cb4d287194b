#pragma once

#include <memory>

#include "common/net/task.h"

namespace tusk {

/// A lock that may be held across co_await, granted in the order of asking. For short protocol
/// sections (one writer of a connection); not a replacement for Mutex around plain state.
///
/// Thread-safe. Must outlive its holders and waiters.
class AsyncMutex {
 public:
  /// Holds the lock until destroyed or moved from.
  class Guard {
   public:
    Guard() = default;
    Guard(Guard&& other) noexcept;
    Guard& operator=(Guard&& other) noexcept;
    ~Guard();
    /// False when the wait was cancelled: the lock is not held.
    bool held() const { return mutex_ != nullptr; }
    void Release();

   private:
    friend class AsyncMutex;
    explicit Guard(AsyncMutex* mutex) : mutex_(mutex) {}
    AsyncMutex* mutex_ = nullptr;
  };

  AsyncMutex();
  ~AsyncMutex();
  AsyncMutex(const AsyncMutex&) = delete;
  AsyncMutex& operator=(const AsyncMutex&) = delete;

  /// Waits for the lock. Test held(): a cancelled caller does not get it.
  Task<Guard> Lock();

 private:
  struct State;
  void Unlock();
  std::unique_ptr<State> state_;
};

}  // namespace tusk
