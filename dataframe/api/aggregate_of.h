#pragma once

#include <source_location>
#include <string>
#include <utility>
#include <vector>

#include "dataframe/api/column_ref.h"

namespace tusk::df {

/// An aggregate or window function of a column, with literal parameters behind it. Window functions
/// are aggregates until Over() makes them what they are.
inline Column AggregateOf(std::string function, const Column& column,
                          std::vector<ExprPtr> parameters = {}) {
  if (!column.error().ok()) return column;
  parameters.insert(parameters.begin(), column.expr());
  return Column(
      Expr::Aggregate(std::move(function), std::move(parameters), false, nullptr, column.place()));
}

/// The same of no column.
inline Column AggregateOf(std::string function, const std::source_location& where) {
  return Column(Expr::Aggregate(std::move(function), {}, false, nullptr, PlaceOf(where)));
}

}  // namespace tusk::df
