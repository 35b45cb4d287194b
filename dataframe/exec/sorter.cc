#include "dataframe/exec/sorter.h"

#include <algorithm>
#include <utility>

#include <arrow/record_batch.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/run_merge.h"
#include "dataframe/exec/sort_rows.h"

namespace tusk::df {
namespace {

/// Rows of a limit that are sorted out at the least: fewer are not worth the trouble.
constexpr int64_t kFewestHeld = 4096;
/// Runs that are merged at once, and that are left lying about before that.
constexpr size_t kMergedRuns = 64;
constexpr size_t kMostRuns = 256;
/// A run of more rows than this is begun whatever the budget: row numbers have 32 bits.
constexpr size_t kMostHeld = size_t{1} << 31;

/// Writes batches to a file.
class FileSink final : public BatchSink {
 public:
  explicit FileSink(SpillFile& file) : file_(file) {}
  Status Push(const BatchPtr& batch) override { return file_.Append(batch); }
  Status Finish() override { return file_.Seal(); }

 private:
  SpillFile& file_;
};

}  // namespace

Sorter::Sorter(SchemaPtr schema, BoundSortKeys keys, ExecContext& context,
               std::optional<int64_t> limit)
    : schema_(std::move(schema)),
      keys_(std::move(keys)),
      context_(context),
      limit_(limit),
      memory_(*context.budget) {}

Status Sorter::Push(const BatchPtr& batch) {
  if (limit_ == 0) return Status::Ok();
  RETURN_IF_ERROR(keys_.Encode(*batch, &scratch_));
  BatchPtr wanted = batch;
  if (bound_.has_value()) {
    ASSIGN_OR_RETURN(wanted, WithinBound(batch, &scratch_));
    if (wanted == nullptr) return Status::Ok();
  }
  RETURN_IF_ERROR(Hold(wanted, scratch_));
  const auto held = static_cast<int64_t>(key_ends_.size()) - 1;
  const bool limited = limit_.has_value() && *limit_ < static_cast<int64_t>(kMostHeld);
  if (limited && held >= std::max(2 * *limit_, kFewestHeld)) RETURN_IF_ERROR(KeepFirst());
  return memory_.ShouldSpill() || key_ends_.size() > kMostHeld ? SpillRun() : Status::Ok();
}

Result<BatchPtr> Sorter::WithinBound(const BatchPtr& batch, RowKeys* keys) const {
  std::vector<uint32_t> rows;
  for (int64_t i = 0; i < keys->rows(); ++i) {
    if ((*keys)[i] < *bound_) rows.push_back(static_cast<uint32_t>(i));
  }
  if (rows.empty()) return BatchPtr();
  if (rows.size() == static_cast<size_t>(batch->num_rows())) return batch;
  ASSIGN_OR_RETURN(BatchPtr within, TakeRows(batch, rows));
  RETURN_IF_ERROR(keys_.Encode(*within, keys));
  return within;
}

Status Sorter::Hold(const BatchPtr& batch, const RowKeys& keys) {
  ASSIGN_OR_RETURN(batches_.emplace_back(), Compacted(batch));
  const int64_t rows = keys.rows();
  const std::string_view first = rows > 0 ? keys[0] : std::string_view();
  const std::string_view last = rows > 0 ? keys[rows - 1] : std::string_view();
  const auto* begin = reinterpret_cast<const uint8_t*>(first.data());
  const auto* end = reinterpret_cast<const uint8_t*>(last.data() + last.size());
  key_bytes_.insert(key_bytes_.end(), begin, end);
  const size_t held = key_ends_.size();
  key_ends_.resize(held + static_cast<size_t>(rows));
  for (int64_t i = 0; i < rows; ++i) {
    const size_t at = held + static_cast<size_t>(i);
    key_ends_[at] = key_ends_[at - 1] + keys[i].size();
  }
  // When they are sorted each row has an entry and a number besides.
  constexpr int64_t kBytesOfRow = 3 * sizeof(uint64_t) + sizeof(uint32_t);
  memory_.Add(BatchBytes(*batch) + static_cast<int64_t>(end - begin) + rows * kBytesOfRow);
  return Status::Ok();
}

std::vector<uint32_t> Sorter::SortedRows() {
  std::optional<size_t> limit;
  if (limit_.has_value()) limit = static_cast<size_t>(*limit_);
  return SortKeys({key_bytes_.data(), key_ends_}, limit);
}

void Sorter::Forget() {
  batches_.clear();
  key_bytes_.clear();
  key_ends_.assign(1, 0);
  memory_.Set(0);
}

Status Sorter::KeepFirst() {
  const std::vector<uint32_t> order = SortedRows();
  if (order.size() == static_cast<size_t>(*limit_)) {
    bound_ = std::string(KeyList{key_bytes_.data(), key_ends_}[order.back()]);
  }
  ASSIGN_OR_RETURN(const BatchPtr rows, ConcatBatches(schema_, std::move(batches_)));
  ASSIGN_OR_RETURN(const BatchPtr kept, TakeRows(rows, order));
  RETURN_IF_ERROR(keys_.Encode(*kept, &scratch_));
  Forget();
  return Hold(kept, scratch_);
}

Status Sorter::SpillRun() {
  const std::vector<uint32_t> order = SortedRows();
  ASSIGN_OR_RETURN(const BatchPtr rows, ConcatBatches(schema_, std::move(batches_)));
  ASSIGN_OR_RETURN(auto run, SpillFile::Create(context_, schema_));
  const auto piece = static_cast<size_t>(context_.batch_rows);
  for (size_t at = 0; at < order.size(); at += piece) {
    const auto some = std::span(order).subspan(at, std::min(piece, order.size() - at));
    ASSIGN_OR_RETURN(const BatchPtr batch, TakeRows(rows, some));
    RETURN_IF_ERROR(run->Append(batch));
  }
  RETURN_IF_ERROR(run->Seal());
  runs_.push_back(std::move(run));
  Forget();
  std::vector<uint8_t>().swap(key_bytes_);
  return runs_.size() > kMostRuns ? MergeRuns() : Status::Ok();
}

// Neighbours are merged, so that equal rows keep their order.
Status Sorter::MergeRuns() {
  std::vector<std::unique_ptr<SpillFile>> merged;
  for (size_t at = 0; at < runs_.size(); at += kMergedRuns) {
    const size_t end = std::min(at + kMergedRuns, runs_.size());
    if (end - at == 1) {
      merged.push_back(std::move(runs_[at]));
      continue;
    }
    std::vector<const SpillFile*> some;
    for (size_t i = at; i < end; ++i) some.push_back(runs_[i].get());
    ASSIGN_OR_RETURN(auto run, SpillFile::Create(context_, schema_));
    FileSink sink(*run);
    RETURN_IF_ERROR(MergeSortedRuns(some, keys_, limit_, context_, sink));
    RETURN_IF_ERROR(sink.Finish());
    merged.push_back(std::move(run));
    for (size_t i = at; i < end; ++i) runs_[i].reset();
  }
  runs_ = std::move(merged);
  return Status::Ok();
}

Status Sorter::HandOut(BatchSink& out) {
  if (!runs_.empty()) {
    if (!batches_.empty()) RETURN_IF_ERROR(SpillRun());
    while (runs_.size() > kMergedRuns) RETURN_IF_ERROR(MergeRuns());
    std::vector<const SpillFile*> all;
    for (const auto& run : runs_) all.push_back(run.get());
    return MergeSortedRuns(all, keys_, limit_, context_, out);
  }
  const std::vector<uint32_t> order = SortedRows();
  std::vector<uint8_t>().swap(key_bytes_);
  std::vector<uint64_t>().swap(key_ends_);
  ASSIGN_OR_RETURN(const BatchPtr rows, ConcatBatches(schema_, std::move(batches_)));
  const auto piece = static_cast<size_t>(context_.batch_rows);
  for (size_t at = 0; at < order.size() && !out.Done(); at += piece) {
    const auto some = std::span(order).subspan(at, std::min(piece, order.size() - at));
    ASSIGN_OR_RETURN(const BatchPtr batch, TakeRows(rows, some));
    RETURN_IF_ERROR(out.Push(batch));
    if (context_.check) RETURN_IF_ERROR(context_.check());
  }
  return Status::Ok();
}

}  // namespace tusk::df
