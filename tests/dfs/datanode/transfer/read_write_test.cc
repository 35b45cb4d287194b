// Blocks written and read over real sockets: lengths, offsets, kept connections, replicas that
// grow, ranges that are not there.

#include <gtest/gtest.h>

#include <string>

#include "common/env/posix_env.h"
#include "tests/dfs/datanode/transfer/transfer_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::datanode {
namespace {

class TransferReadWrite : public ::testing::Test {
 protected:
  TestDatanode datanode_;
};

TEST_F(TransferReadWrite, BlocksOfManyLengths) {
  int64_t id = 100;
  for (const size_t size : {0, 1, 511, 512, 513, 64512, 64513, 262144, 262145, 1000000, 3500001}) {
    SCOPED_TRACE(size);
    const Block block = TestBlock(++id);
    const std::string data = TestData(size, static_cast<uint64_t>(id));
    ASSERT_OK(WriteBlockTo(datanode_, block, data));
    ASSERT_EQ(datanode_.StateOf(block.id), ReplicaState::kFinalized);
    ASSERT_OK_AND_ASSIGN(const std::string read, ReadBlockFrom(datanode_, block, 0, size));
    EXPECT_TRUE(read == data);
    ASSERT_OK_AND_ASSIGN(const std::string bare, ReadBlockFrom(datanode_, block, 0, size, false));
    EXPECT_TRUE(bare == data);
  }
  EXPECT_TRUE(Eventually([&] { return datanode_.server().OpenStreams() == 0; }));
}

TEST_F(TransferReadWrite, RangesBeginAndEndAnywhere) {
  const size_t size = 2'500'123;
  const Block block = TestBlock(1);
  const std::string data = TestData(size);
  ASSERT_OK(WriteBlockTo(datanode_, block, data, {}, 100'000));
  // All of them over one connection.
  TransferClient client(datanode_);
  for (const uint64_t offset : {0, 1, 511, 512, 700'001, 1'048'576, 2'499'999, 2'500'122}) {
    for (const uint64_t length : {0, 1, 512, 65'536, 1'300'000, 2'500'123}) {
      const uint64_t wanted = std::min<uint64_t>(length, size - offset);
      SCOPED_TRACE(std::to_string(offset) + "+" + std::to_string(wanted));
      ASSERT_OK_AND_ASSIGN(const std::string read, ReadRange(client, block, offset, wanted));
      EXPECT_TRUE(read == data.substr(offset, wanted));
    }
  }
}

TEST_F(TransferReadWrite, RangesThatAreNotThereAreRefused) {
  const Block block = TestBlock(2);
  ASSERT_OK(WriteBlockTo(datanode_, block, TestData(1000)));
  for (const auto& [offset, length] :
       {std::pair<uint64_t, uint64_t>{0, 1001}, {1001, 0}, {1, UINT64_MAX}, {UINT64_MAX, 1}}) {
    EXPECT_THAT(ReadBlockFrom(datanode_, block, offset, length),
                StatusIs(StatusCode::kFailedPrecondition, "has 1000 bytes"));
  }
  EXPECT_THAT(ReadBlockFrom(datanode_, TestBlock(3), 0, 1),
              StatusIs(StatusCode::kFailedPrecondition, "not on this datanode"));
  EXPECT_THAT(ReadBlockFrom(datanode_, TestBlock(2, 1002), 0, 1),
              StatusIs(StatusCode::kFailedPrecondition, "older than"));
  // A newer stamp here than the reader knows is fine.
  EXPECT_OK(ReadBlockFrom(datanode_, TestBlock(2, 1000), 0, 1));
  proto::OpReadBlockProto op = ReadOp(block, 0, 10);
  op.mutable_header()->mutable_baseheader()->mutable_block()->set_poolid("BP-other");
  TransferClient client(datanode_);
  ASSERT_OK(client.SendOp(DataTransferOp::kReadBlock, op));
  ASSERT_OK_AND_ASSIGN(const auto response, client.ReadResponse());
  EXPECT_EQ(response.status(), proto::ERROR);
  EXPECT_TRUE(client.Closed());
}

TEST_F(TransferReadWrite, OtherChecksums) {
  for (const auto type : {ChecksumType::kCrc32, ChecksumType::kNull}) {
    const ChecksumSpec spec{type, 4096};
    const Block block = TestBlock(10 + static_cast<int64_t>(type));
    const std::string data = TestData(10'000);
    proto::OpWriteBlockProto op = WriteOp(block);
    *op.mutable_requestedchecksum() = [&] {
      proto::ChecksumProto message;
      message.set_type(static_cast<proto::ChecksumTypeProto>(type));
      message.set_bytesperchecksum(4096);
      return message;
    }();
    TransferClient client(datanode_);
    ASSERT_OK(client.SendOp(DataTransferOp::kWriteBlock, op));
    ASSERT_OK(client.ReadResponse());
    PacketHeader header;
    ASSERT_OK(client.SendPacket(header, data, spec));
    header.offset_in_block = 10'000;
    header.seqno = 1;
    header.last_in_block = true;
    ASSERT_OK(client.SendPacket(header, {}, spec));
    ASSERT_OK(client.ReadAck());
    ASSERT_OK(client.ReadAck());
    ASSERT_OK_AND_ASSIGN(const std::string read, ReadBlockFrom(datanode_, block, 5000, 4000));
    EXPECT_TRUE(read == data.substr(5000, 4000));
  }
}

TEST_F(TransferReadWrite, ReplicasAreReadWhileTheyGrow) {
  const Block block = TestBlock(20);
  const std::string data = TestData(5000);
  TransferClient writer(datanode_);
  ASSERT_OK(writer.SendOp(DataTransferOp::kWriteBlock, WriteOp(block)));
  ASSERT_OK(writer.ReadResponse());
  PacketHeader header;
  // Packets that begin in the middle of chunks; each leaves a partial chunk to be read.
  for (const size_t end : {100, 700, 1024, 3001, 5000}) {
    const auto begin = static_cast<size_t>(header.offset_in_block);
    ASSERT_OK(writer.SendPacket(header, std::string_view(data).substr(begin, end - begin)));
    ASSERT_OK(writer.ReadAck());
    ASSERT_OK_AND_ASSIGN(const std::string read, ReadBlockFrom(datanode_, block, 0, end));
    EXPECT_TRUE(read == data.substr(0, end));
    header.offset_in_block = static_cast<int64_t>(end);
    ++header.seqno;
  }
  EXPECT_EQ(datanode_.StateOf(block.id), ReplicaState::kBeingWritten);
  header.last_in_block = true;
  ASSERT_OK(writer.SendPacket(header, {}));
  ASSERT_OK(writer.ReadAck());
  ASSERT_OK_AND_ASSIGN(const std::string read, ReadBlockFrom(datanode_, block, 0, 5000));
  EXPECT_TRUE(read == data);
}

TEST(TransferRead, WaitsForGrowthButNotForEver) {
  TransferOptions options;
  options.growth_timeout = std::chrono::milliseconds(50);
  TestDatanode datanode(options);
  const Block block = TestBlock(21);
  TransferClient writer(datanode);
  ASSERT_OK(writer.SendOp(DataTransferOp::kWriteBlock, WriteOp(block)));
  ASSERT_OK(writer.ReadResponse());
  ASSERT_OK(writer.SendPacket(PacketHeader{}, TestData(100)));
  ASSERT_OK(writer.ReadAck());
  EXPECT_THAT(ReadBlockFrom(datanode, block, 0, 101),
              StatusIs(StatusCode::kFailedPrecondition, "is being written"));
}

TEST(TransferRead, IdleConnectionsAreClosed) {
  TransferOptions options;
  options.keepalive = std::chrono::milliseconds(20);
  TestDatanode datanode(options);
  const Block block = TestBlock(22);
  ASSERT_OK(WriteBlockTo(datanode, block, "abc"));
  TransferClient client(datanode);
  ASSERT_OK(ReadRange(client, block, 0, 3));
  EXPECT_TRUE(client.Closed());
}

TEST_F(TransferReadWrite, DamageOnTheDiskIsReported) {
  const Block block = TestBlock(23);
  ASSERT_OK(WriteBlockTo(datanode_, block, TestData(100'000)));
  // Too short a file: found when it is opened.
  ASSERT_OK_AND_ASSIGN(const auto file, PosixEnv::Get().OpenFile(datanode_.FinalPath(block.id),
                                                                 OpenMode::kReadWrite));
  ASSERT_OK(file->Truncate(99'000));
  EXPECT_THAT(ReadBlockFrom(datanode_, block, 0, 10), StatusIs(StatusCode::kFailedPrecondition));
  ASSERT_EQ(datanode_.corrupt().size(), 1U);
  EXPECT_EQ(datanode_.corrupt()[0].id, block.id);
}

TEST_F(TransferReadWrite, DamagedPacketsAreRefusedAndWhatWasGoodStays) {
  const Block block = TestBlock(24);
  TransferClient writer(datanode_);
  ASSERT_OK(writer.SendOp(DataTransferOp::kWriteBlock, WriteOp(block)));
  ASSERT_OK(writer.ReadResponse());
  PacketHeader header;
  ASSERT_OK(writer.SendPacket(header, TestData(1000)));
  header.offset_in_block = 1000;
  header.seqno = 1;
  ASSERT_OK(writer.SendPacket(header, TestData(1000), {}, true));
  ASSERT_OK_AND_ASSIGN(const PipelineAck good, writer.ReadAck());
  EXPECT_TRUE(good.AllSucceeded());
  ASSERT_OK_AND_ASSIGN(const PipelineAck bad, writer.ReadAck());
  EXPECT_EQ(bad.seqno, 1);
  EXPECT_EQ(bad.replies, std::vector<TransferStatus>{TransferStatus::kErrorChecksum});
  EXPECT_TRUE(writer.Closed());
  ASSERT_OK(ReadBlockFrom(datanode_, block, 0, 1000));
  EXPECT_TRUE(Eventually([&] { return datanode_.store().Find(block.id)->live->BeginWriting({}); }))
      << "the right to write was not given back";
}

TEST_F(TransferReadWrite, HeartbeatsAndSyncsAreAcknowledged) {
  const Block block = TestBlock(25);
  TransferClient writer(datanode_);
  ASSERT_OK(writer.SendOp(DataTransferOp::kWriteBlock, WriteOp(block)));
  ASSERT_OK(writer.ReadResponse());
  PacketHeader heartbeat;
  heartbeat.seqno = kHeartbeatSeqno;
  ASSERT_OK(writer.SendPacket(heartbeat, {}));
  ASSERT_OK_AND_ASSIGN(const PipelineAck alive, writer.ReadAck());
  EXPECT_EQ(alive.seqno, kHeartbeatSeqno);
  PacketHeader header;
  header.sync_block = true;
  ASSERT_OK(writer.SendPacket(header, "synced"));
  ASSERT_OK_AND_ASSIGN(const PipelineAck synced, writer.ReadAck());
  EXPECT_EQ(synced.seqno, 0);
  // As Java overlaps after a flush: from the chunk's start again.
  header.seqno = 1;
  ASSERT_OK(writer.SendPacket(header, "synced and more"));
  ASSERT_OK(writer.ReadAck());
  ASSERT_OK_AND_ASSIGN(const std::string read, ReadBlockFrom(datanode_, block, 0, 15));
  EXPECT_EQ(read, "synced and more");
}

TEST_F(TransferReadWrite, AWriterThatVanishesLeavesItsReplicaToRecovery) {
  const Block block = TestBlock(26);
  {
    TransferClient writer(datanode_);
    ASSERT_OK(writer.SendOp(DataTransferOp::kWriteBlock, WriteOp(block)));
    ASSERT_OK(writer.ReadResponse());
    ASSERT_OK(writer.SendPacket(PacketHeader{}, TestData(70'000)));
    ASSERT_OK(writer.ReadAck());
    writer.ShutDown();
  }
  EXPECT_TRUE(Eventually([&] { return datanode_.server().OpenStreams() == 0; }));
  ASSERT_EQ(datanode_.StateOf(block.id), ReplicaState::kBeingWritten);
  EXPECT_EQ(datanode_.store().Find(block.id)->Facts().block.length, 70'000U);
  ASSERT_TRUE(Eventually(
      [&] { return datanode_.store().InitRecovery(block, GenerationStamp(1002)).ok(); }));
  ASSERT_OK(datanode_.store().UpdateRecovery(block, GenerationStamp(1002), 70'000));
  EXPECT_OK(ReadBlockFrom(datanode_, TestBlock(26, 1002), 0, 70'000));
}

}  // namespace
}  // namespace tusk::dfs::datanode
