#include "dataframe/expr/cast/text_parser.h"

#include <array>
#include <charconv>
#include <limits>
#include <string>

#include <arrow/util/value_parsing.h>

#include "dataframe/expr/function/civil_time.h"

namespace tusk::df {

namespace {

using MonthDayNanos = arrow::MonthDayNanoIntervalType::MonthDayNanos;

constexpr int64_t kNanosOfSecond = 1'000'000'000;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
char LowerCase(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string LowerCase(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = LowerCase(c);
  return out;
}

template <typename Integer>
std::optional<Integer> ParseInteger(std::string_view text) {
  // from_chars takes no plus, and of "+-1" only the first sign is one.
  if (text.size() > 1 && text[0] == '+' && IsDigit(text[1])) text.remove_prefix(1);
  Integer value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (error != std::errc() || end != last) return std::nullopt;
  return value;
}

template <typename Type, typename Float>
std::optional<Float> ParseReal(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  Float value = 0;
  if (arrow::internal::StringConverter<Type>{}.Convert(Type(), text.data(), text.size(), &value)) {
    return value;
  }
  const std::string lower = LowerCase(text);
  if (lower == "nan") return std::numeric_limits<Float>::quiet_NaN();
  if (lower == "inf" || lower == "infinity") return std::numeric_limits<Float>::infinity();
  if (lower == "-inf" || lower == "-infinity") return -std::numeric_limits<Float>::infinity();
  return std::nullopt;
}

/// Reads a text from its front.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  bool AtEnd() const { return text_.empty(); }
  bool AtDigit() const { return !text_.empty() && IsDigit(text_.front()); }
  bool Take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void SkipSpaces() {
    while (Take(' ')) {
    }
  }
  /// A number of `least` to `most` digits.
  std::optional<int64_t> TakeNumber(size_t least, size_t most) {
    int64_t value = 0;
    size_t digits = 0;
    while (digits < most && AtDigit()) {
      value = value * 10 + (text_.front() - '0');
      text_.remove_prefix(1);
      ++digits;
    }
    if (digits < least || AtDigit()) return std::nullopt;
    return value;
  }
  /// The digits behind a point, as billionths; what is behind those is cut. Takes none without a
  /// point.
  std::optional<int64_t> TakeFraction() {
    if (!Take('.')) return 0;
    if (!AtDigit()) return std::nullopt;
    int64_t value = 0;
    for (int64_t unit = kNanosOfSecond / 10; AtDigit(); unit /= 10) {
      value += unit * (text_.front() - '0');
      text_.remove_prefix(1);
    }
    return value;
  }
  std::string_view TakeWord() {
    size_t length = 0;
    while (length < text_.size() && LowerCase(text_[length]) >= 'a' &&
           LowerCase(text_[length]) <= 'z') {
      ++length;
    }
    const std::string_view word = text_.substr(0, length);
    text_.remove_prefix(length);
    return word;
  }

 private:
  std::string_view text_;
};

std::optional<int64_t> TakeDate(Cursor& cursor) {
  const std::optional<int64_t> year = cursor.TakeNumber(4, 4);
  if (!year || !cursor.Take('-')) return std::nullopt;
  const std::optional<int64_t> month = cursor.TakeNumber(1, 2);
  if (!month || !cursor.Take('-')) return std::nullopt;
  const std::optional<int64_t> day = cursor.TakeNumber(1, 2);
  if (!day) return std::nullopt;
  if (*month < 1 || *month > 12 || *day < 1) return std::nullopt;
  const CivilDate date{*year, static_cast<int>(*month), static_cast<int>(*day)};
  if (date.day > DaysOfMonth(date.year, date.month)) return std::nullopt;
  return DaysFromCivil(date);
}

/// "04:05", "04:05:06", "04:05:06.789" as nanoseconds.
std::optional<int64_t> TakeClock(Cursor& cursor) {
  const std::optional<int64_t> hour = cursor.TakeNumber(1, 2);
  if (!hour || *hour > 23 || !cursor.Take(':')) return std::nullopt;
  const std::optional<int64_t> minute = cursor.TakeNumber(2, 2);
  if (!minute || *minute > 59) return std::nullopt;
  const int64_t minutes = *hour * 60 + *minute;
  if (!cursor.Take(':')) return minutes * 60 * kNanosOfSecond;
  const std::optional<int64_t> second = cursor.TakeNumber(2, 2);
  const std::optional<int64_t> fraction = cursor.TakeFraction();
  if (!second || *second > 59 || !fraction) return std::nullopt;
  return (minutes * 60 + *second) * kNanosOfSecond + *fraction;
}

/// "Z", "+02", "+0200", "-02:30", or nothing: seconds east of UTC.
std::optional<int64_t> TakeZone(Cursor& cursor) {
  if (cursor.Take('Z') || cursor.Take('z')) return 0;
  const bool west = cursor.Take('-');
  if (!west && !cursor.Take('+')) return 0;
  std::optional<int64_t> hours, minutes = 0;
  Cursor ahead = cursor;
  if (hours = ahead.TakeNumber(4, 4); hours) {
    minutes = *hours % 100;
    *hours /= 100;
    cursor = ahead;
  } else {
    hours = cursor.TakeNumber(2, 2);
    if (hours && cursor.Take(':')) minutes = cursor.TakeNumber(2, 2);
  }
  if (!hours || !minutes || *hours > 15 || *minutes > 59) return std::nullopt;
  const int64_t seconds = (*hours * 60 + *minutes) * 60;
  return west ? -seconds : seconds;
}

/// A unit of an interval: how many months or days it has, or nanoseconds.
struct Unit {
  std::string_view name;
  int32_t months;
  int32_t days;
  int64_t nanos;
};
constexpr std::array<Unit, 19> kUnits = {{
    {"year", 12, 0, 0},
    {"yr", 12, 0, 0},
    {"quarter", 3, 0, 0},
    {"month", 1, 0, 0},
    {"mon", 1, 0, 0},
    {"week", 0, 7, 0},
    {"day", 0, 1, 0},
    {"hour", 0, 0, 3600 * kNanosOfSecond},
    {"hr", 0, 0, 3600 * kNanosOfSecond},
    {"minute", 0, 0, 60 * kNanosOfSecond},
    {"min", 0, 0, 60 * kNanosOfSecond},
    {"second", 0, 0, kNanosOfSecond},
    {"sec", 0, 0, kNanosOfSecond},
    {"millisecond", 0, 0, 1'000'000},
    {"ms", 0, 0, 1'000'000},
    {"microsecond", 0, 0, 1'000},
    {"us", 0, 0, 1'000},
    {"nanosecond", 0, 0, 1},
    {"ns", 0, 0, 1},
}};

const Unit* FindUnit(std::string_view word) {
  std::string name = LowerCase(word);
  for (int attempt = 0; attempt < 2; ++attempt) {
    for (const Unit& unit : kUnits) {
      if (unit.name == name) return &unit;
    }
    if (!name.ends_with('s')) return nullptr;
    name.pop_back();
  }
  return nullptr;
}

/// Sums of the parts of an interval, wide enough for what a text can say.
struct IntervalSum {
  Int128 months = 0, days = 0, nanos = 0;

  /// `whole` and `billionths` of a unit. Only units of a fixed length have fractions.
  bool Add(const Unit& unit, int64_t whole, int64_t billionths, bool negative) {
    const int sign = negative ? -1 : 1;
    months += Int128{unit.months} * whole * sign;
    days += Int128{unit.days} * whole * sign;
    nanos += Int128{unit.nanos} * whole * sign;
    if (billionths == 0) return true;
    if (unit.months != 0) return false;
    const Int128 length = unit.nanos + Int128{unit.days} * 86'400 * kNanosOfSecond;
    nanos += length * billionths / kNanosOfSecond * sign;
    return true;
  }

  std::optional<MonthDayNanos> Value() const {
    if (!std::in_range<int32_t>(static_cast<int64_t>(months)) || Wide(months) || Wide(days) ||
        !std::in_range<int32_t>(static_cast<int64_t>(days)) || Wide(nanos)) {
      return std::nullopt;
    }
    return MonthDayNanos{static_cast<int32_t>(months), static_cast<int32_t>(days),
                         static_cast<int64_t>(nanos)};
  }

 private:
  static bool Wide(Int128 value) { return value != static_cast<int64_t>(value); }
};

/// "3 days" or "04:05:06" and spaces behind; false when it is neither.
bool TakeIntervalPart(Cursor& cursor, IntervalSum& sum) {
  const bool negative = cursor.Take('-');
  if (!negative) cursor.Take('+');
  const std::optional<int64_t> whole = cursor.TakeNumber(1, 18);
  if (!whole) return false;
  if (cursor.Take(':')) {
    const std::optional<int64_t> minute = cursor.TakeNumber(2, 2);
    std::optional<int64_t> second = 0, fraction = 0;
    if (cursor.Take(':')) {
      second = cursor.TakeNumber(2, 2);
      fraction = cursor.TakeFraction();
    }
    if (!minute || !second || !fraction || *minute > 59 || *second > 59) return false;
    const Int128 seconds = Int128{*whole} * 3600 + *minute * 60 + *second;
    sum.nanos += (seconds * kNanosOfSecond + *fraction) * (negative ? -1 : 1);
  } else {
    const std::optional<int64_t> fraction = cursor.TakeFraction();
    cursor.SkipSpaces();
    const Unit* const unit = FindUnit(cursor.TakeWord());
    if (!fraction || unit == nullptr || !sum.Add(*unit, *whole, *fraction, negative)) return false;
  }
  cursor.SkipSpaces();
  return true;
}

}  // namespace

std::optional<bool> ParseBool(std::string_view text) {
  const std::string lower = LowerCase(text);
  for (const std::string_view yes : {"true", "t", "yes", "y", "on", "1"}) {
    if (lower == yes) return true;
  }
  for (const std::string_view no : {"false", "f", "no", "n", "off", "0"}) {
    if (lower == no) return false;
  }
  return std::nullopt;
}

std::optional<int64_t> ParseInt64(std::string_view text) { return ParseInteger<int64_t>(text); }

std::optional<uint64_t> ParseUInt64(std::string_view text) { return ParseInteger<uint64_t>(text); }

std::optional<double> ParseDouble(std::string_view text) {
  return ParseReal<arrow::DoubleType, double>(text);
}

std::optional<float> ParseFloat(std::string_view text) {
  return ParseReal<arrow::FloatType, float>(text);
}

std::optional<Int128> ParseDecimalText(std::string_view text, int precision, int scale) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int64_t exponent = 0;
  if (const size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
    const std::optional<int64_t> parsed = ParseInt64(text.substr(e + 1));
    // Beyond that no digit of a text that fits in memory matters.
    if (!parsed || *parsed > 1'000'000'000'000 || *parsed < -1'000'000'000'000) return std::nullopt;
    exponent = *parsed;
    text = text.substr(0, e);
  }
  const size_t point = text.find('.');
  const size_t before = point == std::string_view::npos ? text.size() : point;
  const size_t digits = point == std::string_view::npos ? before : text.size() - 1;
  if (digits == 0) return std::nullopt;
  // The power of ten of the digit that is next, in units of the result.
  int64_t place = static_cast<int64_t>(before) - 1 + exponent + scale;
  Int128 value = 0;
  const Int128 limit = PowerOfTen(precision);
  // Another digit behind such a value is one too many; checked before, for it may not fit.
  const Int128 full = PowerOfTen(precision - 1);
  bool round_up = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == point) continue;
    if (!IsDigit(text[i])) return std::nullopt;
    if (place >= 0 || place == -1) {
      const int digit = text[i] - '0';
      if (place == -1) round_up = digit >= 5;
      if (place >= 0) {
        if (value >= full) return std::nullopt;
        value = value * 10 + digit;
      }
    }
    --place;
  }
  for (; place >= 0 && value != 0; --place) {
    if (value >= full) return std::nullopt;
    value *= 10;
  }
  if (round_up && ++value >= limit) return std::nullopt;
  return negative ? -value : value;
}

std::optional<int32_t> ParseDate(std::string_view text) {
  const std::optional<int64_t> micros = ParseTimestamp(text);
  if (!micros || *micros % kMicrosOfDay != 0) return std::nullopt;
  return static_cast<int32_t>(*micros / kMicrosOfDay);
}

std::optional<int64_t> ParseTimestamp(std::string_view text) {
  Cursor cursor(text);
  const std::optional<int64_t> days = TakeDate(cursor);
  if (!days) return std::nullopt;
  int64_t micros = *days * kMicrosOfDay;
  if (cursor.AtEnd()) return micros;
  if (!cursor.Take('T') && !cursor.Take(' ')) return std::nullopt;
  const std::optional<int64_t> clock = TakeClock(cursor);
  if (!clock) return std::nullopt;
  cursor.SkipSpaces();
  const std::optional<int64_t> zone = TakeZone(cursor);
  if (!zone || !cursor.AtEnd()) return std::nullopt;
  return micros + *clock / 1000 - *zone * 1'000'000;
}

std::optional<MonthDayNanos> ParseInterval(std::string_view text) {
  Cursor cursor(text);
  IntervalSum sum;
  do {
    if (!TakeIntervalPart(cursor, sum)) return std::nullopt;
  } while (!cursor.AtEnd());
  return sum.Value();
}

}  // namespace tusk::df
