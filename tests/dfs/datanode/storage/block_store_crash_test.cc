// The replicas of a volume through every crash point and tear mode: what was final is there, what
// was synced can be recovered, and nothing is served that the checksums do not cover.
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "dfs/datanode/storage/block_store.h"
#include "dfs/datanode/storage/directory_scanner.h"
#include "tests/dfs/datanode/storage/stored_block.h"

namespace tusk::dfs::datanode {
namespace {

/// What was told about a block before the crash.
struct Told {
  bool deleting = false;   ///< a deletion had begun
  uint64_t durable = 0;    ///< bytes that a finalize or a sync covered
  bool final_now = false;  ///< nothing had begun to change it since it was final
  GenerationStamp stamp;   ///< while final_now
};
using ToldMap = std::map<BlockId, Told>;

/// Writes, syncs, appends, recovers and deletes until something fails.
class Workload {
 public:
  Workload(BlockStore& store, ToldMap* told) : store_(store), told_(*told) {}

  bool Run() {
    return WriteOne(1, 5, 40) && SyncOne(2, 6, 25) && WriteOne(3, 7, 33) &&
           AppendOne(1, 8, 40, 70) && RecoverOne(3, 9, 20) && DeleteOne(1) && WriteOne(4, 10, 16);
  }

 private:
  Volume& volume() { return store_.volumes().at(0); }

  bool Final(Result<Block> stored) {
    if (!stored.ok()) return false;
    told_[stored->id] = {false, stored->length, true, stored->generation_stamp};
    return true;
  }
  bool WriteOne(int64_t id, int64_t stamp, uint64_t length) {
    const Block block{BlockId(id), GenerationStamp(stamp), 0};
    auto writer = store_.Create(volume(), block, kSmallChunks, false, {});
    return writer.ok() && WriteRange(**writer, 0, length).ok() &&
           Final(store_.Finalize(std::move(*writer), false));
  }
  bool SyncOne(int64_t id, int64_t stamp, uint64_t length) {
    const Block block{BlockId(id), GenerationStamp(stamp), 0};
    auto writer = store_.Create(volume(), block, kSmallChunks, false, {});
    if (!writer.ok() || !WriteRange(**writer, 0, length).ok() || !(*writer)->Sync().ok() ||
        !volume().env().SyncDirectory((*writer)->directory()).ok())
      return false;
    told_[block.id].durable = length;
    if (!WriteRange(**writer, length, length + 3).ok()) return false;
    if (!WriteRange(**writer, length + 3, length + 30).ok()) return false;
    store_.Release(std::move(*writer));
    return true;
  }
  bool AppendOne(int64_t id, int64_t stamp, uint64_t from, uint64_t to) {
    Told& told = told_[BlockId(id)];
    told.final_now = false;
    const ReopenRequest request{{BlockId(id), told.stamp, 0}, GenerationStamp(stamp), from, from};
    auto writer = store_.Append(request, false, {});
    return writer.ok() && WriteRange(**writer, from, to).ok() &&
           Final(store_.Finalize(std::move(*writer), false));
  }
  bool RecoverOne(int64_t id, int64_t stamp, uint64_t length) {
    Told& told = told_[BlockId(id)];
    told.final_now = false;
    told.durable = length;
    const Block block{BlockId(id), told.stamp, 0};
    if (!store_.InitRecovery(block, GenerationStamp(stamp)).ok()) return false;
    if (!store_.UpdateRecovery(block, GenerationStamp(stamp), length).ok()) return false;
    told = {false, length, true, GenerationStamp(stamp)};
    return true;
  }
  bool DeleteOne(int64_t id) {
    Told& told = told_[BlockId(id)];
    told.deleting = true;
    return store_.Invalidate({BlockId(id), told.stamp, 0}).ok();
  }

  BlockStore& store_;
  ToldMap& told_;
};

void CheckReplicas(BlockStore& store, const ToldMap& told, CrashMode mode) {
  for (const auto& [id, facts] : told) {
    SCOPED_TRACE(fmt::format("blk_{}", id));
    const std::optional<Replica> replica = store.Find(id);
    if (facts.deleting) continue;
    if (facts.durable > 0) {
      ASSERT_TRUE(replica.has_value());
      // A checksum that was torn in the middle while it was replaced covers nothing.
      const bool torn = mode == CrashMode::kKeepPrefix && !facts.final_now;
      EXPECT_GE(replica->block.length, torn ? facts.durable / 16 * 16 : facts.durable);
    }
    if (facts.final_now) {
      EXPECT_EQ(replica->state, ReplicaState::kFinalized);
      EXPECT_EQ(replica->block, (Block{id, facts.stamp, facts.durable}));
    }
  }
  uint64_t bytes = 0;
  for (const Replica& replica : store.ReportOf(0)) {
    SCOPED_TRACE(fmt::format("blk_{} {}", replica.block.id, ReplicaStateName(replica.state)));
    EXPECT_TRUE(replica.state == ReplicaState::kFinalized ||
                replica.state == ReplicaState::kWaiting);
    const Result<std::string> data = ReadBack(store, replica.block);
    ASSERT_OK(data);
    EXPECT_EQ(*data, DataOf(replica.block.id, 0, replica.block.length));
    bytes += replica.block.length;
  }
  EXPECT_GE(store.volumes().at(0).used(), bytes);
  EXPECT_LT(store.volumes().at(0).used(), 1'000u);
}

TEST(BlockStoreCrash, NothingFinalOrSyncedIsLostAtAnyStepInAnyMode) {
  MemoryEnv counted;
  uint64_t first = 0;
  {
    ASSERT_OK_AND_ASSIGN(const auto store, OpenStore(counted));
    first = counted.steps();
    ToldMap told;
    ASSERT_TRUE(Workload(*store, &told).Run());
  }
  const uint64_t last = counted.steps();
  ASSERT_GT(last - first, 50u);
  for (uint64_t step = first + 1; step <= last + 1; ++step) {
    for (const CrashMode mode : kAllCrashModes) {
      for (uint64_t seed = 0; seed < 3; ++seed) {
        SCOPED_TRACE(fmt::format("step {} mode {} seed {}", step, static_cast<int>(mode), seed));
        MemoryEnv env;
        ToldMap told;
        {
          ASSERT_OK_AND_ASSIGN(const auto store, OpenStore(env));
          ASSERT_EQ(env.steps(), first);
          env.CrashAt(step);
          Workload(*store, &told).Run();
        }
        env.Crash(mode, seed);
        {
          ASSERT_OK_AND_ASSIGN(const auto store, OpenStore(env));
          CheckReplicas(*store, told, mode);
        }
        // What a start has put right stays right.
        env.Crash(CrashMode::kLoseUnsynced, seed);
        ASSERT_OK_AND_ASSIGN(const auto store, OpenStore(env));
        CheckReplicas(*store, told, mode);
        if (testing::Test::HasFailure()) return;
      }
    }
  }
}

TEST(BlockStoreCrash, ReplicasWaitForTheirRecoveryAndTakeIt) {
  MemoryEnv env;
  {
    ASSERT_OK_AND_ASSIGN(const auto store, OpenStore(env));
    const Block block{BlockId(1), GenerationStamp(5), 0};
    ASSERT_OK_AND_ASSIGN(auto writer,
                         store->Create(store->volumes().at(0), block, kSmallChunks, false, {}));
    ASSERT_OK(WriteRange(*writer, 0, 50));
  }
  ASSERT_OK_AND_ASSIGN(const auto store, OpenStore(env));
  const auto found = store->Find(BlockId(1));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->state, ReplicaState::kWaiting);
  EXPECT_EQ(found->block.length, 50u);
  const Block block{BlockId(1), GenerationStamp(5), 0};
  ASSERT_OK_AND_ASSIGN(const auto facts, store->InitRecovery(block, GenerationStamp(7)));
  EXPECT_EQ(facts->state, ReplicaState::kWaiting);
  ASSERT_OK(store->UpdateRecovery(block, GenerationStamp(7), 45));
  ASSERT_OK_AND_ASSIGN(const std::string data,
                       ReadBack(*store, {BlockId(1), GenerationStamp(7), 0}));
  EXPECT_EQ(data, DataOf(BlockId(1), 0, 45));
  ASSERT_OK(store->Invalidate({BlockId(1), GenerationStamp(7), 0}));
  EXPECT_EQ(store->volumes().at(0).used(), 0u);
}

TEST(DirectoryScanner, FilesWithoutAPartnerAreNotServed) {
  MemoryEnv env;
  std::string rbw;
  std::string leaf;
  {
    ASSERT_OK_AND_ASSIGN(const auto store, OpenStore(env));
    rbw = store->volumes().at(0).rbw_directory();
    leaf = *store->volumes().at(0).MakeFinalizedDirectory(BlockId(1));
  }
  for (const std::string& path : {rbw + "/blk_1", rbw + "/blk_2_5.meta", rbw + "/junk",
                                  leaf + "/blk_3", leaf + "/blk_4_5.meta", leaf + "/README"}) {
    ASSERT_OK(env.ReplaceFile(path, AsBytes("text")));
  }
  ASSERT_OK_AND_ASSIGN(const auto store, OpenStore(env));
  EXPECT_EQ(store->ReplicaCount(), 0u);
  // In rbw they go; what once was final is left to people.
  EXPECT_EQ(*env.ListDirectory(rbw), (std::vector<std::string>{"junk"}));
  EXPECT_EQ(env.ListDirectory(leaf)->size(), 3u);
}

TEST(DirectoryScanner, OnlyWhatTheChecksumsCoverCounts) {
  for (uint64_t bad = 0; bad < 50; ++bad) {
    SCOPED_TRACE(bad);
    MemoryEnv env;
    {
      ASSERT_OK_AND_ASSIGN(const auto store, OpenStore(env));
      const Block block{BlockId(1), GenerationStamp(5), 0};
      ASSERT_OK_AND_ASSIGN(auto writer,
                           store->Create(store->volumes().at(0), block, kSmallChunks, false, {}));
      ASSERT_OK(WriteRange(*writer, 0, 50));
      ASSERT_OK_AND_ASSIGN(const auto file,
                           env.OpenFile(writer->data_path(), OpenMode::kReadWrite));
      ASSERT_OK(file->PWrite(bad, AsBytes("\xff")));
    }
    ASSERT_OK_AND_ASSIGN(const auto store, OpenStore(env));
    const auto found = store->Find(BlockId(1));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->block.length, bad / 16 * 16);
    EXPECT_EQ(*ReadBack(*store, found->block), DataOf(BlockId(1), 0, bad / 16 * 16));
    ASSERT_OK(store->Invalidate(found->block));
    EXPECT_EQ(store->volumes().at(0).used(), 0u);
  }
}

TEST(DirectoryScanner, DataThatOutgrewItsLastChecksumCountsUpToThere) {
  MemoryEnv env;
  std::string path;
  {
    ASSERT_OK_AND_ASSIGN(const auto store, OpenStore(env));
    const Block block{BlockId(1), GenerationStamp(5), 0};
    ASSERT_OK_AND_ASSIGN(auto writer,
                         store->Create(store->volumes().at(0), block, kSmallChunks, false, {}));
    ASSERT_OK(WriteRange(*writer, 0, 20));
    path = writer->data_path();
    ASSERT_OK_AND_ASSIGN(const auto file, env.OpenFile(path, OpenMode::kReadWrite));
    ASSERT_OK(file->PWrite(20, AsBytes("torn tail")));
  }
  ASSERT_OK_AND_ASSIGN(const auto store, OpenStore(env));
  EXPECT_EQ(store->Find(BlockId(1))->block.length, 20u);
  EXPECT_EQ(env.Stat(path)->size, 20u);
}

}  // namespace
}  // namespace tusk::dfs::datanode
