#include "dfs/namenode/blocks/replication_monitor.h"

#include <gtest/gtest.h>

#include "tests/dfs/namenode/blocks/fake_cluster.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::namenode {
namespace {

using std::chrono::seconds;

TEST(ReplicationMonitorTest, ADeadDatanodesBlocksAreCopiedMostEndangeredFirst) {
  FakeCluster cluster(OneRack(6));
  cluster.Start();
  std::vector<Block> two_copies;
  std::vector<Block> three_copies;
  for (int i = 0; i < 40; ++i) three_copies.push_back(cluster.AddComplete(3, {0, 1, 2}));
  for (int i = 0; i < 10; ++i) two_copies.push_back(cluster.AddComplete(2, {0, 3}));
  cluster.nodes[0].up = false;
  // Moves to the brink of death, then over it, and looks at the first orders.
  cluster.Run(seconds(624));
  EXPECT_EQ(cluster.blocks->Stats().dead_datanodes, 0u);
  while (cluster.blocks->Stats().dead_datanodes == 0) cluster.Run(seconds(3));
  EXPECT_EQ(cluster.blocks->Stats().highest_priority + cluster.blocks->Stats().pending_replication,
            10u)
      << "blocks with one copy left are ordered before any other";
  cluster.Run(seconds(120));
  for (const Block& block : two_copies) EXPECT_EQ(cluster.Copies(block), 2u);
  for (const Block& block : three_copies) EXPECT_EQ(cluster.Copies(block), 3u);
  EXPECT_EQ(cluster.blocks->Stats().under_replicated, 0u);
  EXPECT_EQ(cluster.blocks->GetDatanodeReport(DatanodeReportKind::kDead).size(), 1u);
}

TEST(ReplicationMonitorTest, AReturningNodesSurplusIsTrimmedToTheWantedNumber) {
  FakeCluster cluster(OneRack(4));
  cluster.Start();
  std::vector<Block> blocks;
  for (int i = 0; i < 20; ++i) blocks.push_back(cluster.AddComplete(3, {0, 1, 2}));
  cluster.Kill(0);
  cluster.Run(seconds(120));
  for (const Block& block : blocks) EXPECT_EQ(cluster.Copies(block), 3u);
  cluster.nodes[0].up = true;
  cluster.Run(seconds(30));
  for (const Block& block : blocks) EXPECT_EQ(cluster.Copies(block), 3u);
  uint64_t deleted = 0;
  for (const FakeDatanode& node : cluster.nodes) deleted += node.deleted;
  EXPECT_EQ(deleted, 20u) << "each surplus copy once";
}

TEST(ReplicationMonitorTest, SetReplicationGoesUpAndDown) {
  FakeCluster cluster(OneRack(5));
  cluster.Start();
  const Block block = cluster.AddComplete(2, {0, 1});
  cluster.blocks->SetReplication(std::vector<BlockId>{block.id}, 5);
  cluster.Run(seconds(30));
  EXPECT_EQ(cluster.Copies(block), 5u);
  cluster.blocks->SetReplication(std::vector<BlockId>{block.id}, 1);
  cluster.Run(seconds(30));
  EXPECT_EQ(cluster.Copies(block), 1u);
  EXPECT_EQ(cluster.blocks->GetBlockHealth(block.id).live, 1);
}

TEST(ReplicationMonitorTest, ASurplusReplicaIsKeptWhenTheOthersDieBeforeItsOrder) {
  FakeCluster cluster(OneRack(3));
  cluster.Start();
  const Block block = cluster.AddComplete(3, {0, 1, 2});
  cluster.blocks->SetReplication(std::vector<BlockId>{block.id}, 1);
  // Two are to go; the one that stays is lost before they are told.
  size_t stays = SIZE_MAX;
  for (const auto& target : cluster.blocks->Locate(block.id, "").replicas) {
    stays = cluster.IndexOf(target.datanode->id.uuid);
  }
  ASSERT_NE(stays, SIZE_MAX);
  cluster.nodes[stays].disk.clear();
  cluster.FullReport(stays);
  cluster.nodes[stays].up = false;
  EXPECT_EQ(cluster.blocks->Locate(block.id, "").replicas.size(), 0u);
  cluster.Run(seconds(30));
  EXPECT_EQ(cluster.Copies(block), 1u) << "one is called back";
  EXPECT_EQ(cluster.blocks->Locate(block.id, "").replicas.size(), 1u);
}

TEST(ReplicationMonitorTest, ABadReplicaIsReplacedAndOnlyThenDeleted) {
  FakeCluster cluster(OneRack(4));
  cluster.Start();
  const Block block = cluster.AddComplete(3, {0, 1, 2});
  cluster.blocks->ReportBadReplica(block, {"uuid-1", "DS-1"}, "checksum");
  EXPECT_EQ(cluster.blocks->Locate(block.id, "").replicas.size(), 2u);
  EXPECT_TRUE(cluster.Ask(1).deletions.empty()) << "not before a good one replaces it";
  cluster.Run(seconds(30));
  EXPECT_EQ(cluster.nodes[1].deleted, 1u);
  EXPECT_EQ(cluster.nodes[3].received, 1u);
  EXPECT_EQ(cluster.Copies(block), 3u);
  EXPECT_EQ(cluster.blocks->Stats().corrupt, 0u);
}

TEST(ReplicationMonitorTest, WithNoOtherDatanodeABadReplicaMakesRoomForItsReplacement) {
  FakeCluster cluster(OneRack(3));
  cluster.Start();
  const Block block = cluster.AddComplete(3, {0, 1, 2});
  cluster.blocks->ReportBadReplica(block, {"uuid-1", "DS-1"}, "checksum");
  cluster.Run(seconds(30));
  EXPECT_EQ(cluster.nodes[1].deleted, 1u);
  EXPECT_EQ(cluster.nodes[1].received, 1u);
  EXPECT_EQ(cluster.Copies(block), 3u);
}

TEST(ReplicationMonitorTest, TheLastReplicasAreNeverDeletedEvenWhenAllAreBad) {
  FakeCluster cluster(OneRack(4));
  cluster.Start();
  const Block block = cluster.AddComplete(3, {0, 1, 2});
  for (size_t i = 0; i < 3; ++i) {
    cluster.blocks->ReportBadReplica(block, {cluster.nodes[i].id.uuid, ""}, "checksum");
  }
  cluster.Run(seconds(60));
  for (size_t i = 0; i < 4; ++i) cluster.FullReport(i);
  cluster.Run(seconds(60));
  EXPECT_EQ(cluster.Copies(block), 3u);
  EXPECT_TRUE(cluster.blocks->Locate(block.id, "").corrupt);
  EXPECT_EQ(cluster.blocks->MissingBlocks(BlockId(0), 10), std::vector<BlockId>{block.id});
}

TEST(ReplicationMonitorTest, ALostCopyOrderIsGivenAgainAfterTheTimeout) {
  BlockManagerOptions options;
  options.pending_timeout = seconds(30);
  FakeCluster cluster(OneRack(2), 1, options);
  cluster.Start();
  const Block block = cluster.AddComplete(2, {0});
  cluster.blocks->Tick();
  ASSERT_EQ(cluster.Ask(0).transfers.size(), 1u);  // and nothing is done about it
  cluster.Run(seconds(27));
  EXPECT_EQ(cluster.Copies(block), 1u);
  cluster.Run(seconds(12));
  EXPECT_EQ(cluster.Copies(block), 2u);
}

TEST(ReplicationMonitorTest, OneSourceIsNotAskedForMoreStreamsThanAllowed) {
  FakeCluster cluster(OneRack(10));
  cluster.Start();
  for (int i = 0; i < 50; ++i) cluster.AddComplete(3, {0, 1});
  cluster.blocks->Tick();
  EXPECT_LE(cluster.Ask(0).transfers.size(), 4u);
  EXPECT_LE(cluster.Ask(1).transfers.size(), 4u);
}

TEST(ReplicationMonitorTest, ACopyOnAnotherRackIsMadeWhenAllStandOnOne) {
  FakeCluster cluster({"/a", "/a", "/a", "/b"});
  cluster.Start();
  const Block block = cluster.AddComplete(3, {0, 1, 2});
  EXPECT_TRUE(cluster.blocks->GetBlockHealth(block.id).badly_placed);
  cluster.Run(seconds(60));
  EXPECT_EQ(cluster.Copies(block), 3u);
  EXPECT_TRUE(cluster.nodes[3].disk.contains(block.id.value()));
  EXPECT_FALSE(cluster.blocks->GetBlockHealth(block.id).badly_placed);
}

TEST(ReplicationMonitorTest, APauseOfTheNamenodeKillsNobody) {
  FakeCluster cluster(OneRack(3));
  cluster.Start();
  const Block block = cluster.AddComplete(3, {0, 1, 2});
  cluster.blocks->Tick();
  cluster.clock.Advance(std::chrono::hours(2));
  cluster.blocks->Tick();
  EXPECT_EQ(cluster.blocks->Stats().live_datanodes, 3u);
  cluster.Run(seconds(30));
  EXPECT_EQ(cluster.blocks->GetBlockHealth(block.id).live, 3);
}

// Random lives and deaths: whatever happens, a block that had a good replica on a surviving disk
// ends with the wanted number of copies, and none of its last copies was ever ordered away.
TEST(ReplicationMonitorTest, RandomHistoriesEndInHealth) {
  const uint64_t base = RandomSeed();
  for (uint64_t round = 0; round < 200; ++round) {
    const uint64_t seed = base + round;
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    FakeCluster cluster({"/a", "/a", "/b", "/b", "/c", "/c"}, seed);
    cluster.Start();
    std::vector<Block> blocks;
    std::vector<uint16_t> wanted;
    for (int step = 0; step < 120; ++step) {
      const size_t node = random.Below(cluster.nodes.size());
      switch (random.Below(8)) {
        case 0: {
          const size_t second = (node + 1 + random.Below(5)) % 6;
          blocks.push_back(cluster.AddComplete(3, {node, second}));
          wanted.push_back(3);
          break;
        }
        case 1:
          cluster.FullReport(node);
          break;
        case 2:
          cluster.nodes[node].up = false;
          break;
        case 3:
          cluster.nodes[node].up = true;
          cluster.Join(node);
          break;
        case 4:
          cluster.Run(seconds(3 * (1 + random.Below(20))));
          break;
        case 5:
          if (!blocks.empty()) {
            const size_t at = random.Below(blocks.size());
            wanted[at] = static_cast<uint16_t>(1 + random.Below(4));
            cluster.blocks->SetReplication(std::vector<BlockId>{blocks[at].id}, wanted[at]);
          }
          break;
        case 6:
          if (!blocks.empty()) {
            const Block& block = blocks[random.Below(blocks.size())];
            if (cluster.Copies(block) > 1) {
              cluster.blocks->ReportBadReplica(block, {cluster.nodes[node].id.uuid, ""}, "");
            }
          }
          break;
        case 7:
          if (!blocks.empty()) {  // a report of long ago comes again
            cluster.Incremental(node, blocks[random.Below(blocks.size())],
                                ReplicaChange::Kind::kReceiving);
          }
          break;
      }
    }
    for (size_t i = 0; i < cluster.nodes.size(); ++i) {
      cluster.nodes[i].up = true;
      cluster.Join(i);
    }
    cluster.Run(seconds(1200));
    for (size_t i = 0; i < blocks.size(); ++i) {
      ASSERT_GE(cluster.Copies(blocks[i]), 1u) << "block " << i << " is lost";
      const LocatedReplicas located = cluster.blocks->Locate(blocks[i].id, "");
      if (located.corrupt) continue;  // every copy was called bad: all of them are kept
      EXPECT_EQ(located.replicas.size(), wanted[i]) << "block " << i;
      EXPECT_EQ(cluster.Copies(blocks[i]), wanted[i]) << "block " << i;
    }
    EXPECT_EQ(cluster.blocks->Stats().pending_deletion, 0u);
    EXPECT_EQ(cluster.blocks->Stats().under_replicated, 0u);
  }
}

}  // namespace
}  // namespace tusk::dfs::namenode
