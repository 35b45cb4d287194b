#include "dataframe/api/window.h"

#include <string>

#include "dataframe/api/aggregate_of.h"

namespace tusk::df {
namespace {

Column Shifted(const char* function, const Column& value, int64_t rows, const Operand& otherwise) {
  const Column& stand_in = otherwise.column();
  if (!stand_in.error().ok()) return stand_in;
  std::vector<ExprPtr> parameters = {Expr::Of(rows)};
  const Expr& expr = *stand_in.expr();
  const bool none = expr.kind() == ExprKind::kLiteral && expr.Equals(*Expr::Null());
  if (!none) parameters.push_back(stand_in.expr());
  return AggregateOf(function, value, std::move(parameters));
}

}  // namespace

Window Window::PartitionBy(std::span<const Column> keys) const {
  Window changed = *this;
  changed.partition_by_.clear();
  for (const Column& key : keys) {
    if (changed.error_.ok()) changed.error_ = key.error();
    changed.partition_by_.push_back(key.expr());
  }
  return changed;
}

Window Window::OrderBy(std::span<const Column> keys) const {
  Window changed = *this;
  changed.order_by_.clear();
  for (const Column& key : keys) {
    if (changed.error_.ok()) changed.error_ = key.error();
    changed.order_by_.push_back(key.sort_key());
  }
  return changed;
}

Window Window::Rows(std::optional<int64_t> from, std::optional<int64_t> to) const {
  Window changed = *this;
  changed.frame_ = WindowFrame{.unit = WindowFrame::Unit::kRows, .start = from, .end = to};
  return changed;
}

Window Window::Range(std::optional<int64_t> from, std::optional<int64_t> to) const {
  Window changed = *this;
  changed.frame_ = WindowFrame{.unit = WindowFrame::Unit::kRange, .start = from, .end = to};
  return changed;
}

Column RowNumber(const std::source_location& where) { return AggregateOf("row_number", where); }
Column Rank(const std::source_location& where) { return AggregateOf("rank", where); }
Column DenseRank(const std::source_location& where) { return AggregateOf("dense_rank", where); }
Column PercentRank(const std::source_location& where) { return AggregateOf("percent_rank", where); }
Column NTile(int64_t buckets, const std::source_location& where) {
  return AggregateOf("ntile", Operand(buckets, where).column());
}
Column Lag(const Column& value, int64_t rows, const Operand& otherwise) {
  return Shifted("lag", value, rows, otherwise);
}
Column Lead(const Column& value, int64_t rows, const Operand& otherwise) {
  return Shifted("lead", value, rows, otherwise);
}
Column FirstValue(const Column& value) { return AggregateOf("first_value", value); }
Column LastValue(const Column& value) { return AggregateOf("last_value", value); }

}  // namespace tusk::df
