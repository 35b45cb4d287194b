#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>

#include <arrow/datum.h>
#include <arrow/type_fwd.h>

#include "common/base/result.h"
#include "dataframe/expr/expr.h"

namespace tusk::df {

/// An expression checked against a schema and ready to run: columns are positions, functions are
/// chosen, casts that the user did not write are put in. Immutable; any thread.
class BoundExpr {
 public:
  virtual ~BoundExpr() = default;

  const TypePtr& type() const { return type_; }
  /// False when no value can be null.
  bool nullable() const { return nullable_; }

  /// The values for the rows of `batch`, which has the schema of `Bind`: an array of as many rows,
  /// or a scalar that holds for all of them. The first error of a row fails all: overflow, division
  /// by zero, text that is no number.
  virtual Result<arrow::Datum> Evaluate(const arrow::RecordBatch& batch) const = 0;

  /// The same, always as an array.
  Result<std::shared_ptr<arrow::Array>> EvaluateArray(const arrow::RecordBatch& batch) const;

  /// The value when it depends on no column: what constant folding puts in; null otherwise.
  virtual std::shared_ptr<arrow::Scalar> Constant() const { return nullptr; }

  /// False when no row can make `Evaluate` fail, so that it may run for rows that are not asked
  /// for.
  virtual bool CanFail() const { return true; }

  /// Adds the positions of the columns that are read.
  virtual void AddColumns(std::set<int>& columns) const { (void)columns; }

 protected:
  BoundExpr(TypePtr type, bool nullable) : type_(std::move(type)), nullable_(nullable) {}

 private:
  const TypePtr type_;
  const bool nullable_;
};
using BoundExprPtr = std::shared_ptr<const BoundExpr>;

/// Checks `expr` against `schema`. Errors are kInvalidArgument and say what, where and what to do:
/// an unknown column with the nearest known name, types that do not fit, an unknown function with
/// the nearest. Aggregates and windows are refused: whoever allows them takes them out before.
Result<BoundExprPtr> Bind(const ExprPtr& expr, const arrow::Schema& schema);

/// Binds and takes the type: the field that a projection to `name` would have.
Result<std::shared_ptr<arrow::Field>> FieldOf(const NamedExpr& named, const arrow::Schema& schema);

/// The error of an expression: `message`, then "at: PLACE  TEXT", then "do: HINT" when there is
/// one.
Status ExpressionError(const Expr& expr, const std::string& message, const std::string& hint = "");

}  // namespace tusk::df
