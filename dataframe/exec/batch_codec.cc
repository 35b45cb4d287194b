#include "dataframe/exec/batch_codec.h"

#include <cstring>
#include <utility>

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/dictionary.h>
#include <arrow/ipc/options.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/util/compression.h>

#include "common/base/status_macros.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

/// Appends what Arrow writes to a string.
class StringStream final : public arrow::io::OutputStream {
 public:
  explicit StringStream(std::string& out) : out_(out), begin_(out.size()) {
    set_mode(arrow::io::FileMode::WRITE);
  }
  arrow::Status Close() override { return arrow::Status::OK(); }
  bool closed() const override { return false; }
  arrow::Result<int64_t> Tell() const override {
    return static_cast<int64_t>(out_.size() - begin_);
  }
  arrow::Status Write(const void* data, int64_t size) override {
    out_.append(static_cast<const char*>(data), static_cast<size_t>(size));
    return arrow::Status::OK();
  }

 private:
  std::string& out_;
  const size_t begin_;
};

/// Decompressed lengths come with the bytes: what is over the bound is never allocated.
class BoundedPool final : public arrow::ProxyMemoryPool {
 public:
  static BoundedPool* Get() {
    static BoundedPool* const pool = new BoundedPool();  // buffers refer to it until the end
    return pool;
  }
  using arrow::MemoryPool::Allocate;
  arrow::Status Allocate(int64_t size, int64_t alignment, uint8_t** out) override {
    if (size > kMostBatchBytes) {
      return arrow::Status::CapacityError("a buffer of ", size, " bytes, at most ",
                                          kMostBatchBytes);
    }
    return arrow::ProxyMemoryPool::Allocate(size, alignment, out);
  }

 private:
  BoundedPool() : arrow::ProxyMemoryPool(arrow::default_memory_pool()) {}
};

Status Corrupt(const std::string& why) {
  return Status::Error(StatusCode::kCorruption, "not a batch of rows: {}", why);
}

template <typename Offset>
Status CheckOffsets(const arrow::ArrayData& data, int64_t values) {
  if (data.length == 0) return Status::Ok();
  if (data.buffers[1] == nullptr) return Corrupt("offsets are missing");
  const Offset* offsets = data.GetValues<Offset>(1);
  Offset before = offsets[0];
  bool ascending = before >= 0;
  for (int64_t i = 1; i <= data.length; ++i) {
    ascending &= offsets[i] >= before;
    before = offsets[i];
  }
  if (!ascending || before > values) return Corrupt("offsets are out of order");
  return Status::Ok();
}

/// What Arrow's cheap validation leaves out: that no offset in the middle points outside.
Status CheckArray(const arrow::ArrayData& data) {
  switch (data.type->id()) {
    case arrow::Type::STRING:
    case arrow::Type::BINARY: {
      const int64_t bytes = data.buffers[2] == nullptr ? 0 : data.buffers[2]->size();
      return CheckOffsets<int32_t>(data, bytes);
    }
    case arrow::Type::LIST:
      RETURN_IF_ERROR(CheckOffsets<int32_t>(data, data.child_data[0]->length));
      return CheckArray(*data.child_data[0]);
    case arrow::Type::NA:
      return Status::Ok();
    default:
      if (data.length > 0 && data.buffers[1] == nullptr) return Corrupt("values are missing");
      return Status::Ok();
  }
}

}  // namespace

Status EncodeBatch(const arrow::RecordBatch& batch, BatchCompression compression,
                   std::string* out) {
  auto options = arrow::ipc::IpcWriteOptions::Defaults();
  options.use_threads = false;
  if (compression == BatchCompression::kLz4) {
    ASSIGN_OR_RETURN(auto codec,
                     FromArrow(arrow::util::Codec::Create(arrow::Compression::LZ4_FRAME)));
    options.codec = std::move(codec);
    options.min_space_savings = 0.1;
  }
  StringStream stream(*out);
  return FromArrow(arrow::ipc::SerializeRecordBatch(batch, options, &stream));
}

Result<BatchPtr> DecodeBatch(std::shared_ptr<arrow::Buffer> bytes, const SchemaPtr& schema) {
  auto options = arrow::ipc::IpcReadOptions::Defaults();
  options.use_threads = false;
  options.memory_pool = BoundedPool::Get();
  options.ensure_alignment = arrow::ipc::Alignment::kDataTypeSpecificAlignment;
  arrow::io::BufferReader reader(std::move(bytes));
  const arrow::ipc::DictionaryMemo no_dictionaries;
  auto batch = FromArrow(arrow::ipc::ReadRecordBatch(schema, &no_dictionaries, options, &reader));
  if (!batch.ok()) return Corrupt(std::string(batch.status().message()));
  if (const arrow::Status valid = (*batch)->Validate(); !valid.ok()) {
    return Corrupt(valid.message());
  }
  for (const auto& column : (*batch)->column_data()) RETURN_IF_ERROR(CheckArray(*column));
  return *std::move(batch);
}

Result<BatchPtr> DecodeBatch(ByteView bytes, const SchemaPtr& schema) {
  ASSIGN_OR_RETURN(std::unique_ptr<arrow::Buffer> copy,
                   FromArrow(arrow::AllocateBuffer(static_cast<int64_t>(bytes.size()))));
  if (!bytes.empty()) std::memcpy(copy->mutable_data(), bytes.data(), bytes.size());
  return DecodeBatch(std::shared_ptr<arrow::Buffer>(std::move(copy)), schema);
}

}  // namespace tusk::df
