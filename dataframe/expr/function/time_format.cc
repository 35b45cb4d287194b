#include "dataframe/expr/function/time_format.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <span>

#include <fmt/format.h>

#include "dataframe/expr/function/civil_time.h"

namespace tusk::df {

namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};
constexpr std::string_view kLetters = "YymdejHIMSfpBbhAauwVGszZ";

// Conversions that stand for several.
std::string_view Expansion(char letter) {
  switch (letter) {
    case 'F':
      return "%Y-%m-%d";
    case 'T':
      return "%H:%M:%S";
    case 'D':
      return "%m/%d/%y";
    case 'R':
      return "%H:%M";
    default:
      return {};
  }
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view Stripped(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

// Takes `least` to `most` digits off the text.
bool TakeNumber(std::string_view& text, size_t least, size_t most, int64_t* value) {
  size_t count = 0;
  *value = 0;
  while (count < most && count < text.size() && IsDigit(text[count])) {
    *value = *value * 10 + (text[count++] - '0');
  }
  text.remove_prefix(count);
  return count >= least;
}

bool TakeText(std::string_view& text, std::string_view what) {
  if (!text.starts_with(what)) return false;
  text.remove_prefix(what.size());
  return true;
}

// Takes one of the names, or its first three letters, off the text.
bool TakeName(std::string_view& text, std::span<const std::string_view> names, int* index) {
  const auto starts = [&](std::string_view name) {
    if (text.size() < name.size()) return false;
    return std::equal(name.begin(), name.end(), text.begin(), [](char a, char b) {
      return std::tolower(static_cast<unsigned char>(a)) ==
             std::tolower(static_cast<unsigned char>(b));
    });
  };
  for (size_t i = 0; i < names.size(); ++i) {
    for (const size_t length : {names[i].size(), size_t{3}}) {
      if (!starts(names[i].substr(0, length))) continue;
      text.remove_prefix(length);
      *index = static_cast<int>(i);
      return true;
    }
  }
  return false;
}

// A fraction of a second as microseconds; further digits are cut off.
bool TakeFraction(std::string_view& text, int64_t* micros) {
  const size_t before = text.size();
  if (!TakeNumber(text, 1, 6, micros)) return false;
  for (size_t digits = before - text.size(); digits < 6; ++digits) *micros *= 10;
  while (!text.empty() && IsDigit(text.front())) text.remove_prefix(1);
  return true;
}

// Z, +hh, +hhmm or +hh:mm, as seconds.
bool TakeOffset(std::string_view& text, int64_t* seconds) {
  if (TakeText(text, "Z") || TakeText(text, "z")) return true;
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return false;
  const int64_t sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  int64_t hours = 0, minutes = 0;
  if (!TakeNumber(text, 2, 2, &hours)) return false;
  if (TakeText(text, ":") || (!text.empty() && IsDigit(text.front()))) {
    if (!TakeNumber(text, 2, 2, &minutes)) return false;
  }
  *seconds = sign * (hours * 3600 + minutes * 60);
  return hours < 24 && minutes < 60;
}

// What has been read so far.
struct Fields {
  CivilDate date;
  int64_t day_of_year = 0;
  int64_t hour = 0, minute = 0, second = 0, micros = 0;
  int64_t offset = 0;  // seconds east of UTC
  int half = -1;       // 0: am, 1: pm
  bool half_day_clock = false;
  bool has_epoch = false;
  int64_t epoch = 0;

  bool ToMicros(int64_t* result) const {
    if (has_epoch) {
      *result = epoch * kMicrosOfSecond + micros;
      return true;
    }
    int64_t hours = hour;
    if (half_day_clock) {
      if (hour < 1 || hour > 12) return false;
      hours = hour % 12 + (half == 1 ? 12 : 0);
    }
    if (date.month < 1 || date.month > 12 || date.day < 1 ||
        date.day > DaysOfMonth(date.year, date.month) || hours > 23 || minute > 59 || second > 59) {
      return false;
    }
    int64_t days = DaysFromCivil(date);
    if (day_of_year > 0) {
      if (day_of_year > (IsLeapYear(date.year) ? 366 : 365)) return false;
      days = DaysFromCivil({date.year, 1, 1}) + day_of_year - 1;
    }
    *result = days * kMicrosOfDay +
              (hours * 3600 + minute * 60 + second - offset) * kMicrosOfSecond + micros;
    return true;
  }
};

bool TakeYear(std::string_view& text, int64_t* year) {
  const bool negative = TakeText(text, "-");
  if (!TakeNumber(text, 1, 6, year) || *year > 290'000) return false;
  if (negative) *year = -*year;
  return true;
}

bool TakeInt(std::string_view& text, size_t most, int* value) {
  int64_t number = 0;
  const bool taken = TakeNumber(text, 1, most, &number);
  *value = static_cast<int>(number);
  return taken;
}

// A year of two digits: 69 to 99 of the last century, as POSIX has it.
bool TakeShortYear(std::string_view& text, int64_t* year) {
  if (!TakeNumber(text, 2, 2, year)) return false;
  *year += *year >= 69 ? 1900 : 2000;
  return true;
}

bool TakeHalf(std::string_view& text, int* half) {
  if (text.size() < 2 || std::tolower(static_cast<unsigned char>(text[1])) != 'm') return false;
  const int first = std::tolower(static_cast<unsigned char>(text[0]));
  *half = first == 'p' ? 1 : 0;
  text.remove_prefix(2);
  return first == 'a' || first == 'p';
}

bool TakeEpoch(std::string_view& text, Fields& fields) {
  const bool negative = TakeText(text, "-");
  fields.has_epoch = true;
  if (!TakeNumber(text, 1, 12, &fields.epoch)) return false;
  if (negative) fields.epoch = -fields.epoch;
  return true;
}

// Takes what the conversion stands for off the text.
bool TakeField(char letter, std::string_view& text, Fields& fields) {
  int ignored = 0;
  int64_t number = 0;
  switch (letter) {
    case 'Y':
    case 'G':
      return TakeYear(text, &fields.date.year);
    case 'y':
      return TakeShortYear(text, &fields.date.year);
    case 'm':
      return TakeInt(text, 2, &fields.date.month);
    case 'd':
      return TakeInt(text, 2, &fields.date.day);
    case 'e':
      while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
      return TakeInt(text, 2, &fields.date.day);
    case 'j':
      return TakeNumber(text, 1, 3, &fields.day_of_year) && fields.day_of_year > 0;
    case 'H':
      return TakeNumber(text, 1, 2, &fields.hour);
    case 'I':
      fields.half_day_clock = true;
      return TakeNumber(text, 1, 2, &fields.hour);
    case 'M':
      return TakeNumber(text, 1, 2, &fields.minute);
    case 'S':
      return TakeNumber(text, 1, 2, &fields.second);
    case 'f':
      return TakeFraction(text, &fields.micros);
    case 'p':
      return TakeHalf(text, &fields.half);
    case 'B':
    case 'b':
    case 'h': {
      if (!TakeName(text, kMonths, &fields.date.month)) return false;
      ++fields.date.month;
      return true;
    }
    case 'A':
    case 'a':
      return TakeName(text, kWeekdays, &ignored);
    case 'u':
    case 'w':
      return TakeNumber(text, 1, 1, &number);
    case 'V':
      return TakeNumber(text, 1, 2, &number);
    case 's':
      return TakeEpoch(text, fields);
    case 'z':
      return TakeOffset(text, &fields.offset);
    default:
      return TakeText(text, "UTC") || TakeText(text, "GMT") || TakeText(text, "Z");
  }
}

// The number that a conversion writes and how many digits it has at least; false for texts.
bool NumberOf(char letter, int64_t micros, int64_t* number, int* width) {
  const auto part = [&](TimeUnit unit, int digits) {
    *number = TimePart(unit, micros);
    *width = digits;
    return true;
  };
  switch (letter) {
    case 'Y':
      return part(TimeUnit::kYear, 4);
    case 'G':
      return part(TimeUnit::kIsoYear, 4);
    case 'm':
      return part(TimeUnit::kMonth, 2);
    case 'd':
      return part(TimeUnit::kDay, 2);
    case 'j':
      return part(TimeUnit::kDayOfYear, 3);
    case 'H':
      return part(TimeUnit::kHour, 2);
    case 'M':
      return part(TimeUnit::kMinute, 2);
    case 'S':
      return part(TimeUnit::kSecond, 2);
    case 'u':
      return part(TimeUnit::kIsoDayOfWeek, 1);
    case 'w':
      return part(TimeUnit::kDayOfWeek, 1);
    case 'V':
      return part(TimeUnit::kWeek, 2);
    case 'y':
      *number = FloorModulo(TimePart(TimeUnit::kYear, micros), 100);
      *width = 2;
      return true;
    case 'I':
      *number = (TimePart(TimeUnit::kHour, micros) + 11) % 12 + 1;
      *width = 2;
      return true;
    case 'f':
      *number = FloorModulo(micros, kMicrosOfSecond);
      *width = 6;
      return true;
    case 's':
      *number = FloorDivide(micros, kMicrosOfSecond);
      *width = 1;
      return true;
    default:
      return false;
  }
}

std::string NameOf(char letter, int64_t micros) {
  switch (letter) {
    case 'e':
      return fmt::format("{:2}", TimePart(TimeUnit::kDay, micros));
    case 'p':
      return TimePart(TimeUnit::kHour, micros) < 12 ? "AM" : "PM";
    case 'B':
      return std::string(kMonths[TimePart(TimeUnit::kMonth, micros) - 1]);
    case 'b':
    case 'h':
      return std::string(kMonths[TimePart(TimeUnit::kMonth, micros) - 1].substr(0, 3));
    case 'A':
      return std::string(kWeekdays[TimePart(TimeUnit::kDayOfWeek, micros)]);
    case 'a':
      return std::string(kWeekdays[TimePart(TimeUnit::kDayOfWeek, micros)].substr(0, 3));
    case 'z':
      return "+0000";
    default:
      return "UTC";
  }
}

}  // namespace

Result<TimeFormat> TimeFormat::Compile(std::string_view format) {
  TimeFormat compiled;
  compiled.text_ = format;
  std::string expanded;
  for (size_t i = 0; i < format.size(); ++i) {
    const std::string_view longer =
        format[i] == '%' && i + 1 < format.size() ? Expansion(format[i + 1]) : std::string_view();
    if (!longer.empty()) {
      expanded += longer;
      ++i;
    } else {
      expanded += format[i];
      if (format[i] == '%' && i + 1 < format.size()) expanded += format[++i];
    }
  }
  std::string plain;
  for (size_t i = 0; i < expanded.size(); ++i) {
    if (expanded[i] != '%') {
      plain += expanded[i];
      continue;
    }
    const bool plain_number = i + 1 < expanded.size() && expanded[i + 1] == '-';
    i += plain_number ? 2 : 1;
    const char letter = i < expanded.size() ? expanded[i] : '\0';
    if (letter == '%' || letter == 'n' || letter == 't') {
      plain += letter == 'n' ? '\n' : letter == 't' ? '\t' : '%';
      continue;
    }
    if (letter == '\0' || kLetters.find(letter) == std::string_view::npos) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "the format of a time has an unknown %{}: {}",
                           letter == '\0' ? std::string() : std::string(1, letter), format);
    }
    if (!plain.empty())
      compiled.pieces_.push_back({.letter = 0, .plain_number = false, .text = std::move(plain)});
    plain.clear();
    compiled.pieces_.push_back({.letter = letter, .plain_number = plain_number, .text = {}});
  }
  if (!plain.empty())
    compiled.pieces_.push_back({.letter = 0, .plain_number = false, .text = std::move(plain)});
  return compiled;
}

void TimeFormat::Write(int64_t micros, std::string& out) const {
  for (const Piece& piece : pieces_) {
    int64_t number = 0;
    int width = 0;
    if (piece.letter == 0) {
      out += piece.text;
    } else if (NumberOf(piece.letter, micros, &number, &width)) {
      if (number < 0) ++width;  // the sign
      fmt::format_to(std::back_inserter(out), "{:0{}}", number, piece.plain_number ? 1 : width);
    } else {
      out += NameOf(piece.letter, micros);
    }
  }
}

bool TimeFormat::Read(std::string_view text, int64_t* micros) const {
  text = Stripped(text);
  Fields fields;
  for (const Piece& piece : pieces_) {
    const bool taken =
        piece.letter == 0 ? TakeText(text, piece.text) : TakeField(piece.letter, text, fields);
    if (!taken) return false;
  }
  return text.empty() && fields.ToMicros(micros);
}

bool ReadIsoTime(std::string_view text, int64_t* micros) {
  text = Stripped(text);
  Fields fields;
  if (!TakeYear(text, &fields.date.year) || !TakeText(text, "-") ||
      !TakeInt(text, 2, &fields.date.month) || !TakeText(text, "-") ||
      !TakeInt(text, 2, &fields.date.day)) {
    return false;
  }
  if (text.empty()) return fields.ToMicros(micros);
  if (!TakeText(text, " ") && !TakeText(text, "T")) return false;
  if (!TakeNumber(text, 1, 2, &fields.hour) || !TakeText(text, ":") ||
      !TakeNumber(text, 2, 2, &fields.minute)) {
    return false;
  }
  if (TakeText(text, ":") && !TakeNumber(text, 2, 2, &fields.second)) return false;
  if (TakeText(text, ".") && !TakeFraction(text, &fields.micros)) return false;
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  if (!text.empty() && !TakeOffset(text, &fields.offset)) return false;
  return text.empty() && fields.ToMicros(micros);
}

}  // namespace tusk::df
