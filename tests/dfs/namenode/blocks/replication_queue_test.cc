#include "dfs/namenode/blocks/replication_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tusk::dfs::namenode {
namespace {

using testing::ElementsAre;

TEST(ReplicationQueue, MostUrgentFirstThenByArrival) {
  ReplicationQueue queue;
  queue.Put(BlockId(1), Urgency::kLow);
  queue.Put(BlockId(2), Urgency::kHighest);
  queue.Put(BlockId(3), Urgency::kHighest);
  queue.Put(BlockId(4), Urgency::kMissing);
  queue.Put(BlockId(1), Urgency::kVeryLow);
  EXPECT_THAT(queue.Take(10), ElementsAre(BlockId(2), BlockId(3), BlockId(1)));
  EXPECT_EQ(queue.size(), 1u);
}

TEST(ReplicationQueue, WhatIsWaitedForComesBeforeAllOthers) {
  ReplicationQueue queue;
  for (int id = 1; id <= 100; ++id) queue.Put(BlockId(id), Urgency::kHighest);
  queue.Put(BlockId(200), Urgency::kLow);
  queue.PutFirst(BlockId(200));
  queue.PutFirst(BlockId(50));
  queue.PutFirst(BlockId(50));
  EXPECT_EQ(queue.size(), 101u);
  EXPECT_EQ(queue.size(Urgency::kHighest), 101u);
  EXPECT_THAT(queue.Take(3), ElementsAre(BlockId(50), BlockId(200), BlockId(1)));
  EXPECT_EQ(queue.Take(1000).size(), 98u);
}

TEST(ReplicationQueue, RemovedOnesAreNotTaken) {
  ReplicationQueue queue;
  queue.PutFirst(BlockId(1));
  queue.Put(BlockId(2), Urgency::kHighest);
  queue.Remove(BlockId(1));
  EXPECT_FALSE(queue.Contains(BlockId(1)));
  EXPECT_THAT(queue.Take(10), ElementsAre(BlockId(2)));
}

}  // namespace
}  // namespace tusk::dfs::namenode
