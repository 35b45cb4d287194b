#include "dataframe/exec/spill.h"

#include <algorithm>
#include <utility>

#include <arrow/buffer.h>
#include <arrow/record_batch.h>

#include "common/base/status_macros.h"
#include "common/env/posix_env.h"
#include "dataframe/exec/batch_codec.h"
#include "dataframe/exec/partitioner.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {

/// Reads the frames of a file one after the other.
class SpillFile::Stream final : public BatchStream {
 public:
  explicit Stream(const SpillFile& spill) : spill_(spill) {}

  Result<BatchPtr> Next() override {
    if (frame_ == spill_.frame_bytes_.size()) return BatchPtr();
    if (spill_.context_.check) RETURN_IF_ERROR(spill_.context_.check());
    const uint32_t length = spill_.frame_bytes_[frame_++];
    ASSIGN_OR_RETURN(std::unique_ptr<arrow::Buffer> bytes,
                     FromArrow(arrow::AllocateBuffer(length)));
    RETURN_IF_ERROR(spill_.Explained(
        spill_.file_->PReadExactly(offset_, MutableByteView(bytes->mutable_data(), length))));
    offset_ += length;
    return DecodeBatch(std::shared_ptr<arrow::Buffer>(std::move(bytes)), spill_.schema_);
  }

 private:
  const SpillFile& spill_;
  size_t frame_ = 0;
  uint64_t offset_ = 0;
};

SpillFile::SpillFile(ExecContext& context, std::unique_ptr<File> file, SchemaPtr schema)
    : context_(context), file_(std::move(file)), schema_(std::move(schema)) {}

Result<std::unique_ptr<SpillFile>> SpillFile::Create(ExecContext& context, Env& env,
                                                     SchemaPtr schema) {
  // The name is free again at once, so one name does for all files of the task.
  const std::string path = context.spill_directory + "/spill";
  const auto context_of_error = [&](const Status& status) {
    return status.WithContext(
        fmt::format("cannot spill into the directory {}", context.spill_directory));
  };
  auto file = env.OpenFile(path, OpenMode::kTruncate, 0600);
  if (!file.ok()) return context_of_error(file.status());
  if (Status removed = env.RemoveFile(path); !removed.ok()) return context_of_error(removed);
  return std::unique_ptr<SpillFile>(new SpillFile(context, *std::move(file), std::move(schema)));
}

Result<std::unique_ptr<SpillFile>> SpillFile::Create(ExecContext& context, SchemaPtr schema) {
  return Create(context, PosixEnv::Get(), std::move(schema));
}

Status SpillFile::Append(const BatchPtr& batch) {
  CHECK(!sealed_);
  if (batch->num_rows() == 0) return Status::Ok();
  const int64_t bytes = BatchBytes(*batch);
  rows_ += batch->num_rows();
  bytes_ += bytes;
  context_.spilled_rows += batch->num_rows();
  pending_.push_back(batch);
  pending_bytes_ += bytes;
  pending_rows_ += batch->num_rows();
  if (pending_bytes_ < kFrameBytes && pending_rows_ < context_.batch_rows) return Status::Ok();
  return WritePending();
}

Status SpillFile::WritePending() {
  if (pending_.empty()) return Status::Ok();
  BatchPtr batch = pending_.front();
  if (pending_.size() > 1) {
    ASSIGN_OR_RETURN(batch, ConcatBatches(schema_, pending_));
  }
  const int64_t frames = std::max<int64_t>(pending_bytes_ / kFrameBytes, 1);
  const int64_t rows = std::max<int64_t>((batch->num_rows() + frames - 1) / frames, 1);
  for (int64_t at = 0; at < batch->num_rows(); at += rows) {
    RETURN_IF_ERROR(WriteFrame(batch->Slice(at, rows)));
  }
  pending_.clear();
  pending_bytes_ = 0;
  pending_rows_ = 0;
  return Status::Ok();
}

Status SpillFile::WriteFrame(const BatchPtr& batch) {
  const size_t before = buffer_.size();
  RETURN_IF_ERROR(EncodeBatch(*batch, BatchCompression::kLz4, &buffer_));
  const size_t length = buffer_.size() - before;
  if (length > static_cast<size_t>(kMostBatchBytes)) {
    return Status::Error(StatusCode::kTooLarge, "{} rows are too long to spill: {} bytes",
                         batch->num_rows(), length);
  }
  frame_bytes_.push_back(static_cast<uint32_t>(length));
  context_.spilled_bytes += static_cast<int64_t>(length);
  if (buffer_.size() < static_cast<size_t>(kFrameBytes)) return Status::Ok();
  return WriteOut();
}

Status SpillFile::WriteOut() {
  if (buffer_.empty()) return Status::Ok();
  RETURN_IF_ERROR(Explained(file_->Append(AsBytes(buffer_))));
  buffer_.clear();
  return Status::Ok();
}

Status SpillFile::Seal() {
  CHECK(!sealed_);
  RETURN_IF_ERROR(WritePending());
  RETURN_IF_ERROR(WriteOut());
  std::string().swap(buffer_);
  sealed_ = true;
  return Status::Ok();
}

std::unique_ptr<BatchStream> SpillFile::Read() const {
  CHECK(sealed_);
  return std::make_unique<Stream>(*this);
}

Status SpillFile::Explained(const Status& status) const {
  if (status.code() == StatusCode::kNoSpace) {
    return status.WithContext(fmt::format(
        "the directory for spills is full: {}: free space there, or give tasks more memory",
        context_.spill_directory));
  }
  return status.WithContext(fmt::format("a spill in {}", context_.spill_directory));
}

Status SpillParts::Append(const BatchPtr& batch, std::span<const ArrayPtr> keys) {
  RETURN_IF_ERROR(PartitionByKeys(batch, keys, SpillSeed(level_), kParts, &divided_));
  for (uint32_t part = 0; part < kParts; ++part) {
    if (divided_[part] == nullptr) continue;
    if (files_[part] == nullptr) {
      ASSIGN_OR_RETURN(files_[part], SpillFile::Create(context_, schema_));
    }
    RETURN_IF_ERROR(files_[part]->Append(divided_[part]));
  }
  divided_.clear();
  return Status::Ok();
}

Status SpillParts::Seal() {
  for (const auto& file : files_) {
    if (file != nullptr) RETURN_IF_ERROR(file->Seal());
  }
  return Status::Ok();
}

}  // namespace tusk::df
