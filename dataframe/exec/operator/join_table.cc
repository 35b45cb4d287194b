#include "dataframe/exec/operator/join_table.h"

#include <utility>

#include <arrow/record_batch.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/partitioner.h"

namespace tusk::df {

JoinTable::JoinTable(const BoundJoin& join, std::unique_ptr<KeyTable> keys)
    : join_(join), keys_(std::move(keys)) {}

Result<std::unique_ptr<JoinTable>> JoinTable::Make(const BoundJoin& join) {
  const NullKeys nulls = join.nulls_match ? NullKeys::kAreKeys : NullKeys::kAreNone;
  ASSIGN_OR_RETURN(auto keys, KeyTable::Make(TypesOf(join.build_keys), nulls));
  return std::unique_ptr<JoinTable>(new JoinTable(join, std::move(keys)));
}

Status JoinTable::Add(const BatchPtr& batch) {
  ASSIGN_OR_RETURN(const Columns keys, EvaluateAll(join_.build_keys, *batch));
  std::vector<uint32_t> ids;
  RETURN_IF_ERROR(keys_->Insert(keys, batch->num_rows(), &ids, nullptr));
  std::vector<uint32_t> matchable;
  if (!join_.KeepsBuildRows() && !join_.NullAware()) {
    bool all = true;
    for (const uint32_t id : ids) all &= id != kNoRow;
    if (!all) {
      for (size_t i = 0; i < ids.size(); ++i) {
        if (ids[i] != kNoRow) matchable.push_back(static_cast<uint32_t>(i));
      }
      if (matchable.empty()) return Status::Ok();
      ASSIGN_OR_RETURN(batches_.emplace_back(), TakeRows(batch, matchable));
      for (const uint32_t row : matchable) ids_.push_back(ids[row]);
      batch_bytes_ += BatchBytes(*batches_.back());
      return Status::Ok();
    }
  }
  if (ids_.size() + ids.size() >= kNoRow) {
    return Status::Error(StatusCode::kTooLarge, "a task cannot hold more than {} rows of a join",
                         kNoRow - 1);
  }
  ids_.insert(ids_.end(), ids.begin(), ids.end());
  ASSIGN_OR_RETURN(batches_.emplace_back(), Compacted(batch));
  batch_bytes_ += BatchBytes(*batch);
  return Status::Ok();
}

Status JoinTable::Seal() {
  ASSIGN_OR_RETURN(rows_, ConcatBatches(join_.build_schema(), std::move(batches_)));
  batches_.clear();
  keys_->Freeze();
  if (join_.NullAware()) {
    for (size_t row = 0; row < ids_.size(); ++row) {
      if (ids_[row] == kNoRow) null_rows_.push_back(static_cast<uint32_t>(row));
    }
  }
  ListRows();
  return Status::Ok();
}

void JoinTable::ListRows() {
  const uint32_t keys = keys_->size();
  size_t with_key = 0;
  for (const uint32_t id : ids_) with_key += id != kNoRow ? 1 : 0;
  unique_ = with_key == keys;
  // Keys are numbered in the order of the rows, so without gaps and repetitions key i is row i.
  if (unique_ && with_key == ids_.size()) return;
  std::vector<uint32_t> starts(static_cast<size_t>(keys) + 1, 0);
  for (const uint32_t id : ids_) {
    if (id != kNoRow) ++starts[id + 1];
  }
  for (uint32_t key = 0; key < keys; ++key) starts[key + 1] += starts[key];
  row_of_.resize(with_key);
  std::vector<uint32_t> cursors(starts.begin(), starts.end() - 1);
  for (size_t row = 0; row < ids_.size(); ++row) {
    if (ids_[row] != kNoRow) row_of_[cursors[ids_[row]]++] = static_cast<uint32_t>(row);
  }
  if (!unique_) starts_ = std::move(starts);
}

int64_t JoinTable::bytes() const {
  const size_t numbers = ids_.capacity() + starts_.capacity() + row_of_.capacity();
  return batch_bytes_ + keys_->bytes() + static_cast<int64_t>(numbers * sizeof(uint32_t));
}

}  // namespace tusk::df
