#pragma once

#include <cstdint>

#include <arrow/type.h>

#include "common/base/result.h"
#include "dataframe/expr/function/row_kernel.h"
#include "dataframe/expr/function_registry.h"

namespace tusk::df {

/// SQL's interval as Arrow stores it: months, days, nanoseconds.
using Interval = arrow::MonthDayNanoIntervalType::MonthDayNanos;

/// `left op right` of dates, timestamps, intervals, durations (and whole numbers beside them): the
/// types are those of `ArithmeticType`, but a date +- an interval stays a date when the interval is
/// a literal of whole months and days. kInvalidArgument for pairs that cannot be computed; kernels
/// fail with kInvalidArgument where the result is out of range.
Result<Overload> ResolveTemporalArithmetic(char op, const TypePtr& left, const TypePtr& right,
                                           LiteralArgs literals);

/// The date so much later: months first (a day that the month does not have becomes its last), then
/// days. False when it is out of range.
bool AddToDate(int32_t days, const Interval& interval, int32_t* result);
/// The same of an instant in microseconds; the rest of a nanosecond is cut off.
bool AddToTimestamp(int64_t micros, const Interval& interval, int64_t* result);

}  // namespace tusk::df
