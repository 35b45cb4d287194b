#pragma once

#include <memory>

#include "common/base/result.h"
#include "dataframe/exec/operator.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// Adds the columns of a WindowNode: rows are sorted by partition and order (`Sorter`, which
/// spills), then partitions stream by. A partition is held in memory whatever the budget, and
/// counted.
Result<std::unique_ptr<Operator>> MakeWindow(const WindowNode& node, ExecContext& context,
                                             BatchSink& out);

}  // namespace tusk::df
