#pragma once

#include "dataframe/expr/function/decimal_kernels.h"
#include "dataframe/expr/function_registry.h"

namespace tusk::df {

/// Compares floats or doubles, both sides of the type: NaN equals NaN and is greater than all
/// others, as in sorting and grouping; -0 equals 0. Never fails.
ScalarKernel FloatComparison(Comparison comparison, const TypePtr& type);

}  // namespace tusk::df
