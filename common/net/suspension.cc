#include "common/net/suspension.h"

#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/base/mutex.h"

namespace tusk {
namespace {

struct Continuation {
  virtual ~Continuation() = default;
  virtual void Post() = 0;
};

template <class Handler>
struct HandlerContinuation final : Continuation {
  explicit HandlerContinuation(Handler h) : handler(std::move(h)) {}
  void Post() override {
    auto executor = boost::asio::get_associated_executor(handler);
    boost::asio::post(executor, std::move(handler));
  }
  Handler handler;
};

}  // namespace

struct Suspension::State {
  Mutex mutex;
  bool resumed GUARDED_BY(mutex) = false;
  std::unique_ptr<Continuation> continuation GUARDED_BY(mutex);

  void Start(std::unique_ptr<Continuation> next) {
    {
      MutexLock lock(mutex);
      if (!resumed) {
        continuation = std::move(next);
        return;
      }
    }
    next->Post();
  }
};

Suspension::Suspension() : state_(std::make_shared<State>()) {}

Task<void> Suspension::Wait() {
  std::shared_ptr<State> state = state_;
  {
    MutexLock lock(state->mutex);
    if (state->resumed) co_return;
  }
  auto start = [&state](auto handler) {
    using Handler = decltype(handler);
    state->Start(std::make_unique<HandlerContinuation<Handler>>(std::move(handler)));
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
      start, boost::asio::use_awaitable);
}

void Suspension::Resume() {
  std::unique_ptr<Continuation> next;
  {
    MutexLock lock(state_->mutex);
    state_->resumed = true;
    next = std::move(state_->continuation);
  }
  if (next != nullptr) next->Post();
}

}  // namespace tusk
