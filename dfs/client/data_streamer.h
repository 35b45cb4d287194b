#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/net/blocking_socket.h"
#include "common/time/deadline.h"
#include "dfs/client/client_context.h"
#include "dfs/model/located_block.h"
#include "dfs/proto/data_transfer.pb.h"
#include "dfs/wire/packet_codec.h"
#include "dfs/wire/pipeline_ack.h"

namespace tusk::dfs {

/// One packet on its way: kept until every datanode of the pipeline has acknowledged it, so that it
/// can be sent again to another pipeline.
struct WritePacket {
  PacketHeader header;
  std::unique_ptr<uint8_t[]> data;  ///< of `capacity` bytes, header.data_length of them filled
  size_t capacity = 0;
  std::vector<uint8_t> checksums;
  PacketHead head;

  uint64_t offset() const { return static_cast<uint64_t>(header.offset_in_block); }
  uint64_t end() const { return offset() + header.data_length; }
};

/// How a pipeline is opened: OpWriteBlockProto's fields that differ.
struct PipelineSetup {
  ExtendedBlock block;  ///< with the present generation stamp
  AccessToken token;
  std::vector<ReplicaLocation> nodes;  ///< in pipeline order; at least one
  proto::OpWriteBlockProto::BlockConstructionStage stage =
      proto::OpWriteBlockProto::PIPELINE_SETUP_CREATE;
  uint64_t min_bytes = 0;
  uint64_t max_bytes = 0;
  GenerationStamp new_generation_stamp{0};
};

/// The client's end of a pipeline: packets out, acknowledgements in, in the caller's thread.
///
/// While it sends, it takes the acknowledgements that are there; it waits for them only when as
/// many packets are under way as the options allow, or when asked to. Many packets leave with one
/// system call. After an error it knows which datanode is to blame, and holds all packets that are
/// not acknowledged, oldest first: open the next pipeline and they are sent again.
///
/// One thread at a time.
class DataStreamer {
 public:
  DataStreamer(const ClientContext& context, const ChecksumSpec& checksum);

  /// Connects to the first node and sets the pipeline up. On failure `bad_node` is the index of the
  /// node to blame.
  Status Open(const PipelineSetup& setup);
  bool is_open() const { return socket_.connected(); }
  /// Closes the connection. Packets stay.
  void Close();

  /// An empty packet with room for at least `data_bytes`; recycled where possible.
  std::unique_ptr<WritePacket> NewPacket(size_t data_bytes);
  /// Gives the packet its number, head and checksums, and lines it up.
  void Enqueue(std::unique_ptr<WritePacket> packet);
  size_t queued() const { return queue_.size(); }

  /// Sends all that is lined up, as far as the window allows waits for acknowledgements.
  Status Send();
  /// Sends, then waits until everything is acknowledged.
  Status SendAndWait();
  /// Sends a heartbeat when the pipeline is idle; takes acknowledgements. Never waits.
  void KeepAlive();

  /// After an error: what was sent goes back in front of what was not.
  void RequeueUnacknowledged();
  /// Drops the packet that ends the block, which a recovery in the closing stage acknowledges.
  void DropLastPacket();
  /// A new block: numbers start at 0.
  void StartBlock();

  size_t bad_node() const { return bad_node_; }
  uint64_t acknowledged_bytes() const { return acknowledged_bytes_; }
  uint64_t sent_bytes() const { return sent_bytes_; }
  void set_block_start(uint64_t bytes) { acknowledged_bytes_ = sent_bytes_ = bytes; }
  /// Number of the oldest packet not acknowledged; recovery counts its attempts by it.
  int64_t oldest_seqno() const;

 private:
  Status SendBatch();
  Status WaitForAcks();
  Status ReadAcks();
  Status TakeAck(const PipelineAck& ack);
  Status Poll(short events, short* ready);
  Status FailOn(size_t node, Status status);
  void Recycle(std::unique_ptr<WritePacket> packet);
  void NoteProgress();

  const ClientContext& context_;
  const ChecksumSpec checksum_;
  // Owned by the writing thread.
  BlockingSocket socket_;
  size_t node_count_ = 0;
  std::vector<std::string> node_names_;
  std::deque<std::unique_ptr<WritePacket>> queue_;      // to be sent
  std::deque<std::unique_ptr<WritePacket>> in_flight_;  // sent, oldest first
  std::vector<std::unique_ptr<WritePacket>> free_;
  std::vector<uint8_t> ack_bytes_;
  int64_t next_seqno_ = 0;
  uint64_t acknowledged_bytes_ = 0;
  uint64_t sent_bytes_ = 0;
  size_t bad_node_ = 0;
  Deadline progress_deadline_ = Deadline::Never();
  Deadline idle_until_ = Deadline::Never();
};

}  // namespace tusk::dfs
