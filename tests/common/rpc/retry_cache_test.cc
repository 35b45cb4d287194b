#include "common/rpc/retry_cache.h"

#include <gtest/gtest.h>

#include "common/net/async_event.h"
#include "common/rpc/call_context.h"
#include "tests/support/manual_clock.h"

namespace tusk::rpc {
namespace {

CallContext Call(int id) {
  CallContext call;
  call.user = "u";
  call.method = "create";
  call.client_id = "0123456789abcdef";
  call.call_id = id;
  return call;
}

TEST(RetryCacheTest, FirstExecutesRepeatsWaitThenAnswer) {
  ManualClock clock;
  RetryCache cache(clock, std::chrono::seconds(600), 10);
  auto first = cache.Begin(Call(1));
  ASSERT_EQ(first.role, RetryCache::Role::kExecute);
  EXPECT_EQ(cache.Begin(Call(1)).role, RetryCache::Role::kWait);
  cache.End(first.entry, true, "answer");
  auto repeat = cache.Begin(Call(1));
  ASSERT_EQ(repeat.role, RetryCache::Role::kAnswer);
  EXPECT_EQ(repeat.entry->answer, "answer");
  EXPECT_TRUE(first.entry->ended->IsSet());
  CallContext other = Call(1);
  other.user = "mallory";
  EXPECT_EQ(cache.Begin(other).role, RetryCache::Role::kExecute);
}

TEST(RetryCacheTest, FailuresAreForgottenAndTimePasses) {
  ManualClock clock;
  RetryCache cache(clock, std::chrono::seconds(600), 10);
  auto first = cache.Begin(Call(1));
  cache.End(first.entry, false, "");
  auto second = cache.Begin(Call(1));
  ASSERT_EQ(second.role, RetryCache::Role::kExecute);
  cache.End(second.entry, true, "x");
  clock.Advance(std::chrono::seconds(601));
  EXPECT_EQ(cache.Begin(Call(1)).role, RetryCache::Role::kExecute);
}

TEST(RetryCacheTest, IsBounded) {
  ManualClock clock;
  RetryCache cache(clock, std::chrono::seconds(600), 3);
  for (int i = 0; i < 100; ++i) {
    auto ticket = cache.Begin(Call(i));
    ASSERT_EQ(ticket.role, RetryCache::Role::kExecute) << i;
    cache.End(ticket.entry, true, "x");
    EXPECT_LE(cache.size(), 3u);
  }
  RetryCache busy(clock, std::chrono::seconds(600), 2);
  busy.Begin(Call(1));
  busy.Begin(Call(2));
  EXPECT_EQ(busy.Begin(Call(3)).role, RetryCache::Role::kUncached);
  CallContext anonymous = Call(4);
  anonymous.client_id.clear();
  EXPECT_EQ(busy.Begin(anonymous).role, RetryCache::Role::kUncached);
}

}  // namespace
}  // namespace tusk::rpc
