#include "dataframe/compiler/table_batch.h"

#include <cstring>

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/ipc/writer.h>
#include <arrow/record_batch.h>

#include "common/base/check.h"

namespace tusk::mapreduce {
namespace {

std::shared_ptr<arrow::Buffer> Encode(const df::TableBatch& value) {
  auto sink = arrow::io::BufferOutputStream::Create().ValueOrDie();
  auto writer = arrow::ipc::MakeStreamWriter(sink, value.batch->schema()).ValueOrDie();
  CHECK(writer->WriteRecordBatch(*value.batch).ok());
  CHECK(writer->Close().ok());
  return sink->Finish().ValueOrDie();
}

}  // namespace

size_t ValueCodec<df::TableBatch>::Bound(View value) {
  return static_cast<size_t>(Encode(value)->size()) + kMaxVarintBytes;
}

uint8_t* ValueCodec<df::TableBatch>::Put(uint8_t* out, View value, bool last) {
  const std::shared_ptr<arrow::Buffer> bytes = Encode(value);
  const std::string_view text(*bytes);
  return ValueCodec<std::string>::Put(out, text, last);
}

const uint8_t* ValueCodec<df::TableBatch>::Get(const uint8_t* in, const uint8_t* end, bool last,
                                               df::TableBatch* value) {
  std::string bytes;
  in = ValueCodec<std::string>::Get(in, end, last, &bytes);
  if (in == nullptr) return nullptr;
  const auto source =
      std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(std::move(bytes)));
  const auto reader = arrow::ipc::RecordBatchStreamReader::Open(source);
  if (!reader.ok() || !(*reader)->ReadNext(&value->batch).ok() || value->batch == nullptr ||
      !value->batch->ValidateFull().ok()) {
    return nullptr;
  }
  return in;
}

}  // namespace tusk::mapreduce
