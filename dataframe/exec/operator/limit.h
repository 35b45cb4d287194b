#pragma once

#include <memory>

#include "dataframe/exec/operator.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// Hands on the rows of a LimitNode; done when it has them all. The smallest operator: one function
/// that makes it from its node, and a class that only the source file knows.
std::unique_ptr<Operator> MakeLimit(const LimitNode& node, BatchSink& out);

}  // namespace tusk::df
