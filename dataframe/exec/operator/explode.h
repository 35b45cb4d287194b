#pragma once

#include <memory>

#include "common/base/result.h"
#include "dataframe/exec/operator.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// Hands out a row for each element of an ExplodeNode's list column.
Result<std::unique_ptr<Operator>> MakeExplode(const ExplodeNode& node, ExecContext& context,
                                              BatchSink& out);

}  // namespace tusk::df
