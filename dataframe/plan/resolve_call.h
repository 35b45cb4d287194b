#pragma once

#include "common/base/result.h"
#include "dataframe/expr/aggregate.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// The function of a call as an AggregateNode has it: with `arg_types` (of the arguments that are
/// columns) filled in. Parameters are its trailing constants.
Result<AggregateFunction> ResolveCall(const AggregateCall& call);

}  // namespace tusk::df
