#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include <arrow/type_fwd.h>

#include "common/base/result.h"
#include "dataframe/exec/operator.h"

namespace tusk::df {

using ArrayPtr = std::shared_ptr<arrow::Array>;
using Columns = std::vector<ArrayPtr>;

/// The index that stands for no row; a column of nulls there.
inline constexpr uint32_t kNoRow = std::numeric_limits<uint32_t>::max();

/// The values at `indices`, which must be below the length. Copies.
Result<ArrayPtr> TakeValues(const ArrayPtr& values, std::span<const uint32_t> indices);
/// The rows at `indices`.
Result<BatchPtr> TakeRows(const BatchPtr& batch, std::span<const uint32_t> indices);
/// The same columns with nulls where the index is kNoRow.
Result<Columns> TakeColumnsOrNull(const Columns& columns, std::span<const uint32_t> indices);

/// The rows of all batches one after the other; of no batches: no rows. The batches are let go
/// column by column, so that not everything is there twice. kTooLarge when the text of a column is
/// over 2 GiB.
Result<BatchPtr> ConcatBatches(const SchemaPtr& schema, std::vector<BatchPtr> batches);

/// The columns under another schema of equal types.
BatchPtr WithSchema(const BatchPtr& batch, const SchemaPtr& schema);

/// Bytes of the rows of a batch: of a slice, its part.
int64_t BatchBytes(const arrow::RecordBatch& batch);
int64_t ArrayBytes(const arrow::Array& array);

/// A text or list whose rows are far apart may keep alive more than it shows: a batch that holds no
/// more than about twice of what its rows need.
Result<BatchPtr> Compacted(const BatchPtr& batch);

/// Hands `batch` to `out` in pieces of at most `rows`, until `out` is done.
Status PushInPieces(const BatchPtr& batch, int64_t rows, BatchSink& out);

}  // namespace tusk::df
