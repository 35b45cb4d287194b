#pragma once

#include <memory>
#include <vector>

#include "dataframe/expr/bind.h"
#include "dataframe/expr/function_registry.h"

namespace tusk::df {

/// The nodes that bound expressions are made of. `where` is the user's expression, for errors.

BoundExprPtr MakeBoundColumn(int index, TypePtr type, bool nullable);
BoundExprPtr MakeBoundConstant(std::shared_ptr<arrow::Scalar> value);

/// `arg` itself where it has the type. A constant is cast at once; its error is returned.
Result<BoundExprPtr> MakeBoundCast(BoundExprPtr arg, const TypePtr& type, bool or_null,
                                   const ExprPtr& where);

/// A call of `overload`, whose argument types the arguments have. Of constants it is computed at
/// once; when that fails it is left, for it may stand where no row comes.
BoundExprPtr MakeBoundCall(Overload overload, std::vector<BoundExprPtr> args, const ExprPtr& where);

/// CASE: condition, value, ..., else, with values of one type. Conditions and values are computed
/// only for the rows that come to them where they can fail.
BoundExprPtr MakeBoundCase(std::vector<BoundExprPtr> args);

/// COALESCE of values of one type, likewise.
BoundExprPtr MakeBoundCoalesce(std::vector<BoundExprPtr> args);

/// The value of an expression without columns.
Result<std::shared_ptr<arrow::Scalar>> EvaluateConstant(const BoundExpr& expr);

/// `status` with the place of `where`, unless it names one already.
Status ErrorAt(const Status& status, const Expr& where);

}  // namespace tusk::df
