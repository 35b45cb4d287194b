#include "common/net/async_mutex.h"

#include <deque>
#include <utility>

#include "common/base/mutex.h"
#include "common/net/async_event.h"
#include "common/time/deadline.h"

namespace tusk {

struct AsyncMutex::State {
  Mutex mutex;
  bool locked GUARDED_BY(mutex) = false;
  // The lock is handed to the first of these when it is released; it stays `locked` meanwhile.
  std::deque<std::shared_ptr<AsyncEvent>> waiters GUARDED_BY(mutex);

  // True when the lock was free and is now taken; otherwise `turn` waits in the queue.
  bool TakeOrQueue(const std::shared_ptr<AsyncEvent>& turn) {
    MutexLock lock(mutex);
    if (!locked) {
      locked = true;
      return true;
    }
    waiters.push_back(turn);
    return false;
  }

  // Leaves the queue; false when the lock has been handed over already.
  bool GiveUp(const std::shared_ptr<AsyncEvent>& turn) {
    MutexLock lock(mutex);
    return std::erase(waiters, turn) > 0;
  }
};

AsyncMutex::AsyncMutex() : state_(std::make_unique<State>()) {}
AsyncMutex::~AsyncMutex() = default;

Task<AsyncMutex::Guard> AsyncMutex::Lock() {
  auto turn = std::make_shared<AsyncEvent>();
  if (state_->TakeOrQueue(turn)) co_return Guard(this);
  const bool granted = co_await turn->Wait(Deadline::Never());
  if (!granted && state_->GiveUp(turn)) co_return Guard();
  co_return Guard(this);
}

void AsyncMutex::Unlock() {
  std::shared_ptr<AsyncEvent> next;
  {
    MutexLock lock(state_->mutex);
    if (state_->waiters.empty()) {
      state_->locked = false;
      return;
    }
    next = std::move(state_->waiters.front());
    state_->waiters.pop_front();
  }
  next->Set();
}

AsyncMutex::Guard::Guard(Guard&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}

AsyncMutex::Guard& AsyncMutex::Guard::operator=(Guard&& other) noexcept {
  if (this != &other) {
    Release();
    mutex_ = std::exchange(other.mutex_, nullptr);
  }
  return *this;
}

AsyncMutex::Guard::~Guard() { Release(); }

void AsyncMutex::Guard::Release() {
  if (AsyncMutex* mutex = std::exchange(mutex_, nullptr)) mutex->Unlock();
}

}  // namespace tusk
