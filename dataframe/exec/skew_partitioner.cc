#include "dataframe/exec/skew_partitioner.h"

#include <algorithm>
#include <utility>

#include <arrow/record_batch.h>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "dataframe/exec/key_hash.h"

namespace tusk::df {

SkewPartitioner::SkewPartitioner(std::vector<BoundExprPtr> keys, uint32_t parts,
                                 std::vector<uint64_t> hot, HotRows hot_rows, TaskPlace place)
    : keys_(std::move(keys)),
      parts_(parts),
      hot_(std::move(hot)),
      hot_rows_(hot_rows),
      next_(place.number % parts) {
  CHECK(std::is_sorted(hot_.begin(), hot_.end()));
}

Status SkewPartitioner::Partition(const BatchPtr& batch, std::vector<BatchPtr>* divided) const {
  divided->assign(parts_, nullptr);
  ASSIGN_OR_RETURN(const Columns keys, EvaluateAll(keys_, *batch));
  std::vector<uint64_t> hashes;
  RETURN_IF_ERROR(HashRows(keys, batch->num_rows(), kShuffleSeed, &hashes));
  std::vector<std::vector<uint32_t>> rows_of(parts_);
  for (size_t i = 0; i < hashes.size(); ++i) {
    const auto row = static_cast<uint32_t>(i);
    if (!std::binary_search(hot_.begin(), hot_.end(), hashes[i])) {
      rows_of[PartOfHash(hashes[i], parts_)].push_back(row);
    } else if (hot_rows_ == HotRows::kSpread) {
      rows_of[next_].push_back(row);
      next_ = (next_ + 1) % parts_;
    } else {
      for (std::vector<uint32_t>& rows : rows_of) rows.push_back(row);
    }
  }
  for (uint32_t part = 0; part < parts_; ++part) {
    if (rows_of[part].empty()) continue;
    ASSIGN_OR_RETURN((*divided)[part], TakeRows(batch, rows_of[part]));
  }
  return Status::Ok();
}

}  // namespace tusk::df
