#include "dfs/client/data_streamer.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "common/time/deadline.h"
#include "common/time/system_clock.h"
#include "dfs/client/datanode_connection.h"
#include "dfs/wire/proto_convert.h"

namespace tusk::dfs {
namespace {

constexpr size_t kBatchPackets = 16;
constexpr size_t kPartsPerPacket = 3;  // head, checksums, data
constexpr size_t kFreePackets = 128;
constexpr std::chrono::seconds kPerNode{5};
constexpr std::chrono::seconds kHeartbeatAfter{15};

proto::OpWriteBlockProto WriteOp(const ClientContext& context, const ChecksumSpec& checksum,
                                 const PipelineSetup& setup) {
  proto::OpWriteBlockProto op;
  proto::ClientOperationHeaderProto& header = *op.mutable_header();
  *header.mutable_baseheader()->mutable_block() = ToProto(setup.block);
  *header.mutable_baseheader()->mutable_token() = ToProto(setup.token);
  header.set_clientname(context.client_name);
  op.set_stage(setup.stage);
  op.set_pipelinesize(static_cast<uint32_t>(setup.nodes.size()));
  op.set_minbytesrcvd(setup.min_bytes);
  op.set_maxbytesrcvd(setup.max_bytes);
  op.set_latestgenerationstamp(static_cast<uint64_t>(setup.new_generation_stamp.value()));
  *op.mutable_requestedchecksum() = ToProto(checksum);
  op.mutable_cachingstrategy();
  op.set_storagetype(ToProto(setup.nodes[0].storage_type));
  op.set_storageid(setup.nodes[0].storage_id);
  for (size_t i = 1; i < setup.nodes.size(); ++i) {
    *op.add_targets() = ToProto(setup.nodes[i].datanode);
    op.add_targetstoragetypes(ToProto(setup.nodes[i].storage_type));
    op.add_targetstorageids(setup.nodes[i].storage_id);
  }
  return op;
}

}  // namespace

DataStreamer::DataStreamer(const ClientContext& context, const ChecksumSpec& checksum)
    : context_(context), checksum_(checksum) {}

Status DataStreamer::FailOn(size_t node, Status status) {
  bad_node_ = std::min(node, node_count_ == 0 ? 0 : node_count_ - 1);
  Close();
  const std::string name = bad_node_ < node_names_.size() ? node_names_[bad_node_] : "?";
  return Status::Error(status.code(), "datanode {}: {}", name, status.message());
}

void DataStreamer::NoteProgress() {
  const SystemClock& clock = SystemClock::Get();
  progress_deadline_ = Deadline::After(
      clock, context_.options.socket_timeout + kPerNode * static_cast<int64_t>(node_count_));
  idle_until_ = Deadline::After(clock, kHeartbeatAfter);
}

Status DataStreamer::Open(const PipelineSetup& setup) {
  CHECK(!setup.nodes.empty());
  Close();
  ack_bytes_.clear();
  node_count_ = setup.nodes.size();
  node_names_.clear();
  for (const ReplicaLocation& node : setup.nodes) {
    node_names_.push_back(node.datanode.id.TransferAddress());
  }
  Result<BlockingSocket> socket = ConnectDatanode(setup.nodes[0].datanode.id, context_.options);
  if (!socket.ok()) return FailOn(0, socket.status());
  NoteProgress();
  const proto::OpWriteBlockProto op = WriteOp(context_, checksum_, setup);
  Status status = SendOp(*socket, DataTransferOp::kWriteBlock, op, progress_deadline_);
  proto::BlockOpResponseProto response;
  if (status.ok()) status = ReceiveOpResponse(*socket, progress_deadline_, &response);
  if (!status.ok()) return FailOn(0, status);
  if (response.status() != proto::SUCCESS) {
    const auto named = std::find(node_names_.begin(), node_names_.end(), response.firstbadlink());
    const size_t node =
        named == node_names_.end() ? 0 : static_cast<size_t>(named - node_names_.begin());
    return FailOn(node,
                  Status::Error(StatusCode::kIoError, "refuses the pipeline: {} {}",
                                TransferStatusName(static_cast<TransferStatus>(response.status())),
                                response.message()));
  }
  socket_ = std::move(socket).value();
  NoteProgress();
  return Status::Ok();
}

void DataStreamer::Close() { socket_.Close(); }

std::unique_ptr<WritePacket> DataStreamer::NewPacket(size_t data_bytes) {
  std::unique_ptr<WritePacket> packet;
  if (!free_.empty() && free_.back()->capacity >= data_bytes) {
    packet = std::move(free_.back());
    free_.pop_back();
  } else {
    packet = std::make_unique<WritePacket>();
    packet->data = std::make_unique_for_overwrite<uint8_t[]>(data_bytes);
    packet->capacity = data_bytes;
  }
  packet->header = {};
  return packet;
}

void DataStreamer::Recycle(std::unique_ptr<WritePacket> packet) {
  if (free_.size() < kFreePackets) free_.push_back(std::move(packet));
}

void DataStreamer::Enqueue(std::unique_ptr<WritePacket> packet) {
  packet->header.seqno = next_seqno_++;
  const ByteView data(packet->data.get(), packet->header.data_length);
  packet->checksums.resize(checksum_.ChecksumBytes(packet->offset(), data.size()));
  packet->head = EncodePacket(checksum_, packet->header, data, packet->checksums);
  queue_.push_back(std::move(packet));
}

int64_t DataStreamer::oldest_seqno() const {
  if (!in_flight_.empty()) return in_flight_.front()->header.seqno;
  return queue_.empty() ? next_seqno_ : queue_.front()->header.seqno;
}

Status DataStreamer::Poll(short events, short* ready) {
  const SystemClock& clock = SystemClock::Get();
  while (true) {
    const auto left = progress_deadline_.Remaining(clock);
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(left).count() + 1;
    pollfd descriptor = {socket_.fd(), events, 0};
    const int n = ::poll(&descriptor, 1, static_cast<int>(std::min<int64_t>(ms, 3'600'000)));
    if (n > 0) {
      *ready = descriptor.revents;
      return Status::Ok();
    }
    if (n < 0 && errno != EINTR) return FailOn(0, ErrnoStatus(errno, "poll"));
    if (progress_deadline_.Expired(clock)) {
      return FailOn(0, Status(StatusCode::kDeadlineExceeded, "the pipeline acknowledges nothing"));
    }
  }
}

Status DataStreamer::Send() {
  while (!queue_.empty()) {
    if (!is_open()) return FailOn(0, Status(StatusCode::kNotResponding, "the pipeline is closed"));
    if (in_flight_.size() >= context_.options.max_packets_in_flight) {
      RETURN_IF_ERROR(WaitForAcks());
    } else {
      RETURN_IF_ERROR(SendBatch());
    }
    RETURN_IF_ERROR(ReadAcks());
  }
  return Status::Ok();
}

Status DataStreamer::SendBatch() {
  iovec parts[kBatchPackets * kPartsPerPacket];
  size_t count = 0;
  size_t packets =
      std::min({queue_.size(), kBatchPackets,
                static_cast<size_t>(context_.options.max_packets_in_flight) - in_flight_.size()});
  for (; packets > 0; --packets) {
    WritePacket& packet = *queue_.front();
    parts[count++] = {packet.head.bytes.data(), packet.head.size};
    if (!packet.checksums.empty()) {
      parts[count++] = {packet.checksums.data(), packet.checksums.size()};
    }
    if (packet.header.data_length > 0) {
      parts[count++] = {packet.data.get(), packet.header.data_length};
    }
    sent_bytes_ = std::max(sent_bytes_, packet.end());
    // Acknowledgements of the first packets may come while the last ones are being sent. Their
    // memory stays valid: recycled packets are not reused before this returns.
    in_flight_.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  size_t first = 0;
  while (first < count) {
    msghdr message = {};
    message.msg_iov = parts + first;
    message.msg_iovlen = count - first;
    const ssize_t n = ::sendmsg(socket_.fd(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno != EAGAIN && errno != EWOULDBLOCK) {
        const Status status = ErrnoStatus(errno, "send");
        // An acknowledgement that names the bad node may have come before the end.
        RETURN_IF_ERROR(ReadAcks());
        return FailOn(0, status);
      }
      short ready = 0;
      RETURN_IF_ERROR(Poll(POLLIN | POLLOUT, &ready));
      if (ready & (POLLIN | POLLERR | POLLHUP)) RETURN_IF_ERROR(ReadAcks());
      continue;
    }
    NoteProgress();
    size_t left = static_cast<size_t>(n);
    while (first < count && left >= parts[first].iov_len) left -= parts[first++].iov_len;
    if (left > 0) {
      parts[first].iov_base = static_cast<uint8_t*>(parts[first].iov_base) + left;
      parts[first].iov_len -= left;
    }
  }
  return Status::Ok();
}

Status DataStreamer::WaitForAcks() {
  short ready = 0;
  RETURN_IF_ERROR(Poll(POLLIN, &ready));
  return ReadAcks();
}

Status DataStreamer::SendAndWait() {
  RETURN_IF_ERROR(Send());
  while (!in_flight_.empty()) RETURN_IF_ERROR(WaitForAcks());
  return Status::Ok();
}

Status DataStreamer::ReadAcks() {
  uint8_t buffer[4096];
  while (is_open()) {
    const ssize_t n = ::recv(socket_.fd(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (n < 0) return FailOn(0, ErrnoStatus(errno, "receive"));
    if (n == 0) {
      // A datanode closes when the block is complete; before that it means trouble.
      if (in_flight_.empty() && queue_.empty()) {
        Close();
        break;
      }
      return FailOn(0, Status(StatusCode::kNotResponding, "closed the connection"));
    }
    ack_bytes_.insert(ack_bytes_.end(), buffer, buffer + n);
    size_t begin = 0;
    while (true) {
      Result<std::optional<PipelineAckFrame>> frame =
          ParsePipelineAckFrame(ByteView(ack_bytes_).subspan(begin));
      if (!frame.ok()) return FailOn(0, frame.status());
      if (!frame->has_value()) break;
      begin += (*frame)->size;
      RETURN_IF_ERROR(TakeAck((*frame)->ack));
    }
    ack_bytes_.erase(ack_bytes_.begin(), ack_bytes_.begin() + static_cast<ptrdiff_t>(begin));
    if (static_cast<size_t>(n) < sizeof buffer) break;
  }
  return Status::Ok();
}

Status DataStreamer::TakeAck(const PipelineAck& ack) {
  if (const std::optional<size_t> failed = ack.FirstFailure()) {
    return FailOn(*failed, Status::Error(StatusCode::kIoError, "does not take packet {}: {}",
                                         ack.seqno, TransferStatusName(ack.replies[*failed])));
  }
  NoteProgress();
  if (ack.seqno == kHeartbeatSeqno) return Status::Ok();
  if (in_flight_.empty() || in_flight_.front()->header.seqno != ack.seqno) {
    return FailOn(
        0, Status::Error(StatusCode::kInternal, "acknowledges packet {} out of turn", ack.seqno));
  }
  std::unique_ptr<WritePacket> packet = std::move(in_flight_.front());
  in_flight_.pop_front();
  acknowledged_bytes_ = std::max(acknowledged_bytes_, packet->end());
  Recycle(std::move(packet));
  return Status::Ok();
}

void DataStreamer::KeepAlive() {
  if (!is_open() || !in_flight_.empty() || !queue_.empty()) return;
  // Errors surface with the next packet, in the writer's own thread.
  if (!ReadAcks().ok() || !is_open() || !idle_until_.Expired(SystemClock::Get())) return;
  PacketHeader heartbeat;
  heartbeat.seqno = kHeartbeatSeqno;
  const PacketHead head = EncodePacketHead(heartbeat, 0);
  const ssize_t n = ::send(socket_.fd(), head.bytes.data(), head.size, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (n >= 0 && static_cast<size_t>(n) < head.size) {
    Close();  // half a packet on the wire: the pipeline is of no use any more
    return;
  }
  idle_until_ = Deadline::After(SystemClock::Get(), kHeartbeatAfter);
}

void DataStreamer::RequeueUnacknowledged() {
  while (!in_flight_.empty()) {
    queue_.push_front(std::move(in_flight_.back()));
    in_flight_.pop_back();
  }
}

void DataStreamer::DropLastPacket() {
  CHECK(queue_.size() <= 1 && in_flight_.empty());
  queue_.clear();
}

void DataStreamer::StartBlock() {
  CHECK(in_flight_.empty());
  next_seqno_ = 0;
  acknowledged_bytes_ = 0;
  sent_bytes_ = 0;
}

}  // namespace tusk::dfs
