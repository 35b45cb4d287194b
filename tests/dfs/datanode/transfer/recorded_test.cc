// What real clients and datanodes sent, fed to the server: it must take it, and answer in the same
// bytes as Hadoop's datanode did. And what no client sends: every prefix of it, damage, noise.

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <random>
#include <string>

#include "dfs/wire/delimited.h"
#include "dfs/wire/proto_convert.h"
#include "tests/dfs/datanode/transfer/transfer_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/golden.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::datanode {
namespace {

/// Pool of the cluster that was recorded.
constexpr const char* kRecordedPool = "BP-655766554-127.0.0.1-1795345156657";

std::string Recorded(const std::string& name) {
  return ReadSourceFile("tests/golden/hdfs/" + name);
}

/// The bytes of a write, with the block's id set to `id` and without further datanodes.
std::string AloneWithId(const std::string& stream, int64_t id) {
  const Result<std::optional<OpFrame>> frame = ParseOpFrame(AsBytes(stream));
  EXPECT_TRUE(frame.ok() && frame->has_value());
  proto::OpWriteBlockProto op;
  EXPECT_OK(ParseMessage((*frame)->message, &op));
  op.mutable_header()->mutable_baseheader()->mutable_block()->set_blockid(
      static_cast<uint64_t>(id));
  op.clear_targets();
  op.clear_targetstoragetypes();
  op.clear_targetstorageids();
  op.clear_targetpinnings();
  std::string out;
  AppendOp((*frame)->op, op, &out);
  return out + stream.substr((*frame)->size);
}

/// The data of all packets behind the operation at the front of `stream`.
std::string DataOf(const std::string& stream) {
  const Result<std::optional<OpFrame>> op = ParseOpFrame(AsBytes(stream));
  EXPECT_TRUE(op.ok() && op->has_value());
  ByteView rest = AsBytes(stream).subspan((*op)->size);
  std::string data;
  while (!rest.empty()) {
    const Result<std::optional<PacketFrame>> frame = ParsePacket(rest);
    EXPECT_TRUE(frame.ok() && frame->has_value());
    data.append(AsText((*frame)->packet.data));
    rest = rest.subspan((*frame)->size);
  }
  return data;
}

class RecordedTransfer : public ::testing::Test {
 protected:
  /// Sends `bytes`, and reads what comes back to its end.
  std::string Exchange(const std::string& bytes, size_t answer_bytes) {
    TransferClient client(datanode_);
    EXPECT_OK(client.Send(bytes));
    return client.ReadRaw(answer_bytes);
  }
  bool Idle() {
    return Eventually([&] { return datanode_.server().OpenStreams() == 0; });
  }
  TestDatanode datanode_{{}, kRecordedPool};
};

TEST_F(RecordedTransfer, WritesOfTheTailAreAnsweredInTheSameBytes) {
  // The last of three datanodes: what it was sent, what it answered.
  int64_t id = 2'000'000'000;
  for (const char* name : {"java-put-small/06-datanode", "go-put/06-datanode",
                           "java-put-two-blocks/06-datanode", "java-put-two-blocks/12-datanode"}) {
    SCOPED_TRACE(name);
    const std::string sent = AloneWithId(Recorded(std::string(name) + ".c2s"), ++id);
    const std::string answered = Recorded(std::string(name) + ".s2c");
    const std::string got = Exchange(sent, answered.size());
    EXPECT_EQ(HexDump(AsBytes(got)), HexDump(AsBytes(answered)));
    EXPECT_TRUE(
        Eventually([&] { return datanode_.StateOf(BlockId(id)) == ReplicaState::kFinalized; }));
    const std::string data = DataOf(sent);
    const std::optional<Replica> replica = datanode_.store().Find(BlockId(id));
    ASSERT_TRUE(replica.has_value());
    EXPECT_EQ(replica->block.length, data.size());
  }
}

TEST_F(RecordedTransfer, WhatClientsSendIsTaken) {
  // The first datanode's streams, without the other two.
  int64_t id = 2'100'000'000;
  for (const char* name :
       {"java-put-small/02-datanode", "go-put/02-datanode", "java-put-two-blocks/02-datanode",
        "java-put-two-blocks/08-datanode", "native-round-trip/02-datanode"}) {
    SCOPED_TRACE(name);
    const std::string sent = AloneWithId(Recorded(std::string(name) + ".c2s"), ++id);
    TransferClient client(datanode_);
    ASSERT_OK(client.Send(sent));
    ASSERT_OK_AND_ASSIGN(const auto response, client.ReadResponse());
    ASSERT_EQ(response.status(), proto::SUCCESS) << response.message();
    EXPECT_TRUE(
        Eventually([&] { return datanode_.StateOf(BlockId(id)) == ReplicaState::kFinalized; }));
  }
}

TEST_F(RecordedTransfer, EveryPrefixOfAnOperationIsSurvived) {
  const std::string write = AloneWithId(Recorded("java-put-small/06-datanode.c2s"), 7);
  const std::string read = Recorded("java-cat/02-datanode.c2s");
  for (const std::string& stream : {write, read}) {
    const size_t step = stream.size() > 400 ? 7 : 1;
    for (size_t length = 0; length < stream.size(); length += length < 300 ? 1 : step) {
      TransferClient client(datanode_);
      ASSERT_OK(client.Send(stream.substr(0, length)));
      client.ShutDown();
      client.Close();
    }
    ASSERT_TRUE(Idle());
  }
  // It still serves.
  TransferClient client(datanode_);
  ASSERT_OK(client.Send(AloneWithId(Recorded("java-put-small/06-datanode.c2s"), 8)));
  ASSERT_OK_AND_ASSIGN(const auto response, client.ReadResponse());
  EXPECT_EQ(response.status(), proto::SUCCESS) << response.message();
}

TEST_F(RecordedTransfer, DamageCostsOnlyItsConnection) {
  const std::string stream = AloneWithId(Recorded("java-put-small/06-datanode.c2s"), 9);
  std::mt19937 random(20261129);
  TransferClient patient(datanode_);
  for (int i = 0; i < 200; ++i) {
    std::string damaged = stream;
    const size_t reach = std::min<size_t>(damaged.size(), 320);
    damaged[random() % reach] = static_cast<char>(random());
    TransferClient client(datanode_);
    ASSERT_OK(client.Send(damaged));
    client.ShutDown();
    client.Close();
  }
  ASSERT_TRUE(Idle());
  ASSERT_OK(patient.Send(AloneWithId(stream, 10)));
  ASSERT_OK_AND_ASSIGN(const auto response, patient.ReadResponse());
  EXPECT_EQ(response.status(), proto::SUCCESS) << response.message();
}

TEST_F(RecordedTransfer, MalformedBeginningsCloseTheConnection) {
  for (const char* hex :
       {"de ad be ef 00 00", "00 1b 51 00", "00 1c 00 00", "00 1c 51 ff ff ff ff 7f",
        "00 1c 51 ff ff ff ff ff ff", "00 1c 51 03 01 02 03", "47 45 54 20 2f"}) {
    SCOPED_TRACE(hex);
    TransferClient client(datanode_);
    ASSERT_OK(client.Send(FromHex(hex)));
    EXPECT_TRUE(client.Closed());
  }
}

TEST_F(RecordedTransfer, OperationsThatAreNotBuiltAreRefused) {
  proto::OpRequestShortCircuitAccessProto op;
  *op.mutable_header() = WriteOp(TestBlock(1)).header().baseheader();
  op.set_maxversion(1);
  TransferClient client(datanode_);
  ASSERT_OK(client.SendOp(DataTransferOp::kRequestShortCircuitFds, op));
  ASSERT_OK_AND_ASSIGN(const auto response, client.ReadResponse());
  EXPECT_EQ(response.status(), proto::ERROR_UNSUPPORTED);
  EXPECT_FALSE(response.has_shortcircuitaccessversion());
  EXPECT_FALSE(response.message().empty());
}

TEST_F(RecordedTransfer, BlockChecksumsAreThoseOfHadoop) {
  // Both blocks of the file, as the client of Hadoop wrote them and asked for them.
  int64_t id = 1073741829;
  for (const char* put : {"java-put-two-blocks/06-datanode", "java-put-two-blocks/12-datanode"}) {
    ASSERT_NE(Exchange(AloneWithId(Recorded(std::string(put) + ".c2s"), ++id), 1), "");
    ASSERT_TRUE(
        Eventually([&] { return datanode_.StateOf(BlockId(id)) == ReplicaState::kFinalized; }));
  }
  id = 1073741829;
  for (const char* ask : {"java-checksum/02-datanode", "java-checksum/04-datanode"}) {
    SCOPED_TRACE(ask);
    const std::string asked = Recorded(std::string(ask) + ".c2s");
    const Result<std::optional<OpFrame>> frame = ParseOpFrame(AsBytes(asked));
    ASSERT_TRUE(frame.ok() && frame->has_value());
    proto::OpBlockChecksumProto op;
    ASSERT_OK(ParseMessage((*frame)->message, &op));
    auto& block = *op.mutable_header()->mutable_block();
    block.set_blockid(static_cast<uint64_t>(++id));
    block.set_generationstamp(1001);
    std::string bytes;
    AppendOp(DataTransferOp::kBlockChecksum, op, &bytes);
    const std::string answered = Recorded(std::string(ask) + ".s2c");
    EXPECT_EQ(HexDump(AsBytes(Exchange(bytes, answered.size()))), HexDump(AsBytes(answered)));
  }
}

}  // namespace

class BlockChecksum : public ::testing::Test {
 protected:
  Result<proto::OpBlockChecksumResponseProto> Ask(const Block& block, bool composite) {
    proto::OpBlockChecksumProto op;
    *op.mutable_header() = WriteOp(block).header().baseheader();
    op.mutable_blockchecksumoptions()->set_blockchecksumtype(composite ? proto::COMPOSITE_CRC
                                                                       : proto::MD5CRC);
    TransferClient client(datanode_);
    RETURN_IF_ERROR(client.SendOp(DataTransferOp::kBlockChecksum, op));
    ASSIGN_OR_RETURN(const proto::BlockOpResponseProto response, client.ReadResponse());
    if (response.status() != proto::SUCCESS) {
      return Status(StatusCode::kFailedPrecondition, response.message());
    }
    return response.checksumresponse();
  }
  TestDatanode datanode_;
};

TEST_F(BlockChecksum, CompositeIsTheChecksumOfTheData) {
  const std::string data = TestData(100'000);
  ASSERT_OK(WriteBlockTo(datanode_, TestBlock(1), data));
  for (const uint64_t length : {100'000, 99'999, 512, 511, 1}) {
    ASSERT_OK_AND_ASSIGN(const auto answer, Ask(TestBlock(1, 1001, length), true));
    const uint32_t crc = Crc32c(AsBytes(data).first(length));
    const std::string wanted = {static_cast<char>(crc >> 24), static_cast<char>(crc >> 16),
                                static_cast<char>(crc >> 8), static_cast<char>(crc)};
    EXPECT_EQ(answer.blockchecksum(), wanted);
    EXPECT_EQ(answer.crcperblock(), 196U);
    EXPECT_EQ(answer.blockchecksumoptions().blockchecksumtype(), proto::COMPOSITE_CRC);
  }
  EXPECT_THAT(Ask(TestBlock(1, 1001, 100'001), false),
              StatusIs(StatusCode::kFailedPrecondition, "has 100000 bytes"));
  ASSERT_OK_AND_ASSIGN(const auto whole, Ask(TestBlock(1, 1001, 100'000), false));
  ASSERT_OK_AND_ASSIGN(const auto part, Ask(TestBlock(1, 1001, 99'999), false));
  EXPECT_EQ(whole.blockchecksum().size(), 16U);
  EXPECT_NE(whole.blockchecksum(), part.blockchecksum());
}

}  // namespace tusk::dfs::datanode
