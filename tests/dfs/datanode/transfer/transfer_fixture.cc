#include "tests/dfs/datanode/transfer/transfer_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/env/posix_env.h"
#include "common/time/deadline.h"
#include "common/time/system_clock.h"
#include "dfs/wire/delimited.h"
#include "dfs/wire/proto_convert.h"
#include "tests/support/status_matchers.h"

namespace tusk::dfs::datanode {
namespace {

Deadline Soon() { return Deadline::After(SystemClock::Get(), std::chrono::seconds(20)); }

}  // namespace

std::string TestData(size_t size, uint64_t seed) {
  std::string data(size, '\0');
  uint64_t state = seed * 0x9E3779B97F4A7C15ULL + 1;
  for (char& c : data) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    c = static_cast<char>(state >> 56);
  }
  return data;
}

TestDatanode::TestDatanode(TransferOptions options, const std::string& pool_id) {
  BlockStoreOptions store_options;
  store_options.volumes.push_back({.path = directory_ / "data", .type = StorageType::kDisk});
  store_options.volume.threads = 2;
  Result<std::unique_ptr<BlockStore>> store = BlockStore::Open(PosixEnv::Get(), store_options);
  EXPECT_OK(store);
  store_ = std::move(*store);
  NamespaceIdentity identity;
  identity.namespace_id = 1;
  identity.cluster_id = "CID-1";
  identity.pool_id = pool_id;
  EXPECT_OK(store_->Attach(identity, "uuid-1"));
  options.endpoint = {"127.0.0.1", 0};
  options.on_corrupt = [this](const Block& block, const Volume&) {
    MutexLock lock(mutex_);
    corrupt_.push_back(block);
  };
  server_ = std::make_unique<TransferServer>(runtime_, *store_, std::move(options));
  EXPECT_OK(server_->Start());
  server_->SetSelf(id());
}

TestDatanode::~TestDatanode() {
  server_->Stop(std::chrono::milliseconds(0));
  for (const auto& volume : store_->volumes().volumes()) volume->pool().Stop();
}

DatanodeId TestDatanode::id() const {
  DatanodeId id;
  id.uuid = "uuid-" + std::to_string(server_->port());
  id.ip_address = "127.0.0.1";
  id.host_name = "localhost";
  id.transfer_port = static_cast<uint16_t>(server_->port());
  return id;
}

ReplicaLocation TestDatanode::location() const {
  ReplicaLocation location;
  location.datanode.id = id();
  return location;
}

std::vector<Block> TestDatanode::corrupt() const {
  MutexLock lock(mutex_);
  return corrupt_;
}

std::optional<ReplicaState> TestDatanode::StateOf(BlockId id) const {
  const std::optional<Replica> replica = store_->Find(id);
  if (!replica.has_value()) return std::nullopt;
  return replica->state;
}

std::string TestDatanode::FinalPath(BlockId id) const {
  return store_->volumes().at(0).FinalizedDirectory(id) + "/blk_" + std::to_string(id.value());
}

TransferClient::TransferClient(const TestDatanode& datanode) {
  Result<BlockingSocket> socket = BlockingSocket::Connect(datanode.endpoint(), Soon());
  EXPECT_OK(socket);
  if (socket.ok()) socket_ = std::move(*socket);
}

Status TransferClient::Send(std::string_view bytes) {
  return socket_.SendAll(AsBytes(bytes), Soon());
}

Status TransferClient::SendOp(DataTransferOp op, const google::protobuf::MessageLite& message) {
  std::string bytes;
  AppendOp(op, message, &bytes);
  return Send(bytes);
}

Status TransferClient::Fill(size_t bytes) {
  while (ahead_.size() < bytes) {
    uint8_t buffer[64 << 10];
    ASSIGN_OR_RETURN(const size_t count, socket_.Recv(buffer, Soon()));
    if (count == 0) return Status(StatusCode::kNotResponding, "end of stream");
    ahead_.append(reinterpret_cast<const char*>(buffer), count);
  }
  return Status();
}

Result<std::string> TransferClient::ReadDelimited() {
  for (;;) {
    ASSIGN_OR_RETURN(const std::optional<DelimitedFrame> frame,
                     ParseDelimited(AsBytes(ahead_), kMaxOpMessageBytes));
    if (frame.has_value()) {
      std::string message(AsText(frame->message));
      ahead_.erase(0, frame->size);
      return message;
    }
    RETURN_IF_ERROR(Fill(ahead_.size() + 1));
  }
}

Result<proto::BlockOpResponseProto> TransferClient::ReadResponse() {
  ASSIGN_OR_RETURN(const std::string message, ReadDelimited());
  proto::BlockOpResponseProto response;
  RETURN_IF_ERROR(ParseMessage(AsBytes(message), &response));
  return response;
}

Status TransferClient::SendPacket(const PacketHeader& header, std::string_view data,
                                  const ChecksumSpec& spec, bool damaged) {
  const auto offset = static_cast<uint64_t>(header.offset_in_block);
  std::vector<uint8_t> checksums(spec.ChecksumBytes(offset, data.size()));
  const PacketHead head = EncodePacket(spec, header, AsBytes(data), checksums);
  std::string bytes(AsText(head.View()));
  bytes.append(AsText(checksums));
  bytes.append(data);
  if (damaged) bytes.back() ^= 1;
  return Send(bytes);
}

Result<PipelineAck> TransferClient::ReadAck() {
  ASSIGN_OR_RETURN(const std::string message, ReadDelimited());
  return ParsePipelineAck(AsBytes(message));
}

Result<TransferClient::Packet> TransferClient::ReadPacket() {
  for (;;) {
    ASSIGN_OR_RETURN(const std::optional<PacketFrame> frame, ParsePacket(AsBytes(ahead_)));
    if (frame.has_value()) {
      Packet packet;
      packet.header = frame->packet.header;
      packet.checksums = AsText(frame->packet.checksums);
      packet.data = AsText(frame->packet.data);
      ahead_.erase(0, frame->size);
      return packet;
    }
    RETURN_IF_ERROR(Fill(ahead_.size() + 1));
  }
}

std::string TransferClient::ReadRaw(size_t bytes) {
  static_cast<void>(Fill(bytes).ok());
  return ahead_.substr(0, bytes);
}

bool TransferClient::Closed() {
  uint8_t byte;
  const Result<size_t> count = socket_.Recv({&byte, 1}, Soon());
  if (count.ok()) return *count == 0;
  return count.status().code() == StatusCode::kNotResponding;
}

Block TestBlock(int64_t id, int64_t stamp, uint64_t length) {
  return {.id = BlockId(id), .generation_stamp = GenerationStamp(stamp), .length = length};
}

proto::OpReadBlockProto ReadOp(const Block& block, uint64_t offset, uint64_t length) {
  proto::OpReadBlockProto op;
  *op.mutable_header()->mutable_baseheader()->mutable_block() =
      ToProto(ExtendedBlock{kTestPool, block});
  op.mutable_header()->set_clientname("test");
  op.set_offset(offset);
  op.set_len(length);
  return op;
}

proto::OpWriteBlockProto WriteOp(const Block& block, std::vector<ReplicaLocation> further) {
  proto::OpWriteBlockProto op;
  *op.mutable_header()->mutable_baseheader()->mutable_block() =
      ToProto(ExtendedBlock{kTestPool, block});
  op.mutable_header()->set_clientname("test");
  for (const ReplicaLocation& location : further) {
    *op.add_targets() = ToProto(location.datanode);
    op.add_targetstoragetypes(ToProto(location.storage_type));
    op.add_targetstorageids(location.storage_id);
  }
  op.set_stage(proto::OpWriteBlockProto::PIPELINE_SETUP_CREATE);
  op.set_pipelinesize(static_cast<uint32_t>(further.size() + 1));
  op.set_minbytesrcvd(0);
  op.set_maxbytesrcvd(0);
  op.set_latestgenerationstamp(0);
  *op.mutable_requestedchecksum() = ToProto(ChecksumSpec{});
  return op;
}

Status WritePackets(TransferClient& client, std::string_view data, uint64_t offset,
                    size_t packet_bytes) {
  int64_t seqno = 0;
  for (size_t done = 0; done < data.size();) {
    const std::string_view piece = data.substr(done, packet_bytes);
    PacketHeader header;
    header.offset_in_block = static_cast<int64_t>(offset + done);
    header.seqno = seqno++;
    RETURN_IF_ERROR(client.SendPacket(header, piece));
    done += piece.size();
  }
  PacketHeader last;
  last.offset_in_block = static_cast<int64_t>(offset + data.size());
  last.seqno = seqno++;
  last.last_in_block = true;
  RETURN_IF_ERROR(client.SendPacket(last, {}));
  for (int64_t i = 0; i < seqno; ++i) {
    ASSIGN_OR_RETURN(const PipelineAck ack, client.ReadAck());
    if (ack.seqno != i || !ack.AllSucceeded()) {
      return Status::Error(StatusCode::kInternal, "ack of {} instead of {}, first failure {}",
                           ack.seqno, i, static_cast<int>(ack.FirstFailure().value_or(99)));
    }
  }
  return Status();
}

Status WriteBlockTo(const TestDatanode& first, const Block& block, std::string_view data,
                    std::vector<ReplicaLocation> further, size_t packet_bytes) {
  TransferClient client(first);
  RETURN_IF_ERROR(client.SendOp(DataTransferOp::kWriteBlock, WriteOp(block, std::move(further))));
  ASSIGN_OR_RETURN(const proto::BlockOpResponseProto response, client.ReadResponse());
  if (response.status() != proto::SUCCESS || !response.has_firstbadlink()) {
    return Status::Error(StatusCode::kInternal, "refused: {} {}", response.firstbadlink(),
                         response.message());
  }
  return WritePackets(client, data, 0, packet_bytes);
}

Result<std::string> ReadRange(TransferClient& client, const Block& block, uint64_t offset,
                              uint64_t length, bool checksums) {
  proto::OpReadBlockProto op = ReadOp(block, offset, length);
  op.set_sendchecksums(checksums);
  RETURN_IF_ERROR(client.SendOp(DataTransferOp::kReadBlock, op));
  ASSIGN_OR_RETURN(const proto::BlockOpResponseProto response, client.ReadResponse());
  if (response.status() != proto::SUCCESS) {
    return Status(StatusCode::kFailedPrecondition, response.message());
  }
  ASSIGN_OR_RETURN(const ChecksumSpec spec, FromProto(response.readopchecksuminfo().checksum()));
  const uint64_t begin = response.readopchecksuminfo().chunkoffset();
  EXPECT_EQ(begin, offset - offset % spec.bytes_per_checksum);
  std::string data;
  for (int64_t seqno = 0;; ++seqno) {
    ASSIGN_OR_RETURN(const TransferClient::Packet packet, client.ReadPacket());
    EXPECT_EQ(packet.header.seqno, seqno);
    EXPECT_EQ(packet.header.offset_in_block, static_cast<int64_t>(begin + data.size()));
    EXPECT_FALSE(packet.header.sync_block.has_value());
    if (packet.header.last_in_block) break;
    EXPECT_FALSE(packet.data.empty());
    RETURN_IF_ERROR(VerifyChecksums(spec, begin + data.size(), AsBytes(packet.data),
                                    AsBytes(packet.checksums)));
    data += packet.data;
  }
  proto::ClientReadStatusProto status;
  status.set_status(checksums ? proto::CHECKSUM_OK : proto::SUCCESS);
  std::string word;
  AppendDelimited(status, &word);
  RETURN_IF_ERROR(client.Send(word));
  if (length == 0) return std::string();
  if (data.size() < offset - begin + length) {
    return Status::Error(StatusCode::kInternal, "only {} bytes came", data.size());
  }
  EXPECT_LT(data.size() - (offset - begin) - length, uint64_t{spec.bytes_per_checksum});
  return data.substr(offset - begin, length);
}

Result<std::string> ReadBlockFrom(const TestDatanode& datanode, const Block& block, uint64_t offset,
                                  uint64_t length, bool checksums) {
  TransferClient client(datanode);
  return ReadRange(client, block, offset, length, checksums);
}

}  // namespace tusk::dfs::datanode
