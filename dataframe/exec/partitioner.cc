#include "dataframe/exec/partitioner.h"

#include <utility>

#include <arrow/record_batch.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/key_hash.h"

namespace tusk::df {

Status PartitionByKeys(const BatchPtr& batch, std::span<const ArrayPtr> keys, uint64_t seed,
                       uint32_t parts, std::vector<BatchPtr>* divided) {
  CHECK(parts > 0);
  divided->assign(parts, nullptr);
  const int64_t rows = batch->num_rows();
  if (rows == 0) return Status::Ok();
  if (parts == 1 || keys.empty()) {
    (*divided)[0] = batch;
    return Status::Ok();
  }
  std::vector<uint64_t> hashes;
  RETURN_IF_ERROR(HashRows(keys, rows, seed, &hashes));
  std::vector<uint32_t> part_of(hashes.size());
  for (size_t i = 0; i < hashes.size(); ++i) part_of[i] = PartOfHash(hashes[i], parts);
  return DivideRows(batch, part_of, parts, divided);
}

Status DivideRows(const BatchPtr& batch, std::span<const uint32_t> part_of, uint32_t parts,
                  std::vector<BatchPtr>* divided) {
  CHECK(part_of.size() == static_cast<size_t>(batch->num_rows()));
  divided->assign(parts, nullptr);
  std::vector<uint32_t> begins(parts + 1, 0);
  for (const uint32_t part : part_of) ++begins[part + 1];
  for (uint32_t p = 0; p < parts; ++p) begins[p + 1] += begins[p];
  std::vector<uint32_t> cursors(begins.begin(), begins.end() - 1);
  std::vector<uint32_t> order(part_of.size());
  for (size_t i = 0; i < part_of.size(); ++i) {
    order[cursors[part_of[i]]++] = static_cast<uint32_t>(i);
  }
  ASSIGN_OR_RETURN(const BatchPtr sorted, TakeRows(batch, order));
  for (uint32_t p = 0; p < parts; ++p) {
    const int64_t length = begins[p + 1] - begins[p];
    if (length > 0) (*divided)[p] = sorted->Slice(begins[p], length);
  }
  return Status::Ok();
}

Status HashPartitioner::Partition(const BatchPtr& batch, std::vector<BatchPtr>* divided) const {
  if (keys_.empty()) return PartitionByKeys(batch, {}, seed_, parts_, divided);
  ASSIGN_OR_RETURN(const Columns keys, EvaluateAll(keys_, *batch));
  return PartitionByKeys(batch, keys, seed_, parts_, divided);
}

Result<Columns> EvaluateAll(std::span<const BoundExprPtr> exprs, const arrow::RecordBatch& batch) {
  Columns columns;
  columns.reserve(exprs.size());
  for (const BoundExprPtr& expr : exprs) {
    ASSIGN_OR_RETURN(ArrayPtr column, expr->EvaluateArray(batch));
    columns.push_back(std::move(column));
  }
  return columns;
}

std::vector<TypePtr> TypesOf(std::span<const BoundExprPtr> exprs) {
  std::vector<TypePtr> types;
  types.reserve(exprs.size());
  for (const BoundExprPtr& expr : exprs) types.push_back(expr->type());
  return types;
}

}  // namespace tusk::df
