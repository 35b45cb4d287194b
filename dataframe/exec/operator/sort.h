#pragma once

#include <memory>

#include "common/base/result.h"
#include "dataframe/exec/operator.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// Puts the rows of a SortNode in order (`Sorter`); with a limit holds little more than it hands
/// out.
Result<std::unique_ptr<Operator>> MakeSort(const SortNode& node, ExecContext& context,
                                           BatchSink& out);

}  // namespace tusk::df
