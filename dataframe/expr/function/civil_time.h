#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/result.h"

namespace tusk::df {

/// Dates and times of the Gregorian calendar, without zones: days since 1970-01-01, microseconds
/// since its midnight. All years that int32 days reach are right.

constexpr int64_t kMicrosOfSecond = 1'000'000;
constexpr int64_t kMicrosOfDay = 86'400 * kMicrosOfSecond;

/// A date in parts.
struct CivilDate {
  int64_t year = 1970;
  int month = 1;  ///< 1 to 12
  int day = 1;    ///< 1 to 31
};

CivilDate CivilFromDays(int64_t days);
int64_t DaysFromCivil(const CivilDate& date);
int DaysOfMonth(int64_t year, int month);
bool IsLeapYear(int64_t year);
/// The date so many months later; a day that the month does not have becomes its last.
CivilDate AddMonths(const CivilDate& date, int64_t months);
/// 0 is Sunday.
int DayOfWeek(int64_t days);
/// The Monday of the week.
int64_t StartOfIsoWeek(int64_t days);
/// The year and number (1 to 53) of the ISO 8601 week.
int64_t IsoYear(int64_t days);
int IsoWeek(int64_t days);
int DayOfYear(int64_t days);

/// Rounded down, also of negative numbers.
constexpr int64_t FloorDivide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }
constexpr int64_t FloorModulo(int64_t a, int64_t b) { return a - FloorDivide(a, b) * b; }

/// A part of a date and time, or a length for truncation and differences.
enum class TimeUnit : uint8_t {
  kMicrosecond,
  kMillisecond,
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kQuarter,
  kYear,
  kDecade,
  kCentury,
  kMillennium,
  // Parts only.
  kDayOfWeek,
  kIsoDayOfWeek,
  kDayOfYear,
  kIsoYear,
  kEpoch,
};

/// By its name or a usual other one ("dow", "days", "hours"), case-insensitive. kInvalidArgument
/// names the nearest.
Result<TimeUnit> ParseTimeUnit(std::string_view name);
/// True for the units that a time has, not only a date.
constexpr bool IsWithinDay(TimeUnit unit) { return unit <= TimeUnit::kHour; }
/// True for units that are a length: these can be truncated to.
constexpr bool IsLength(TimeUnit unit) { return unit <= TimeUnit::kMillennium; }

/// The part of the instant; of kMicrosecond and kMillisecond with the seconds of the minute, as SQL
/// has it. Not for kEpoch.
int64_t TimePart(TimeUnit unit, int64_t micros);
/// The same of a date, for units that are not within a day.
int64_t DatePart(TimeUnit unit, int64_t days);
/// The start of the unit in which the instant lies; `unit` must be a length.
int64_t TruncateTime(TimeUnit unit, int64_t micros);
/// How many starts of `unit` are behind `from` and not behind `to`; negative the other way round.
int64_t TimeDifference(TimeUnit unit, int64_t from, int64_t to);

}  // namespace tusk::df
