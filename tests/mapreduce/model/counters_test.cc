#include "mapreduce/model/counters.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "common/base/random.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

TEST(Counters, BuiltinOnesHaveHadoopsNames) {
  EXPECT_EQ(NameOf(BuiltinCounter::kMapInputRecords).group,
            "org.apache.hadoop.mapreduce.TaskCounter");
  EXPECT_EQ(NameOf(BuiltinCounter::kMapInputRecords).name, "MAP_INPUT_RECORDS");
  EXPECT_EQ(NameOf(BuiltinCounter::kDataLocalMaps).display, "Data-local map tasks");
  std::set<std::string> names;
  for (size_t i = 0; i < kBuiltinCounterCount; ++i) {
    const BuiltinCounterName& name = NameOf(static_cast<BuiltinCounter>(i));
    EXPECT_TRUE(names.insert(std::string(name.group) + "/" + std::string(name.name)).second);
    EXPECT_FALSE(name.display.empty());
  }
}

TEST(Counters, MergeAddsAndKeepsThePeakOfMemory) {
  Counters a, b;
  a.Add(BuiltinCounter::kMapInputRecords, 3);
  b.Add(BuiltinCounter::kMapInputRecords, 4);
  a.Set(BuiltinCounter::kPhysicalMemoryBytes, 100);
  b.Set(BuiltinCounter::kPhysicalMemoryBytes, 70);
  ASSERT_OK(a.Add("g", "n", 1));
  ASSERT_OK(b.Add("g", "n", 2));
  ASSERT_OK(b.Add("g", "m", 5));
  a.Merge(b);
  EXPECT_EQ(a.Get(BuiltinCounter::kMapInputRecords), 7);
  EXPECT_EQ(a.Get(BuiltinCounter::kPhysicalMemoryBytes), 100);
  EXPECT_EQ(a.Get("g", "n"), 3);
  EXPECT_EQ(a.Get("g", "m"), 5);
  EXPECT_EQ(a.Get("org.apache.hadoop.mapreduce.TaskCounter", "MAP_INPUT_RECORDS"), 7);
  EXPECT_EQ(a.Get("g", "none"), 0);
}

TEST(Counters, OrderOfMergesDoesNotMatter) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  std::vector<Counters> parts(20);
  for (Counters& part : parts) {
    for (int i = 0; i < 10; ++i) {
      part.Add(static_cast<BuiltinCounter>(random.Below(kBuiltinCounterCount)),
               static_cast<int64_t>(random.Below(1000)));
      ASSERT_OK(part.Add("g", std::to_string(random.Below(8)), 1));
    }
  }
  Counters forward, backward;
  for (const Counters& part : parts) forward.Merge(part);
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) backward.Merge(*part);
  EXPECT_EQ(forward, backward);
}

TEST(Counters, BoundsAreRefusals) {
  Counters counters;
  EXPECT_THAT(counters.Add("", "n", 1), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(counters.Add("g", std::string(Counters::kMaxNameBytes + 1, 'n'), 1),
              StatusIs(StatusCode::kTooLarge));
  for (size_t i = 0; i < Counters::kMaxUserCounters; ++i) {
    ASSERT_OK(counters.Add("g", std::to_string(i), 1));
  }
  EXPECT_THAT(counters.Add("g", "one more", 1), StatusIs(StatusCode::kTooLarge, "too many"));
  EXPECT_OK(counters.Add("g", "0", 1));
  Counters other;
  ASSERT_OK(other.Add("g", "one more", 1));
  counters.Merge(other);
  EXPECT_EQ(counters.Get("g", "one more"), 0);
}

}  // namespace
}  // namespace tusk::mapreduce
