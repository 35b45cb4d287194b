#include "mapreduce/sort/arena.h"

#include <cstring>

#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

constexpr size_t kMiB = size_t{1} << 20;

TEST(ArenaTest, KeepsItsPagesForTheNextTaskAndGivesBackWhatASmallerOneDoesNotNeed) {
  Arena arena;
  EXPECT_EQ(arena.size(), 0U);
  ASSERT_OK(arena.Reserve(9 * kMiB));
  EXPECT_EQ(arena.size(), 10 * kMiB);
  std::memset(arena.data(), 7, arena.size());
  ASSERT_OK(arena.Reserve(9 * kMiB));
  EXPECT_EQ(arena.data()[9 * kMiB], 7);
  ASSERT_OK(arena.Reserve(3 * kMiB));
  EXPECT_EQ(arena.size(), 4 * kMiB);
  EXPECT_EQ(arena.data()[4 * kMiB - 1], 7);
  // What is behind has gone: a region that grows again is a fresh one.
  ASSERT_OK(arena.Reserve(10 * kMiB));
  EXPECT_EQ(arena.data()[9 * kMiB], 0);
  ASSERT_OK(arena.Reserve(0));
  EXPECT_EQ(arena.size(), 0U);
  EXPECT_EQ(arena.data(), nullptr);
}

}  // namespace
}  // namespace tusk::mapreduce
