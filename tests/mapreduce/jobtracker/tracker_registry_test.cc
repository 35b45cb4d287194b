#include "mapreduce/jobtracker/tracker_registry.h"

#include <gtest/gtest.h>

namespace tusk::mapreduce::jobtracker {
namespace {

TrackerDescription Describe(const std::string& host, const std::string& run) {
  TrackerDescription description;
  description.host = host;
  description.shuffle_host = host;
  description.shuffle_port = 1;
  description.map_slots = 2;
  description.reduce_slots = 1;
  description.incarnation = run;
  return description;
}

TEST(TrackerRegistry, RepeatOfTheSameRunKeepsTheRecord) {
  TrackerRegistry registry;
  std::unique_ptr<Tracker> replaced;
  Tracker& first = registry.Register(Describe("a", "1"), Instant(), 0, &replaced);
  first.running_maps.insert(AttemptId{});
  Tracker& again = registry.Register(Describe("a", "1"), Instant(), 5, &replaced);
  EXPECT_EQ(&first, &again);
  EXPECT_EQ(replaced, nullptr);
  EXPECT_EQ(again.FreeMapSlots(), 1u);
  EXPECT_EQ(registry.live_count(), 1u);
}

TEST(TrackerRegistry, NewRunReplacesTheOldRecord) {
  TrackerRegistry registry;
  std::unique_ptr<Tracker> replaced;
  registry.Register(Describe("a", "1"), Instant(), 0, &replaced);
  registry.Register(Describe("a", "2"), Instant(), 0, &replaced);
  ASSERT_NE(replaced, nullptr);
  EXPECT_FALSE(replaced->live);
  EXPECT_EQ(registry.live_count(), 1u);
  EXPECT_TRUE(registry.HasLiveOn("a"));
}

TEST(TrackerRegistry, LostTrackerHasNoSlots) {
  TrackerRegistry registry;
  std::unique_ptr<Tracker> replaced;
  const Instant start;
  Tracker& tracker = registry.Register(Describe("a", "1"), start, 0, &replaced);
  EXPECT_TRUE(registry.SilentSince(start).empty());
  ASSERT_EQ(registry.SilentSince(start + std::chrono::seconds(1)).size(), 1u);
  registry.MarkLost(tracker);
  EXPECT_EQ(tracker.FreeMapSlots(), 0u);
  EXPECT_FALSE(registry.HasLiveOn("a"));
  EXPECT_TRUE(registry.SilentSince(start + std::chrono::seconds(1)).empty());
}

TEST(TrackerRegistry, BatchesAreBounded) {
  TrackerRegistry registry;
  std::unique_ptr<Tracker> replaced;
  Tracker& tracker = registry.Register(Describe("a", "1"), Instant(), 0, &replaced);
  for (size_t i = 0; i < kMaxActionsPerBatch + 1; ++i) tracker.queued.push_back(PurgeJob{});
  const ActionBatch* batch = registry.NextBatch(tracker, 0);
  ASSERT_NE(batch, nullptr);
  EXPECT_EQ(batch->actions.size(), kMaxActionsPerBatch);
  const uint64_t first = batch->number;
  batch = registry.NextBatch(tracker, first);
  ASSERT_NE(batch, nullptr);
  EXPECT_EQ(batch->actions.size(), 1u);
  EXPECT_EQ(registry.NextBatch(tracker, batch->number), nullptr);
}

}  // namespace
}  // namespace tusk::mapreduce::jobtracker
