#include "dfs/datanode/storage/block_store.h"

#include <gtest/gtest.h>

#include "tests/dfs/datanode/storage/stored_block.h"

namespace tusk::dfs::datanode {
namespace {

constexpr Block BlockOf(int64_t id, int64_t stamp, uint64_t length = 0) {
  return {BlockId(id), GenerationStamp(stamp), length};
}

class BlockStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    BlockStoreOptions options;
    options.volumes = {{.path = "/data", .type = StorageType::kDisk}};
    options.volume.threads = 1;
    auto store = BlockStore::Open(env_, std::move(options));
    ASSERT_OK(store);
    store_ = std::move(*store);
    store_->SetListener([this](ReplicaEvent event, const Block& block, const Volume&) {
      const char* const names[] = {"receiving", "received", "deleted"};
      events_.push_back(fmt::format("{} {}_{} {}", names[static_cast<int>(event)], block.id,
                                    block.generation_stamp, block.length));
    });
    ASSERT_OK(store_->Attach(kTestIdentity, "uuid"));
  }

  Volume& volume() { return store_->volumes().at(0); }
  Result<std::unique_ptr<ReplicaWriter>> Create(const Block& block, bool temporary = false) {
    return store_->Create(volume(), block, kSmallChunks, temporary, {});
  }
  /// A final replica with `block.length` bytes.
  void Store(const Block& block) {
    auto writer = Create(block);
    ASSERT_OK(writer);
    ASSERT_OK(WriteRange(**writer, 0, block.length));
    ASSERT_OK_AND_ASSIGN(const Block stored, store_->Finalize(std::move(*writer), false));
    EXPECT_EQ(stored, block);
  }
  void ExpectReplica(const Block& block, ReplicaState state) {
    const auto replica = store_->Find(block.id);
    ASSERT_TRUE(replica.has_value());
    EXPECT_EQ(replica->state, state) << ReplicaStateName(replica->state);
    EXPECT_EQ(replica->Facts().block, block);
    ASSERT_OK_AND_ASSIGN(const std::string data, ReadBack(*store_, block));
    EXPECT_EQ(data, DataOf(block.id, 0, block.length));
  }
  ReopenRequest Reopen(int64_t stamp, uint64_t min, uint64_t max) {
    return {BlockOf(1, 5), GenerationStamp(stamp), min, max};
  }
  /// Nothing is left of any replica.
  void ExpectEmpty() {
    EXPECT_EQ(store_->ReplicaCount(), 0u);
    EXPECT_EQ(volume().used(), 0u);
    EXPECT_TRUE(env_.ListDirectory(volume().rbw_directory())->empty());
    EXPECT_TRUE(env_.ListDirectory(volume().tmp_directory())->empty());
    const std::string leaf = volume().FinalizedDirectory(BlockId(1));
    const auto names = env_.ListDirectory(leaf);
    EXPECT_TRUE(!names.ok() || names->empty());
  }

  MemoryEnv env_;
  std::unique_ptr<BlockStore> store_;
  std::vector<std::string> events_;
};

TEST_F(BlockStoreTest, AReplicaIsWrittenReadAndDeleted) {
  Store(BlockOf(1, 5, 100));
  ExpectReplica(BlockOf(1, 5, 100), ReplicaState::kFinalized);
  EXPECT_EQ(events_, (std::vector<std::string>{"receiving 1_5 0", "received 1_5 100"}));
  EXPECT_EQ(*store_->GetVisibleLength(BlockOf(1, 5)), 100u);
  ASSERT_OK(store_->Invalidate(BlockOf(1, 5)));
  EXPECT_EQ(events_.back(), "deleted 1_5 100");
  ExpectEmpty();
  EXPECT_OK(store_->Invalidate(BlockOf(1, 5)));
}

TEST_F(BlockStoreTest, ReadersSeeAGrowingReplica) {
  ASSERT_OK_AND_ASSIGN(auto writer, Create(BlockOf(1, 5)));
  uint64_t acked = 0;
  for (const uint64_t length : {5, 16, 30, 33}) {
    ASSERT_OK(WriteRange(*writer, writer->length(), length));
    ExpectReplica(BlockOf(1, 5, length), ReplicaState::kBeingWritten);
    EXPECT_EQ(*store_->GetVisibleLength(BlockOf(1, 5)), acked);
    acked = length - 1;
    writer->live()->SetAcked(acked);
    EXPECT_EQ(*store_->GetVisibleLength(BlockOf(1, 5)), acked);
  }
}

TEST_F(BlockStoreTest, AReaderKeepsItsBytesWhileTheReplicaChanges) {
  ASSERT_OK_AND_ASSIGN(auto writer, Create(BlockOf(1, 5)));
  ASSERT_OK(WriteRange(*writer, 0, 20));
  ASSERT_OK_AND_ASSIGN(const auto reader, store_->OpenForRead(BlockOf(1, 5)));
  ASSERT_OK(WriteRange(*writer, 20, 50));
  ASSERT_OK(store_->Finalize(std::move(writer), false));
  ASSERT_OK(store_->Invalidate(BlockOf(1, 5)));
  std::vector<uint8_t> data(20);
  std::vector<uint8_t> checksums(8);
  ASSERT_OK(reader->Read(0, data, checksums));
  EXPECT_EQ(AsText(data), DataOf(BlockId(1), 0, 20));
  EXPECT_OK(VerifyChecksums(reader->spec(), 0, data, checksums));
}

TEST_F(BlockStoreTest, StaleReadersAndDeletionsAreRefused) {
  Store(BlockOf(1, 5, 10));
  EXPECT_THAT(store_->OpenForRead(BlockOf(1, 6)),
              StatusIs(StatusCode::kFailedPrecondition, "older than 6"));
  EXPECT_THAT(store_->GetVisibleLength(BlockOf(1, 6)), StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(store_->Invalidate(BlockOf(1, 4)),
              StatusIs(StatusCode::kFailedPrecondition, "newer"));
  EXPECT_OK(store_->OpenForRead(BlockOf(1, 4)));
  const Status missing = store_->OpenForRead(BlockOf(2, 5)).status();
  EXPECT_THAT(missing, StatusIs(StatusCode::kNotFound));
  EXPECT_THAT(std::string(missing.remote_class()), testing::HasSubstr("ReplicaNotFoundException"));
}

TEST_F(BlockStoreTest, CreateReplacesOnlyWhatNobodyWrites) {
  ASSERT_OK_AND_ASSIGN(auto writer, Create(BlockOf(1, 5)));
  ASSERT_OK(WriteRange(*writer, 0, 20));
  EXPECT_THAT(Create(BlockOf(1, 5)), StatusIs(StatusCode::kAlreadyExists));
  EXPECT_THAT(Create(BlockOf(1, 6)), StatusIs(StatusCode::kFailedPrecondition, "being written"));
  store_->Release(std::move(writer));
  ASSERT_OK_AND_ASSIGN(auto fresh, Create(BlockOf(1, 6)));
  EXPECT_EQ(fresh->length(), 0u);
  store_->Release(std::move(fresh));
  ASSERT_OK(store_->Invalidate(BlockOf(1, 6)));
  ExpectEmpty();
}

TEST_F(BlockStoreTest, CopiesAreInvisibleUntilTheyAreFinal) {
  ASSERT_OK_AND_ASSIGN(auto writer, Create(BlockOf(1, 5), true));
  ASSERT_OK(WriteRange(*writer, 0, 20));
  EXPECT_TRUE(events_.empty());
  EXPECT_TRUE(store_->ReportOf(0).empty());
  EXPECT_THAT(store_->OpenForRead(BlockOf(1, 5)), StatusIs(StatusCode::kNotFound));
  ASSERT_OK(store_->Finalize(std::move(writer), false));
  EXPECT_EQ(events_, (std::vector<std::string>{"received 1_5 20"}));
  ExpectReplica(BlockOf(1, 5, 20), ReplicaState::kFinalized);
}

TEST_F(BlockStoreTest, ACopyThatIsGivenUpIsGone) {
  ASSERT_OK_AND_ASSIGN(auto writer, Create(BlockOf(1, 5), true));
  ASSERT_OK(WriteRange(*writer, 0, 20));
  store_->Release(std::move(writer));
  ExpectEmpty();
}

TEST_F(BlockStoreTest, ACopyBecomesPartOfAPipeline) {
  ASSERT_OK_AND_ASSIGN(auto writer, Create(BlockOf(1, 5), true));
  ASSERT_OK(WriteRange(*writer, 0, 20));
  ASSERT_OK(store_->ConvertTemporary(std::move(writer)));
  ExpectReplica(BlockOf(1, 5, 20), ReplicaState::kBeingWritten);
  ASSERT_OK_AND_ASSIGN(auto again, store_->RecoverStreaming(Reopen(6, 20, 40), {}));
  ASSERT_OK(WriteRange(*again, 20, 40));
  ASSERT_OK(store_->Finalize(std::move(again), false));
  ExpectReplica(BlockOf(1, 6, 40), ReplicaState::kFinalized);
}

TEST_F(BlockStoreTest, AppendGoesOnUnderTheNewStamp) {
  Store(BlockOf(1, 5, 20));
  ASSERT_OK_AND_ASSIGN(auto writer, store_->Append(Reopen(6, 20, 20), false, {}));
  ExpectReplica(BlockOf(1, 6, 20), ReplicaState::kBeingWritten);
  EXPECT_EQ(*store_->GetVisibleLength(BlockOf(1, 6)), 20u);
  EXPECT_THAT(store_->Append(Reopen(7, 20, 20), true, {}),
              StatusIs(StatusCode::kFailedPrecondition, "being written"));
  ASSERT_OK(WriteRange(*writer, 20, 50));
  ASSERT_OK(store_->Finalize(std::move(writer), false));
  ExpectReplica(BlockOf(1, 6, 50), ReplicaState::kFinalized);
  EXPECT_EQ(events_.back(), "received 1_6 50");
  ASSERT_OK(store_->Invalidate(BlockOf(1, 6)));
  ExpectEmpty();
}

TEST_F(BlockStoreTest, StreamingRecoveryCutsToWhatWasAcknowledged) {
  ASSERT_OK_AND_ASSIGN(auto writer, Create(BlockOf(1, 5)));
  ASSERT_OK(WriteRange(*writer, 0, 50));
  writer->live()->SetAcked(37);
  store_->Release(std::move(writer));
  ASSERT_OK_AND_ASSIGN(auto again, store_->RecoverStreaming(Reopen(6, 30, 50), {}));
  ExpectReplica(BlockOf(1, 6, 37), ReplicaState::kBeingWritten);
  ASSERT_OK(WriteRange(*again, 30, 60));
  ASSERT_OK(store_->Finalize(std::move(again), false));
  ExpectReplica(BlockOf(1, 6, 60), ReplicaState::kFinalized);
}

TEST_F(BlockStoreTest, CloseRecoveryMakesItFinal) {
  ASSERT_OK_AND_ASSIGN(auto writer, Create(BlockOf(1, 5)));
  ASSERT_OK(WriteRange(*writer, 0, 50));
  store_->Release(std::move(writer));
  ASSERT_OK_AND_ASSIGN(const Block closed, store_->RecoverClose(Reopen(6, 50, 50)));
  EXPECT_EQ(closed, BlockOf(1, 6, 50));
  ExpectReplica(closed, ReplicaState::kFinalized);
  // And again, as the client may not have heard of it.
  ASSERT_OK(store_->RecoverClose(Reopen(7, 50, 50)));
  ExpectReplica(BlockOf(1, 7, 50), ReplicaState::kFinalized);
}

TEST_F(BlockStoreTest, BlockRecoveryFreezesCutsAndStamps) {
  ASSERT_OK_AND_ASSIGN(auto writer, Create(BlockOf(1, 5)));
  ASSERT_OK(WriteRange(*writer, 0, 50));
  EXPECT_THAT(store_->InitRecovery(BlockOf(1, 5), GenerationStamp(9)),
              StatusIs(StatusCode::kFailedPrecondition, "being written"));
  store_->Release(std::move(writer));
  ASSERT_OK_AND_ASSIGN(const auto facts, store_->InitRecovery(BlockOf(1, 5), GenerationStamp(9)));
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->state, ReplicaState::kBeingWritten);
  EXPECT_EQ(facts->block, BlockOf(1, 5, 50));
  EXPECT_EQ(store_->Find(BlockId(1))->state, ReplicaState::kUnderRecovery);
  EXPECT_THAT(store_->RecoverStreaming(Reopen(9, 0, 50), {}),
              StatusIs(StatusCode::kFailedPrecondition));
  EXPECT_THAT(store_->UpdateRecovery(BlockOf(1, 5), GenerationStamp(8), 33),
              StatusIs(StatusCode::kFailedPrecondition));
  ASSERT_OK_AND_ASSIGN(const std::string storage,
                       store_->UpdateRecovery(BlockOf(1, 5), GenerationStamp(9), 33));
  EXPECT_EQ(storage, volume().storage_id());
  ExpectReplica(BlockOf(1, 9, 33), ReplicaState::kFinalized);
}

TEST_F(BlockStoreTest, RecoveryOfWhatIsNotHereFindsNothing) {
  ASSERT_OK_AND_ASSIGN(const auto none, store_->InitRecovery(BlockOf(1, 5), GenerationStamp(9)));
  EXPECT_FALSE(none.has_value());
  ASSERT_OK_AND_ASSIGN(auto copy, Create(BlockOf(1, 5), true));
  ASSERT_OK_AND_ASSIGN(const auto still, store_->InitRecovery(BlockOf(1, 5), GenerationStamp(9)));
  EXPECT_FALSE(still.has_value());
  store_->Release(std::move(copy));
}

TEST_F(BlockStoreTest, AFinalizeThatFailsLeavesNothing) {
  for (uint64_t step = 1;; ++step) {
    SCOPED_TRACE(step);
    ASSERT_OK_AND_ASSIGN(auto writer, Create(BlockOf(1, 5)));
    ASSERT_OK(WriteRange(*writer, 0, 50));
    env_.FailAt(env_.steps() + step, Status(StatusCode::kIoError, "test"));
    const Result<Block> stored = store_->Finalize(std::move(writer), false);
    env_.FailAt(0, Status());
    if (stored.ok()) break;
    EXPECT_THAT(stored, StatusIs(StatusCode::kIoError, "test"));
    EXPECT_EQ(events_.back(), "deleted 1_5 0");
    ExpectEmpty();
    ASSERT_LT(step, 20u);
  }
  ExpectReplica(BlockOf(1, 5, 50), ReplicaState::kFinalized);
}

TEST_F(BlockStoreTest, AWriterThatDiedTakesItsReplicaAlong) {
  ASSERT_OK_AND_ASSIGN(auto writer, Create(BlockOf(1, 5)));
  env_.FailAt(env_.steps() + 1, Status(StatusCode::kNoSpace, "full"));
  EXPECT_FALSE(WriteRange(*writer, 0, 50).ok());
  store_->Release(std::move(writer));
  ExpectEmpty();
}

TEST_F(BlockStoreTest, AFileThatWasCutIsCorrupt) {
  Store(BlockOf(1, 5, 50));
  const std::string path = volume().FinalizedDirectory(BlockId(1)) + "/blk_1";
  ASSERT_OK_AND_ASSIGN(const auto file, env_.OpenFile(path, OpenMode::kReadWrite));
  ASSERT_OK(file->Truncate(49));
  EXPECT_THAT(store_->OpenForRead(BlockOf(1, 5)),
              StatusIs(StatusCode::kCorruption, "has 49 bytes"));
}

TEST_F(BlockStoreTest, ReportsNameAllButCopies) {
  Store(BlockOf(1, 5, 50));
  ASSERT_OK_AND_ASSIGN(auto written, Create(BlockOf(2, 6)));
  ASSERT_OK(WriteRange(*written, 0, 20));
  ASSERT_OK_AND_ASSIGN(auto copied, Create(BlockOf(3, 7), true));
  auto report = store_->ReportOf(0);
  std::sort(report.begin(), report.end(),
            [](const Replica& a, const Replica& b) { return a.block.id < b.block.id; });
  ASSERT_EQ(report.size(), 2u);
  EXPECT_EQ(report[0].block, BlockOf(1, 5, 50));
  EXPECT_EQ(report[1].block, BlockOf(2, 6, 20));
  EXPECT_EQ(report[1].state, ReplicaState::kBeingWritten);
  EXPECT_EQ(store_->ReplicaCount(0), 3u);
}

TEST_F(BlockStoreTest, AnotherNamespaceIsRefusedAfterAReconnect) {
  EXPECT_OK(store_->Attach(kTestIdentity, "uuid"));
  NamespaceIdentity other = kTestIdentity;
  other.pool_id = "BP-2";
  EXPECT_THAT(store_->Attach(other, "uuid"), StatusIs(StatusCode::kVersionMismatch));
}

}  // namespace
}  // namespace tusk::dfs::datanode
