#include "dfs/datanode/transfer/block_sender.h"

#include <algorithm>
#include <utility>

#include "common/base/check.h"
#include "common/base/status_macros.h"

namespace tusk::dfs::datanode {
namespace {

/// The first piece is smaller: a reader that wants little, or wants it soon, gets it soon.
constexpr size_t kFirstPieceBytes = 256 << 10;
/// How far the kernel is asked to read ahead of a long read.
constexpr uint64_t kReadAheadBytes = 4 << 20;

uint64_t RoundUp(uint64_t value, uint64_t unit) { return (value + unit - 1) / unit * unit; }

}  // namespace

BlockSender::BlockSender(TransferContext& context, std::unique_ptr<ReplicaReader> reader,
                         const SendRequest& request)
    : context_(context),
      reader_(std::move(reader)),
      checksums_(request.checksums && reader_->spec().ChecksumSize() != 0),
      verify_(request.verify),
      spec_(reader_->spec()) {
  // Without checksums the chunk only rounds offsets; peers expect the usual one.
  if (!checksums_) spec_ = {ChecksumType::kNull, kDefaultBytesPerChecksum};
}

BlockSender::~BlockSender() {
  for (Piece& piece : pieces_) {
    if (!piece.buffer.empty()) context_.buffers.Give(std::move(piece.buffer));
  }
}

Result<std::unique_ptr<BlockSender>> BlockSender::Open(TransferContext& context,
                                                       const SendRequest& request) {
  Result<std::unique_ptr<ReplicaReader>> reader = context.store.OpenForRead(request.block);
  if (!reader.ok()) {
    if (reader.status().code() == StatusCode::kCorruption) {
      if (const auto volume = context.store.VolumeOf(request.block.id); volume.ok()) {
        context.ReportCorrupt(request.block, **volume, reader.status());
      }
    }
    return reader.status();
  }
  std::unique_ptr<BlockSender> sender(new BlockSender(context, std::move(*reader), request));
  RETURN_IF_ERROR(sender->SetRange(request));
  RETURN_IF_ERROR(sender->ReadPiece(&sender->pieces_[0], sender->begin_, kFirstPieceBytes));
  return sender;
}

Status BlockSender::SetRange(const SendRequest& request) {
  const uint64_t length = reader_->length();
  if (request.offset > length || request.length > length - request.offset) {
    return Status::Error(StatusCode::kFailedPrecondition,
                         "replica blk_{} has {} bytes, asked for {} at {}", request.block.id,
                         length, request.length, request.offset);
  }
  const uint32_t chunk = spec_.bytes_per_checksum;
  begin_ = request.offset - request.offset % chunk;
  end_ = request.offset + request.length;
  if (request.whole_chunks) end_ = std::min(length, RoundUp(end_, chunk));
  CHECK(request.whole_chunks || begin_ == request.offset);
  // An empty range sends nothing, wherever in a chunk it is.
  if (request.length == 0) end_ = begin_;
  packet_data_ = std::max(chunk, context_.options.read_packet_bytes / chunk * chunk);
  const size_t room = kBufferBytes / (chunk + spec_.ChecksumSize()) * chunk;
  piece_data_ = room > packet_data_ ? room / packet_data_ * packet_data_ : room;
  return Status();
}

Status BlockSender::ReadPiece(Piece* piece, uint64_t offset, size_t limit) {
  const uint32_t chunk = spec_.bytes_per_checksum;
  limit =
      std::max<size_t>(packet_data_, std::min(limit, piece_data_) / packet_data_ * packet_data_);
  limit = std::min(limit, piece_data_);
  const uint64_t wanted = std::min<uint64_t>(limit, end_ - offset);
  // The storage reads whole chunks.
  const uint64_t read_end =
      checksums_ ? std::min(reader_->length(), RoundUp(offset + wanted, chunk)) : offset + wanted;
  const size_t bytes = read_end - offset;
  piece->offset = offset;
  piece->data_bytes = wanted;
  piece->checksum_bytes = checksums_ ? spec_.ChecksumBytes(offset, bytes) : 0;
  if (wanted == 0) return Status();
  if (piece->buffer.empty()) piece->buffer = context_.buffers.Take();
  CHECK_LE(bytes + piece->checksum_bytes, piece->buffer.capacity);
  const MutableByteView checksums(piece->buffer.bytes.get(), piece->checksum_bytes);
  const MutableByteView data(piece->DataStart(), bytes);
  Status status = reader_->Read(offset, data, checksums);
  if (status.ok()) status = CheckPiece(*piece, data, checksums);
  if (status.code() == StatusCode::kCorruption) {
    context_.ReportCorrupt(reader_->block(), reader_->volume(), status);
  }
  if (wanted >= limit) reader_->ReadAhead(read_end, kReadAheadBytes);
  return status;
}

Status BlockSender::CheckPiece(const Piece& piece, MutableByteView data,
                               MutableByteView checksums) {
  const bool cut = checksums_ && data.size() > piece.data_bytes;
  if (!cut && !(verify_ && checksums_)) return Status();
  RETURN_IF_ERROR(VerifyChecksums(spec_, piece.offset, data, checksums));
  if (!cut) return Status();
  // The last chunk goes out in part: it gets a checksum of its own.
  const uint64_t end = piece.offset + piece.data_bytes;
  const uint64_t start = end - end % spec_.bytes_per_checksum;
  ComputeChecksums(spec_, start, data.subspan(start - piece.offset, end - start),
                   checksums.last(kChecksumBytes));
  return Status();
}

void BlockSender::StartRead(Piece* piece, uint64_t offset) {
  piece->read = Suspension();
  auto work = [this, piece, offset, read = piece->read]() mutable {
    piece->status = ReadPiece(piece, offset, piece_data_);
    read.Resume();
  };
  Status queued = reader_->volume().pool().Post(std::move(work));
  if (queued.ok()) return;
  piece->status = std::move(queued);
  piece->read.Resume();
}

void BlockSender::AddPacket(const PacketHeader& header, ByteView checksums, ByteView data) {
  heads_.push_back(EncodePacketHead(header, static_cast<uint32_t>(checksums.size())));
  parts_.push_back(heads_.back().View());
  if (!checksums.empty()) parts_.push_back(checksums);
  if (!data.empty()) parts_.push_back(data);
}

Task<Status> BlockSender::SendPiece(Stream& stream, const Piece& piece, std::string_view prefix) {
  // Views of heads are taken below: the vector must not move.
  heads_.clear();
  heads_.reserve(piece.data_bytes / packet_data_ + 2);
  parts_.clear();
  if (!prefix.empty()) parts_.push_back(AsBytes(prefix));
  for (size_t done = 0; done < piece.data_bytes;) {
    const size_t size = std::min<size_t>(packet_data_, piece.data_bytes - done);
    PacketHeader header;
    header.offset_in_block = static_cast<int64_t>(piece.offset + done);
    header.seqno = seqno_++;
    header.data_length = static_cast<uint32_t>(size);
    ByteView checksums;
    if (checksums_) {
      checksums = piece.Checksums().subspan(done / spec_.bytes_per_checksum * kChecksumBytes,
                                            spec_.ChecksumBytes(0, size));
    }
    AddPacket(header, checksums, piece.Data().subspan(done, size));
    done += size;
  }
  if (piece.offset + piece.data_bytes == end_) {
    PacketHeader last;
    last.offset_in_block = static_cast<int64_t>(end_);
    last.seqno = seqno_++;
    last.last_in_block = true;
    AddPacket(last, {}, {});
  }
  stream.SetWriteDeadline(TransferContext::In(context_.options.write_timeout));
  const std::span<const ByteView> parts(parts_);
  CO_RETURN_IF_ERROR(co_await stream.WriteAll(parts));
  context_.metrics.bytes_read.Add(piece.data_bytes);
  co_return Status();
}

Task<Status> BlockSender::Send(Stream& stream, std::string prefix) {
  Piece* current = &pieces_[0];
  Piece* other = &pieces_[1];
  for (;;) {
    const uint64_t next = current->offset + current->data_bytes;
    const bool more = next < end_;
    if (more) StartRead(other, next);
    Status sent = co_await SendPiece(stream, *current, prefix);
    // Even after an error: the read uses this object. The wait cannot be cancelled.
    if (more) co_await other->read.Wait();
    CO_RETURN_IF_ERROR(sent);
    if (!more) co_return Status();
    CO_RETURN_IF_ERROR(other->status);
    prefix.clear();
    std::swap(current, other);
  }
}

}  // namespace tusk::dfs::datanode
