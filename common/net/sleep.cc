#include "common/net/sleep.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "common/time/deadline.h"
#include "common/time/system_clock.h"

namespace tusk {

Task<bool> IsCancelled() {
  const auto state = co_await boost::asio::this_coro::cancellation_state;
  co_return state.cancelled() != boost::asio::cancellation_type::none;
}

Task<Status> SleepUntil(Deadline deadline) {
  if (!co_await IsCancelled()) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
    timer.expires_at(deadline.time());
    auto [error] = co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    if (!error) co_return Status();
  }
  co_return Status(StatusCode::kCancelled, "cancelled while waiting");
}

Task<Status> SleepFor(std::chrono::nanoseconds duration) {
  co_return co_await SleepUntil(Deadline::After(SystemClock::Get(), duration));
}

Task<void> Yield() {
  co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
}

}  // namespace tusk
