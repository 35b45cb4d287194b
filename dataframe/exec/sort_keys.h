#pragma once

#include <span>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "dataframe/exec/row_key.h"
#include "dataframe/expr/bind.h"
#include "dataframe/expr/expr.h"

namespace tusk::df {

/// The keys of an order bound to a schema. Immutable.
class BoundSortKeys {
 public:
  static Result<BoundSortKeys> Make(std::span<const SortKey> keys, const arrow::Schema& schema);

  /// Bytes that compare as the rows of `batch` do.
  Status Encode(const arrow::RecordBatch& batch, RowKeys* keys) const;

 private:
  BoundSortKeys(std::vector<BoundExprPtr> exprs, RowKeyEncoder encoder)
      : exprs_(std::move(exprs)), encoder_(std::move(encoder)) {}

  std::vector<BoundExprPtr> exprs_;
  RowKeyEncoder encoder_;
};

}  // namespace tusk::df
