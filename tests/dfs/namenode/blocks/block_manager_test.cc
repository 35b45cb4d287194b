#include "dfs/namenode/blocks/block_manager.h"

#include <gtest/gtest.h>

#include "tests/dfs/namenode/blocks/fake_cluster.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::namenode {
namespace {

using std::chrono::seconds;
using Kind = ReplicaChange::Kind;

std::vector<ReplicaName> NamesOf(const std::vector<StorageTarget>& targets) {
  std::vector<ReplicaName> names;
  for (const StorageTarget& target : targets) {
    names.push_back({target.datanode->id.uuid, *target.storage_id});
  }
  return names;
}

TEST(BlockManagerTest, BlockIsCompleteAfterCommitAndTwoReports) {
  FakeCluster cluster(OneRack(3));
  cluster.Start();
  Block block;
  const auto targets = cluster.Allocate(&block, 3);
  ASSERT_EQ(targets.size(), 3u);
  EXPECT_EQ(cluster.blocks->Locate(block.id, "").replicas.size(), 3u);
  block.length = 500;
  ASSERT_OK(cluster.blocks->CommitBlock(block));
  EXPECT_FALSE(cluster.blocks->IsMinReplicated(block.id));
  cluster.Put(0, block);
  EXPECT_FALSE(cluster.blocks->IsMinReplicated(block.id));
  cluster.Put(1, block);
  EXPECT_TRUE(cluster.blocks->IsMinReplicated(block.id));
  // The third one of the pipeline is awaited, not copied.
  EXPECT_EQ(cluster.blocks->Stats().under_replicated, 0u);
  EXPECT_EQ(cluster.blocks->Stats().pending_replication, 1u);
  cluster.Put(2, block);
  EXPECT_EQ(cluster.blocks->Stats().pending_replication, 0u);
  EXPECT_EQ(cluster.blocks->GetBlockHealth(block.id).live, 3);
}

TEST(BlockManagerTest, ReplicasFinalisedBeforeTheCommitCount) {
  FakeCluster cluster(OneRack(3));
  cluster.Start();
  Block block;
  cluster.Allocate(&block, 3);
  Block written = block;
  written.length = 500;
  for (size_t i = 0; i < 3; ++i) cluster.Put(i, written);
  EXPECT_FALSE(cluster.blocks->IsMinReplicated(block.id));
  EXPECT_EQ(cluster.blocks->Find(block.id)->length, 0u) << "a report never sets a length";
  ASSERT_OK(cluster.blocks->CommitBlock(written));
  EXPECT_TRUE(cluster.blocks->IsMinReplicated(block.id));
  ASSERT_OK(cluster.blocks->CommitBlock(written)) << "a repeat";
  Block other = written;
  other.length = 501;
  EXPECT_THAT(cluster.blocks->CommitBlock(other), StatusIs(StatusCode::kFailedPrecondition));
}

TEST(BlockManagerTest, AReplicaOfAnotherLengthThanCommittedIsBadAndReplaced) {
  FakeCluster cluster(OneRack(4));
  cluster.Start();
  Block block;
  const auto targets = cluster.Allocate(&block, 3);
  Block full = block;
  full.length = 500;
  Block cut = block;
  cut.length = 400;
  std::vector<size_t> on;
  for (const auto& target : targets) on.push_back(cluster.IndexOf(target.datanode->id.uuid));
  cluster.Put(on[0], full);
  cluster.Put(on[1], full);
  cluster.Put(on[2], cut);
  ASSERT_OK(cluster.blocks->CommitBlock(full));
  EXPECT_EQ(cluster.blocks->GetBlockHealth(block.id).corrupt, 1);
  cluster.Run(seconds(30));
  EXPECT_EQ(cluster.Copies(full), 3u);
  EXPECT_EQ(cluster.nodes[on[2]].deleted, 1u);
}

TEST(BlockManagerTest, OneAckIsEnoughOnlyWhileOneDatanodeIsThere) {
  FakeCluster alone(OneRack(1));
  alone.Start();
  EXPECT_EQ(alone.blocks->RequiredAcks(3), 1);
  FakeCluster pair(OneRack(2));
  pair.Start();
  EXPECT_EQ(pair.blocks->RequiredAcks(3), 2);
  EXPECT_EQ(pair.blocks->RequiredAcks(1), 1);
  BlockManagerOptions hadoop;
  hadoop.min_replicas_ack = 1;
  FakeCluster like_hadoop(OneRack(3), 1, hadoop);
  like_hadoop.Start();
  EXPECT_EQ(like_hadoop.blocks->RequiredAcks(3), 1);
}

TEST(BlockManagerTest, ACommittedBlockWithTooFewCopiesGetsThem) {
  FakeCluster cluster(OneRack(3));
  cluster.Start();
  Block block;
  const auto targets = cluster.Allocate(&block, 3);
  const size_t first = cluster.IndexOf(targets[0].datanode->id.uuid);
  ASSERT_OK(cluster.blocks->UpdatePipeline(block.id, GenerationStamp(2000000), 0,
                                           {{NamesOf(targets)[0]}}));
  block.generation_stamp = GenerationStamp(2000000);
  block.length = 77;
  ASSERT_OK(cluster.blocks->CommitBlock(block));
  cluster.Put(first, block);
  EXPECT_FALSE(cluster.blocks->IsMinReplicated(block.id));
  cluster.Run(seconds(15));
  EXPECT_TRUE(cluster.blocks->IsMinReplicated(block.id));
  EXPECT_EQ(cluster.Copies(block), 3u);
}

TEST(BlockManagerTest, WaitersAreCalledOnceWhenTheBlockIsComplete) {
  FakeCluster cluster(OneRack(2));
  cluster.Start();
  Block block;
  cluster.Allocate(&block, 2);
  int called = 0;
  int dropped = 0;
  EXPECT_NE(cluster.blocks->SubscribeMinReplicated(block.id, [&] { ++called; }), 0u);
  const uint64_t token = cluster.blocks->SubscribeMinReplicated(block.id, [&] { ++dropped; });
  cluster.blocks->UnsubscribeMinReplicated(token);
  ASSERT_OK(cluster.blocks->CommitBlock(block));
  cluster.Put(0, block);
  EXPECT_EQ(called, 0);
  cluster.Put(1, block);
  EXPECT_EQ(called, 1);
  EXPECT_EQ(dropped, 0);
  EXPECT_EQ(cluster.blocks->SubscribeMinReplicated(block.id, [&] { ++called; }), 0u);
  EXPECT_EQ(called, 2);
}

TEST(BlockManagerTest, AStaleReplicaOfALostPipelineIsDeletedWhenItsNodeReturns) {
  FakeCluster cluster(OneRack(4));
  cluster.Start();
  Block block;
  const auto targets = cluster.Allocate(&block, 3);
  std::vector<size_t> on;
  for (const auto& target : targets) on.push_back(cluster.IndexOf(target.datanode->id.uuid));
  Block old = block;
  old.length = 100;
  cluster.nodes[on[2]].up = false;
  cluster.nodes[on[2]].disk[block.id.value()] = {old, ReplicaState::kWaitingRecovery};
  std::vector<ReplicaName> rest = NamesOf(targets);
  rest.pop_back();
  Block renewed{block.id, GenerationStamp(block.generation_stamp.value() + 5), 100};
  ASSERT_OK(cluster.blocks->UpdatePipeline(block.id, renewed.generation_stamp, 100, rest));
  EXPECT_THAT(cluster.blocks->UpdatePipeline(block.id, block.generation_stamp, 100, rest),
              StatusIs(StatusCode::kFailedPrecondition));
  renewed.length = 300;
  ASSERT_OK(cluster.blocks->CommitBlock(renewed));
  cluster.Put(on[0], renewed);
  cluster.Put(on[1], renewed);
  cluster.nodes[on[2]].up = true;
  cluster.Join(on[2]);
  for (const auto& target : cluster.blocks->Locate(block.id, "").replicas) {
    EXPECT_NE(cluster.IndexOf(target.datanode->id.uuid), on[2]) << "a stale replica is not served";
  }
  cluster.Run(seconds(30));
  EXPECT_EQ(cluster.Copies(renewed), 3u);
  EXPECT_EQ(cluster.Copies(old), 0u);
}

TEST(BlockManagerTest, NothingIsDeletedBeforeSafeModeEndsNorBeforeTheFirstFullReport) {
  FakeCluster cluster(OneRack(2));
  const Block orphan = cluster.NewBlock(10);
  cluster.nodes[0].disk[orphan.id.value()] = {orphan, ReplicaState::kFinalized};
  ASSERT_OK(cluster.Register(0));
  cluster.Incremental(0, orphan, Kind::kReceived);
  EXPECT_TRUE(cluster.Ask(0).deletions.empty());
  cluster.blocks->EnableWork(true);
  EXPECT_TRUE(cluster.Ask(0).deletions.empty()) << "no full report yet";
  cluster.FullReport(0);
  cluster.blocks->EnableWork(false);
  EXPECT_TRUE(cluster.Ask(0).deletions.empty()) << "safe mode";
  cluster.blocks->EnableWork(true);
  EXPECT_EQ(cluster.Ask(0).deletions, std::vector<Block>{orphan});
  EXPECT_TRUE(cluster.Ask(0).deletions.empty()) << "ordered once";
}

TEST(BlockManagerTest, BlocksFromTheFutureAreCountedAndKept) {
  FakeCluster cluster(OneRack(1));
  cluster.blocks->SetLastBlockId(BlockId(1073741824));
  const Block future = cluster.NewBlock(123);
  cluster.nodes[0].disk[future.id.value()] = {future, ReplicaState::kFinalized};
  cluster.Start();
  EXPECT_EQ(cluster.blocks->GetSafeModeCounts().blocks_in_future, 1u);
  EXPECT_EQ(cluster.blocks->GetSafeModeCounts().bytes_in_future, 123u);
  cluster.Run(seconds(60));
  EXPECT_EQ(cluster.nodes[0].deleted, 0u);
}

TEST(BlockManagerTest, SafeModeCountsFollowReports) {
  FakeCluster cluster(OneRack(2));
  const Block a = cluster.NewBlock(1);
  const Block b = cluster.NewBlock(1);
  for (const Block& block : {a, b}) {
    cluster.blocks->LoadBlock({block, FileId(16386), 2, 1 << 20, true, false});
  }
  EXPECT_EQ(cluster.blocks->GetSafeModeCounts().total_blocks, 2u);
  cluster.nodes[0].disk[a.id.value()] = {a, ReplicaState::kFinalized};
  cluster.nodes[1].disk[a.id.value()] = {a, ReplicaState::kFinalized};
  cluster.Join(0);
  cluster.Join(1);
  EXPECT_EQ(cluster.blocks->GetSafeModeCounts().safe_blocks, 1u);
  cluster.Incremental(0, a, Kind::kDeleted);
  EXPECT_EQ(cluster.blocks->GetSafeModeCounts().safe_blocks, 1u);
  cluster.Incremental(1, a, Kind::kDeleted);
  EXPECT_EQ(cluster.blocks->GetSafeModeCounts().safe_blocks, 0u);
  cluster.blocks->RemoveBlocks(std::vector<BlockId>{a.id});
  EXPECT_EQ(cluster.blocks->GetSafeModeCounts().total_blocks, 1u);
}

TEST(BlockManagerTest, RemovedBlocksLoseAllReplicas) {
  FakeCluster cluster(OneRack(3));
  cluster.Start();
  const Block block = cluster.AddComplete(3, {0, 1, 2});
  cluster.blocks->RemoveBlocks(std::vector<BlockId>{block.id});
  EXPECT_EQ(cluster.blocks->Stats().pending_deletion, 3u);
  cluster.Run(seconds(6));
  EXPECT_EQ(cluster.Copies(block), 0u);
  EXPECT_EQ(cluster.blocks->Stats().pending_deletion, 0u);
}

TEST(BlockManagerTest, ReadersGetNearReplicasFirstAndSilentNodesLast) {
  FakeCluster cluster({"/a", "/a", "/b"});
  cluster.Start();
  const Block block = cluster.AddComplete(3, {0, 1, 2});
  EXPECT_EQ(cluster.blocks->Locate(block.id, "10.0.0.1").replicas[0].datanode->id.uuid, "uuid-1");
  EXPECT_EQ(cluster.blocks->Locate(block.id, "10.0.0.1").replicas[2].datanode->id.uuid, "uuid-2");
  cluster.nodes[1].up = false;
  cluster.Run(seconds(40));
  EXPECT_EQ(cluster.blocks->Locate(block.id, "10.0.0.1").replicas[2].datanode->id.uuid, "uuid-1");
}

TEST(BlockManagerTest, ARefusalSaysWhyForEachDatanode) {
  FakeCluster cluster(OneRack(3));
  EXPECT_THAT(cluster.blocks->ChooseTargets({}),
              StatusIs(StatusCode::kNoSpace, "no datanode has registered yet"));
  cluster.nodes[0].capacity = 71 << 20;
  cluster.nodes[1].capacity = 0;
  cluster.Start();
  PlacementRequest request;
  request.replication = 3;
  request.block_size = 128 << 20;
  request.excluded = {"uuid-2"};
  EXPECT_THAT(cluster.blocks->ChooseTargets(request),
              StatusIs(StatusCode::kNoSpace,
                       "3 known, 2 full (need 128 MB, have 71 MB and 0), 1 "
                       "excluded by this client after an error"));
}

TEST(BlockManagerTest, AppendTakesTheReplicasOutOfTheCountAndBack) {
  FakeCluster cluster(OneRack(3));
  cluster.Start();
  Block block = cluster.AddComplete(3, {0, 1, 2}, 100);
  ASSERT_OK(cluster.blocks->ReopenBlock(block));
  EXPECT_FALSE(cluster.blocks->IsMinReplicated(block.id));
  EXPECT_EQ(cluster.blocks->Locate(block.id, "").replicas.size(), 3u);
  const std::vector<ReplicaName> names = {{"uuid-0", "DS-0"}, {"uuid-1", "DS-1"}, {"uuid-2", ""}};
  ASSERT_OK(cluster.blocks->UpdatePipeline(block.id, GenerationStamp(9000000), 100, names));
  Block grown{block.id, GenerationStamp(9000000), 250};
  for (size_t i = 0; i < 3; ++i) cluster.Put(i, grown);
  ASSERT_OK(cluster.blocks->CommitBlock(grown));
  EXPECT_TRUE(cluster.blocks->IsMinReplicated(block.id));
  EXPECT_EQ(cluster.blocks->GetBlockHealth(block.id).live, 3);
  cluster.Run(seconds(20));
  EXPECT_EQ(cluster.Copies(grown), 3u);
}

TEST(BlockManagerTest, AnAppenderIsToldOfReplicasWhoseReportIsUnderWay) {
  FakeCluster cluster(OneRack(4));
  cluster.Start();
  Block block;
  const std::vector<StorageTarget> targets = cluster.Allocate(&block, 3);
  ASSERT_EQ(targets.size(), 3u);
  std::vector<size_t> pipeline;
  for (const StorageTarget& target : targets) {
    pipeline.push_back(cluster.IndexOf(target.datanode->id.uuid));
  }
  block.length = 100;
  cluster.Put(pipeline[0], block);
  cluster.Put(pipeline[1], block);
  cluster.Put(pipeline[2], block, /*quiet=*/true);
  ASSERT_OK(cluster.blocks->CommitBlock(block));
  ASSERT_TRUE(cluster.blocks->IsMinReplicated(block.id));
  EXPECT_EQ(cluster.blocks->Locate(block.id, "").replicas.size(), 2u);

  ASSERT_OK(cluster.blocks->ReopenBlock(block));
  EXPECT_EQ(cluster.blocks->Locate(block.id, "").replicas.size(), 3u);
  // It closes without a byte: what has been reported counts, and what has not is still owed.
  ASSERT_OK(cluster.blocks->CommitBlock(block));
  EXPECT_TRUE(cluster.blocks->IsMinReplicated(block.id));
  EXPECT_EQ(cluster.blocks->GetBlockHealth(block.id).live, 2);
  cluster.Incremental(pipeline[2], block, ReplicaChange::Kind::kReceived);
  EXPECT_EQ(cluster.blocks->GetBlockHealth(block.id).live, 3);
  cluster.Run(seconds(20));
  EXPECT_EQ(cluster.Copies(block), 3u);
}

TEST(BlockManagerTest, AnAppenderIsNotToldOfCopiesThatWereOnlyOrdered) {
  FakeCluster cluster(OneRack(3));
  cluster.Start();
  const Block block = cluster.AddComplete(2, {0}, 100);
  cluster.clock.Advance(seconds(10));
  cluster.blocks->Tick();  // orders a copy that nobody makes
  ASSERT_EQ(cluster.blocks->Stats().pending_replication, 1u);
  ASSERT_OK(cluster.blocks->ReopenBlock(block));
  EXPECT_EQ(cluster.blocks->Locate(block.id, "").replicas.size(), 1u);
}

TEST(BlockManagerTest, AReportFromBeforeAnAppendWithTheSameStampIsNoDamage) {
  FakeCluster cluster(OneRack(3));
  cluster.Start();
  const Block block = cluster.AddComplete(3, {0, 1, 2}, 100);
  ASSERT_OK(cluster.blocks->ReopenBlock(block));
  const Block grown{block.id, block.generation_stamp, 250};
  for (size_t i = 0; i < 3; ++i) cluster.Incremental(i, block, ReplicaChange::Kind::kReceiving);
  cluster.Put(0, grown);
  cluster.Put(1, grown);
  ASSERT_OK(cluster.blocks->CommitBlock(grown));
  EXPECT_TRUE(cluster.blocks->IsMinReplicated(block.id));
  EXPECT_EQ(cluster.blocks->GetBlockHealth(block.id).corrupt, 0);
  EXPECT_EQ(cluster.blocks->Stats().pending_replication, 1u);
  cluster.Put(2, grown);
  EXPECT_EQ(cluster.blocks->GetBlockHealth(block.id).live, 3);
  cluster.Run(seconds(20));
  EXPECT_EQ(cluster.Copies(grown), 3u);
  EXPECT_EQ(cluster.nodes[2].deleted, 0u);
}

TEST(BlockManagerTest, AReplicaThatMissedAnAppendIsFoundByItsNextReport) {
  FakeCluster cluster(OneRack(4));
  cluster.Start();
  const Block block = cluster.AddComplete(3, {0, 1, 2}, 100);
  ASSERT_OK(cluster.blocks->ReopenBlock(block));
  const Block grown{block.id, block.generation_stamp, 250};
  cluster.Put(0, grown);
  cluster.Put(1, grown);
  ASSERT_OK(cluster.blocks->CommitBlock(grown));
  cluster.FullReport(2);
  EXPECT_EQ(cluster.blocks->GetBlockHealth(block.id).corrupt, 1);
  cluster.Run(seconds(30));
  EXPECT_EQ(cluster.Copies(grown), 3u);
}

}  // namespace
}  // namespace tusk::dfs::namenode
