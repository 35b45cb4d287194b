#include "dataframe/exec/operator/frame_tree.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

#include <arrow/array.h>
#include <arrow/array/concatenate.h>

#include "common/base/status_macros.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

/// How many results are made at once.
constexpr size_t kChunk = 32 * 1024;

/// Which state of a level goes into which result.
struct Parts {
  std::vector<uint32_t> results;
  std::vector<uint32_t> states;
  void Add(size_t result, uint32_t state) {
    results.push_back(static_cast<uint32_t>(result));
    states.push_back(state);
  }
};

class FrameTree {
 public:
  explicit FrameTree(const AggregateFunction& function) : function_(function) {}

  Status Build(const Columns& args, uint32_t rows) {
    std::vector<uint32_t> ids(rows);
    std::iota(ids.begin(), ids.end(), 0);
    std::unique_ptr<AggregateState> state = function_.make(function_);
    RETURN_IF_ERROR(state->Resize(rows));
    RETURN_IF_ERROR(state->Update(ids, args));
    ASSIGN_OR_RETURN(levels_.emplace_back(), state->EmitState());
    while (rows > 1) {
      ids.resize(rows);
      for (uint32_t i = 0; i < rows; ++i) ids[i] = i / 2;
      rows = (rows + 1) / 2;
      state = function_.make(function_);
      RETURN_IF_ERROR(state->Resize(rows));
      RETURN_IF_ERROR(state->Merge(ids, levels_.back()));
      ASSIGN_OR_RETURN(levels_.emplace_back(), state->EmitState());
    }
    return Status::Ok();
  }

  /// Results of `count` frames from the `first` on.
  Result<ArrayPtr> Compute(const std::vector<uint32_t>& begin, const std::vector<uint32_t>& end,
                           size_t first, size_t count) const {
    std::vector<Parts> left(levels_.size());
    std::vector<Parts> right(levels_.size());
    for (size_t i = 0; i < count; ++i) {
      uint32_t low = begin[first + i];
      uint32_t high = end[first + i];
      for (size_t level = 0; low < high; ++level) {
        if (low % 2 == 1) left[level].Add(i, low++);
        if (low < high && high % 2 == 1) right[level].Add(i, --high);
        low /= 2;
        high /= 2;
      }
    }
    const std::unique_ptr<AggregateState> results = function_.make(function_);
    RETURN_IF_ERROR(results->Resize(static_cast<int64_t>(count)));
    for (size_t level = 0; level < levels_.size(); ++level) {
      RETURN_IF_ERROR(MergeParts(left[level], level, *results));
    }
    for (size_t level = levels_.size(); level > 0; --level) {
      RETURN_IF_ERROR(MergeParts(right[level - 1], level - 1, *results));
    }
    return results->Finish();
  }

 private:
  Status MergeParts(const Parts& parts, size_t level, AggregateState& results) const {
    if (parts.results.empty()) return Status::Ok();
    Columns states;
    for (const ArrayPtr& column : levels_[level]) {
      ASSIGN_OR_RETURN(states.emplace_back(), TakeValues(column, parts.states));
    }
    return results.Merge(parts.results, states);
  }

  const AggregateFunction& function_;
  std::vector<Columns> levels_;  // state i of level k is of rows [i << k, (i + 1) << k)
};

}  // namespace

Result<ArrayPtr> AggregateFrames(const AggregateFunction& function, const Columns& args,
                                 const std::vector<uint32_t>& begin,
                                 const std::vector<uint32_t>& end) {
  FrameTree tree(function);
  RETURN_IF_ERROR(tree.Build(args, static_cast<uint32_t>(begin.size())));
  Columns chunks;
  for (size_t at = 0; at < begin.size(); at += kChunk) {
    ASSIGN_OR_RETURN(chunks.emplace_back(),
                     tree.Compute(begin, end, at, std::min(kChunk, begin.size() - at)));
  }
  if (chunks.size() == 1) return chunks[0];
  return FromArrow(arrow::Concatenate(chunks));
}

}  // namespace tusk::df
