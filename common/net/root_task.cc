#include "common/net/root_task.h"

#include <utility>

#include <boost/asio/this_coro.hpp>

#include "common/base/check.h"

namespace tusk::internal {

Task<void> RootTask(Task<void> task) {
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  co_await std::move(task);
}

void FailOnException(std::exception_ptr error, std::string_view who) {
  if (error == nullptr) return;
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& exception) {
    FailCheck("exception at the root of a coroutine", fmt::format("{}: {}", who, exception.what()));
  } catch (...) {
    FailCheck("exception at the root of a coroutine", who);
  }
}

}  // namespace tusk::internal
