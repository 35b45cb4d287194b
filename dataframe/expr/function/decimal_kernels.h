#pragma once

#include <arrow/type_fwd.h>

#include "dataframe/expr/function/column_values.h"
#include "dataframe/expr/function_registry.h"

namespace tusk::df {

/// The operators of comparison.
enum class Comparison : uint8_t {
  kEqual = 0,
  kNotEqual = 1,
  kLess = 2,
  kLessEqual = 3,
  kGreater = 4,
  kGreaterEqual = 5,
};

/// `left op right` of decimals for op one of + - * % and d (whole quotient, cut towards zero), with
/// the result that `ArithmeticType` gives. Overflow and division by zero are errors that show the
/// values.
ScalarKernel DecimalArithmetic(char op, const TypePtr& left, const TypePtr& right,
                               const TypePtr& result);
/// False when the digits of the result hold whatever the arguments' digits can say.
bool DecimalArithmeticCanFail(char op, const arrow::Decimal128Type& left,
                              const arrow::Decimal128Type& right);

/// -x.
ScalarKernel DecimalNegation(const TypePtr& type);

/// Compares decimals of any two scales; never fails.
ScalarKernel DecimalComparison(Comparison comparison, const TypePtr& left, const TypePtr& right);

}  // namespace tusk::df
