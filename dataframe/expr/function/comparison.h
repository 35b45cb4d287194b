#pragma once

#include "dataframe/expr/function/decimal_kernels.h"
#include "dataframe/expr/function_registry.h"

namespace tusk::df {

/// The overload of a comparison of two values. Values of different types are brought to the type in
/// which they meet (`MeetingType`), decimals are compared as they are.
Result<Overload> ResolveComparison(Comparison comparison, std::span<const TypePtr> types,
                                   LiteralArgs literals);

/// The operator as users write it: "=", "<>", "<", ...
std::string_view ComparisonText(Comparison comparison);

}  // namespace tusk::df
