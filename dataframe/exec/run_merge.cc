#include "dataframe/exec/run_merge.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include <arrow/record_batch.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/held_memory.h"

namespace tusk::df {
namespace {

/// A run and how far it has been merged.
struct Cursor {
  std::unique_ptr<BatchStream> stream;
  BatchPtr batch;
  RowKeys keys;
  int64_t row = 0;
};

class RunMerge {
 public:
  RunMerge(const BoundSortKeys& keys, int64_t limit, ExecContext& context, BatchSink& out)
      : keys_(keys), left_(limit), context_(context), out_(out) {}

  Status Run(std::span<const SpillFile* const> runs) {
    HeldMemory memory(*context_.budget);
    memory.Set(static_cast<int64_t>(runs.size()) * 2 * SpillFile::kFrameBytes);
    cursors_.resize(runs.size());
    for (size_t i = 0; i < runs.size(); ++i) {
      schema_ = runs[i]->schema();
      cursors_[i].stream = runs[i]->Read();
      ASSIGN_OR_RETURN(const bool more, Refill(cursors_[i]));
      if (more) heap_.push_back(i);
    }
    const auto later = [this](size_t a, size_t b) { return Later(a, b); };
    std::make_heap(heap_.begin(), heap_.end(), later);
    while (!heap_.empty() && left_ > 0 && !out_.Done()) {
      std::pop_heap(heap_.begin(), heap_.end(), later);
      const size_t first = heap_.back();
      heap_.pop_back();
      ASSIGN_OR_RETURN(const bool more, TakeFrom(first));
      if (!more) continue;
      heap_.push_back(first);
      std::push_heap(heap_.begin(), heap_.end(), later);
    }
    return Flush();
  }

 private:
  // Rows [begin, end) of a batch that are next in the result.
  struct Piece {
    BatchPtr batch;
    int64_t begin;
    int64_t end;
  };

  std::string_view Key(size_t run) const { return cursors_[run].keys[cursors_[run].row]; }
  bool Later(size_t a, size_t b) const {
    const int order = Key(a).compare(Key(b));
    return order != 0 ? order > 0 : a > b;
  }

  Result<bool> Refill(Cursor& cursor) {
    ASSIGN_OR_RETURN(cursor.batch, cursor.stream->Next());
    cursor.row = 0;
    if (cursor.batch == nullptr) return false;
    RETURN_IF_ERROR(keys_.Encode(*cursor.batch, &cursor.keys));
    return true;
  }

  // Takes rows of a run as long as they come before those of the others; false at its end.
  Result<bool> TakeFrom(size_t run) {
    Cursor& cursor = cursors_[run];
    Piece piece{cursor.batch, cursor.row, cursor.row};
    do {
      ++piece.end;
      ++cursor.row;
      --left_;
      ++rows_;
    } while (left_ > 0 && rows_ < context_.batch_rows && cursor.row < cursor.batch->num_rows() &&
             (heap_.empty() || !Later(run, heap_.front())));
    pieces_.push_back(std::move(piece));
    if (rows_ >= context_.batch_rows) RETURN_IF_ERROR(Flush());
    if (cursor.row < cursor.batch->num_rows()) return true;
    return Refill(cursor);
  }

  // What a batch contributes is one range of it: ranges are put side by side and taken in order.
  Status Flush() {
    if (pieces_.empty()) return Status::Ok();
    std::vector<Piece> ranges;
    std::vector<size_t> range_of(pieces_.size());
    for (size_t i = 0; i < pieces_.size(); ++i) {
      const auto same = std::find_if(ranges.begin(), ranges.end(), [&](const Piece& range) {
        return range.batch == pieces_[i].batch;
      });
      range_of[i] = static_cast<size_t>(same - ranges.begin());
      if (same == ranges.end()) {
        ranges.push_back(pieces_[i]);
      } else {
        same->end = pieces_[i].end;
      }
    }
    std::vector<BatchPtr> slices;
    std::vector<int64_t> bases;
    int64_t base = 0;
    for (const Piece& range : ranges) {
      slices.push_back(range.batch->Slice(range.begin, range.end - range.begin));
      bases.push_back(base - range.begin);
      base += range.end - range.begin;
    }
    std::vector<uint32_t> order;
    order.reserve(static_cast<size_t>(rows_));
    for (size_t i = 0; i < pieces_.size(); ++i) {
      for (int64_t row = pieces_[i].begin; row < pieces_[i].end; ++row) {
        order.push_back(static_cast<uint32_t>(bases[range_of[i]] + row));
      }
    }
    const bool one = pieces_.size() == 1;
    pieces_.clear();
    rows_ = 0;
    ASSIGN_OR_RETURN(BatchPtr batch, ConcatBatches(schema_, std::move(slices)));
    if (!one) {
      ASSIGN_OR_RETURN(batch, TakeRows(batch, order));
    }
    return out_.Push(batch);
  }

  const BoundSortKeys& keys_;
  int64_t left_;
  ExecContext& context_;
  BatchSink& out_;
  SchemaPtr schema_;
  std::vector<Cursor> cursors_;
  std::vector<size_t> heap_;  // runs that have rows, the one that is next in front
  std::vector<Piece> pieces_;
  int64_t rows_ = 0;  // of the pieces
};

}  // namespace

Status MergeSortedRuns(std::span<const SpillFile* const> runs, const BoundSortKeys& keys,
                       std::optional<int64_t> limit, ExecContext& context, BatchSink& out) {
  RunMerge merge(keys, limit.value_or(std::numeric_limits<int64_t>::max()), context, out);
  return merge.Run(runs);
}

}  // namespace tusk::df
