#include "dataframe/exec/sort_keys.h"

#include <arrow/record_batch.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/partitioner.h"

namespace tusk::df {

Result<BoundSortKeys> BoundSortKeys::Make(std::span<const SortKey> keys,
                                          const arrow::Schema& schema) {
  std::vector<BoundExprPtr> exprs;
  std::vector<RowKeyEncoder::Order> orders;
  for (const SortKey& key : keys) {
    ASSIGN_OR_RETURN(BoundExprPtr expr, Bind(key.expr, schema));
    exprs.push_back(std::move(expr));
    orders.push_back({key.descending, key.nulls_first});
  }
  ASSIGN_OR_RETURN(RowKeyEncoder encoder, RowKeyEncoder::ForOrder(TypesOf(exprs), orders));
  return BoundSortKeys(std::move(exprs), std::move(encoder));
}

Status BoundSortKeys::Encode(const arrow::RecordBatch& batch, RowKeys* keys) const {
  ASSIGN_OR_RETURN(const Columns columns, EvaluateAll(exprs_, batch));
  return encoder_.Encode(columns, batch.num_rows(), keys);
}

}  // namespace tusk::df
