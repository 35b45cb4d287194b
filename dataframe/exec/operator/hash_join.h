#pragma once

#include <memory>

#include "common/base/result.h"
#include "dataframe/exec/operator.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// The two ends of a running join. The rows of the build side go first, all of them and the end,
/// then those of the probe side.
struct JoinOperators {
  /// True when the build side is the left child.
  bool build_left = false;
  std::unique_ptr<Operator> build;
  /// Done as well when nothing can come of probe rows.
  std::unique_ptr<Operator> probe;
};

/// Joins as a JoinNode says: a hash table over the build side in memory. Without keys every pair is
/// a candidate.
///
/// When the build side is too big for the budget both sides are divided by the hash of their keys
/// into files, and the parts joined one after the other, dividing again where that is not enough.
/// Held whatever their size: sides without keys, parts of one key alone, and the build sides of
/// null-aware joins with several keys or a residual.
Result<JoinOperators> MakeHashJoin(const JoinNode& node, ExecContext& context, BatchSink& out);

}  // namespace tusk::df
