#include "mapreduce/jobtracker/pending_maps.h"

#include <gtest/gtest.h>

#include <set>

#include "common/base/random.h"

namespace tusk::mapreduce::jobtracker {
namespace {

TEST(PendingMaps, PrefersNodeThenRackThenAny) {
  PendingMaps maps;
  maps.Add(0, {"a"}, {"/r1"}, false);
  maps.Add(1, {"b"}, {"/r1"}, false);
  maps.Add(2, {"c"}, {"/r2"}, false);
  auto taken = maps.Take("b", "/r1", Locality::kAny);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->map, 1u);
  EXPECT_EQ(taken->locality, Locality::kNode);
  EXPECT_FALSE(maps.Take("b", "/r1", Locality::kNode));
  taken = maps.Take("b", "/r1", Locality::kAny);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->map, 0u);
  EXPECT_EQ(taken->locality, Locality::kRack);
  taken = maps.Take("b", "/r1", Locality::kAny);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->map, 2u);
  EXPECT_EQ(taken->locality, Locality::kAny);
  EXPECT_TRUE(maps.empty());
}

TEST(PendingMaps, OneThatWaitsAgainGoesFirst) {
  PendingMaps maps;
  maps.Add(0, {"a"}, {"/r"}, false);
  maps.Add(1, {"a"}, {"/r"}, false);
  EXPECT_EQ(maps.Take("a", "/r", Locality::kNode)->map, 0u);
  maps.Add(0, {"a"}, {"/r"}, true);
  EXPECT_EQ(maps.Take("a", "/r", Locality::kNode)->map, 0u);
  EXPECT_EQ(maps.size(), 1u);
}

TEST(PendingMaps, KnowsWhetherAHostIsWaitedFor) {
  PendingMaps maps;
  maps.Add(0, {"a", "b"}, {"/r", "/r"}, false);
  const auto is_a = [](const std::string& host) { return host == "a"; };
  EXPECT_TRUE(maps.WaitsOnHost(is_a));
  EXPECT_TRUE(maps.Take("b", "/r", Locality::kNode));
  EXPECT_FALSE(maps.WaitsOnHost(is_a));
}

TEST(PendingMaps, EachMapIsTakenOnce) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  PendingMaps maps;
  const std::vector<std::string> hosts = {"a", "b", "c", "d"};
  const std::vector<std::string> racks = {"/1", "/1", "/2", "/2"};
  constexpr uint32_t kMaps = 500;
  for (uint32_t i = 0; i < kMaps; ++i) {
    const size_t host = random.Below(5);
    if (host == 4) {
      maps.Add(i, {}, {}, false);
    } else {
      maps.Add(i, {hosts[host], hosts[(host + 1) % 4]}, {racks[host], racks[(host + 1) % 4]},
               false);
    }
  }
  std::set<uint32_t> seen;
  while (!maps.empty()) {
    const size_t host = random.Below(4);
    const auto taken = maps.Take(hosts[host], racks[host], static_cast<Locality>(random.Below(3)));
    if (!taken) continue;
    EXPECT_TRUE(seen.insert(taken->map).second) << taken->map;
  }
  EXPECT_EQ(seen.size(), kMaps);
}

}  // namespace
}  // namespace tusk::mapreduce::jobtracker
