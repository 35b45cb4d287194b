#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <arrow/type.h>

#include "dataframe/expr/function/column_values.h"

namespace tusk::df {

/// Values written as text, whole texts without spaces around them; nothing when it is none.

/// "true", "t", "yes", "y", "on", "1" and their opposites, in any case.
std::optional<bool> ParseBool(std::string_view text);
/// "-12", "+12".
std::optional<int64_t> ParseInt64(std::string_view text);
std::optional<uint64_t> ParseUInt64(std::string_view text);
/// "1.5", "-1e10", ".5", "nan", "inf", "infinity".
std::optional<double> ParseDouble(std::string_view text);
std::optional<float> ParseFloat(std::string_view text);
/// "12.345", "1e3": the number times 10^scale, digits behind it rounded half away from zero;
/// nothing as well when it has more than `precision` digits.
std::optional<Int128> ParseDecimalText(std::string_view text, int precision, int scale);
/// "1998-09-02", also with a time of day of zero behind it: days since 1970.
std::optional<int32_t> ParseDate(std::string_view text);
/// "1998-09-02", "1998-09-02 04:05", "1998-09-02T04:05:06.789+02:00", "... Z": microseconds since
/// 1970, in UTC where a zone is given. Digits behind the microseconds are cut.
std::optional<int64_t> ParseTimestamp(std::string_view text);
/// "1 year 2 months 3 days 04:05:06.789", "90 minutes", "-1.5 hours".
std::optional<arrow::MonthDayNanoIntervalType::MonthDayNanos> ParseInterval(std::string_view text);

}  // namespace tusk::df
