#include "dfs/datanode/storage/replica.h"

#include <gtest/gtest.h>

#include "dfs/datanode/storage/replica_map.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::datanode {
namespace {

constexpr ReplicaState kAllStates[] = {ReplicaState::kFinalized, ReplicaState::kBeingWritten,
                                       ReplicaState::kWaiting, ReplicaState::kUnderRecovery,
                                       ReplicaState::kTemporary};

/// A replica of 100 bytes with stamp 5.
ReplicaFacts Facts(ReplicaState state, uint64_t acked = 100) {
  ReplicaFacts facts;
  facts.block = {BlockId(1), GenerationStamp(5), 100};
  facts.state = state;
  facts.acked = acked;
  return facts;
}

/// Known to the sender: `stamp`; wanted: 6; everything sent and acknowledged.
ReopenRequest Request(int64_t stamp = 5, uint64_t min = 100, uint64_t max = 100) {
  return {{BlockId(1), GenerationStamp(stamp), 0}, GenerationStamp(6), min, max};
}

TEST(ReplicaStates, HaveHadoopsNamesAndNumbers) {
  const char* const names[] = {"FINALIZED", "RBW", "RWR", "RUR", "TEMPORARY"};
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(static_cast<int>(kAllStates[i]), i);
    EXPECT_EQ(ReplicaStateName(kAllStates[i]), names[i]);
  }
  EXPECT_EQ(ReplicaStateName(static_cast<ReplicaState>(9)), "UNKNOWN");
}

TEST(ReplicaStates, CreateReplacesOnlyOlderLeftovers) {
  const auto block = [](int64_t stamp) { return Block{BlockId(1), GenerationStamp(stamp), 0}; };
  EXPECT_OK(CheckCreate({}, block(1)));
  for (const ReplicaState state : kAllStates) {
    const bool leftover = state == ReplicaState::kBeingWritten || state == ReplicaState::kTemporary;
    EXPECT_EQ(CheckCreate(Facts(state), block(6)).ok(), leftover) << ReplicaStateName(state);
    EXPECT_THAT(CheckCreate(Facts(state), block(5)),
                StatusIs(StatusCode::kAlreadyExists, std::string(ReplicaStateName(state))));
    EXPECT_THAT(CheckCreate(Facts(state), block(4)), StatusIs(StatusCode::kAlreadyExists));
  }
}

TEST(ReplicaStates, AppendNeedsAFinalReplicaThatTheAppenderKnows) {
  for (const ReplicaState state : kAllStates) {
    EXPECT_EQ(CheckAppend(Facts(state), Request(), false).ok(), state == ReplicaState::kFinalized);
    EXPECT_EQ(CheckAppend(Facts(state), Request(), true).ok(),
              state == ReplicaState::kFinalized || state == ReplicaState::kBeingWritten);
  }
  const ReplicaFacts final_one = Facts(ReplicaState::kFinalized);
  EXPECT_THAT(CheckAppend(final_one, Request(4), false),
              StatusIs(StatusCode::kFailedPrecondition, "stamp 5, not 4"));
  EXPECT_THAT(CheckAppend(final_one, Request(6), false),
              StatusIs(StatusCode::kFailedPrecondition, "not one of 6 to 6"));
  EXPECT_THAT(CheckAppend(final_one, Request(5, 99), false),
              StatusIs(StatusCode::kFailedPrecondition, "100 bytes, the appender knows 99"));
  // Again: the first try may have got as far as the new stamp.
  EXPECT_OK(CheckAppend(final_one, Request(4), true));
  ReplicaFacts stamped = Facts(ReplicaState::kBeingWritten);
  stamped.block.generation_stamp = GenerationStamp(7);
  EXPECT_FALSE(CheckAppend(stamped, Request(), true).ok());
}

TEST(ReplicaStates, StreamingRecoveryKeepsWhatWasAcknowledged) {
  EXPECT_EQ(*CheckStreamingRecovery(Facts(ReplicaState::kBeingWritten, 80), Request(5, 60, 120)),
            80u);
  EXPECT_EQ(*CheckStreamingRecovery(Facts(ReplicaState::kFinalized), Request(5, 60, 120)), 100u);
  for (const ReplicaState state :
       {ReplicaState::kWaiting, ReplicaState::kUnderRecovery, ReplicaState::kTemporary}) {
    EXPECT_THAT(CheckStreamingRecovery(Facts(state), Request()),
                StatusIs(StatusCode::kFailedPrecondition, "not being written"));
  }
  const ReplicaFacts written = Facts(ReplicaState::kBeingWritten, 80);
  EXPECT_FALSE(CheckStreamingRecovery(written, Request(5, 81, 120)).ok()) << "acknowledged, lost";
  EXPECT_FALSE(CheckStreamingRecovery(written, Request(5, 60, 99)).ok()) << "more than was sent";
  EXPECT_FALSE(CheckStreamingRecovery(written, Request(6)).ok()) << "stale";
}

TEST(ReplicaStates, CloseRecoveryNeedsAllBytes) {
  for (const ReplicaState state : kAllStates) {
    EXPECT_EQ(CheckCloseRecovery(Facts(state), Request()).ok(),
              state == ReplicaState::kFinalized || state == ReplicaState::kBeingWritten);
  }
  EXPECT_FALSE(CheckCloseRecovery(Facts(ReplicaState::kFinalized), Request(5, 101, 101)).ok());
  EXPECT_FALSE(CheckCloseRecovery(Facts(ReplicaState::kFinalized), Request(6)).ok());
}

TEST(ReplicaStates, TheHighestRecoveryWins) {
  const Block block{BlockId(1), GenerationStamp(5), 0};
  EXPECT_OK(CheckInitRecovery(Facts(ReplicaState::kWaiting), block, GenerationStamp(6)));
  EXPECT_THAT(CheckInitRecovery(Facts(ReplicaState::kWaiting), block, GenerationStamp(5)),
              StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(CheckInitRecovery(Facts(ReplicaState::kWaiting), {BlockId(1), GenerationStamp(6), 0},
                                GenerationStamp(7)),
              StatusIs(StatusCode::kFailedPrecondition, "older than 6"));
  ReplicaFacts frozen = Facts(ReplicaState::kUnderRecovery);
  frozen.recovery_id = GenerationStamp(8);
  EXPECT_THAT(CheckInitRecovery(frozen, block, GenerationStamp(8)),
              StatusIs(StatusCode::kRecoveryInProgress));
  EXPECT_THAT(CheckInitRecovery(frozen, block, GenerationStamp(7)),
              StatusIs(StatusCode::kRecoveryInProgress));
  EXPECT_OK(CheckInitRecovery(frozen, block, GenerationStamp(9)));
}

TEST(ReplicaStates, OnlyTheRecoveryThatFrozeItEndsIt) {
  const Block block{BlockId(1), GenerationStamp(5), 0};
  ReplicaFacts frozen = Facts(ReplicaState::kUnderRecovery);
  frozen.recovery_id = GenerationStamp(8);
  EXPECT_OK(CheckUpdateRecovery(frozen, block, GenerationStamp(8), 100));
  EXPECT_OK(CheckUpdateRecovery(frozen, block, GenerationStamp(8), 0));
  EXPECT_FALSE(CheckUpdateRecovery(frozen, block, GenerationStamp(8), 101).ok());
  EXPECT_FALSE(CheckUpdateRecovery(frozen, block, GenerationStamp(7), 100).ok());
  EXPECT_FALSE(
      CheckUpdateRecovery(Facts(ReplicaState::kWaiting), block, GenerationStamp(8), 1).ok());
}

TEST(ReplicaStates, ReadersSeeWhatAllHave) {
  EXPECT_EQ(VisibleLength(Facts(ReplicaState::kFinalized, 3)), 100u);
  EXPECT_EQ(VisibleLength(Facts(ReplicaState::kWaiting, 3)), 100u);
  EXPECT_EQ(VisibleLength(Facts(ReplicaState::kBeingWritten, 3)), 3u);
  EXPECT_EQ(VisibleLength(Facts(ReplicaState::kTemporary, 3)), 0u);
  ReplicaFacts frozen = Facts(ReplicaState::kUnderRecovery, 3);
  EXPECT_EQ(VisibleLength(frozen), 100u);
  frozen.recovered_from = ReplicaState::kBeingWritten;
  EXPECT_EQ(VisibleLength(frozen), 3u);
}

TEST(ReplicaMap, HoldsOneReplicaOfEachBlock) {
  ReplicaMap map;
  Replica replica;
  replica.block = {BlockId(1), GenerationStamp(5), 100};
  EXPECT_TRUE(map.Insert(replica));
  replica.block.length = 7;
  EXPECT_FALSE(map.Insert(replica));
  EXPECT_EQ(map.Find(BlockId(1))->block.length, 100u);
  map.Put(replica);
  EXPECT_EQ(map.Find(BlockId(1))->block.length, 7u);
  EXPECT_FALSE(map.Find(BlockId(2)).has_value());
  EXPECT_TRUE(map.Erase(BlockId(1)));
  EXPECT_FALSE(map.Erase(BlockId(1)));
  EXPECT_EQ(map.size(), 0u);
}

TEST(ReplicaMap, CountsByVolume) {
  ReplicaMap map;
  for (int64_t id = 1; id <= 5; ++id) {
    Replica replica;
    replica.block.id = BlockId(id);
    replica.volume = id <= 2 ? 0 : 1;
    map.Put(replica);
  }
  EXPECT_EQ(map.CountOnVolume(0), 2u);
  EXPECT_EQ(map.OfVolume(1).size(), 3u);
  map.EraseVolume(1);
  EXPECT_EQ(map.size(), 2u);
  EXPECT_EQ(map.CountOnVolume(1), 0u);
}

TEST(ReplicaMap, FactsOfAGrowingReplicaAreItsWriters) {
  Replica replica;
  replica.block = {BlockId(1), GenerationStamp(5), 0};
  replica.state = ReplicaState::kBeingWritten;
  replica.live = std::make_shared<LiveReplica>(10, 0);
  replica.live->SetOnDisk(30, 7);
  EXPECT_EQ(replica.Facts().block.length, 30u);
  EXPECT_EQ(replica.Facts().acked, 10u);
  replica.live->SetAcked(40);  // never more than is on disk
  EXPECT_EQ(replica.Facts().acked, 30u);
  replica.live->SetAcked(20);  // never back
  EXPECT_EQ(replica.Facts().acked, 30u);
  replica.live->SetOnDisk(15, 7);  // but for a cut
  EXPECT_EQ(replica.Facts().acked, 15u);
}

TEST(LiveReplica, OneWriterAtATime) {
  LiveReplica live(0, 0);
  int asked = 0;
  EXPECT_TRUE(live.BeginWriting([&asked] { ++asked; }));
  EXPECT_FALSE(live.BeginWriting({}));
  live.EndWriting();
  EXPECT_TRUE(live.BeginWriting({}));
  live.EndWriting();
  EXPECT_EQ(asked, 0);
}

}  // namespace
}  // namespace tusk::dfs::datanode
