#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "common/base/byte_span.h"
#include "common/base/status.h"
#include "common/net/async_event.h"
#include "common/net/stream.h"
#include "common/net/task.h"
#include "common/time/clock.h"
#include "dfs/datanode/storage/replica_writer.h"
#include "dfs/datanode/transfer/packet_receiver.h"
#include "dfs/datanode/transfer/pipeline_link.h"
#include "dfs/datanode/transfer/transfer_context.h"
#include "dfs/wire/checksum_spec.h"
#include "dfs/wire/pipeline_ack.h"

namespace tusk::dfs::datanode {

/// How packets are received.
struct ReceiveOptions {
  ChecksumSpec incoming;    ///< how they are checksummed
  bool acknowledge = true;  ///< false: a copy between datanodes, of which only the end is told
  bool verify = false;      ///< check the data, although another datanode behind this one does
};

/// Receives the packets of one replica, passes them on, writes them and acknowledges them
/// (Hadoop's BlockReceiver and its PacketResponder).
///
/// Four steps run at the same time, each over all packets that the step before has left for it:
/// receive, write to disk, send to the next datanode, acknowledge. So small packets become large
/// writes whenever the disk is the slower one. The window is the memory of PacketReceiver.
///
/// Owned by the strand of the peer's stream.
class BlockReceiver {
 public:
  /// `early` was read from `upstream` already. `link` has no stream in the last datanode.
  BlockReceiver(TransferContext& context, Stream& upstream, ByteView early,
                std::unique_ptr<ReplicaWriter> writer, PipelineLink link,
                const ReceiveOptions& options);
  ~BlockReceiver();

  /// Receives until the last packet. Ok when the block is complete, and then, where packets are
  /// acknowledged, final and the last acknowledgement sent. Otherwise what came is on disk.
  Task<Status> Run();
  /// Makes Run end soon, when somebody takes the replica over. What came but is not on disk, and so
  /// is not acknowledged, is dropped.
  void Interrupt();

  /// The writer, if the replica has not been made final.
  std::unique_ptr<ReplicaWriter> TakeWriter() { return std::move(writer_); }
  /// Whether everything is synced already.
  bool synced() const { return synced_; }

 private:
  /// A packet on its way through the steps. Numbers of packets count from the first received one.
  struct Entry {
    ReceivedPacket packet;
    TransferStatus status = TransferStatus::kSuccess;
    Clock::SteadyTime forwarded_at{};

    const PacketHeader& header() const { return packet.view.header; }
    uint64_t end() const {
      return static_cast<uint64_t>(header().offset_in_block) + header().data_length;
    }
  };

  Task<Status> ReceiveLoop();
  Task<void> WriteLoop();
  Task<void> ForwardLoop();
  Task<void> MirrorAckLoop();
  Task<void> AckLoop();

  /// Waits for the event; false when this must end.
  Task<bool> Wait(AsyncEvent& event);
  Entry& At(uint64_t number) { return entries_[number - base_]; }
  bool HasMirror() const { return link_.stream != nullptr && !mirror_failed_; }
  uint64_t Forwarded() const { return HasMirror() ? forwarded_ : received_; }
  /// Gives back the memory of packets that are on disk and passed on.
  void ReleasePackets();
  void Enqueue();
  /// Waits until all that came is on disk and, if asked for, passed on; false when that fails.
  Task<bool> WaitUntilStored(bool forwarded);
  /// Writes views_. Blocks.
  Status WriteBatch(bool sync, bool last);
  void WriteFailed(uint64_t count, const Status& cause);
  void MirrorFailed(const Status& cause);
  Status TakeMirrorAck(PipelineAck ack);
  bool AckReady() const;
  Task<Status> SendAcks();
  /// Appends the acknowledgement of the oldest packet; kOk, or why none follows.
  Status AppendAck();
  Task<Status> FinalizeReplica();
  /// Ends everything. `linger`: the peer may read what was sent to it first.
  void End(Status outcome, bool linger);
  Task<void> Linger();

  TransferContext& context_;
  Stream& upstream_;
  PacketReceiver receiver_;
  std::unique_ptr<ReplicaWriter> writer_;
  const std::shared_ptr<LiveReplica> live_;
  Volume& volume_;
  PipelineLink link_;
  const ReceiveOptions options_;

  std::vector<ReceivedPacket> fresh_;
  std::deque<Entry> entries_;
  uint64_t base_ = 0;  // number of entries_.front()
  // How many packets have been through each step.
  uint64_t received_ = 0;
  uint64_t written_ = 0;
  uint64_t forwarded_ = 0;
  uint64_t mirror_acked_ = 0;
  uint64_t acked_ = 0;
  uint64_t released_ = 0;
  std::vector<PacketView> views_;  // in the hands of the pool while it writes
  std::vector<ByteView> parts_;    // in those of the link's stream
  std::deque<PipelineAck> mirror_acks_;
  PipelineAck ack_;
  std::string ack_bytes_;

  bool all_received_ = false;  // no more packets come, for whatever reason
  bool ended_ = false;
  bool lingering_ = false;
  bool mirror_failed_ = false;
  bool write_failed_ = false;
  bool synced_ = false;
  bool directory_synced_ = false;
  Status outcome_;  // once ended_
  // Set when the step of the name may have something to do.
  AsyncEvent to_write_;
  AsyncEvent to_forward_;
  AsyncEvent to_ack_;
  AsyncEvent progress_;
};

}  // namespace tusk::dfs::datanode
