// Pipelines of several datanodes in one process: writing, losing a node, repairing, copying.

#include <gtest/gtest.h>

#include <string>

#include "common/fault/fault_point.h"
#include "dfs/wire/proto_convert.h"
#include "tests/dfs/datanode/transfer/transfer_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::datanode {
namespace {

using Op = proto::OpWriteBlockProto;

class Pipeline : public ::testing::Test {
 protected:
  /// WRITE_BLOCK with its answer, which must be success.
  void Open(TransferClient& client, const Op& op) {
    ASSERT_OK(client.SendOp(DataTransferOp::kWriteBlock, op));
    ASSERT_OK_AND_ASSIGN(const auto response, client.ReadResponse());
    ASSERT_EQ(response.status(), proto::SUCCESS) << response.message();
    ASSERT_EQ(response.firstbadlink(), "");
  }
  void ExpectData(const TestDatanode& node, const Block& block, const std::string& data) {
    ASSERT_OK_AND_ASSIGN(const std::string read, ReadBlockFrom(node, block, 0, data.size()));
    EXPECT_TRUE(read == data);
  }
  PacketHeader HeaderAt(uint64_t offset, int64_t seqno) {
    PacketHeader header;
    header.offset_in_block = static_cast<int64_t>(offset);
    header.seqno = seqno;
    return header;
  }

  TaskRunner runner_;
  TestDatanode first_;
  TestDatanode second_;
  TestDatanode third_;
};

TEST_F(Pipeline, TwoAndThreeNodes) {
  for (const size_t size : {0, 100, 64512, 3'000'001}) {
    SCOPED_TRACE(size);
    const std::string data = TestData(size);
    const Block two = TestBlock(static_cast<int64_t>(1000 + size));
    ASSERT_OK(WriteBlockTo(first_, two, data, {second_.location()}));
    ExpectData(first_, two, data);
    ExpectData(second_, two, data);
    const Block three = TestBlock(static_cast<int64_t>(1001 + size));
    ASSERT_OK(WriteBlockTo(first_, three, data, {second_.location(), third_.location()}));
    for (const TestDatanode* node : {&first_, &second_, &third_}) {
      EXPECT_EQ(node->StateOf(three.id), ReplicaState::kFinalized);
      ExpectData(*node, three, data);
    }
  }
}

TEST_F(Pipeline, AcksNameEachNode) {
  TransferClient client(first_);
  Open(client, WriteOp(TestBlock(1), {second_.location(), third_.location()}));
  ASSERT_OK(client.SendPacket(HeaderAt(0, 7), "abc"));
  ASSERT_OK_AND_ASSIGN(const PipelineAck ack, client.ReadAck());
  EXPECT_EQ(ack.seqno, 7);
  EXPECT_EQ(ack.replies, std::vector<TransferStatus>(3, TransferStatus::kSuccess));
  EXPECT_EQ(ack.flags, std::vector<uint32_t>(3, 0));
}

TEST_F(Pipeline, AnUnreachableNodeIsNamed) {
  ReplicaLocation gone = third_.location();
  third_.Stop();
  for (const auto& further :
       {std::vector{gone}, std::vector{second_.location(), gone}, std::vector{gone, gone}}) {
    TransferClient client(first_);
    const Op op = WriteOp(TestBlock(static_cast<int64_t>(further.size())), further);
    ASSERT_OK(client.SendOp(DataTransferOp::kWriteBlock, op));
    ASSERT_OK_AND_ASSIGN(const auto response, client.ReadResponse());
    EXPECT_EQ(response.status(), proto::ERROR);
    EXPECT_EQ(response.firstbadlink(), gone.datanode.id.TransferAddress());
    EXPECT_NE(response.message(), "");
    EXPECT_TRUE(client.Closed());
    if (further.size() == 1) continue;
    ASSERT_OK(first_.store().Invalidate(TestBlock(2)));
    ASSERT_OK(second_.store().Invalidate(TestBlock(2)));
  }
}

TEST_F(Pipeline, ANodeThatRefusesNamesItself) {
  ASSERT_OK(WriteBlockTo(second_, TestBlock(1), "here already"));
  TransferClient client(first_);
  ASSERT_OK(
      client.SendOp(DataTransferOp::kWriteBlock, WriteOp(TestBlock(1), {second_.location()})));
  ASSERT_OK_AND_ASSIGN(const auto response, client.ReadResponse());
  EXPECT_EQ(response.status(), proto::ERROR);
  EXPECT_EQ(response.firstbadlink(), second_.id().TransferAddress());
  EXPECT_TRUE(client.Closed());
}

TEST_F(Pipeline, ALostMirrorIsBlamedAndTheBlockGoesOn) {
  const std::string data = TestData(300'000);
  TransferClient client(first_);
  Open(client, WriteOp(TestBlock(1), {second_.location(), third_.location()}));
  ASSERT_OK(client.SendPacket(HeaderAt(0, 0), std::string_view(data).substr(0, 100'000)));
  ASSERT_OK(client.ReadAck());
  second_.Stop();
  ASSERT_OK(client.SendPacket(HeaderAt(100'000, 1), std::string_view(data).substr(100'000, 512)));
  ASSERT_OK_AND_ASSIGN(const PipelineAck ack, client.ReadAck());
  EXPECT_EQ(ack.seqno, 1);
  EXPECT_EQ(ack.replies,
            (std::vector<TransferStatus>{TransferStatus::kSuccess, TransferStatus::kError}));
  // Only what everybody has is visible.
  EXPECT_EQ(first_.store().Find(BlockId(1))->Facts().acked, 100'000U);

  // The client goes on with the first and the third: a new stamp, what is not acknowledged again.
  Op op = WriteOp(TestBlock(1, 1001, 100'000), {third_.location()});
  op.set_stage(Op::PIPELINE_SETUP_STREAMING_RECOVERY);
  op.set_minbytesrcvd(100'000);
  op.set_maxbytesrcvd(100'512);
  op.set_latestgenerationstamp(1002);
  TransferClient again(first_);
  Open(again, op);
  ASSERT_OK(WritePackets(again, std::string_view(data).substr(100'000), 100'000, 64512));
  ExpectData(first_, TestBlock(1, 1002), data);
  ExpectData(third_, TestBlock(1, 1002), data);
}

TEST_F(Pipeline, AMirrorThatDiesInTheMiddleOfAStream) {
  const std::string data = TestData(64'512);
  TransferClient client(first_);
  Open(client, WriteOp(TestBlock(1), {second_.location()}));
  FaultAction action;
  action.kind = FaultAction::Kind::kError;
  action.at_pass = 3;
  const ScopedFault fault("dn.pipeline.forwarded", action);
  std::vector<PipelineAck> acks;
  for (int64_t i = 0; i < 40; ++i) {
    ASSERT_OK(client.SendPacket(HeaderAt(static_cast<uint64_t>(i) * data.size(), i), data));
    ASSERT_OK_AND_ASSIGN(acks.emplace_back(), client.ReadAck());
    ASSERT_EQ(acks.back().seqno, i);
  }
  EXPECT_TRUE(acks.front().AllSucceeded());
  EXPECT_EQ(acks.back().FirstFailure(), 1U);
  ASSERT_OK(client.SendPacket(
      [] {
        PacketHeader last;
        last.offset_in_block = 40 * 64'512;
        last.seqno = 40;
        last.last_in_block = true;
        return last;
      }(),
      {}));
  ASSERT_OK_AND_ASSIGN(const PipelineAck ack, client.ReadAck());
  EXPECT_EQ(ack.FirstFailure(), 1U);
  EXPECT_EQ(first_.StateOf(BlockId(1)), ReplicaState::kFinalized);
  // The client closes the block with the nodes that are left.
  Op op = WriteOp(TestBlock(1, 1001, 40 * 64'512));
  op.set_stage(Op::PIPELINE_CLOSE_RECOVERY);
  op.set_minbytesrcvd(40 * 64'512);
  op.set_maxbytesrcvd(40 * 64'512);
  op.set_latestgenerationstamp(1002);
  TransferClient closer(first_);
  Open(closer, op);
  EXPECT_OK(ReadBlockFrom(first_, TestBlock(1, 1002), 0, 40 * 64'512));
}

TEST_F(Pipeline, RecoveryTakesAReplicaFromItsWriter) {
  const std::string data = TestData(200'000);
  TransferClient stuck(first_);
  Open(stuck, WriteOp(TestBlock(1), {second_.location()}));
  ASSERT_OK(stuck.SendPacket(HeaderAt(0, 0), std::string_view(data).substr(0, 70'001)));
  ASSERT_OK(stuck.ReadAck());
  // The old connections are open still.
  Op op = WriteOp(TestBlock(1, 1001, 70'001), {second_.location()});
  op.set_stage(Op::PIPELINE_SETUP_STREAMING_RECOVERY);
  op.set_minbytesrcvd(70'001);
  op.set_maxbytesrcvd(200'000);
  op.set_latestgenerationstamp(1005);
  TransferClient again(first_);
  Open(again, op);
  EXPECT_TRUE(stuck.Closed());
  ASSERT_OK(WritePackets(again, std::string_view(data).substr(70'001), 70'001, 10'000));
  ExpectData(first_, TestBlock(1, 1005), data);
  ExpectData(second_, TestBlock(1, 1005), data);
}

TEST_F(Pipeline, Append) {
  const std::string data = TestData(10'000);
  ASSERT_OK(WriteBlockTo(first_, TestBlock(1), std::string_view(data).substr(0, 1000),
                         {second_.location()}));
  Op op = WriteOp(TestBlock(1, 1001, 1000), {second_.location()});
  op.set_stage(Op::PIPELINE_SETUP_APPEND);
  op.set_minbytesrcvd(1000);
  op.set_latestgenerationstamp(1002);
  {
    TransferClient client(first_);
    Open(client, op);
    ASSERT_OK(client.SendPacket(HeaderAt(1000, 0), std::string_view(data).substr(1000, 24)));
    ASSERT_OK(client.ReadAck());
  }
  // Interrupted before anything but the rest of a chunk was there; tried again.
  op.mutable_header()->mutable_baseheader()->mutable_block()->set_numbytes(1024);
  op.set_stage(Op::PIPELINE_SETUP_APPEND_RECOVERY);
  op.set_minbytesrcvd(1024);
  op.set_latestgenerationstamp(1003);
  TransferClient client(first_);
  Open(client, op);
  ASSERT_OK(WritePackets(client, std::string_view(data).substr(1024), 1024, 3000));
  ExpectData(first_, TestBlock(1, 1003), data);
  ExpectData(second_, TestBlock(1, 1003), data);
}

TEST_F(Pipeline, ImpossibleStagesAreRefused) {
  for (const auto stage : {Op::DATA_STREAMING, Op::PIPELINE_CLOSE, Op::PIPELINE_SETUP_APPEND,
                           Op::PIPELINE_SETUP_STREAMING_RECOVERY, Op::PIPELINE_CLOSE_RECOVERY}) {
    Op op = WriteOp(TestBlock(77));
    op.set_stage(stage);
    TransferClient client(first_);
    ASSERT_OK(client.SendOp(DataTransferOp::kWriteBlock, op));
    ASSERT_OK_AND_ASSIGN(const auto response, client.ReadResponse());
    EXPECT_EQ(response.status(), proto::ERROR);
    EXPECT_EQ(response.firstbadlink(), first_.id().TransferAddress());
    EXPECT_TRUE(client.Closed());
  }
}

class Copy : public Pipeline {
 protected:
  Status Transfer(TestDatanode& from, const Block& block, std::vector<ReplicaLocation> targets) {
    TransferOrder order;
    order.block = block;
    order.targets = std::move(targets);
    return runner_.Run(from.server().Transfer(std::move(order)));
  }
  Result<proto::BlockOpResponseProto> TransferForClient(const Block& block,
                                                        const ReplicaLocation& target) {
    proto::OpTransferBlockProto op;
    *op.mutable_header() = WriteOp(block).header();
    *op.add_targets() = ToProto(target.datanode);
    op.add_targetstoragetypes(proto::DISK);
    TransferClient client(first_);
    RETURN_IF_ERROR(client.SendOp(DataTransferOp::kTransferBlock, op));
    return client.ReadResponse();
  }
};

TEST_F(Copy, TheNamenodeOrdersCopies) {
  for (const size_t size : {0, 1, 5'000'000}) {
    const Block block = TestBlock(static_cast<int64_t>(10 + size), 1001, size);
    const std::string data = TestData(size);
    ASSERT_OK(WriteBlockTo(first_, block, data));
    ASSERT_OK(Transfer(first_, block, {second_.location(), third_.location()}));
    for (const TestDatanode* node : {&second_, &third_}) {
      ASSERT_TRUE(Eventually([&] { return node->StateOf(block.id) == ReplicaState::kFinalized; }));
      ExpectData(*node, block, data);
    }
  }
  EXPECT_THAT(Transfer(first_, TestBlock(99), {second_.location()}),
              StatusIs(StatusCode::kNotFound));
}

TEST_F(Copy, DamageIsFoundByTheSender) {
  const Block block = TestBlock(1, 1001, 600'000);
  ASSERT_OK(WriteBlockTo(first_, block, TestData(600'000)));
  FILE* file = fopen(first_.FinalPath(block.id).c_str(), "r+");
  ASSERT_NE(file, nullptr);
  fseek(file, 400'000, SEEK_SET);
  fputc(0x55, file);
  fputc(0xAA, file);
  fclose(file);
  EXPECT_THAT(Transfer(first_, block, {second_.location()}), StatusIs(StatusCode::kCorruption));
  EXPECT_EQ(first_.corrupt().size(), 1U);
  EXPECT_TRUE(Eventually([&] { return !second_.StateOf(block.id).has_value(); }));
}

TEST_F(Copy, AClientRepairsItsPipeline) {
  const std::string data = TestData(150'000);
  TransferClient client(first_);
  Open(client, WriteOp(TestBlock(1)));
  ASSERT_OK(client.SendPacket(HeaderAt(0, 0), std::string_view(data).substr(0, 99'999)));
  ASSERT_OK(client.ReadAck());
  ASSERT_OK_AND_ASSIGN(const auto response,
                       TransferForClient(TestBlock(1, 1001, 99'999), second_.location()));
  ASSERT_EQ(response.status(), proto::SUCCESS) << response.message();
  ASSERT_EQ(second_.StateOf(BlockId(1)), ReplicaState::kBeingWritten);
  Op op = WriteOp(TestBlock(1, 1001, 99'999), {second_.location()});
  op.set_stage(Op::PIPELINE_SETUP_STREAMING_RECOVERY);
  op.set_minbytesrcvd(99'999);
  op.set_maxbytesrcvd(99'999);
  op.set_latestgenerationstamp(1002);
  TransferClient again(first_);
  Open(again, op);
  ASSERT_OK(WritePackets(again, std::string_view(data).substr(99'999), 99'999, 64512));
  ExpectData(first_, TestBlock(1, 1002), data);
  ExpectData(second_, TestBlock(1, 1002), data);
  // And of a final replica.
  ASSERT_OK_AND_ASSIGN(const auto final,
                       TransferForClient(TestBlock(1, 1002, 150'000), third_.location()));
  ASSERT_EQ(final.status(), proto::SUCCESS) << final.message();
  EXPECT_EQ(third_.StateOf(BlockId(1)), ReplicaState::kFinalized);
  ExpectData(third_, TestBlock(1, 1002), data);
  // Once more: the target has it, and says so.
  ASSERT_OK_AND_ASSIGN(const auto twice,
                       TransferForClient(TestBlock(1, 1002, 150'000), third_.location()));
  EXPECT_EQ(twice.status(), proto::ERROR);
}

TEST_F(Copy, CopyBlockSendsAllOfIt) {
  const std::string data = TestData(70'000);
  ASSERT_OK(WriteBlockTo(first_, TestBlock(1), data));
  proto::OpCopyBlockProto op;
  *op.mutable_header() = WriteOp(TestBlock(1)).header().baseheader();
  TransferClient client(first_);
  ASSERT_OK(client.SendOp(DataTransferOp::kCopyBlock, op));
  ASSERT_OK_AND_ASSIGN(const auto response, client.ReadResponse());
  EXPECT_EQ(response.readopchecksuminfo().chunkoffset(), 0U);
  std::string read;
  for (bool last = false; !last;) {
    ASSERT_OK_AND_ASSIGN(const TransferClient::Packet packet, client.ReadPacket());
    read += packet.data;
    last = packet.header.last_in_block;
  }
  EXPECT_TRUE(read == data);
}

}  // namespace
}  // namespace tusk::dfs::datanode
