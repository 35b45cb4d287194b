#include "common/codec/record_log_writer.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/codec/byte_writer.h"
#include "common/codec/record_log_format.h"
#include "common/env/local_path.h"

namespace tusk {

using namespace record_log;  // NOLINT(google-build-using-namespace)

namespace {

/// The buffer is written out when it reaches this size.
constexpr size_t kFlushBytes = 4 << 20;

}  // namespace

Result<std::unique_ptr<RecordLogWriter>> RecordLogWriter::Create(Env& env, const std::string& path,
                                                                 const RecordLogOptions& options) {
  ByteWriter header;
  header.WriteText(kMagic);
  header.WriteLittle(kVersion);
  header.WriteLittle(kBlockBytes);
  header.WriteLittle(options.log_id);
  header.WriteLittle(uint32_t{0});
  header.WriteLittle(Crc32c(header.view()));
  ASSIGN_OR_RETURN(std::unique_ptr<File> file, env.OpenFile(path, OpenMode::kCreate));
  RETURN_IF_ERROR(file->PWrite(0, header.view()));
  RETURN_IF_ERROR(file->Sync());
  RETURN_IF_ERROR(env.SyncDirectory(ParentPath(path)));
  return std::unique_ptr<RecordLogWriter>(
      new RecordLogWriter(std::move(file), kFileHeaderBytes, options));
}

Result<std::unique_ptr<RecordLogWriter>> RecordLogWriter::Resume(Env& env, const std::string& path,
                                                                 uint64_t valid_end,
                                                                 const RecordLogOptions& options) {
  ASSIGN_OR_RETURN(std::unique_ptr<File> file, env.OpenFile(path, OpenMode::kReadWrite));
  ASSIGN_OR_RETURN(const uint64_t size, file->Size());
  if (valid_end < kFileHeaderBytes || valid_end > size) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "{}: cannot resume a log of {} bytes at byte {}", path, size, valid_end);
  }
  // What is dropped must be gone for good before anything new is written behind it. Without a
  // change the sync still matters: the reader may have seen bytes that no sync has covered.
  if (size != valid_end) RETURN_IF_ERROR(file->Truncate(valid_end));
  RETURN_IF_ERROR(file->Sync());
  return std::unique_ptr<RecordLogWriter>(new RecordLogWriter(std::move(file), valid_end, options));
}

RecordLogWriter::RecordLogWriter(std::unique_ptr<File> file, uint64_t offset,
                                 const RecordLogOptions& options)
    : options_(options),
      file_(std::move(file)),
      written_(offset),
      synced_(offset),
      reserved_(offset) {}

RecordLogWriter::~RecordLogWriter() = default;

uint64_t RecordLogWriter::end_offset() const { return written_ + buffer_.size(); }

Status RecordLogWriter::Kill(Status error) {
  dead_ = std::move(error);
  return dead_;
}

Status RecordLogWriter::CheckUsable() const {
  if (!dead_.ok()) return dead_;
  if (closed_ || sealed_) {
    return Status::Error(StatusCode::kFailedPrecondition, "the log is {}",
                         closed_ ? "closed" : "sealed");
  }
  return Status();
}

Status RecordLogWriter::Append(ByteView record) {
  RETURN_IF_ERROR(CheckUsable());
  if (record.size() > options_.max_record_bytes) {
    return Status::Error(StatusCode::kTooLarge, "a record of {} bytes, at most {} are allowed",
                         record.size(), options_.max_record_bytes);
  }
  // Each fragment tells in 32 bits how much before it is not durable yet.
  if (end_offset() - synced_ + record.size() > UINT32_MAX / 2) RETURN_IF_ERROR(Sync());
  bool is_first = true;
  bool is_last = false;
  while (!is_last) {
    size_t room = kBlockBytes - end_offset() % kBlockBytes;
    if (room < kFragmentHeaderBytes) {
      buffer_.append(room, '\0');
      room = kBlockBytes;
    }
    const size_t length = std::min(record.size(), room - kFragmentHeaderBytes);
    is_last = length == record.size();
    const uint8_t type = is_first ? (is_last ? kFull : kFirst) : (is_last ? kLast : kMiddle);
    AddFragment(type, record.first(length));
    record = record.subspan(length);
    is_first = false;
  }
  return buffer_.size() >= kFlushBytes ? Flush() : Status();
}

void RecordLogWriter::AddFragment(uint8_t type, ByteView payload) {
  const uint64_t start = end_offset();
  uint8_t header[kFragmentHeaderBytes];
  PutLittle(header + 4, static_cast<uint16_t>(payload.size()));
  header[6] = type;
  PutLittle(header + 7, static_cast<uint32_t>(start - synced_));
  PutLittle(header, FragmentChecksum(options_.log_id, start, ByteView(header).subspan(4), payload));
  buffer_.append(AsText(header));
  buffer_.append(AsText(payload));
}

Status RecordLogWriter::Reserve() {
  if (options_.preallocate_bytes == 0 || end_offset() <= reserved_) return Status();
  const uint64_t length = std::max(options_.preallocate_bytes, end_offset() - reserved_);
  RETURN_IF_ERROR(file_->Allocate(reserved_, length));
  reserved_ += length;
  return Status();
}

Status RecordLogWriter::Flush() {
  if (!dead_.ok()) return dead_;
  if (buffer_.empty()) return Status();
  if (Status reserved = Reserve(); !reserved.ok()) return Kill(std::move(reserved));
  if (Status written = file_->PWrite(written_, AsBytes(buffer_)); !written.ok())
    return Kill(std::move(written));
  written_ += buffer_.size();
  buffer_.clear();
  return Status();
}

Status RecordLogWriter::Sync() {
  RETURN_IF_ERROR(Flush());
  if (synced_ == written_) return Status();
  if (Status synced = file_->DataSync(); !synced.ok()) return Kill(std::move(synced));
  synced_ = written_;
  return Status();
}

Status RecordLogWriter::Seal() {
  RETURN_IF_ERROR(CheckUsable());
  RETURN_IF_ERROR(Sync());
  const size_t room = kBlockBytes - end_offset() % kBlockBytes;
  if (room < kFragmentHeaderBytes) buffer_.append(room, '\0');
  AddFragment(kEnd, {});
  sealed_ = true;
  return Sync();
}

Status RecordLogWriter::Close() {
  if (closed_) return Status();
  closed_ = true;
  const Status flushed = Flush();
  const Status closed = file_->Close();
  return flushed.ok() ? closed : flushed;
}

}  // namespace tusk
