#pragma once

#include <memory>

#include "common/base/result.h"
#include "dataframe/exec/operator.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// Hands on the rows for which a FilterNode's condition is true.
Result<std::unique_ptr<Operator>> MakeFilter(const FilterNode& node, BatchSink& out);

}  // namespace tusk::df
