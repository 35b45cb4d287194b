#include "common/base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <numeric>

namespace tusk {
namespace {

TEST(Random, SequenceOfASeedIsSpecified) {
  // Reference values of SplitMix64 with seed 1234567.
  Random random(1234567);
  EXPECT_EQ(random.Next(), 6457827717110365317u);
  EXPECT_EQ(random.Next(), 3203168211198807973u);
  EXPECT_EQ(random.Next(), 9817491932198370423u);
}

TEST(Random, BelowStaysBelow) {
  Random random(1);
  std::array<int, 7> seen{};
  for (int i = 0; i < 7000; ++i) ++seen[random.Below(7)];
  for (int count : seen) EXPECT_NEAR(count, 1000, 200);
}

TEST(Random, ShufflePermutes) {
  std::array<int, 10> items{};
  std::iota(items.begin(), items.end(), 0);
  std::array<int, 10> shuffled = items;
  Random(3).Shuffle(std::span<int>(shuffled));
  EXPECT_NE(items, shuffled);
  EXPECT_TRUE(std::is_permutation(items.begin(), items.end(), shuffled.begin()));
}

}  // namespace
}  // namespace tusk
