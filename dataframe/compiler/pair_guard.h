#pragma once

#include <cstdint>

#include "common/base/status.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// Refuses a join that compares every row of one side with every row of the other (it has no
/// equality between them) when these would be more than `most_pairs` pairs; 0 allows any number.
/// The numbers of rows may be estimates. A semi or anti join without any condition compares
/// nothing. The error (kTooLarge) says how many rows meet and what to do.
Status CheckPairs(const JoinNode& join, double left_rows, double right_rows, int64_t most_pairs);

}  // namespace tusk::df
