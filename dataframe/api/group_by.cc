#include "dataframe/api/group_by.h"

#include <arrow/scalar.h>

#include "common/base/status_macros.h"
#include "dataframe/api/dataframe.h"
#include "dataframe/api/functions.h"
#include "dataframe/api/plan_steps.h"
#include "dataframe/expr/bind.h"

namespace tusk::df {
namespace {

/// Values of a pivot are names of columns.
Result<std::string> NameOf(const Operand& value) {
  RETURN_IF_ERROR(value.column().error());
  const Expr& expr = *value.column().expr();
  if (expr.kind() != ExprKind::kLiteral)
    return ExpressionError(expr, "values of a pivot are constants");
  return expr.value()->is_valid ? expr.value()->ToString() : std::string("null");
}

}  // namespace

DataFrame GroupedFrame::Agg(std::span<const Column> columns) const {
  const auto build = [&]() -> Result<PlanPtr> {
    RETURN_IF_ERROR(plan_.status());
    ASSIGN_OR_RETURN(const std::vector<NamedExpr> keys, NamedColumns(keys_));
    ASSIGN_OR_RETURN(const std::vector<Column> spread, Spread(columns));
    ASSIGN_OR_RETURN(const std::vector<NamedExpr> named, NamedColumns(spread));
    return AggregateColumns(*plan_, keys, named);
  };
  return DataFrame(session_, AtPlace(build(), FirstPlace(columns), "Agg"));
}

DataFrame GroupedFrame::Count() const {
  return Agg(Column(Expr::Aggregate("count", {}, false, nullptr, FirstPlace(keys_))).As("count"));
}

GroupedFrame GroupedFrame::Pivot(const Column& column, const std::vector<Operand>& values) const {
  GroupedFrame pivoted = *this;
  pivoted.pivot_column_ = {column};
  pivoted.pivot_values_ = values;
  return pivoted;
}

Result<std::vector<Column>> GroupedFrame::Spread(std::span<const Column> columns) const {
  if (pivot_column_.empty()) return std::vector<Column>(columns.begin(), columns.end());
  const Column& by = pivot_column_.front();
  RETURN_IF_ERROR(by.error());
  std::vector<Column> spread;
  for (const Operand& value : pivot_values_) {
    ASSIGN_OR_RETURN(const std::string name, NameOf(value));
    for (const Column& column : columns) {
      RETURN_IF_ERROR(column.error());
      if (column.expr()->kind() != ExprKind::kAggregate)
        return ExpressionError(*column.expr(), "a pivot takes aggregates alone",
                               "compute from them in WithColumns behind it");
      spread.push_back(
          column.Where(by.EqualsOrBothNull(value))
              .As(columns.size() == 1 ? name : fmt::format("{}_{}", name, column.name())));
    }
  }
  if (spread.empty())
    return ExpressionError(*by.expr(), "a pivot needs the values that become columns");
  return spread;
}

}  // namespace tusk::df
