#include "dataframe/compiler/shuffle_sink.h"

#include <utility>

#include <arrow/record_batch.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/batch_codec.h"
#include "dataframe/exec/gather.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

/// A record has at least so many rows or bytes, but for a partition's last.
constexpr int64_t kRowsOfRecord = 16 * 1024;
constexpr int64_t kBytesOfRecord = int64_t{4} << 20;

}  // namespace

ShuffleSink::ShuffleSink(std::unique_ptr<const Partitioner> partitioner, uint8_t tag, Emit emit)
    : partitioner_(std::move(partitioner)),
      tag_(tag),
      emit_(std::move(emit)),
      waiting_(partitioner_->parts()) {}

Status ShuffleSink::Push(const BatchPtr& batch) {
  RETURN_IF_ERROR(partitioner_->Partition(batch, &divided_));
  for (uint32_t i = 0; i < divided_.size(); ++i) {
    if (divided_[i] == nullptr) continue;
    Waiting& waiting = waiting_[i];
    waiting.rows += divided_[i]->num_rows();
    waiting.bytes += BatchBytes(*divided_[i]);
    waiting.batches.push_back(std::move(divided_[i]));
    if (waiting.rows >= kRowsOfRecord || waiting.bytes >= kBytesOfRecord) RETURN_IF_ERROR(Flush(i));
  }
  return Status::Ok();
}

Status ShuffleSink::Finish() {
  for (uint32_t i = 0; i < waiting_.size(); ++i) RETURN_IF_ERROR(Flush(i));
  return Status::Ok();
}

Status ShuffleSink::Flush(uint32_t partition) {
  Waiting waiting = std::exchange(waiting_[partition], {});
  if (waiting.batches.empty()) return Status::Ok();
  BatchPtr batch = waiting.batches.front();
  if (waiting.batches.size() > 1) {
    ASSIGN_OR_RETURN(batch, FromArrow(arrow::ConcatenateRecordBatches(waiting.batches)));
  }
  record_.assign(1, static_cast<char>(tag_));
  RETURN_IF_ERROR(EncodeBatch(*batch, BatchCompression::kNone, &record_));
  emit_(partition, record_);
  return Status::Ok();
}

}  // namespace tusk::df
