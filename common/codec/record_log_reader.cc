#include "common/codec/record_log_reader.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/codec/byte_reader.h"
#include "common/codec/record_log_format.h"

namespace tusk {

using namespace record_log;  // NOLINT(google-build-using-namespace)

Result<std::unique_ptr<RecordLogReader>> RecordLogReader::Open(
    Env& env, const std::string& path, const RecordLogReadOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<File> file, env.OpenFile(path, OpenMode::kRead));
  Result<std::unique_ptr<RecordLogReader>> reader = Open(std::move(file), options);
  if (!reader.ok()) return reader.status().WithContext(path);
  return reader;
}

Result<std::unique_ptr<RecordLogReader>> RecordLogReader::Open(
    std::unique_ptr<File> file, const RecordLogReadOptions& options) {
  ASSIGN_OR_RETURN(const uint64_t size, file->Size());
  std::unique_ptr<RecordLogReader> reader(new RecordLogReader(std::move(file), size, options));
  RETURN_IF_ERROR(reader->ReadHeader());
  return reader;
}

RecordLogReader::RecordLogReader(std::unique_ptr<File> file, uint64_t size,
                                 const RecordLogReadOptions& options)
    : options_(options), file_(std::move(file)), size_(size) {}

Status RecordLogReader::ReadHeader() {
  if (size_ < kFileHeaderBytes) {
    return Status::Error(StatusCode::kFailedPrecondition,
                         "the log has {} bytes, less than its header", size_);
  }
  uint8_t header[kFileHeaderBytes];
  RETURN_IF_ERROR(file_->PReadExactly(0, header));
  const ByteView checked = ByteView(header).first(kFileHeaderBytes - 4);
  if (AsText(ByteView(header).first(kMagic.size())) != kMagic) {
    return Status(StatusCode::kCorruption, "not a record log: the first bytes are wrong");
  }
  if (GetLittle<uint32_t>(header + 28) != Crc32c(checked)) {
    return Status(StatusCode::kCorruption, "the header of the log has a wrong checksum");
  }
  const uint32_t version = GetLittle<uint32_t>(header + 8);
  const uint32_t block_bytes = GetLittle<uint32_t>(header + 12);
  if (version != kVersion || block_bytes != kBlockBytes) {
    return Status::Error(StatusCode::kVersionMismatch,
                         "a log of version {} with blocks of {} bytes, this reads {} and {}",
                         version, block_bytes, kVersion, kBlockBytes);
  }
  log_id_ = GetLittle<uint64_t>(header + 16);
  if (options_.expected_log_id.has_value() && *options_.expected_log_id != log_id_) {
    return Status::Error(StatusCode::kCorruption, "the log has id {:016x}, expected {:016x}",
                         log_id_, *options_.expected_log_id);
  }
  position_ = kFileHeaderBytes;
  valid_end_ = kFileHeaderBytes;
  return Status();
}

Status RecordLogReader::LoadBlock(uint64_t block) {
  if (block == loaded_block_) return Status();
  loaded_block_ = UINT64_MAX;
  const uint64_t start = block * kBlockBytes;
  block_.resize(start < size_ ? std::min<uint64_t>(kBlockBytes, size_ - start) : 0);
  RETURN_IF_ERROR(file_->PReadExactly(start, block_));
  loaded_block_ = block;
  return Status();
}

bool RecordLogReader::ParseFragment(uint64_t offset, Fragment& fragment) const {
  const ByteView bytes =
      ByteView(block_).subspan(std::min<size_t>(offset % kBlockBytes, block_.size()));
  if (bytes.size() < kFragmentHeaderBytes) return false;
  const size_t length = GetLittle<uint16_t>(bytes.data() + 4);
  const uint8_t type = bytes[6];
  const uint64_t unsynced = GetLittle<uint32_t>(bytes.data() + 7);
  if (type < kFull || type > kEnd || length > bytes.size() - kFragmentHeaderBytes ||
      unsynced > offset)
    return false;
  const ByteView payload = bytes.subspan(kFragmentHeaderBytes, length);
  const ByteView header_rest = bytes.subspan(4, kFragmentHeaderBytes - 4);
  if (GetLittle<uint32_t>(bytes.data()) != FragmentChecksum(log_id_, offset, header_rest, payload))
    return false;
  fragment =
      Fragment{type, offset, offset + kFragmentHeaderBytes + length, offset - unsynced, payload};
  return true;
}

Result<bool> RecordLogReader::NextFragment(Fragment& fragment) {
  if (kBlockBytes - position_ % kBlockBytes < kFragmentHeaderBytes) {
    position_ += kBlockBytes - position_ % kBlockBytes;
  }
  if (position_ >= size_) return false;
  RETURN_IF_ERROR(LoadBlock(position_ / kBlockBytes));
  if (!ParseFragment(position_, fragment)) return false;
  position_ = fragment.end;
  return true;
}

Result<bool> RecordLogReader::FindFragment(uint64_t offset, uint64_t durable_beyond,
                                           Fragment& fragment) {
  while (offset < size_) {
    const uint64_t block = offset / kBlockBytes;
    RETURN_IF_ERROR(LoadBlock(block));
    const uint64_t block_end = block * kBlockBytes + block_.size();
    while (offset + kFragmentHeaderBytes <= block_end) {
      if (!ParseFragment(offset, fragment)) {
        ++offset;
      } else if (fragment.durable_before > durable_beyond) {
        return true;
      } else {
        offset = fragment.end;
      }
    }
    offset = (block + 1) * kBlockBytes;
  }
  return false;
}

Result<bool> RecordLogReader::FindAnyFragment(uint64_t offset, Fragment& fragment) {
  // The file header was durable before any fragment.
  return FindFragment(offset, 0, fragment);
}

Result<uint64_t> RecordLogReader::LastNonZero(uint64_t from) {
  uint64_t end = from;
  for (uint64_t at = from; at < size_;) {
    RETURN_IF_ERROR(LoadBlock(at / kBlockBytes));
    const size_t skip = at % kBlockBytes;
    for (size_t i = block_.size(); i > skip; --i) {
      if (block_[i - 1] != 0) {
        end = at - skip + i;
        break;
      }
    }
    at += block_.size() - skip;
  }
  return end;
}

Result<bool> RecordLogReader::EndAt(uint64_t damaged, std::string_view why) {
  Fragment later;
  // The mark of a later fragment counts only if the damaged bytes lie before it in full.
  ASSIGN_OR_RETURN(const bool lost, FindFragment(damaged + 1, damaged, later));
  if (lost) {
    return Status::Error(
        StatusCode::kCorruption,
        "{} at byte {} of the log, but the record at byte {} was written after it was durable", why,
        damaged, later.start);
  }
  ended_ = true;
  ASSIGN_OR_RETURN(const uint64_t end, LastNonZero(valid_end_));
  if (end > valid_end_) {
    dropped_bytes_ += end - valid_end_;
    damage_ += fmt::format("{}{} at byte {}: dropped {} bytes that were never made durable",
                           damage_.empty() ? "" : "; ", why, damaged, end - valid_end_);
  }
  if (valid_end_ < options_.acknowledged_end && !options_.salvage) {
    return Status::Error(StatusCode::kCorruption,
                         "the log verifies up to byte {}, but byte {} had been made durable",
                         valid_end_, options_.acknowledged_end);
  }
  return false;
}

Result<bool> RecordLogReader::SkipTo(uint64_t from) {
  Fragment next;
  uint64_t search = from;
  while (true) {
    ASSIGN_OR_RETURN(const bool found, FindAnyFragment(search, next));
    const uint64_t until = found ? next.start : size_;
    if (!found || next.type == kFull || next.type == kFirst || next.type == kEnd) {
      dropped_bytes_ += until - valid_end_;
      damage_ += fmt::format("{}bytes {} to {} do not verify", damage_.empty() ? "" : "; ",
                             valid_end_, until);
      valid_end_ = until;
      position_ = until;
      return found;
    }
    search = next.end;
  }
}

Result<bool> RecordLogReader::Next(std::string& record) {
  while (failed_.ok() && !ended_) {
    Result<bool> read = NextOnce(record);
    if (read.ok() && *read) return true;
    if (read.ok()) break;
    if (!options_.salvage || read.status().code() != StatusCode::kCorruption) {
      failed_ = read.status();
      break;
    }
    ended_ = false;
    ASSIGN_OR_RETURN(const bool more, SkipTo(valid_end_ + 1));
    if (!more) ended_ = true;
  }
  record.clear();
  if (!failed_.ok()) return failed_;
  return false;
}

Result<bool> RecordLogReader::NextOnce(std::string& record) {
  record.clear();
  bool inside = false;
  while (true) {
    Fragment fragment;
    ASSIGN_OR_RETURN(const bool found, NextFragment(fragment));
    if (!found)
      return EndAt(position_,
                   inside ? "a record that is not complete" : "bytes that do not verify");
    const bool begins = fragment.type == kFull || fragment.type == kFirst || fragment.type == kEnd;
    if (begins == inside) {
      return Status::Error(StatusCode::kCorruption, "fragments out of order at byte {} of the log",
                           fragment.start);
    }
    if (fragment.type == kEnd) {
      sealed_ = true;
      ended_ = true;
      valid_end_ = fragment.end;
      return false;
    }
    if (begins) record_offset_ = fragment.start;
    if (fragment.payload.size() > options_.max_record_bytes - record.size()) {
      return Status::Error(StatusCode::kTooLarge,
                           "the record at byte {} of the log has more than {} bytes",
                           record_offset_, options_.max_record_bytes);
    }
    record.append(AsText(fragment.payload));
    inside = true;
    if (fragment.type == kFull || fragment.type == kLast) {
      valid_end_ = fragment.end;
      return true;
    }
  }
}

}  // namespace tusk
