#pragma once

#include <memory>

#include "common/base/result.h"
#include "dataframe/exec/operator.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// Computes the columns of a ProjectNode.
Result<std::unique_ptr<Operator>> MakeProject(const ProjectNode& node, BatchSink& out);

}  // namespace tusk::df
