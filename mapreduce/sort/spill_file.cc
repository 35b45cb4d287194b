#include "mapreduce/sort/spill_file.h"

#include <algorithm>
#include <cstring>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "mapreduce/sort/block_frame.h"
#include "mapreduce/sort/record_varint.h"

namespace tusk::mapreduce {
namespace {

constexpr size_t kBlockTarget = size_t{64} << 10;
constexpr char kMagic[8] = {'T', 'U', 'S', 'K', 'R', 'U', 'N', '1'};
constexpr size_t kEntryBytes = 32;
constexpr size_t kTrailerBytes =
    24;  // partitions u32, content CRC u32, index CRC u32, zero u32, magic

template <typename T>
void Put(std::vector<uint8_t>* out, T value) {
  const auto* const bytes = reinterpret_cast<const uint8_t*>(&value);
  out->insert(out->end(), bytes, bytes + sizeof(value));
}

template <typename T>
T Get(const uint8_t* in) {
  T value;
  std::memcpy(&value, in, sizeof(value));
  return value;
}

std::vector<uint8_t> EncodeIndex(const SpillIndex& index) {
  std::vector<uint8_t> out;
  out.reserve(index.segments.size() * kEntryBytes + kTrailerBytes);
  for (const SpillSegment& segment : index.segments) {
    Put<uint64_t>(&out, segment.offset);
    Put<uint64_t>(&out, segment.stored_bytes);
    Put<uint64_t>(&out, segment.raw_bytes);
    Put<uint64_t>(&out, segment.records);
  }
  Put<uint32_t>(&out, static_cast<uint32_t>(index.segments.size()));
  Put<uint32_t>(&out, index.content_crc);
  Put<uint32_t>(&out, ExtendCrc32c(0, out));
  Put<uint32_t>(&out, 0);
  out.insert(out.end(), kMagic, kMagic + sizeof(kMagic));
  return out;
}

class FileSegment final : public SegmentSource {
 public:
  FileSegment(std::shared_ptr<const LocalFile> file, uint64_t offset, uint64_t length)
      : file_(std::move(file)), offset_(offset), remaining_(length) {}

  Status Read(MutableByteView out) override {
    if (out.size() > remaining_) return Status(StatusCode::kCorruption, "a segment is cut off");
    // Blocks are small; the file is read in larger steps.
    if (out.size() > buffered_.size()) {
      const size_t have = buffered_.size();
      std::copy(buffered_.begin(), buffered_.end(), out.begin());
      buffered_ = {};
      out = out.subspan(have);
      remaining_ -= have;
      if (out.size() >= kReadBytes) {
        RETURN_IF_ERROR(file_->ReadExactly(offset_, out));
        offset_ += out.size();
        remaining_ -= out.size();
        return Status::Ok();
      }
      const size_t n = static_cast<size_t>(std::min<uint64_t>(kReadBytes, remaining_));
      if (buffer_ == nullptr) buffer_.reset(new uint8_t[kReadBytes]);
      RETURN_IF_ERROR(file_->ReadExactly(offset_, {buffer_.get(), n}));
      offset_ += n;
      buffered_ = {buffer_.get(), n};
    }
    std::copy_n(buffered_.begin(), out.size(), out.begin());
    buffered_ = buffered_.subspan(out.size());
    remaining_ -= out.size();
    return Status::Ok();
  }
  uint64_t remaining() const override { return remaining_; }

 private:
  static constexpr size_t kReadBytes = size_t{256} << 10;

  const std::shared_ptr<const LocalFile> file_;
  uint64_t offset_;
  uint64_t remaining_;
  std::unique_ptr<uint8_t[]> buffer_;
  ByteView buffered_;
};

class MemorySegment final : public SegmentSource {
 public:
  explicit MemorySegment(std::vector<uint8_t> bytes) : bytes_(std::move(bytes)) {}

  Status Read(MutableByteView out) override {
    if (out.size() > remaining()) return Status(StatusCode::kCorruption, "a segment is cut off");
    std::copy_n(bytes_.begin() + static_cast<ptrdiff_t>(position_), out.size(), out.begin());
    position_ += out.size();
    return Status::Ok();
  }
  uint64_t remaining() const override { return bytes_.size() - position_; }

 private:
  const std::vector<uint8_t> bytes_;
  size_t position_ = 0;
};

}  // namespace

uint64_t SpillIndex::TotalRecords() const {
  uint64_t sum = 0;
  for (const SpillSegment& segment : segments) sum += segment.records;
  return sum;
}

uint64_t SpillIndex::TotalStoredBytes() const {
  uint64_t sum = 0;
  for (const SpillSegment& segment : segments) sum += segment.stored_bytes;
  return sum;
}

Result<std::unique_ptr<SpillWriter>> SpillWriter::Create(std::string path, uint32_t partitions,
                                                         MapOutputCompression compression) {
  ASSIGN_OR_RETURN(auto file, LocalFileWriter::Create(std::move(path)));
  return std::unique_ptr<SpillWriter>(new SpillWriter(std::move(file), partitions, compression));
}

SpillWriter::SpillWriter(std::unique_ptr<LocalFileWriter> file, uint32_t partitions,
                         MapOutputCompression compression)
    : partitions_(partitions), compression_(compression), file_(std::move(file)) {
  block_.resize(kBlockHeaderBytes + kBlockTarget + 2 * kMaxVarintBytes);
  block_end_ = kBlockHeaderBytes;
  index_.segments.resize(partitions);
}

SpillWriter::~SpillWriter() = default;

Status SpillWriter::StartPartition(uint32_t partition) {
  CHECK(partition < partitions_ && partition >= partition_);
  RETURN_IF_ERROR(FlushBlock());
  for (uint32_t p = partition_ + 1; p <= partition; ++p) {
    index_.segments[p].offset = file_->position();
  }
  partition_ = partition;
  return Status::Ok();
}

Status SpillWriter::Append(ByteView key, ByteView value) {
  const size_t bytes = key.size() + value.size();
  if (block_end_ + bytes + 2 * kMaxVarintBytes > block_.size()) [[unlikely]] {
    RETURN_IF_ERROR(status_);
    if (bytes > kMaxRecordBytes) {
      status_ =
          Status::Error(StatusCode::kTooLarge, "a record of {} bytes, at most {} are possible",
                        bytes, kMaxRecordBytes);
      return status_;
    }
    RETURN_IF_ERROR(FlushBlock());
    const size_t needed = kBlockHeaderBytes + bytes + 2 * kMaxVarintBytes;
    if (needed > block_.size()) block_.resize(needed);
  }
  uint8_t* out = block_.data() + block_end_;
  out = PutVarint(out, key.size());
  out = PutVarint(out, value.size());
  if (!key.empty()) std::memcpy(out, key.data(), key.size());
  out += key.size();
  if (!value.empty()) std::memcpy(out, value.data(), value.size());
  out += value.size();
  block_end_ = static_cast<size_t>(out - block_.data());
  ++index_.segments[partition_].records;
  if (block_end_ >= kBlockHeaderBytes + kBlockTarget) return FlushBlock();
  return Status::Ok();
}

Status SpillWriter::FlushBlock() {
  RETURN_IF_ERROR(status_);
  if (block_end_ == kBlockHeaderBytes) return Status::Ok();
  const ByteView raw(block_.data() + kBlockHeaderBytes, block_end_ - kBlockHeaderBytes);
  uint32_t crc = 0;
  const ByteView stored = PackBlock(raw, compression_, &packed_, block_.data(), &crc);
  SpillSegment& segment = index_.segments[partition_];
  segment.raw_bytes += raw.size();
  segment.stored_bytes += kBlockHeaderBytes + stored.size();
  index_.content_crc =
      ExtendCrc32c(index_.content_crc, {reinterpret_cast<const uint8_t*>(&crc), 4});
  if (stored.data() == raw.data()) {
    status_ = file_->Append({block_.data(), block_end_});
  } else {
    status_ = file_->Append({block_.data(), kBlockHeaderBytes});
    if (status_.ok()) status_ = file_->Append(stored);
  }
  block_end_ = kBlockHeaderBytes;
  return status_;
}

Result<SpillIndex> SpillWriter::Finish() {
  if (partitions_ > 0) RETURN_IF_ERROR(StartPartition(partitions_ - 1));
  RETURN_IF_ERROR(status_);
  const std::vector<uint8_t> encoded = EncodeIndex(index_);
  RETURN_IF_ERROR(file_->Append(encoded));
  RETURN_IF_ERROR(file_->Close());
  return index_;
}

Result<SpillIndex> ReadSpillIndex(const LocalFile& file, uint32_t partitions) {
  const auto damaged = [&file](std::string_view what) {
    return Status::Error(StatusCode::kCorruption, "spill file {}: {}", file.path(), what);
  };
  if (partitions > kMaxReduces) return damaged("too many partitions");
  const uint64_t tail_bytes = uint64_t{partitions} * kEntryBytes + kTrailerBytes;
  if (file.size() < tail_bytes) return damaged("too short");
  std::vector<uint8_t> tail(tail_bytes);
  const uint64_t data_bytes = file.size() - tail_bytes;
  RETURN_IF_ERROR(file.ReadExactly(data_bytes, tail));
  const uint8_t* const trailer = tail.data() + uint64_t{partitions} * kEntryBytes;
  if (std::memcmp(trailer + 16, kMagic, sizeof(kMagic)) != 0) return damaged("no index at the end");
  if (Get<uint32_t>(trailer + 12) != 0) return damaged("unknown features");
  if (Get<uint32_t>(trailer) != partitions) return damaged("another number of partitions");
  const size_t checked = static_cast<size_t>(trailer - tail.data()) + 8;
  if (ExtendCrc32c(0, {tail.data(), checked}) != Get<uint32_t>(trailer + 8)) {
    return damaged("the checksum of the index is wrong");
  }
  SpillIndex index;
  index.content_crc = Get<uint32_t>(trailer + 4);
  index.segments.resize(partitions);
  uint64_t expected_offset = 0;
  for (uint32_t p = 0; p < partitions; ++p) {
    const uint8_t* const entry = tail.data() + uint64_t{p} * kEntryBytes;
    SpillSegment& segment = index.segments[p];
    segment = {Get<uint64_t>(entry), Get<uint64_t>(entry + 8), Get<uint64_t>(entry + 16),
               Get<uint64_t>(entry + 24)};
    if (segment.offset != expected_offset || segment.stored_bytes > data_bytes - segment.offset) {
      return damaged("the index does not fit the file");
    }
    expected_offset += segment.stored_bytes;
  }
  if (expected_offset != data_bytes) return damaged("the index does not fit the file");
  return index;
}

std::unique_ptr<SegmentSource> MakeFileSegment(std::shared_ptr<const LocalFile> file,
                                               uint64_t offset, uint64_t length) {
  return std::make_unique<FileSegment>(std::move(file), offset, length);
}

std::unique_ptr<SegmentSource> MakeMemorySegment(std::vector<uint8_t> bytes) {
  return std::make_unique<MemorySegment>(std::move(bytes));
}

RunReader::RunReader(std::unique_ptr<SegmentSource> source) : source_(std::move(source)) {}

bool RunReader::Fail(Status status) {
  status_ = std::move(status);
  position_ = end_ = nullptr;
  return false;
}

bool RunReader::NextBlock() {
  if (!status_.ok() || source_->remaining() == 0) return false;
  uint8_t header_bytes[kBlockHeaderBytes];
  BlockHeader header;
  Status read = source_->Read(header_bytes);
  if (read.ok()) read = ParseBlockHeader(header_bytes, &header);
  if (!read.ok()) return Fail(std::move(read));
  if (header.stored_bytes > source_->remaining()) {
    return Fail(Status(StatusCode::kCorruption, "a block is cut off"));
  }
  const bool plain = header.compression == MapOutputCompression::kNone;
  std::vector<uint8_t>& target = plain ? block_ : packed_;
  target.resize(header.stored_bytes);
  read = source_->Read(target);
  if (read.ok()) read = CheckBlock(header_bytes, target, header);
  if (read.ok() && !plain) {
    block_.resize(header.raw_bytes);
    read = UnpackBlock(packed_, header, block_);
  }
  if (!read.ok()) return Fail(std::move(read));
  position_ = block_.data();
  end_ = position_ + block_.size();
  return true;
}

bool RunReader::ParseRecord() {
  uint64_t key_bytes = 0, value_bytes = 0;
  const uint8_t* in = GetVarint(position_, end_, &key_bytes);
  if (in != nullptr) in = GetVarint(in, end_, &value_bytes);
  if (in == nullptr || key_bytes > static_cast<uint64_t>(end_ - in) ||
      value_bytes > static_cast<uint64_t>(end_ - in) - key_bytes) [[unlikely]] {
    return Fail(Status(StatusCode::kCorruption, "a record crosses the end of its block"));
  }
  key_ = {in, static_cast<size_t>(key_bytes)};
  value_ = {in + key_bytes, static_cast<size_t>(value_bytes)};
  position_ = in + key_bytes + value_bytes;
  return true;
}

}  // namespace tusk::mapreduce
