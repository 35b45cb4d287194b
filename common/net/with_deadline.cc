#include "common/net/with_deadline.h"

#include <exception>
#include <memory>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/net/root_task.h"
#include "common/net/sleep.h"

namespace tusk::internal {
namespace {

// All of it belongs to the caller's strand.
struct Child {
  explicit Child(const Executor& executor) : timer(executor) {}
  boost::asio::cancellation_signal signal;
  boost::asio::steady_timer timer;
  bool done = false;
};

}  // namespace

Task<bool> RunUntil(Task<void> task, Deadline deadline) {
  if (deadline.is_never()) {
    co_await std::move(task);
    co_return false;
  }
  const Executor executor = co_await boost::asio::this_coro::executor;
  auto child = std::make_shared<Child>(executor);
  auto on_end = [child](std::exception_ptr error) {
    FailOnException(error, "WithDeadline");
    child->done = true;
    child->timer.cancel();
  };
  boost::asio::co_spawn(executor, RootTask(std::move(task)),
                        boost::asio::bind_cancellation_slot(child->signal.slot(), on_end));
  bool late = false;
  bool cancelled = false;
  child->timer.expires_at(deadline.time());
  while (!child->done) {
    if (!cancelled && co_await IsCancelled()) {
      cancelled = true;
      child->signal.emit(boost::asio::cancellation_type::terminal);
      child->timer.expires_at(Deadline::Never().time());
      continue;
    }
    auto [error] =
        co_await child->timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    if (!error && !child->done && !cancelled) {
      late = cancelled = true;
      child->signal.emit(boost::asio::cancellation_type::terminal);
      child->timer.expires_at(Deadline::Never().time());
    }
  }
  co_return late;
}

}  // namespace tusk::internal
