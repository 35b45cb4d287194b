#include "mapreduce/io/sequence_file.h"

#include <algorithm>
#include <cstring>

#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "mapreduce/sort/block_frame.h"
#include "mapreduce/sort/record.h"
#include "mapreduce/sort/record_varint.h"

namespace tusk::mapreduce {
namespace {

constexpr std::string_view kMagic = "TUSKSEQ1";
constexpr size_t kBlockTarget = size_t{128} << 10;
constexpr size_t kMaxTypes = 1000;
/// magic, sync mark, u16 length of the types
constexpr size_t kFixedHeader = 8 + kSyncBytes + 2;
constexpr size_t kScanBytes = size_t{64} << 10;

}  // namespace

SyncMark NewSyncMark() {
  SyncMark mark;
  const uint64_t words[2] = {RandomSeed(), RandomSeed()};
  std::memcpy(mark.data(), words, mark.size());
  return mark;
}

SequenceFileWriter::SequenceFileWriter(OutputFileWriter& file, std::string_view types,
                                       MapOutputCompression compression, const SyncMark& sync)
    : file_(file), compression_(compression), sync_(sync) {
  const std::string_view kept = types.substr(0, kMaxTypes);
  const auto size = static_cast<uint16_t>(kept.size());
  std::string header(kMagic);
  header.append(reinterpret_cast<const char*>(sync_.data()), kSyncBytes);
  header.append(reinterpret_cast<const char*>(&size), sizeof(size));
  header.append(kept);
  const uint32_t crc = ExtendCrc32c(0, AsBytes(header));
  header.append(reinterpret_cast<const char*>(&crc), sizeof(crc));
  file_.Append(header);
}

uint8_t* SequenceFileWriter::Begin(size_t bound) {
  if (bound > record_.size()) record_.resize(bound * 2);
  return record_.data();
}

void SequenceFileWriter::End(uint8_t* begin, uint8_t* key_end, uint8_t* end) {
  const auto size = static_cast<size_t>(end - begin);
  if (size > kMaxRecordBytes) {
    status_ = Status::Error(StatusCode::kTooLarge, "a record of {} bytes, at most {} are possible",
                            size, kMaxRecordBytes);
  }
  if (!status_.ok()) return;
  if (!block_.empty() && block_.size() + size > kBlockTarget) FlushBlock();
  uint8_t sizes[2 * kMaxVarintBytes];
  uint8_t* const sizes_end = PutVarint(PutVarint(sizes, static_cast<uint64_t>(key_end - begin)),
                                       static_cast<uint64_t>(end - key_end));
  block_.insert(block_.end(), sizes, sizes_end);
  block_.insert(block_.end(), begin, end);
  file_.CountRecord();
}

void SequenceFileWriter::FlushBlock() {
  if (block_.empty()) return;
  uint8_t header[kBlockHeaderBytes];
  uint32_t crc = 0;
  const ByteView stored = PackBlock(block_, compression_, &packed_, header, &crc);
  file_.Append(AsText(sync_));
  file_.Append(AsText({header, sizeof(header)}));
  file_.Append(AsText(stored));
  block_.clear();
}

Status SequenceFileWriter::Close() {
  FlushBlock();
  return status_.ok() ? file_.status() : status_;
}

Result<std::unique_ptr<SequenceFileReader>> SequenceFileReader::Open(
    std::unique_ptr<dfs::InputStream> stream, std::string_view types, uint64_t offset,
    uint64_t length) {
  const auto damaged = [](std::string_view what) {
    return Status::Error(StatusCode::kCorruption, "not a sequence file: {}", what);
  };
  std::vector<uint8_t> header(kFixedHeader + kMaxTypes + 4);
  ASSIGN_OR_RETURN(const size_t got, stream->PRead(0, header));
  if (got < kFixedHeader + 4 || AsText(header).substr(0, kMagic.size()) != kMagic)
    return damaged("no header");
  uint16_t size;
  std::memcpy(&size, header.data() + kFixedHeader - 2, sizeof(size));
  const size_t checked = kFixedHeader + size;
  if (size > kMaxTypes || got < checked + 4) return damaged("the header is cut off");
  uint32_t crc;
  std::memcpy(&crc, header.data() + checked, sizeof(crc));
  if (ExtendCrc32c(0, {header.data(), checked}) != crc)
    return damaged("the checksum of the header is wrong");
  const std::string_view told = AsText({header.data() + kFixedHeader, size});
  if (told != types.substr(0, kMaxTypes)) {
    return Status::Error(StatusCode::kInvalidArgument, "the file holds {}, but the job reads {}",
                         told, types);
  }
  SyncMark sync;
  std::memcpy(sync.data(), header.data() + kMagic.size(), kSyncBytes);
  std::unique_ptr<SequenceFileReader> reader(
      new SequenceFileReader(std::move(stream), sync, offset + length));
  const uint64_t first = checked + 4;
  if (offset <= first) {
    reader->position_ = first;
  } else {
    RETURN_IF_ERROR(reader->FindSync(offset));
  }
  return reader;
}

SequenceFileReader::SequenceFileReader(std::unique_ptr<dfs::InputStream> stream,
                                       const SyncMark& sync, uint64_t end)
    : stream_(std::move(stream)), sync_(sync), end_(end) {}

/// Sets position_ to the first sync mark at or behind `offset`, or to the end of the range.
Status SequenceFileReader::FindSync(uint64_t offset) {
  std::vector<uint8_t> buffer(kScanBytes);
  position_ = end_;
  while (offset < end_) {
    ASSIGN_OR_RETURN(const size_t got, stream_->PRead(offset, buffer));
    bytes_read_ += got;
    const auto found = std::search(buffer.begin(), buffer.begin() + static_cast<ptrdiff_t>(got),
                                   sync_.begin(), sync_.end());
    if (found != buffer.begin() + static_cast<ptrdiff_t>(got)) {
      position_ = offset + static_cast<uint64_t>(found - buffer.begin());
      return Status::Ok();
    }
    if (got < buffer.size()) return Status::Ok();
    offset += got - (kSyncBytes - 1);  // a mark may lie across two reads
  }
  return Status::Ok();
}

/// False at the end of the file, before the first byte.
Result<bool> SequenceFileReader::ReadAt(uint64_t offset, MutableByteView out) {
  ASSIGN_OR_RETURN(const size_t got, stream_->PRead(offset, out));
  bytes_read_ += got;
  if (got == 0) return false;
  if (got < out.size()) return Status(StatusCode::kCorruption, "a block is cut off");
  return true;
}

Status SequenceFileReader::ReadBlock(bool* at_end) {
  uint8_t head[kSyncBytes + kBlockHeaderBytes];
  ASSIGN_OR_RETURN(const bool more, ReadAt(position_, head));
  *at_end = !more;
  if (!more) return Status::Ok();
  if (std::memcmp(head, sync_.data(), kSyncBytes) != 0) {
    return Status(StatusCode::kCorruption, "no sync mark before a block");
  }
  BlockHeader header;
  RETURN_IF_ERROR(ParseBlockHeader(head + kSyncBytes, &header));
  if (header.stored_bytes > stream_->Length() - position_) {
    return Status(StatusCode::kCorruption, "a block is cut off");
  }
  const bool plain = header.compression == MapOutputCompression::kNone;
  std::vector<uint8_t>& target = plain ? block_ : stored_;
  target.resize(header.stored_bytes);
  ASSIGN_OR_RETURN(const bool whole, ReadAt(position_ + sizeof(head), target));
  if (!whole) return Status(StatusCode::kCorruption, "a block is cut off");
  RETURN_IF_ERROR(CheckBlock(head + kSyncBytes, target, header));
  if (!plain) {
    block_.resize(header.raw_bytes);
    RETURN_IF_ERROR(UnpackBlock(stored_, header, block_));
  }
  position_ += sizeof(head) + header.stored_bytes;
  next_ = block_.data();
  block_end_ = next_ + block_.size();
  return Status::Ok();
}

bool SequenceFileReader::NextBlock() {
  if (!status_.ok() || position_ >= end_) return false;
  bool at_end = false;
  status_ = ReadBlock(&at_end);
  return status_.ok() && !at_end;
}

bool SequenceFileReader::Next() {
  if (next_ == block_end_ && !NextBlock()) return false;
  uint64_t key_bytes = 0, value_bytes = 0;
  const uint8_t* in = GetVarint(next_, block_end_, &key_bytes);
  if (in != nullptr) in = GetVarint(in, block_end_, &value_bytes);
  if (in == nullptr || key_bytes > static_cast<uint64_t>(block_end_ - in) ||
      value_bytes > static_cast<uint64_t>(block_end_ - in) - key_bytes) {
    status_ = Status(StatusCode::kCorruption, "a record crosses the end of its block");
    next_ = block_end_ = nullptr;
    return false;
  }
  key_ = {in, static_cast<size_t>(key_bytes)};
  value_ = {in + key_bytes, static_cast<size_t>(value_bytes)};
  next_ = in + key_bytes + value_bytes;
  return true;
}

}  // namespace tusk::mapreduce
