#include "dataframe/exec/gather.h"

#include <algorithm>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/array/util.h>
#include <arrow/buffer.h>
#include <arrow/compute/api_vector.h>
#include <arrow/datum.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>
#include <arrow/util/byte_size.h>

#include "common/base/status_macros.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

/// A view of `indices` as an array; lives as long as they do.
ArrayPtr IndexArray(std::span<const uint32_t> indices) {
  auto buffer = std::make_shared<arrow::Buffer>(reinterpret_cast<const uint8_t*>(indices.data()),
                                                static_cast<int64_t>(indices.size_bytes()));
  return std::make_shared<arrow::UInt32Array>(static_cast<int64_t>(indices.size()),
                                              std::move(buffer));
}

/// The same with kNoRow as null.
Result<ArrayPtr> IndexArrayOrNull(std::span<const uint32_t> indices) {
  const auto rows = static_cast<int64_t>(indices.size());
  int64_t nulls = 0;
  for (uint32_t index : indices) nulls += index == kNoRow ? 1 : 0;
  if (nulls == 0) return IndexArray(indices);
  ASSIGN_OR_RETURN(auto valid, FromArrow(arrow::AllocateEmptyBitmap(rows)));
  uint8_t* bits = valid->mutable_data();
  for (int64_t i = 0; i < rows; ++i) {
    if (indices[static_cast<size_t>(i)] != kNoRow) arrow::bit_util::SetBit(bits, i);
  }
  auto buffer = std::make_shared<arrow::Buffer>(reinterpret_cast<const uint8_t*>(indices.data()),
                                                static_cast<int64_t>(indices.size_bytes()));
  return ArrayPtr(
      std::make_shared<arrow::UInt32Array>(rows, std::move(buffer), std::move(valid), nulls));
}

Result<ArrayPtr> Take(const ArrayPtr& values, const ArrayPtr& indices) {
  ASSIGN_OR_RETURN(arrow::Datum taken,
                   FromArrow(arrow::compute::Take(values, indices,
                                                  arrow::compute::TakeOptions::NoBoundsCheck())));
  return taken.make_array();
}

}  // namespace

Result<ArrayPtr> TakeValues(const ArrayPtr& values, std::span<const uint32_t> indices) {
  return Take(values, IndexArray(indices));
}

Result<BatchPtr> TakeRows(const BatchPtr& batch, std::span<const uint32_t> indices) {
  const ArrayPtr index_array = IndexArray(indices);
  Columns columns;
  columns.reserve(static_cast<size_t>(batch->num_columns()));
  for (const ArrayPtr& column : batch->columns()) {
    ASSIGN_OR_RETURN(ArrayPtr taken, Take(column, index_array));
    columns.push_back(std::move(taken));
  }
  return arrow::RecordBatch::Make(batch->schema(), static_cast<int64_t>(indices.size()),
                                  std::move(columns));
}

Result<Columns> TakeColumnsOrNull(const Columns& columns, std::span<const uint32_t> indices) {
  ASSIGN_OR_RETURN(const ArrayPtr index_array, IndexArrayOrNull(indices));
  Columns taken;
  taken.reserve(columns.size());
  for (const ArrayPtr& column : columns) {
    ASSIGN_OR_RETURN(ArrayPtr values, Take(column, index_array));
    taken.push_back(std::move(values));
  }
  return taken;
}

Result<BatchPtr> ConcatBatches(const SchemaPtr& schema, std::vector<BatchPtr> batches) {
  if (batches.size() == 1) return WithSchema(batches[0], schema);
  int64_t rows = 0;
  std::vector<Columns> by_column(static_cast<size_t>(schema->num_fields()));
  for (const BatchPtr& batch : batches) {
    rows += batch->num_rows();
    for (size_t c = 0; c < by_column.size(); ++c) {
      by_column[c].push_back(batch->column(static_cast<int>(c)));
    }
  }
  batches.clear();
  Columns columns;
  for (size_t c = 0; c < by_column.size(); ++c) {
    const auto& field = schema->field(static_cast<int>(c));
    Columns parts = std::move(by_column[c]);
    Result<ArrayPtr> whole =
        FromArrow(parts.empty() ? arrow::MakeEmptyArray(field->type()) : arrow::Concatenate(parts));
    if (!whole.ok()) {
      return Status::Error(
          StatusCode::kTooLarge,
          "column {} of {} rows that belong together does not fit in one array: {}", field->name(),
          rows, whole.status().message());
    }
    columns.push_back(*std::move(whole));
  }
  return arrow::RecordBatch::Make(schema, rows, std::move(columns));
}

BatchPtr WithSchema(const BatchPtr& batch, const SchemaPtr& schema) {
  if (batch->schema() == schema) return batch;
  return arrow::RecordBatch::Make(schema, batch->num_rows(), batch->columns());
}

int64_t BatchBytes(const arrow::RecordBatch& batch) {
  auto bytes = arrow::util::ReferencedBufferSize(batch);
  return bytes.ok() ? *bytes : arrow::util::TotalBufferSize(batch);
}

int64_t ArrayBytes(const arrow::Array& array) {
  auto bytes = arrow::util::ReferencedBufferSize(array);
  return bytes.ok() ? *bytes : arrow::util::TotalBufferSize(array);
}

Result<BatchPtr> Compacted(const BatchPtr& batch) {
  constexpr int64_t kNotWorthIt = 4096;
  if (arrow::util::TotalBufferSize(*batch) <= 2 * BatchBytes(*batch) + kNotWorthIt) return batch;
  // Arrow's concatenation of one array hands the array back, so an empty one is put beside.
  ASSIGN_OR_RETURN(BatchPtr none, ConcatBatches(batch->schema(), {}));
  return ConcatBatches(batch->schema(), {batch, none});
}

Status PushInPieces(const BatchPtr& batch, int64_t rows, BatchSink& out) {
  for (int64_t at = 0; at < batch->num_rows() && !out.Done(); at += rows) {
    RETURN_IF_ERROR(out.Push(batch->num_rows() <= rows ? batch : batch->Slice(at, rows)));
  }
  return Status::Ok();
}

}  // namespace tusk::df
