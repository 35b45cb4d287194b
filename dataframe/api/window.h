#pragma once

#include <cstdint>
#include <optional>
#include <source_location>
#include <span>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "dataframe/api/column_ref.h"
#include "dataframe/expr/expr.h"

namespace tusk::df {

/// As an end of Window::Rows or Range: no bound.
inline constexpr std::nullopt_t kUnbounded = std::nullopt;

/// Which rows a window function sees from a row:
///
///   Sum("amount").Over(Window().PartitionBy("account").OrderBy("day").Rows(kUnbounded, 0))
///
/// Rows with equal partition keys, in an order. An aggregate sees those of the frame: from the
/// first one to the current row and its peers unless Rows or Range say otherwise; without an order
/// that is the whole partition. A cheap value; each method gives a changed copy.
class Window {
 public:
  template <ColumnLike... Rest>
  Window PartitionBy(Column first, Rest&&... rest) const {
    return PartitionBy(ColumnsFrom(std::move(first), std::forward<Rest>(rest)...));
  }
  Window PartitionBy(std::span<const Column> keys) const;

  /// Keys may have Desc() and NullsFirst().
  template <ColumnLike... Rest>
  Window OrderBy(Column first, Rest&&... rest) const {
    return OrderBy(ColumnsFrom(std::move(first), std::forward<Rest>(rest)...));
  }
  Window OrderBy(std::span<const Column> keys) const;

  /// Rows before (negative) and after the current one; 0 is the current row.
  Window Rows(std::optional<int64_t> from, std::optional<int64_t> to) const;
  /// The same by the values of the one order key, a number, date (days), timestamp or duration
  /// (microseconds), where 0 means the current row and all that are equal to it in the order.
  Window Range(std::optional<int64_t> from, std::optional<int64_t> to) const;

  const std::vector<ExprPtr>& partition_by() const { return partition_by_; }
  const std::vector<SortKey>& order_by() const { return order_by_; }
  const std::optional<WindowFrame>& frame() const { return frame_; }
  /// The first mistake in it.
  const Status& error() const { return error_; }

 private:
  std::vector<ExprPtr> partition_by_;
  std::vector<SortKey> order_by_;
  std::optional<WindowFrame> frame_;
  Status error_;
};

/// Functions of a row's place in its window; all need Over().

/// 1, 2, 3, ... in the window's order.
Column RowNumber(const std::source_location& where = std::source_location::current());
/// The number of the first row that is equal in the order; without gaps for DenseRank.
Column Rank(const std::source_location& where = std::source_location::current());
Column DenseRank(const std::source_location& where = std::source_location::current());
/// (rank - 1) / (rows - 1).
Column PercentRank(const std::source_location& where = std::source_location::current());
/// In which of `buckets` parts of about equal size the row is, from 1.
Column NTile(int64_t buckets, const std::source_location& where = std::source_location::current());
/// The value `rows` rows before or behind; `otherwise` where there is no such row.
Column Lag(const Column& value, int64_t rows = 1, const Operand& otherwise = nullptr);
Column Lead(const Column& value, int64_t rows = 1, const Operand& otherwise = nullptr);
/// Of the frame.
Column FirstValue(const Column& value);
Column LastValue(const Column& value);

}  // namespace tusk::df
