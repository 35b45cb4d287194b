#pragma once

#include <cstdint>
#include <vector>

#include "common/base/result.h"
#include "dataframe/exec/gather.h"
#include "dataframe/exec/operator.h"
#include "dataframe/exec/row_key.h"
#include "dataframe/expr/bind.h"
#include "dataframe/expr/expr.h"

namespace tusk::df {

/// Rows of whole partitions in order, and for each row where its partition and its peers (rows with
/// an equal order key) begin and end.
struct WindowBlock {
  BatchPtr rows;
  std::vector<uint32_t> partition_begin;
  std::vector<uint32_t> partition_end;
  std::vector<uint32_t> peers_begin;
  std::vector<uint32_t> peers_end;

  size_t size() const { return partition_begin.size(); }
  /// Finds the limits; keys of both kinds are equality keys of the rows.
  static WindowBlock Make(BatchPtr rows, const RowKeys& partition_keys, const RowKeys& order_keys);
};

/// The rows [begin[i], end[i]) that row i's frame has; begin is not above end.
struct WindowFrames {
  std::vector<uint32_t> begin;
  std::vector<uint32_t> end;
};

/// The order key of a RANGE frame with distances.
struct RangeKey {
  BoundExprPtr expr;
  bool descending = false;
};

/// The frames of all rows. RANGE with distances has one order key with a value to add to: an
/// integer, decimal, float, date (days), timestamp or duration (microseconds), as WindowNode has
/// checked. Rows whose order key is null have their peers there.
Result<WindowFrames> FramesOf(const WindowFrame& frame, const WindowBlock& block,
                              const std::vector<RangeKey>& order);

}  // namespace tusk::df
