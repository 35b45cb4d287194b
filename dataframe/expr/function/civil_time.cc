#include "dataframe/expr/function/civil_time.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include "common/base/nearest_name.h"

namespace tusk::df {

namespace {

constexpr int64_t kDaysOfEra = 146'097;  // 400 years

constexpr std::array<std::pair<std::string_view, TimeUnit>, 47> kUnitNames = {{
    {"microsecond", TimeUnit::kMicrosecond},
    {"microseconds", TimeUnit::kMicrosecond},
    {"us", TimeUnit::kMicrosecond},
    {"millisecond", TimeUnit::kMillisecond},
    {"milliseconds", TimeUnit::kMillisecond},
    {"ms", TimeUnit::kMillisecond},
    {"second", TimeUnit::kSecond},
    {"seconds", TimeUnit::kSecond},
    {"sec", TimeUnit::kSecond},
    {"s", TimeUnit::kSecond},
    {"minute", TimeUnit::kMinute},
    {"minutes", TimeUnit::kMinute},
    {"min", TimeUnit::kMinute},
    {"hour", TimeUnit::kHour},
    {"hours", TimeUnit::kHour},
    {"h", TimeUnit::kHour},
    {"day", TimeUnit::kDay},
    {"days", TimeUnit::kDay},
    {"d", TimeUnit::kDay},
    {"dayofmonth", TimeUnit::kDay},
    {"week", TimeUnit::kWeek},
    {"weeks", TimeUnit::kWeek},
    {"w", TimeUnit::kWeek},
    {"month", TimeUnit::kMonth},
    {"months", TimeUnit::kMonth},
    {"mon", TimeUnit::kMonth},
    {"quarter", TimeUnit::kQuarter},
    {"quarters", TimeUnit::kQuarter},
    {"year", TimeUnit::kYear},
    {"years", TimeUnit::kYear},
    {"y", TimeUnit::kYear},
    {"decade", TimeUnit::kDecade},
    {"decades", TimeUnit::kDecade},
    {"century", TimeUnit::kCentury},
    {"centuries", TimeUnit::kCentury},
    {"millennium", TimeUnit::kMillennium},
    {"millennia", TimeUnit::kMillennium},
    {"dayofweek", TimeUnit::kDayOfWeek},
    {"weekday", TimeUnit::kDayOfWeek},
    {"dow", TimeUnit::kDayOfWeek},
    {"isodow", TimeUnit::kIsoDayOfWeek},
    {"dayofyear", TimeUnit::kDayOfYear},
    {"doy", TimeUnit::kDayOfYear},
    {"isoyear", TimeUnit::kIsoYear},
    {"weekofyear", TimeUnit::kWeek},
    {"epoch", TimeUnit::kEpoch},
    {"micros", TimeUnit::kMicrosecond},
}};

// Microseconds of a unit within days.
int64_t MicrosOf(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kMicrosecond:
      return 1;
    case TimeUnit::kMillisecond:
      return 1000;
    case TimeUnit::kSecond:
      return kMicrosOfSecond;
    case TimeUnit::kMinute:
      return 60 * kMicrosOfSecond;
    case TimeUnit::kHour:
      return 3600 * kMicrosOfSecond;
    default:
      return kMicrosOfDay;
  }
}

// Years of a unit of years.
int64_t YearsOf(TimeUnit unit) {
  switch (unit) {
    case TimeUnit::kDecade:
      return 10;
    case TimeUnit::kCentury:
      return 100;
    case TimeUnit::kMillennium:
      return 1000;
    default:
      return 1;
  }
}

// The first year of the decade, or of the century or millennium, which begin in a year 1.
int64_t FirstYear(TimeUnit unit, int64_t year) {
  const int64_t years = YearsOf(unit);
  if (years <= 10) return FloorDivide(year, years) * years;
  return FloorDivide(year - 1, years) * years + 1;
}

// A number that grows by one at each start of the unit.
int64_t CountOf(TimeUnit unit, int64_t micros) {
  if (IsWithinDay(unit)) return FloorDivide(micros, MicrosOf(unit));
  const int64_t days = FloorDivide(micros, kMicrosOfDay);
  if (unit == TimeUnit::kDay) return days;
  if (unit == TimeUnit::kWeek) return FloorDivide(StartOfIsoWeek(days), 7);
  const CivilDate date = CivilFromDays(days);
  switch (unit) {
    case TimeUnit::kMonth:
      return date.year * 12 + date.month;
    case TimeUnit::kQuarter:
      return date.year * 4 + (date.month - 1) / 3;
    default:
      return FloorDivide(FirstYear(unit, date.year), YearsOf(unit));
  }
}

}  // namespace

// The calendar is counted from March, so that the leap day is the last of a year; see Hinnant,
// "chrono-Compatible Low-Level Date Algorithms".
CivilDate CivilFromDays(int64_t days) {
  days += 719'468;  // from 0000-03-01
  const int64_t era = FloorDivide(days, kDaysOfEra);
  const int64_t day_of_era = days - era * kDaysOfEra;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = static_cast<int>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  date.month =
      static_cast<int>(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
  date.year = year_of_era + era * 400 + (date.month <= 2 ? 1 : 0);
  return date;
}

int64_t DaysFromCivil(const CivilDate& date) {
  const int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const int64_t era = FloorDivide(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t month_from_march = date.month > 2 ? date.month - 3 : date.month + 9;
  const int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * kDaysOfEra + day_of_era - 719'468;
}

bool IsLeapYear(int64_t year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }

int DaysOfMonth(int64_t year, int month) {
  if (month == 2) return IsLeapYear(year) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

CivilDate AddMonths(const CivilDate& date, int64_t months) {
  const int64_t count = date.year * 12 + date.month - 1 + months;
  CivilDate later;
  later.year = FloorDivide(count, 12);
  later.month = static_cast<int>(FloorModulo(count, 12)) + 1;
  later.day = std::min(date.day, DaysOfMonth(later.year, later.month));
  return later;
}

int DayOfWeek(int64_t days) { return static_cast<int>(FloorModulo(days + 4, 7)); }

int64_t StartOfIsoWeek(int64_t days) { return days - FloorModulo(days + 3, 7); }

int64_t IsoYear(int64_t days) { return CivilFromDays(StartOfIsoWeek(days) + 3).year; }

int IsoWeek(int64_t days) {
  // A week is of the year in which its Thursday lies.
  return (DayOfYear(StartOfIsoWeek(days) + 3) - 1) / 7 + 1;
}

int DayOfYear(int64_t days) {
  return static_cast<int>(days - DaysFromCivil({CivilFromDays(days).year, 1, 1})) + 1;
}

Result<TimeUnit> ParseTimeUnit(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  std::vector<std::string_view> known;
  for (const auto& [known_name, unit] : kUnitNames) {
    if (known_name == lower) return unit;
    known.push_back(known_name);
  }
  const std::string_view nearest = NearestName(known, lower);
  return Status::Error(StatusCode::kInvalidArgument, "there is no unit of time {}{}{}", name,
                       nearest.empty() ? "" : ": did you mean ",
                       nearest.empty() ? std::string() : std::string(nearest) + "?");
}

int64_t TimePart(TimeUnit unit, int64_t micros) {
  const int64_t days = FloorDivide(micros, kMicrosOfDay);
  const int64_t of_day = micros - days * kMicrosOfDay;
  const int64_t of_minute = of_day % (60 * kMicrosOfSecond);
  switch (unit) {
    case TimeUnit::kMicrosecond:
      return of_minute;
    case TimeUnit::kMillisecond:
      return of_minute / 1000;
    case TimeUnit::kSecond:
      return of_minute / kMicrosOfSecond;
    case TimeUnit::kMinute:
      return of_day / (60 * kMicrosOfSecond) % 60;
    case TimeUnit::kHour:
      return of_day / (3600 * kMicrosOfSecond);
    default:
      return DatePart(unit, days);
  }
}

int64_t DatePart(TimeUnit unit, int64_t days) {
  switch (unit) {
    case TimeUnit::kDayOfWeek:
      return DayOfWeek(days);
    case TimeUnit::kIsoDayOfWeek:
      return DayOfWeek(days) == 0 ? 7 : DayOfWeek(days);
    case TimeUnit::kDayOfYear:
      return DayOfYear(days);
    case TimeUnit::kWeek:
      return IsoWeek(days);
    case TimeUnit::kIsoYear:
      return IsoYear(days);
    default:
      break;
  }
  const CivilDate date = CivilFromDays(days);
  switch (unit) {
    case TimeUnit::kDay:
      return date.day;
    case TimeUnit::kMonth:
      return date.month;
    case TimeUnit::kQuarter:
      return (date.month - 1) / 3 + 1;
    case TimeUnit::kDecade:
      return FloorDivide(date.year, 10);
    case TimeUnit::kCentury:
      return FloorDivide(date.year - 1, 100) + 1;
    case TimeUnit::kMillennium:
      return FloorDivide(date.year - 1, 1000) + 1;
    default:
      return date.year;
  }
}

int64_t TruncateTime(TimeUnit unit, int64_t micros) {
  if (unit <= TimeUnit::kDay) return FloorDivide(micros, MicrosOf(unit)) * MicrosOf(unit);
  const int64_t days = FloorDivide(micros, kMicrosOfDay);
  if (unit == TimeUnit::kWeek) return StartOfIsoWeek(days) * kMicrosOfDay;
  CivilDate date = CivilFromDays(days);
  date.day = 1;
  if (unit == TimeUnit::kQuarter) date.month = (date.month - 1) / 3 * 3 + 1;
  if (unit > TimeUnit::kQuarter) {
    date.month = 1;
    date.year = FirstYear(unit, date.year);
  }
  return DaysFromCivil(date) * kMicrosOfDay;
}

int64_t TimeDifference(TimeUnit unit, int64_t from, int64_t to) {
  return CountOf(unit, to) - CountOf(unit, from);
}

}  // namespace tusk::df
