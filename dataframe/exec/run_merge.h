#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "common/base/status.h"
#include "dataframe/exec/operator.h"
#include "dataframe/exec/sort_keys.h"
#include "dataframe/exec/spill.h"

namespace tusk::df {

/// Pushes the rows of sorted files in order (equal rows of the earlier file first), of a limit only
/// the first; stops when `out` is done and does not finish it. Of each file about a frame is in
/// memory.
Status MergeSortedRuns(std::span<const SpillFile* const> runs, const BoundSortKeys& keys,
                       std::optional<int64_t> limit, ExecContext& context, BatchSink& out);

}  // namespace tusk::df
