#pragma once

#include "dataframe/expr/function/decimal_kernels.h"
#include "dataframe/expr/function_registry.h"

namespace tusk::df {

/// Compares texts or bytes, byte by byte: the order of UTF-8 is that of its characters. Never
/// fails.
ScalarKernel TextComparison(Comparison comparison);

}  // namespace tusk::df
