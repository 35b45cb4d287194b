#pragma once

#include <chrono>
#include <thread>

namespace tusk {

/// Waits until `condition()` is true, at most `limit`; returns whether it became true. For what
/// other threads or processes do; the only place where tests let time pass.
///
///   ASSERT_TRUE(Eventually([&] { return server.connections() == 1; }));
template <typename Condition>
bool Eventually(Condition condition, std::chrono::milliseconds limit = std::chrono::seconds(20)) {
  const auto end = std::chrono::steady_clock::now() + limit;
  auto pause = std::chrono::microseconds(100);
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return condition();
    std::this_thread::sleep_for(pause);
    if (pause < std::chrono::milliseconds(20)) pause *= 2;
  }
  return true;
}

}  // namespace tusk
