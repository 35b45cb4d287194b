#pragma once

#include <memory>

#include "common/base/result.h"
#include "dataframe/exec/operator.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// Calls the function for each batch. kInvalidArgument for a result of other columns than declared,
/// kNotFound for a function that this program does not have.
Result<std::unique_ptr<Operator>> MakeMapBatches(const MapBatchesNode& node, ExecContext& context,
                                                 BatchSink& out);

}  // namespace tusk::df
