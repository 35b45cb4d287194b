#include "dfs/client/block_reader.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "common/base/status_macros.h"
#include "common/time/system_clock.h"
#include "dfs/proto/data_transfer.pb.h"
#include "dfs/wire/delimited.h"
#include "dfs/wire/proto_convert.h"
#include "dfs/wire/transfer_status.h"

namespace tusk::dfs {
namespace {

/// Receives into several pieces at once, at least one byte.
Result<size_t> ReceiveSome(BlockingSocket& socket, std::span<iovec> parts,
                           std::chrono::nanoseconds timeout) {
  msghdr message = {};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  while (true) {
    const ssize_t n = ::recvmsg(socket.fd(), &message, MSG_DONTWAIT);
    if (n > 0) return static_cast<size_t>(n);
    if (n == 0) return Status(StatusCode::kNotResponding, "the datanode closed the connection");
    if (errno == EINTR) continue;
    if (errno != EAGAIN && errno != EWOULDBLOCK) return ErrnoStatus(errno, "receive");
    ASSIGN_OR_RETURN(const bool readable,
                     socket.PollReadable(Deadline::After(SystemClock::Get(), timeout)));
    if (!readable) return Status(StatusCode::kDeadlineExceeded, "the datanode sends nothing");
  }
}

}  // namespace

BlockReader::BlockReader(const ClientOptions& options, SocketCache& sockets,
                         BlockReadRequest request)
    : options_(options),
      sockets_(sockets),
      request_(std::move(request)),
      end_(request_.offset + request_.length),
      position_(request_.offset) {}

BlockReader::~BlockReader() = default;

Result<std::unique_ptr<BlockReader>> BlockReader::Open(const ClientOptions& options,
                                                       SocketCache& sockets,
                                                       BlockReadRequest request) {
  std::unique_ptr<BlockReader> reader(new BlockReader(options, sockets, std::move(request)));
  const DatanodeId& datanode = reader->request_.datanode;
  // The other side may have closed an idle connection: that is no reason to blame the datanode.
  while (std::optional<BlockingSocket> idle = sockets.Take(datanode.TransferAddress())) {
    const Status status = reader->Ask(*std::move(idle));
    if (status.ok()) return reader;
    if (status.code() != StatusCode::kNotResponding && status.code() != StatusCode::kIoError) {
      return reader->Blame(status);
    }
  }
  Result<BlockingSocket> fresh = ConnectDatanode(datanode, options);
  if (!fresh.ok()) return std::move(fresh).status();
  if (Status status = reader->Ask(std::move(fresh).value()); !status.ok()) {
    return reader->Blame(status);
  }
  return reader;
}

Status BlockReader::Blame(const Status& status) const {
  return Status::Error(status.code(), "block {} at datanode {}: {}",
                       request_.block.block.id.value(), request_.datanode.TransferAddress(),
                       status.message());
}

Status BlockReader::Ask(BlockingSocket socket) {
  proto::OpReadBlockProto op;
  proto::ClientOperationHeaderProto& header = *op.mutable_header();
  *header.mutable_baseheader()->mutable_block() = ToProto(request_.block);
  *header.mutable_baseheader()->mutable_token() = ToProto(request_.token);
  header.set_clientname(request_.client_name);
  op.set_offset(request_.offset);
  op.set_len(request_.length);
  op.set_sendchecksums(request_.verify);
  op.mutable_cachingstrategy();
  const Deadline deadline = Deadline::After(SystemClock::Get(), options_.socket_timeout);
  RETURN_IF_ERROR(SendOp(socket, DataTransferOp::kReadBlock, op, deadline));
  proto::BlockOpResponseProto response;
  RETURN_IF_ERROR(ReceiveOpResponse(socket, deadline, &response));
  if (response.status() != proto::SUCCESS) {
    const StatusCode code = response.status() == proto::ERROR_ACCESS_TOKEN
                                ? StatusCode::kUnauthenticated
                                : StatusCode::kFailedPrecondition;
    return Status::Error(code, "{}: {}",
                         TransferStatusName(static_cast<TransferStatus>(response.status())),
                         response.message());
  }
  if (!response.has_readopchecksuminfo()) {
    return Status(StatusCode::kInvalidArgument, "the datanode does not tell its checksums");
  }
  ASSIGN_OR_RETURN(spec_, FromProto(response.readopchecksuminfo().checksum()));
  expected_offset_ = response.readopchecksuminfo().chunkoffset();
  if (expected_offset_ > request_.offset) {
    return Status::Error(StatusCode::kInvalidArgument, "the datanode starts at {}, not at {}",
                         expected_offset_, request_.offset);
  }
  socket_ = std::move(socket);
  return Status::Ok();
}

Status BlockReader::FillAhead(size_t bytes) {
  if (ahead_.size() < ahead_begin_ + bytes) {
    std::copy(ahead_.begin() + static_cast<ptrdiff_t>(ahead_begin_),
              ahead_.begin() + static_cast<ptrdiff_t>(ahead_end_), ahead_.begin());
    ahead_end_ -= ahead_begin_;
    ahead_begin_ = 0;
    ahead_.resize(std::max(ahead_.size(), bytes));
  }
  while (ahead_end_ - ahead_begin_ < bytes) {
    const size_t missing = bytes - (ahead_end_ - ahead_begin_);
    iovec part = {ahead_.data() + ahead_end_, missing};
    ASSIGN_OR_RETURN(const size_t n, ReceiveSome(socket_, {&part, 1}, options_.socket_timeout));
    ahead_end_ += n;
  }
  return Status::Ok();
}

Status BlockReader::NextHeader() {
  RETURN_IF_ERROR(FillAhead(kPacketPrefixBytes));
  ASSIGN_OR_RETURN(const PacketPrefix prefix,
                   ParsePacketPrefix(ByteView(ahead_).subspan(ahead_begin_, kPacketPrefixBytes)));
  RETURN_IF_ERROR(FillAhead(kPacketPrefixBytes + prefix.header_bytes));
  ASSIGN_OR_RETURN(
      header_, ParsePacketHeader(prefix, ByteView(ahead_).subspan(ahead_begin_ + kPacketPrefixBytes,
                                                                  prefix.header_bytes)));
  if (header_.offset_in_block != static_cast<int64_t>(expected_offset_)) {
    return Status::Error(StatusCode::kCorruption, "a packet starts at {} instead of {}",
                         header_.offset_in_block, expected_offset_);
  }
  const size_t checksum_bytes = prefix.payload_bytes - header_.data_length;
  if (checksum_bytes != spec_.ChecksumBytes(expected_offset_, header_.data_length)) {
    return Status::Error(StatusCode::kCorruption, "a packet of {} bytes has {} bytes of checksums",
                         header_.data_length, checksum_bytes);
  }
  const size_t head = kPacketPrefixBytes + prefix.header_bytes;
  RETURN_IF_ERROR(FillAhead(head + checksum_bytes));
  const uint8_t* begin = ahead_.data() + ahead_begin_ + head;
  checksums_.assign(begin, begin + checksum_bytes);
  ahead_begin_ += head + checksum_bytes;
  usual_head_ = head + checksum_bytes;
  expected_offset_ += header_.data_length;
  header_read_ = true;
  return Status::Ok();
}

Status BlockReader::ReceiveData(MutableByteView data) {
  const size_t early = std::min(data.size(), ahead_end_ - ahead_begin_);
  std::copy_n(ahead_.begin() + static_cast<ptrdiff_t>(ahead_begin_), early, data.begin());
  ahead_begin_ += early;
  if (early == data.size()) return Status::Ok();
  // All that had come early is used up: the room is free for the next packet's head.
  ahead_begin_ = ahead_end_ = 0;
  ahead_.resize(std::max(ahead_.size(), usual_head_));
  size_t done = early;
  while (done < data.size()) {
    iovec parts[2] = {{data.data() + done, data.size() - done}, {ahead_.data(), usual_head_}};
    ASSIGN_OR_RETURN(size_t n, ReceiveSome(socket_, parts, options_.socket_timeout));
    const size_t wanted = std::min(n, data.size() - done);
    done += wanted;
    ahead_end_ = n - wanted;
  }
  return Status::Ok();
}

Status BlockReader::ReceivePacket(MutableByteView data) {
  RETURN_IF_ERROR(ReceiveData(data));
  header_read_ = false;
  const uint64_t offset = expected_offset_ - data.size();
  if (spec_.type == ChecksumType::kNull) return Status::Ok();
  return VerifyChecksums(spec_, offset, data, checksums_);
}

Status BlockReader::Finish() {
  finished_ = true;
  // The empty packet that ends the range; what is asked for has been delivered, so an error here
  // only costs the connection.
  if (!header_read_) {
    if (!NextHeader().ok()) return Status::Ok();
  }
  if (!header_.last_in_block || header_.data_length != 0) return Status::Ok();
  proto::ClientReadStatusProto answer;
  answer.set_status(request_.verify ? proto::CHECKSUM_OK : proto::SUCCESS);
  std::string bytes;
  AppendDelimited(answer, &bytes);
  const Deadline deadline = Deadline::After(SystemClock::Get(), options_.socket_timeout);
  if (socket_.SendAll(AsBytes(bytes), deadline).ok() && ahead_begin_ == ahead_end_) {
    sockets_.Put(request_.datanode.TransferAddress(), std::move(socket_));
  }
  return Status::Ok();
}

Result<size_t> BlockReader::Read(MutableByteView out) {
  size_t done = 0;
  while (done < out.size()) {
    if (packet_begin_ < packet_end_) {
      const size_t n = std::min(out.size() - done, packet_end_ - packet_begin_);
      std::memcpy(out.data() + done, packet_.data() + packet_begin_, n);
      packet_begin_ += n;
      position_ += n;
      done += n;
      continue;
    }
    if (position_ == end_) {
      if (!finished_) RETURN_IF_ERROR(Finish());
      break;
    }
    if (!header_read_) {
      if (Status status = NextHeader(); !status.ok()) return Blame(status);
    }
    if (header_.data_length == 0) {
      return Blame(Status::Error(StatusCode::kCorruption, "the replica ends at {} instead of {}",
                                 position_, end_));
    }
    const uint64_t packet_offset = expected_offset_ - header_.data_length;
    const bool whole = packet_offset == position_ && expected_offset_ <= end_;
    if (whole && header_.data_length <= out.size() - done) {
      const Status status = ReceivePacket(out.subspan(done, header_.data_length));
      if (!status.ok()) return Blame(status);
      position_ += header_.data_length;
      done += header_.data_length;
      continue;
    }
    // Hand out what there is rather than copy a packet that fits the next call's buffer.
    if (whole && done > 0) break;
    if (packet_.size() < header_.data_length) packet_.resize(header_.data_length);
    const Status status = ReceivePacket(MutableByteView(packet_).first(header_.data_length));
    if (!status.ok()) return Blame(status);
    packet_begin_ = std::min<uint64_t>(position_ - packet_offset, header_.data_length);
    packet_end_ = header_.data_length;
    if (expected_offset_ > end_) packet_end_ -= expected_offset_ - end_;
  }
  return done;
}

}  // namespace tusk::dfs
