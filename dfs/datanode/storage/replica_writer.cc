#include "dfs/datanode/storage/replica_writer.h"

#include <fcntl.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/codec/endian.h"
#include "common/fault/fault_point.h"
#include "dfs/datanode/storage/block_meta_file.h"

namespace tusk::dfs::datanode {
namespace {

// How much is written before the kernel is asked to begin with the disk: so that the sync at the
// end of a block finds little left to do.
constexpr uint64_t kWritebackBytes = 8 << 20;

}  // namespace

ReplicaWriter::ReplicaWriter(Volume& volume, std::string directory, const Block& block)
    : volume_(volume), directory_(std::move(directory)), block_(block) {}

std::string ReplicaWriter::data_path() const { return directory_ + "/" + BlockFileName(block_.id); }

std::string ReplicaWriter::meta_path() const {
  return directory_ + "/" + MetaFileName(block_.id, block_.generation_stamp);
}

Result<std::unique_ptr<ReplicaWriter>> ReplicaWriter::Create(Volume& volume, std::string directory,
                                                             const Block& block,
                                                             const ChecksumSpec& spec) {
  std::unique_ptr<ReplicaWriter> writer(new ReplicaWriter(volume, std::move(directory), block));
  writer->spec_ = spec;
  Env& env = volume.env();
  ASSIGN_OR_RETURN(writer->data_, env.OpenFile(writer->data_path(), OpenMode::kCreate));
  ASSIGN_OR_RETURN(writer->meta_, env.OpenFile(writer->meta_path(), OpenMode::kCreate));
  RETURN_IF_ERROR(writer->meta_->PWrite(0, EncodeMetaHeader(spec)));
  volume.AddUsed(kMetaHeaderBytes);
  return writer;
}

Result<std::unique_ptr<ReplicaWriter>> ReplicaWriter::Reopen(Volume& volume, std::string directory,
                                                             const Block& block, uint64_t length) {
  std::unique_ptr<ReplicaWriter> writer(new ReplicaWriter(volume, std::move(directory), block));
  Env& env = volume.env();
  ASSIGN_OR_RETURN(writer->data_, env.OpenFile(writer->data_path(), OpenMode::kReadWrite));
  ASSIGN_OR_RETURN(writer->meta_, env.OpenFile(writer->meta_path(), OpenMode::kReadWrite));
  uint8_t header[kMetaHeaderBytes];
  RETURN_IF_ERROR(writer->meta_->PReadExactly(0, header));
  ASSIGN_OR_RETURN(writer->spec_, ParseMetaHeader(header));
  RETURN_IF_ERROR(writer->CutTo(length));
  return writer;
}

Status ReplicaWriter::CutTo(uint64_t length) {
  ASSIGN_OR_RETURN(const uint64_t size, data_->Size());
  if (size < length) {
    return Status::Error(StatusCode::kCorruption, "{} has {} bytes, fewer than {}", data_path(),
                         size, length);
  }
  const uint64_t start = length - length % spec_.bytes_per_checksum;
  uint8_t checksum[kChecksumBytes] = {};
  if (start < length && spec_.ChecksumSize() != 0) {
    // The whole chunk as it was is verified before a part of it gets a checksum of its own.
    std::vector<uint8_t> chunk(std::min<uint64_t>(size - start, spec_.bytes_per_checksum));
    RETURN_IF_ERROR(data_->PReadExactly(start, chunk));
    RETURN_IF_ERROR(meta_->PReadExactly(ChecksumPosition(spec_, start), checksum));
    Status intact = VerifyChecksums(spec_, start, chunk, checksum);
    const ByteView kept = ByteView(chunk).first(length - start);
    // The chunk may have grown past the checksum that was written for it: then the part that is
    // kept must be what that checksum is of.
    if (!intact.ok()) RETURN_IF_ERROR(VerifyChecksums(spec_, start, kept, checksum));
    last_checksum_ = Checksum(spec_.type, kept);
    PutBig<uint32_t>(checksum, last_checksum_);
  }
  RETURN_IF_ERROR(CutFiles(size, length, checksum));
  length_ = length;
  durable_ = length;
  writeback_from_ = length;
  return Status();
}

Status ReplicaWriter::CutFiles(uint64_t size, uint64_t length, ByteView last_checksum) {
  ASSIGN_OR_RETURN(const uint64_t meta_size, meta_->Size());
  const uint64_t meta_length = MetaFileBytes(spec_, length);
  const bool partial = length % spec_.bytes_per_checksum != 0 && spec_.ChecksumSize() != 0;
  // In an order in which the checksums cover at least what is kept, wherever a power cut comes: no
  // chunk behind the last one, then the last one's checksum, then its data.
  if (meta_size != meta_length) RETURN_IF_ERROR(meta_->Truncate(meta_length));
  if (partial) {
    if (meta_size != meta_length) RETURN_IF_ERROR(meta_->DataSync());
    RETURN_IF_ERROR(meta_->PWrite(meta_length - kChecksumBytes, last_checksum));
    if (size > length) RETURN_IF_ERROR(meta_->DataSync());
  }
  if (size > length) RETURN_IF_ERROR(data_->Truncate(length));
  volume_.AddUsed(static_cast<int64_t>(length + meta_length) -
                  static_cast<int64_t>(size + meta_size));
  return Status();
}

Status ReplicaWriter::Die(Status cause) {
  if (dead_.ok()) {
    dead_ = cause;
    if (cause.code() == StatusCode::kIoError) volume_.MarkFailed(cause);
  }
  return dead_;
}

Status ReplicaWriter::Write(std::span<const PacketView> packets, const ChecksumSpec& incoming,
                            bool verify) {
  RETURN_IF_ERROR(dead_);
  const uint64_t before = length_;
  Status outcome;
  for (const PacketView& packet : packets) {
    outcome = WriteOne(packet, incoming, verify);
    if (!outcome.ok()) break;
  }
  // What came before a bad packet is good and stays.
  if (Status flushed = FlushChecksums(); !flushed.ok()) return flushed;
  RETURN_IF_ERROR(dead_);
  if (length_ != before) {
    volume_.AddUsed(static_cast<int64_t>(length_ - before + MetaFileBytes(spec_, length_) -
                                         MetaFileBytes(spec_, before)));
    if (live_ != nullptr) live_->SetOnDisk(length_, last_checksum_);
  }
  if (length_ - writeback_from_ >= kWritebackBytes && data_->descriptor() >= 0) {
    // Only a hint: an error shows at the sync.
    ::sync_file_range(data_->descriptor(), static_cast<off64_t>(writeback_from_),
                      static_cast<off64_t>(length_ - writeback_from_), SYNC_FILE_RANGE_WRITE);
    writeback_from_ = length_;
  }
  return outcome;
}

Status ReplicaWriter::WriteOne(const PacketView& packet, const ChecksumSpec& incoming,
                               bool verify) {
  if (packet.header.IsHeartbeat() || packet.data.empty()) return Status();
  const uint64_t offset = static_cast<uint64_t>(packet.header.offset_in_block);
  if (offset > length_) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "packet {} starts at {}, but only {} bytes are here", packet.header.seqno,
                         offset, length_);
  }
  RETURN_IF_ERROR(CheckPacketShape(incoming, packet));
  if (offset + packet.data.size() <= length_) return Status();  // sent again
  const ByteView fresh = packet.data.subspan(length_ - offset);
  // What gets a checksum of ours has to be verified against the sender's.
  const bool joins = length_ % spec_.bytes_per_checksum != 0 || incoming != spec_;
  if (verify || joins) RETURN_IF_ERROR(VerifyPacket(incoming, packet));
  if (Status written = data_->PWrite(length_, fresh); !written.ok()) return Die(written);
  AddChecksums(packet, incoming, fresh);
  length_ += fresh.size();
  if (Status fault = FAULT_STATUS("dn.packet.written"); !fault.ok()) return Die(fault);
  return Status();
}

void ReplicaWriter::AddChecksums(const PacketView& packet, const ChecksumSpec& incoming,
                                 ByteView fresh) {
  if (spec_.ChecksumSize() == 0) return;
  const uint32_t size = spec_.bytes_per_checksum;
  uint64_t position = length_;
  uint8_t checksum[kChecksumBytes];
  if (position % size != 0) {
    const ByteView joined = fresh.first(std::min<size_t>(fresh.size(), size - position % size));
    last_checksum_ = Checksum(spec_.type, joined, last_checksum_);
    PutBig<uint32_t>(checksum, last_checksum_);
    PutChecksum(position / size, checksum);
    position += joined.size();
    fresh = fresh.subspan(joined.size());
  }
  if (fresh.empty()) return;
  const uint64_t count = spec_.ChunkCount(position, fresh.size());
  if (incoming == spec_) {
    const uint64_t offset = static_cast<uint64_t>(packet.header.offset_in_block);
    const uint64_t first = position / size - offset / size;
    PutChecksum(position / size, packet.checksums.subspan(first * kChecksumBytes));
  } else {
    std::vector<uint8_t> computed(count * kChecksumBytes);
    ComputeChecksums(spec_, position, fresh, computed);
    PutChecksum(position / size, computed);
  }
  last_checksum_ = GetBig<uint32_t>(
      reinterpret_cast<const uint8_t*>(pending_.data() + pending_.size() - kChecksumBytes));
}

void ReplicaWriter::PutChecksum(uint64_t chunk, ByteView checksums) {
  if (pending_.empty()) pending_chunk_ = chunk;
  // A chunk that was begun by the packet before replaces its checksum.
  pending_.resize((chunk - pending_chunk_) * kChecksumBytes);
  pending_.append(AsText(checksums));
}

Status ReplicaWriter::FlushChecksums() {
  if (pending_.empty()) return Status();
  // The checksum that covers synced bytes of a chunk may be replaced only by one whose data is on
  // disk: whichever of the two a power cut leaves then covers them.
  const bool covers_durable = durable_ % spec_.bytes_per_checksum != 0 &&
                              pending_chunk_ == durable_ / spec_.bytes_per_checksum;
  if (covers_durable) {
    if (Status synced = data_->DataSync(); !synced.ok()) return Die(synced);
  }
  const uint64_t position = kMetaHeaderBytes + pending_chunk_ * kChecksumBytes;
  Status written = meta_->PWrite(position, AsBytes(pending_));
  pending_.clear();
  return written.ok() ? written : Die(written);
}

Status ReplicaWriter::Sync() {
  RETURN_IF_ERROR(dead_);
  if (Status fault = FAULT_STATUS("dn.replica.before_sync"); !fault.ok()) return Die(fault);
  if (Status synced = data_->DataSync(); !synced.ok()) return Die(synced);
  if (Status synced = meta_->DataSync(); !synced.ok()) return Die(synced);
  durable_ = length_;
  FAULT_POINT("dn.replica.after_sync");
  return Status();
}

Status ReplicaWriter::Close() {
  RETURN_IF_ERROR(dead_);
  if (Status closed = data_->Close(); !closed.ok()) return Die(closed);
  if (Status closed = meta_->Close(); !closed.ok()) return Die(closed);
  return Status();
}

}  // namespace tusk::dfs::datanode
