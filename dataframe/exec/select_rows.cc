#include "dataframe/exec/select_rows.h"

#include <utility>

#include <arrow/array.h>
#include <arrow/datum.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/util/bit_run_reader.h>
#include <arrow/util/bitmap_ops.h>

#include "common/base/status_macros.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

using Rows = std::vector<uint32_t>;

void AppendSetBits(const uint8_t* bits, int64_t offset, int64_t length, Rows* rows) {
  arrow::internal::VisitSetBitRunsVoid(bits, offset, length, [&](int64_t begin, int64_t run) {
    for (int64_t i = begin; i < begin + run; ++i) rows->push_back(static_cast<uint32_t>(i));
  });
}

}  // namespace

Result<std::optional<Rows>> RowsWhere(const BoundExpr& condition, const arrow::RecordBatch& batch) {
  ASSIGN_OR_RETURN(const arrow::Datum value, condition.Evaluate(batch));
  if (value.is_scalar()) {
    const arrow::Scalar& scalar = *value.scalar();
    const bool all = scalar.is_valid && scalar.type->id() == arrow::Type::BOOL &&
                     static_cast<const arrow::BooleanScalar&>(scalar).value;
    return all ? std::optional<Rows>() : std::optional<Rows>(Rows());
  }
  const ArrayPtr array = value.make_array();
  if (array->type_id() != arrow::Type::BOOL) return std::optional<Rows>(Rows());  // all null
  const auto& mask = static_cast<const arrow::BooleanArray&>(*array);
  const int64_t selected = mask.true_count();
  if (selected == mask.length()) return std::optional<Rows>();
  Rows rows;
  rows.reserve(static_cast<size_t>(selected));
  if (selected == 0) return std::optional<Rows>(std::move(rows));
  const uint8_t* bits = mask.values()->data();
  if (mask.null_count() == 0) {
    AppendSetBits(bits, mask.offset(), mask.length(), &rows);
    return std::optional<Rows>(std::move(rows));
  }
  ASSIGN_OR_RETURN(const auto both, FromArrow(arrow::internal::BitmapAnd(
                                        arrow::default_memory_pool(), bits, mask.offset(),
                                        mask.null_bitmap_data(), mask.offset(), mask.length(), 0)));
  AppendSetBits(both->data(), 0, mask.length(), &rows);
  return std::optional<Rows>(std::move(rows));
}

Result<BatchPtr> SelectWhere(const BoundExpr& condition, const BatchPtr& batch) {
  ASSIGN_OR_RETURN(const std::optional<Rows> rows, RowsWhere(condition, *batch));
  if (!rows.has_value()) return batch;
  if (rows->empty()) return BatchPtr();
  return TakeRows(batch, *rows);
}

}  // namespace tusk::df
