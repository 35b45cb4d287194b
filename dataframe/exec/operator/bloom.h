#pragma once

#include <memory>

#include "common/base/result.h"
#include "dataframe/exec/operator.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// Makes the filter of a BloomBuildNode, or merges its parts. Holds the bits of all of it, or the
/// hashes of the keys while these are less.
Result<std::unique_ptr<Operator>> MakeBloomBuild(const BloomBuildNode& node, ExecContext& context,
                                                 BatchSink& out);

/// The two ends of a running probe: the filter's rows go first, all of them and the end.
struct BloomProbeOperators {
  std::unique_ptr<Operator> filter;
  /// Hands on the rows whose keys may be in the filter. Done as well when no row can be.
  std::unique_ptr<Operator> rows;
};
Result<BloomProbeOperators> MakeBloomProbe(const BloomProbeNode& node, ExecContext& context,
                                           BatchSink& out);

}  // namespace tusk::df
