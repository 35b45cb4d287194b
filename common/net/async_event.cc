#include "common/net/async_event.h"

#include <list>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/base/mutex.h"
#include "common/net/sleep.h"
#include "common/time/deadline.h"

namespace tusk {
namespace {

// Its timer is touched only on the waiter's strand; `woken` belongs to the event's mutex.
struct Waiter {
  explicit Waiter(const Executor& executor) : timer(executor) {}
  boost::asio::steady_timer timer;
  bool woken = false;
};

using WaiterList = std::list<std::shared_ptr<Waiter>>;

}  // namespace

struct AsyncEvent::State {
  mutable Mutex mutex;
  bool set GUARDED_BY(mutex) = false;
  WaiterList waiters GUARDED_BY(mutex);

  // False when the event is set already.
  bool Add(const std::shared_ptr<Waiter>& waiter, WaiterList::iterator* position) {
    MutexLock lock(mutex);
    if (set) return false;
    *position = waiters.insert(waiters.end(), waiter);
    return true;
  }

  // Whether the waiter was woken by Set; otherwise it leaves the list.
  bool Finish(const Waiter& waiter, WaiterList::iterator position) {
    MutexLock lock(mutex);
    if (!waiter.woken) waiters.erase(position);
    return waiter.woken;
  }
};

AsyncEvent::AsyncEvent() : state_(std::make_shared<State>()) {}
AsyncEvent::~AsyncEvent() = default;

Task<bool> AsyncEvent::Wait(Deadline deadline) {
  std::shared_ptr<State> state = state_;
  {
    MutexLock lock(state->mutex);
    if (state->set) co_return true;
  }
  if (co_await IsCancelled()) co_return false;
  auto waiter = std::make_shared<Waiter>(co_await boost::asio::this_coro::executor);
  waiter->timer.expires_at(deadline.time());
  WaiterList::iterator position;
  if (!state->Add(waiter, &position)) co_return true;
  // A Set from now on posts to this strand, so it comes after the wait has begun.
  co_await waiter->timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  co_return state->Finish(*waiter, position);
}

void AsyncEvent::Set() {
  WaiterList woken;
  {
    MutexLock lock(state_->mutex);
    state_->set = true;
    woken.swap(state_->waiters);
    for (const auto& waiter : woken) waiter->woken = true;
  }
  for (auto& waiter : woken) {
    auto executor = waiter->timer.get_executor();
    boost::asio::post(executor, [waiter = std::move(waiter)] { waiter->timer.cancel(); });
  }
}

void AsyncEvent::Reset() {
  MutexLock lock(state_->mutex);
  state_->set = false;
}

bool AsyncEvent::IsSet() const {
  MutexLock lock(state_->mutex);
  return state_->set;
}

}  // namespace tusk
