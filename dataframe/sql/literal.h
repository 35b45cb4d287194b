#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include <arrow/type_fwd.h>

#include "common/base/result.h"
#include "dataframe/expr/expr.h"
#include "dataframe/sql/bind_context.h"
#include "dataframe/sql/tree.h"

namespace tusk::df::sql {

/// The literal of a node A_Const: null, text, bool, int32 or int64 for what fits, decimal for
/// digits with a point or too many for int64, double for an exponent or more than 38 digits.
Result<ExprPtr> BindConstant(const BindContext& context, const Tree& node);

/// The number of a text of digits, points and exponents, with or without sign.
Result<std::shared_ptr<arrow::Scalar>> ParseNumber(std::string_view text);

/// An interval's text as SQL writes it: "3 months", "1 year 2 days", "-01:30:00", "90" with the
/// unit of `fields` (the parser's mask of INTERVAL '90' DAY; 0 is none). kInvalidArgument.
Result<std::shared_ptr<arrow::Scalar>> ParseInterval(std::string_view text, int64_t fields);

/// The type of a node TypeName, for casts and CAST-like functions.
Result<TypePtr> BindTypeName(const BindContext& context, const Tree& type_name);

/// The value of an expression without columns. Errors as of `Bind` and of evaluation.
Result<std::shared_ptr<arrow::Scalar>> EvaluateConstant(const ExprPtr& expr);

/// The text of a literal string; nothing for other expressions.
std::optional<std::string> LiteralText(const Expr& expr);

}  // namespace tusk::df::sql
