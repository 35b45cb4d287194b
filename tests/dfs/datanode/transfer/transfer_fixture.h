#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "common/net/blocking_socket.h"
#include "common/net/io_runtime.h"
#include "dfs/datanode/storage/block_store.h"
#include "dfs/datanode/transfer/transfer_server.h"
#include "dfs/model/located_block.h"
#include "dfs/proto/data_transfer.pb.h"
#include "dfs/wire/data_transfer_op.h"
#include "dfs/wire/packet_codec.h"
#include "dfs/wire/pipeline_ack.h"
#include "tests/support/temp_dir.h"

namespace tusk::dfs::datanode {

inline constexpr const char* kTestPool = "BP-1-127.0.0.1-1";

/// Bytes that differ everywhere.
std::string TestData(size_t size, uint64_t seed = 1);

/// A datanode without a namenode: a store in a temporary directory and a transfer server.
class TestDatanode {
 public:
  explicit TestDatanode(TransferOptions options = {}, const std::string& pool_id = kTestPool);
  ~TestDatanode();

  BlockStore& store() { return *store_; }
  TransferServer& server() { return *server_; }
  Endpoint endpoint() const { return {"127.0.0.1", static_cast<uint16_t>(server_->port())}; }
  DatanodeId id() const;
  ReplicaLocation location() const;
  /// Blocks that on_corrupt was told of.
  std::vector<Block> corrupt() const;

  /// The state of a replica; nothing when there is none.
  std::optional<ReplicaState> StateOf(BlockId id) const;
  /// Path of the data file of a final replica.
  std::string FinalPath(BlockId id) const;
  void Stop() { server_->Stop(std::chrono::milliseconds(0)); }

 private:
  TempDir directory_;
  IoRuntime runtime_{2};
  std::unique_ptr<BlockStore> store_;
  std::unique_ptr<TransferServer> server_;
  mutable Mutex mutex_;
  std::vector<Block> corrupt_ GUARDED_BY(mutex_);
};

/// A client of the data transfer protocol, in the test's thread.
class TransferClient {
 public:
  explicit TransferClient(const TestDatanode& datanode);

  Status Send(std::string_view bytes);
  Status SendOp(DataTransferOp op, const google::protobuf::MessageLite& message);
  Result<proto::BlockOpResponseProto> ReadResponse();
  /// A packet with right checksums, or, `damaged`, with a wrong byte behind them.
  Status SendPacket(const PacketHeader& header, std::string_view data,
                    const ChecksumSpec& spec = {}, bool damaged = false);
  Result<PipelineAck> ReadAck();
  struct Packet {
    PacketHeader header;
    std::string checksums;
    std::string data;
  };
  Result<Packet> ReadPacket();
  /// The next `bytes` bytes, fewer when the stream ends before.
  std::string ReadRaw(size_t bytes);
  /// True when the server closed the connection, after at most some seconds.
  bool Closed();
  void Close() { socket_.Close(); }
  void ShutDown() { socket_.Shutdown(); }

 private:
  Status Fill(size_t bytes);
  Result<std::string> ReadDelimited();

  BlockingSocket socket_;
  std::string ahead_;
};

Block TestBlock(int64_t id, int64_t stamp = 1001, uint64_t length = 0);
proto::OpReadBlockProto ReadOp(const Block& block, uint64_t offset, uint64_t length);
proto::OpWriteBlockProto WriteOp(const Block& block, std::vector<ReplicaLocation> further = {});

/// Writes `data` as a new block through a pipeline whose first node is `first`.
Status WriteBlockTo(const TestDatanode& first, const Block& block, std::string_view data,
                    std::vector<ReplicaLocation> further = {}, size_t packet_bytes = 64512);
/// Sends `data` from `offset` on as packets and the last one, and reads the acknowledgements.
Status WritePackets(TransferClient& client, std::string_view data, uint64_t offset,
                    size_t packet_bytes);
/// Reads a range, checks everything about the packets, and returns what was asked for.
Result<std::string> ReadBlockFrom(const TestDatanode& datanode, const Block& block, uint64_t offset,
                                  uint64_t length, bool checksums = true);
/// The same over an open connection, with the reader's last word.
Result<std::string> ReadRange(TransferClient& client, const Block& block, uint64_t offset,
                              uint64_t length, bool checksums = true);

}  // namespace tusk::dfs::datanode
