#include "dfs/datanode/storage/replica_writer.h"

#include <gtest/gtest.h>

#include "common/base/random.h"
#include "dfs/datanode/storage/block_meta_file.h"
#include "dfs/datanode/storage/directory_scanner.h"
#include "tests/dfs/datanode/storage/stored_block.h"

namespace tusk::dfs::datanode {
namespace {

constexpr Block kBlock{BlockId(1), GenerationStamp(5), 0};

class ReplicaWriterTest : public testing::Test {
 protected:
  void SetUp() override {
    auto volume = Volume::Open(env_, "/data", StorageType::kDisk, 0, {.threads = 1});
    ASSERT_OK(volume);
    volume_ = std::move(*volume);
    ASSERT_OK(volume_->Attach(kTestIdentity, "uuid"));
  }

  std::unique_ptr<ReplicaWriter> Create(const ChecksumSpec& spec = kSmallChunks) {
    auto writer = ReplicaWriter::Create(*volume_, volume_->rbw_directory(), kBlock, spec);
    EXPECT_OK(writer);
    return std::move(*writer);
  }
  Result<std::unique_ptr<ReplicaWriter>> Reopen(uint64_t length) {
    return ReplicaWriter::Reopen(*volume_, volume_->rbw_directory(), kBlock, length);
  }

  /// The files hold exactly `length` bytes of the block's data, with right checksums.
  void ExpectFiles(uint64_t length, const ChecksumSpec& spec = kSmallChunks) {
    const std::string data = volume_->rbw_directory() + "/blk_1";
    const std::string meta = volume_->rbw_directory() + "/blk_1_5.meta";
    ASSERT_OK_AND_ASSIGN(const std::string bytes, env_.ReadSmallFile(data, 1 << 20));
    EXPECT_EQ(bytes, DataOf(kBlock.id, 0, length));
    EXPECT_EQ(env_.Stat(meta)->size, MetaFileBytes(spec, length));
    ASSERT_OK_AND_ASSIGN(const uint64_t verified, VerifiedLength(env_, data, meta));
    EXPECT_EQ(verified, length);
    EXPECT_EQ(volume_->used(), length + MetaFileBytes(spec, length));
  }

  MemoryEnv env_;
  std::unique_ptr<Volume> volume_;
};

TEST_F(ReplicaWriterTest, PacketsOfAnySizesJoin) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  const auto writer = Create();
  uint64_t at = 0;
  while (at < 2'000) {
    // Now and then a packet is sent again, in whole or with something new behind it.
    const uint64_t from =
        random.Chance(0.2) ? at - random.Below(std::min<uint64_t>(at, 60) + 1) : at;
    const uint64_t to = from + 1 + random.Below(70);
    ASSERT_OK(WriteRange(*writer, from, to));
    at = std::max(at, to);
    ASSERT_EQ(writer->length(), at);
    ExpectFiles(at);
  }
}

TEST_F(ReplicaWriterTest, SeveralPacketsInOneCall) {
  const auto writer = Create();
  std::vector<TestPacket> packets;
  for (uint64_t at = 0; at < 100; at += 10) {
    packets.emplace_back(kSmallChunks, at, DataOf(kBlock.id, at, at + 10));
  }
  std::vector<PacketView> views;
  for (const TestPacket& packet : packets) views.push_back(packet.View());
  ASSERT_OK(writer->Write(views, kSmallChunks, false));
  ExpectFiles(100);
}

TEST_F(ReplicaWriterTest, AnotherChecksumOfTheSenderIsTurnedIntoOurs) {
  const auto writer = Create();
  const ChecksumSpec theirs{ChecksumType::kCrc32, 64};
  ASSERT_OK(WriteRange(*writer, 0, 100, theirs));
  ASSERT_OK(WriteRange(*writer, 100, 150, kSmallChunks));
  ExpectFiles(150);
}

TEST_F(ReplicaWriterTest, WithoutChecksumsThereIsOnlyTheHeader) {
  const ChecksumSpec none{ChecksumType::kNull, 512};
  const auto writer = Create(none);
  ASSERT_OK(WriteRange(*writer, 0, 100, none));
  ExpectFiles(100, none);
}

TEST_F(ReplicaWriterTest, ABadPacketIsToldAndTheOnesBeforeStay) {
  const auto writer = Create();
  const TestPacket good(kSmallChunks, 0, DataOf(kBlock.id, 0, 40));
  TestPacket bad(kSmallChunks, 40, DataOf(kBlock.id, 40, 80));
  bad.data()[20] ^= 1;
  const std::vector<PacketView> views = {good.View(), bad.View()};
  EXPECT_THAT(writer->Write(views, kSmallChunks, true), StatusIs(StatusCode::kCorruption));
  EXPECT_FALSE(writer->dead());
  EXPECT_EQ(writer->length(), 40u);
  ASSERT_OK(WriteRange(*writer, 40, 80));
  ExpectFiles(80);
}

TEST_F(ReplicaWriterTest, AHoleIsRefused) {
  const auto writer = Create();
  EXPECT_THAT(WriteRange(*writer, 1, 10), StatusIs(StatusCode::kInvalidArgument, "only 0 bytes"));
  ASSERT_OK(WriteRange(*writer, 0, 10));
  ExpectFiles(10);
}

TEST_F(ReplicaWriterTest, AWrongNumberOfChecksumsIsRefused) {
  const auto writer = Create();
  const TestPacket packet(kSmallChunks, 0, DataOf(kBlock.id, 0, 40));
  PacketView view = packet.View();
  view.checksums = view.checksums.first(8);
  EXPECT_FALSE(writer->Write({&view, 1}, kSmallChunks, false).ok());
  EXPECT_EQ(writer->length(), 0u);
}

TEST_F(ReplicaWriterTest, EveryFailedStepKillsIt) {
  for (int step = 1;; ++step) {
    SCOPED_TRACE(step);
    auto writer = Create();
    env_.FailAt(env_.steps() + static_cast<uint64_t>(step), Status(StatusCode::kIoError, "test"));
    Status status = WriteRange(*writer, 0, 40);
    if (status.ok()) status = writer->Sync();
    if (status.ok()) status = WriteRange(*writer, 40, 50);
    env_.FailAt(0, Status());
    if (status.ok()) break;
    EXPECT_THAT(status, StatusIs(StatusCode::kIoError, "test"));
    EXPECT_TRUE(writer->dead());
    EXPECT_THAT(WriteRange(*writer, 0, 40), StatusIs(StatusCode::kIoError, "test"));
    EXPECT_THAT(writer->Sync(), StatusIs(StatusCode::kIoError, "test"));
    EXPECT_THAT(writer->Close(), StatusIs(StatusCode::kIoError, "test"));
    EXPECT_TRUE(volume_->failed());
    writer.reset();
    ASSERT_OK(env_.RemoveFile(volume_->rbw_directory() + "/blk_1"));
    ASSERT_OK(env_.RemoveFile(volume_->rbw_directory() + "/blk_1_5.meta"));
    ASSERT_LT(step, 20);
  }
}

TEST_F(ReplicaWriterTest, NoSpaceIsNoFaultOfTheVolume) {
  const auto writer = Create();
  env_.FailAt(env_.steps() + 1, Status(StatusCode::kNoSpace, "full"));
  EXPECT_THAT(WriteRange(*writer, 0, 40), StatusIs(StatusCode::kNoSpace));
  EXPECT_TRUE(writer->dead());
  EXPECT_FALSE(volume_->failed());
}

TEST_F(ReplicaWriterTest, IsCutToAnyLengthAndGoesOn) {
  for (uint64_t length = 0; length <= 50; ++length) {
    SCOPED_TRACE(length);
    {
      const auto writer = Create();
      ASSERT_OK(WriteRange(*writer, 0, 50));
      ASSERT_OK(writer->Close());
    }
    ASSERT_OK_AND_ASSIGN(const auto writer, Reopen(length));
    EXPECT_EQ(writer->spec(), kSmallChunks);
    ExpectFiles(length);
    ASSERT_OK(WriteRange(*writer, length, 60));
    ExpectFiles(60);
    ASSERT_OK(env_.RemoveFile(writer->data_path()));
    ASSERT_OK(env_.RemoveFile(writer->meta_path()));
    volume_->AddUsed(-static_cast<int64_t>(volume_->used()));
  }
}

TEST_F(ReplicaWriterTest, MoreThanThereIsCannotBeKept) {
  ASSERT_OK(Create()->Close());
  EXPECT_THAT(Reopen(1), StatusIs(StatusCode::kCorruption));
}

TEST_F(ReplicaWriterTest, ADamagedLastChunkIsNotGivenANewChecksum) {
  {
    const auto writer = Create();
    ASSERT_OK(WriteRange(*writer, 0, 50));
    ASSERT_OK(writer->Close());
  }
  ASSERT_OK_AND_ASSIGN(const auto file,
                       env_.OpenFile(volume_->rbw_directory() + "/blk_1", OpenMode::kReadWrite));
  ASSERT_OK(file->PWrite(33, AsBytes("X")));
  EXPECT_THAT(Reopen(40), StatusIs(StatusCode::kCorruption));
}

TEST_F(ReplicaWriterTest, WhatASyncCoveredIsThereAfterAPowerCut) {
  const auto writer = Create();
  ASSERT_OK(WriteRange(*writer, 0, 30));
  ASSERT_OK(writer->Sync());
  ASSERT_OK(env_.SyncDirectory(writer->directory()));
  ASSERT_OK(WriteRange(*writer, 30, 50));
  env_.Crash(CrashMode::kLoseUnsynced, 1);
  ASSERT_OK_AND_ASSIGN(const uint64_t verified,
                       VerifiedLength(env_, volume_->rbw_directory() + "/blk_1",
                                      volume_->rbw_directory() + "/blk_1_5.meta"));
  EXPECT_EQ(verified, 30u);
}

}  // namespace
}  // namespace tusk::dfs::datanode
