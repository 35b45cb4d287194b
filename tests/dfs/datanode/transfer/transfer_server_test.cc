#include "dfs/datanode/transfer/transfer_server.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

#include "common/net/tcp.h"
#include "tests/dfs/datanode/transfer/transfer_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/run_task.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::datanode {
namespace {

/// A WRITE_BLOCK under way, with some bytes acknowledged.
void Begin(TransferClient& writer, const Block& block) {
  ASSERT_OK(writer.SendOp(DataTransferOp::kWriteBlock, WriteOp(block)));
  ASSERT_OK(writer.ReadResponse());
  ASSERT_OK(writer.SendPacket(PacketHeader{}, TestData(1000)));
  ASSERT_OK(writer.ReadAck());
}

TEST(TransferServer, StopWaitsForOperationsAndClosesIdleConnections) {
  TestDatanode datanode;
  TransferClient writer(datanode);
  Begin(writer, TestBlock(1));
  ASSERT_OK(WriteBlockTo(datanode, TestBlock(2), "abc"));
  TransferClient idle(datanode);
  ASSERT_OK(ReadRange(idle, TestBlock(2), 0, 3));
  EXPECT_TRUE(Eventually([&] { return datanode.server().OpenStreams() == 1; }));
  auto stopped =
      std::async(std::launch::async, [&] { datanode.server().Stop(std::chrono::seconds(30)); });
  EXPECT_TRUE(idle.Closed());
  // The writer is let finish.
  PacketHeader last;
  last.offset_in_block = 1000;
  last.seqno = 1;
  last.last_in_block = true;
  ASSERT_OK(writer.SendPacket(last, {}));
  ASSERT_OK(writer.ReadAck());
  EXPECT_TRUE(writer.Closed());
  stopped.get();
  EXPECT_EQ(datanode.StateOf(BlockId(1)), ReplicaState::kFinalized);
}

TEST(TransferServer, StopCutsWhatDoesNotEnd) {
  TestDatanode datanode;
  TransferClient writer(datanode);
  Begin(writer, TestBlock(1));
  datanode.server().Stop(std::chrono::milliseconds(10));
  EXPECT_TRUE(writer.Closed());
  EXPECT_EQ(datanode.StateOf(BlockId(1)), ReplicaState::kBeingWritten);
  EXPECT_EQ(datanode.server().OpenStreams(), 0U);
  datanode.server().Stop();
}

TEST(TransferServer, TooManyConnectionsAreClosed) {
  TransferOptions options;
  options.max_connections = 2;
  TestDatanode datanode(options);
  ASSERT_OK(WriteBlockTo(datanode, TestBlock(1), "abc"));
  // Until the writer's connection has ended there may be room for one only.
  std::unique_ptr<TransferClient> first;
  std::unique_ptr<TransferClient> second;
  for (std::unique_ptr<TransferClient>* client : {&first, &second}) {
    ASSERT_TRUE(Eventually([&] {
      *client = std::make_unique<TransferClient>(datanode);
      return ReadRange(**client, TestBlock(1), 0, 3).ok();
    }));
  }
  TransferClient third(datanode);
  EXPECT_TRUE(third.Closed());
  ASSERT_OK(ReadRange(*first, TestBlock(1), 0, 3));
}

TEST(TransferServer, PeersThatDoNotReadAreGivenUp) {
  TransferOptions options;
  options.write_timeout = std::chrono::milliseconds(50);
  TestDatanode datanode(options);
  const size_t size = 40 << 20;
  ASSERT_OK(WriteBlockTo(datanode, TestBlock(1), TestData(size), {}, 4 << 20));
  TransferClient reader(datanode);
  ASSERT_OK(reader.SendOp(DataTransferOp::kReadBlock, ReadOp(TestBlock(1), 0, size)));
  ASSERT_OK(reader.ReadResponse());
  EXPECT_TRUE(Eventually([&] { return datanode.server().OpenStreams() == 0; }));
}

TEST(TransferServer, SilentWritersAreGivenUp) {
  TransferOptions options;
  options.idle_writer_timeout = std::chrono::milliseconds(50);
  TestDatanode datanode(options);
  TransferClient writer(datanode);
  Begin(writer, TestBlock(1));
  EXPECT_TRUE(writer.Closed());
  EXPECT_EQ(datanode.StateOf(BlockId(1)), ReplicaState::kBeingWritten);
}

TEST(TransferServer, CopiesEndWithTheServer) {
  // A target that takes connections and says nothing: the copy waits for its end.
  IoRuntime runtime(1);
  ASSERT_OK_AND_ASSIGN(const auto silent, TcpListener::Bind(runtime, {"127.0.0.1", 0}));
  TaskRunner runner;
  TestDatanode datanode;
  ASSERT_OK(WriteBlockTo(datanode, TestBlock(1), "abc"));
  TransferOrder order;
  order.block = TestBlock(1, 1001, 3);
  ReplicaLocation& target = order.targets.emplace_back();
  target.datanode.id.ip_address = "127.0.0.1";
  target.datanode.id.transfer_port = static_cast<uint16_t>(silent->port());
  auto copied = std::async(
      std::launch::async, [&] { return runner.Run(datanode.server().Transfer(std::move(order))); });
  ASSERT_TRUE(Eventually([&] { return datanode.server().OpenStreams() == 1; }));
  datanode.Stop();
  EXPECT_FALSE(copied.get().ok());
}

TEST(TransferServer, APortThatIsTakenIsNamed) {
  TestDatanode datanode;
  IoRuntime runtime(1);
  TransferOptions options;
  options.endpoint = datanode.endpoint();
  TransferServer second(runtime, datanode.store(), options);
  EXPECT_THAT(second.Start(), StatusIs(StatusCode::kAlreadyExists));
}

}  // namespace
}  // namespace tusk::dfs::datanode
