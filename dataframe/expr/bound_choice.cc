#include <algorithm>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>
#include <arrow/array/util.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>
#include <arrow/util/bitmap_ops.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/bound_nodes.h"
#include "dataframe/expr/function/arrow_kernel.h"
#include "dataframe/expr/function/column_values.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {

namespace {

using ArrayPtr = std::shared_ptr<arrow::Array>;
using BatchPtr = std::shared_ptr<arrow::RecordBatch>;

bool HasNulls(const arrow::Datum& value) {
  return value.is_scalar() ? !value.scalar()->is_valid : value.null_count() != 0;
}

template <typename T>
void SelectValues(const arrow::ArrayData& bits, const arrow::Datum& yes, const arrow::Datum& no,
                  int64_t rows, uint8_t* out) {
  const uint8_t* const bitmap = bits.buffers[1]->data();
  const ColumnValues<T> left(yes), right(no);
  for (int64_t row = 0; row < rows; ++row, out += sizeof(T)) {
    const T a = left[row], b = right[row];
    StoreValue(arrow::bit_util::GetBit(bitmap, bits.offset + row) ? a : b, out);
  }
}

/// `yes` where the bit is set, else `no`. Arrow's kernel branches on each row of the wide types;
/// this one does not, for columns without nulls.
Result<arrow::Datum> Choose(const ArrayPtr& bits, arrow::Datum yes, arrow::Datum no) {
  const int64_t rows = bits->length();
  const TypePtr type = yes.type();
  const int width = arrow::is_fixed_width(type->id()) ? type->byte_width() : 0;
  if ((width == 4 || width == 8 || width == 16) && !HasNulls(yes) && !HasNulls(no)) {
    ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> values, NewBuffer(rows * width));
    uint8_t* const out = values->mutable_data();
    if (width == 4) SelectValues<uint32_t>(*bits->data(), yes, no, rows, out);
    if (width == 8) SelectValues<uint64_t>(*bits->data(), yes, no, rows, out);
    if (width == 16) SelectValues<Int128>(*bits->data(), yes, no, rows, out);
    return MakeColumn(type, rows, nullptr, std::move(values));
  }
  const std::array<arrow::Datum, 3> args = {bits, std::move(yes), std::move(no)};
  return CallArrow("if_else", args);
}

bool AnyCanFail(std::span<const BoundExprPtr> exprs) {
  return std::ranges::any_of(exprs, [](const BoundExprPtr& expr) { return expr->CanFail(); });
}

Result<ArrayPtr> AsArray(const arrow::Datum& value, int64_t rows) {
  if (!value.is_scalar()) return value.make_array();
  return FromArrow(arrow::MakeArrayFromScalar(*value.scalar(), rows));
}

/// The rows where a condition is true; null is not.
Result<ArrayPtr> TrueRows(const arrow::Datum& condition, int64_t rows) {
  ASSIGN_OR_RETURN(ArrayPtr bits, AsArray(condition, rows));
  if (bits->null_count() == 0) return bits;
  const arrow::ArrayData& data = *bits->data();
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> both,
                   FromArrow(arrow::internal::BitmapAnd(
                       arrow::default_memory_pool(), data.buffers[0]->data(), data.offset,
                       data.buffers[1]->data(), data.offset, rows, 0)));
  return MakeColumn(arrow::boolean(), rows, nullptr, std::move(both)).make_array();
}

/// The rows of a batch that no branch has taken yet, with their numbers in the batch.
struct Rest {
  BatchPtr batch;
  std::vector<int64_t> rows;
};

/// The numbers of the rows where `mask` is as `wanted`. Each is written and stays only if the next
/// is not written over it: conditions cannot be foreseen by a branch.
std::vector<int64_t> SelectRows(const std::vector<int64_t>& rows, const arrow::BooleanArray& mask,
                                bool wanted) {
  std::vector<int64_t> selected(rows.size());
  size_t count = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    selected[count] = rows[i];
    count += mask.Value(static_cast<int64_t>(i)) == wanted ? 1 : 0;
  }
  selected.resize(count);
  return selected;
}

Result<ArrayPtr> FilterColumn(const ArrayPtr& column, const ArrayPtr& mask) {
  const std::array<arrow::Datum, 2> args = {column, mask};
  ASSIGN_OR_RETURN(const arrow::Datum kept, CallArrow("array_filter", args));
  return kept.make_array();
}

/// The rows of `rest` where `mask` is as `wanted`; only the columns that are read.
Result<Rest> FilterRest(const Rest& rest, const arrow::BooleanArray& mask, bool wanted,
                        const std::set<int>& read) {
  Rest kept{.batch = nullptr, .rows = SelectRows(rest.rows, mask, wanted)};
  ArrayPtr bits = std::make_shared<arrow::BooleanArray>(mask.data());
  if (!wanted) {
    const arrow::Datum datum(bits);
    ASSIGN_OR_RETURN(const arrow::Datum inverted, CallArrow("invert", {&datum, 1}));
    bits = inverted.make_array();
  }
  const auto count = static_cast<int64_t>(kept.rows.size());
  // Columns that nobody reads have only to be there.
  arrow::ArrayVector columns(static_cast<size_t>(rest.batch->num_columns()),
                             std::make_shared<arrow::NullArray>(count));
  for (const int index : read) {
    ASSIGN_OR_RETURN(columns[static_cast<size_t>(index)],
                     FilterColumn(rest.batch->column(index), bits));
  }
  kept.batch = arrow::RecordBatch::Make(rest.batch->schema(), count, std::move(columns));
  return kept;
}

/// Puts together the values of branches, each for some rows of the batch.
class Pieces {
 public:
  explicit Pieces(int64_t rows) : positions_(static_cast<size_t>(rows)) {}

  void Add(const std::vector<int64_t>& rows, ArrayPtr values) {
    for (const int64_t row : rows) positions_[static_cast<size_t>(row)] = next_++;
    arrays_.push_back(std::move(values));
  }

  Result<arrow::Datum> Finish(const TypePtr& type) && {
    if (arrays_.empty()) {
      return arrow::Datum(arrow::MakeNullScalar(type));
    }
    // One branch for all rows has them in order.
    if (arrays_.size() == 1) return arrow::Datum(std::move(arrays_.front()));
    ASSIGN_OR_RETURN(ArrayPtr all, FromArrow(arrow::Concatenate(arrays_)));
    const auto positions = std::make_shared<arrow::Int64Array>(
        static_cast<int64_t>(positions_.size()),
        arrow::Buffer::Wrap(positions_.data(), positions_.size()));
    const std::array<arrow::Datum, 2> args = {std::move(all), positions};
    return CallArrow("array_take", args);
  }

 private:
  std::vector<int64_t> positions_;
  int64_t next_ = 0;
  arrow::ArrayVector arrays_;
};

Rest WholeBatch(const arrow::RecordBatch& batch) {
  Rest rest{.batch = batch.Slice(0), .rows = {}};
  rest.rows.resize(static_cast<size_t>(batch.num_rows()));
  for (size_t i = 0; i < rest.rows.size(); ++i) rest.rows[i] = static_cast<int64_t>(i);
  return rest;
}

std::set<int> ColumnsRead(std::span<const BoundExprPtr> exprs) {
  std::set<int> columns;
  for (const BoundExprPtr& expr : exprs) expr->AddColumns(columns);
  return columns;
}

bool CaseIsNullable(const std::vector<BoundExprPtr>& args) {
  for (size_t i = 1; i < args.size(); i += 2) {
    if (args[i]->nullable()) return true;
  }
  return args.back()->nullable();
}

class BoundCase : public BoundExpr {
 public:
  explicit BoundCase(std::vector<BoundExprPtr> args)
      : BoundExpr(args.back()->type(), CaseIsNullable(args)),
        args_(std::move(args)),
        read_(ColumnsRead(args_)),
        can_fail_(AnyCanFail(args_)),
        by_rows_(AnyCanFail(std::span(args_).subspan(1))) {}

  Result<arrow::Datum> Evaluate(const arrow::RecordBatch& batch) const override {
    return by_rows_ ? EvaluateByRows(batch) : EvaluateAll(batch);
  }
  bool CanFail() const override { return can_fail_; }
  void AddColumns(std::set<int>& columns) const override {
    columns.insert(read_.begin(), read_.end());
  }

 private:
  /// All branches for all rows: nothing is filtered, which is what costs.
  Result<arrow::Datum> EvaluateAll(const arrow::RecordBatch& batch) const {
    ASSIGN_OR_RETURN(arrow::Datum chosen, args_.back()->Evaluate(batch));
    for (size_t i = args_.size() - 1; i >= 2; i -= 2) {
      ASSIGN_OR_RETURN(const arrow::Datum condition, args_[i - 2]->Evaluate(batch));
      if (condition.is_scalar()) {
        const auto& value = static_cast<const arrow::BooleanScalar&>(*condition.scalar());
        if (!value.is_valid || !value.value) continue;
        ASSIGN_OR_RETURN(chosen, args_[i - 1]->Evaluate(batch));
        continue;
      }
      ASSIGN_OR_RETURN(const ArrayPtr bits, TrueRows(condition, batch.num_rows()));
      ASSIGN_OR_RETURN(arrow::Datum value, args_[i - 1]->Evaluate(batch));
      ASSIGN_OR_RETURN(chosen, Choose(bits, std::move(value), std::move(chosen)));
    }
    return chosen;
  }

  /// Each branch for the rows that come to it.
  Result<arrow::Datum> EvaluateByRows(const arrow::RecordBatch& batch) const {
    Pieces pieces(batch.num_rows());
    Rest rest = WholeBatch(batch);
    const std::span<const BoundExprPtr> args(args_);
    for (size_t i = 0; i + 1 < args_.size() && !rest.rows.empty(); i += 2) {
      ASSIGN_OR_RETURN(const arrow::Datum condition, args_[i]->Evaluate(*rest.batch));
      ASSIGN_OR_RETURN(const ArrayPtr bits, TrueRows(condition, rest.batch->num_rows()));
      const auto& mask = static_cast<const arrow::BooleanArray&>(*bits);
      const int64_t hits = mask.true_count();
      if (hits == 0) continue;
      const bool all = hits == mask.length();
      Rest taken = rest;
      if (!all) {
        ASSIGN_OR_RETURN(taken, FilterRest(rest, mask, true, ColumnsRead(args.subspan(i + 1, 1))));
      }
      ASSIGN_OR_RETURN(ArrayPtr values, args_[i + 1]->EvaluateArray(*taken.batch));
      pieces.Add(taken.rows, std::move(values));
      if (all) {
        rest.rows.clear();
      } else {
        ASSIGN_OR_RETURN(rest, FilterRest(rest, mask, false, ColumnsRead(args.subspan(i + 2))));
      }
    }
    if (!rest.rows.empty()) {
      ASSIGN_OR_RETURN(ArrayPtr values, args_.back()->EvaluateArray(*rest.batch));
      pieces.Add(rest.rows, std::move(values));
    }
    return std::move(pieces).Finish(type());
  }

  const std::vector<BoundExprPtr> args_;
  const std::set<int> read_;
  const bool can_fail_;
  const bool by_rows_;
};

class BoundCoalesce : public BoundExpr {
 public:
  explicit BoundCoalesce(std::vector<BoundExprPtr> args)
      : BoundExpr(args[0]->type(), std::ranges::all_of(args, &BoundExpr::nullable)),
        args_(std::move(args)),
        read_(ColumnsRead(args_)),
        can_fail_(AnyCanFail(args_)),
        by_rows_(AnyCanFail(std::span(args_).subspan(1))) {}

  Result<arrow::Datum> Evaluate(const arrow::RecordBatch& batch) const override {
    return by_rows_ ? EvaluateByRows(batch) : EvaluateAll(batch);
  }
  bool CanFail() const override { return can_fail_; }
  void AddColumns(std::set<int>& columns) const override {
    columns.insert(read_.begin(), read_.end());
  }

 private:
  Result<arrow::Datum> EvaluateAll(const arrow::RecordBatch& batch) const {
    std::vector<arrow::Datum> values;
    for (const BoundExprPtr& arg : args_) {
      ASSIGN_OR_RETURN(arrow::Datum value, arg->Evaluate(batch));
      values.push_back(std::move(value));
    }
    return values.size() == 1 ? std::move(values[0]) : CallArrow("coalesce", values);
  }

  Result<arrow::Datum> EvaluateByRows(const arrow::RecordBatch& batch) const {
    Pieces pieces(batch.num_rows());
    Rest rest = WholeBatch(batch);
    for (size_t i = 0; i < args_.size() && !rest.rows.empty(); ++i) {
      ASSIGN_OR_RETURN(ArrayPtr values, args_[i]->EvaluateArray(*rest.batch));
      if (values->null_count() == 0 || i + 1 == args_.size()) {
        pieces.Add(rest.rows, std::move(values));
        break;
      }
      if (values->null_count() == values->length()) continue;
      const arrow::Datum datum(values);
      ASSIGN_OR_RETURN(const arrow::Datum valid, CallArrow("is_valid", {&datum, 1}));
      const ArrayPtr bits = valid.make_array();
      const auto& mask = static_cast<const arrow::BooleanArray&>(*bits);
      ASSIGN_OR_RETURN(ArrayPtr kept, FilterColumn(values, bits));
      pieces.Add(SelectRows(rest.rows, mask, true), std::move(kept));
      ASSIGN_OR_RETURN(rest,
                       FilterRest(rest, mask, false, ColumnsRead(std::span(args_).subspan(i + 1))));
    }
    return std::move(pieces).Finish(type());
  }

  const std::vector<BoundExprPtr> args_;
  const std::set<int> read_;
  const bool can_fail_;
  const bool by_rows_;
};

BoundExprPtr FoldConstant(BoundExprPtr bound, bool constant) {
  if (!constant) return bound;
  Result<std::shared_ptr<arrow::Scalar>> value = EvaluateConstant(*bound);
  return value.ok() ? MakeBoundConstant(std::move(*value)) : bound;
}

bool AllConstant(const std::vector<BoundExprPtr>& args) {
  return std::ranges::all_of(args,
                             [](const BoundExprPtr& arg) { return arg->Constant() != nullptr; });
}

}  // namespace

BoundExprPtr MakeBoundCase(std::vector<BoundExprPtr> args) {
  const bool constant = AllConstant(args);
  return FoldConstant(std::make_shared<BoundCase>(std::move(args)), constant);
}

BoundExprPtr MakeBoundCoalesce(std::vector<BoundExprPtr> args) {
  const bool constant = AllConstant(args);
  return FoldConstant(std::make_shared<BoundCoalesce>(std::move(args)), constant);
}

}  // namespace tusk::df
