#include "common/config/option.h"

#include <strings.h>

#include <cctype>
#include <charconv>

#include <cmath>
#include <optional>

#include "common/base/status_macros.h"

namespace tusk {

namespace {

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

Status NotA(std::string_view text, std::string_view expected) {
  return Status::Error(StatusCode::kInvalidArgument, "\"{}\" is not {}", text, expected);
}

template <typename T>
bool ParseWhole(std::string_view text, T& value, int base = 10) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

/// Splits "128 m" into the number's text and the suffix in lower case.
void SplitSuffix(std::string_view text, std::string_view& number, std::string& suffix) {
  size_t end = text.size();
  while (end > 0 && std::isalpha(static_cast<unsigned char>(text[end - 1])) != 0) --end;
  suffix.clear();
  for (const char c : text.substr(end)) {
    suffix += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  number = Trim(text.substr(0, end));
}

/// Nanoseconds of a unit; 0 when it is none.
int64_t NanosOf(std::string_view unit) {
  if (unit == "ns") return 1;
  if (unit == "us") return 1'000;
  if (unit == "ms") return 1'000'000;
  if (unit == "s") return 1'000'000'000;
  if (unit == "m" || unit == "min") return 60'000'000'000;
  if (unit == "h") return 3'600'000'000'000;
  if (unit == "d") return 86'400'000'000'000;
  return 0;
}

// The magnitude that an option's bounds apply to; options without one have no bounds.
std::optional<int64_t> Magnitude(int64_t value) { return value; }
std::optional<int64_t> Magnitude(ByteSize value) {
  return value.bytes > static_cast<uint64_t>(INT64_MAX) ? INT64_MAX
                                                        : static_cast<int64_t>(value.bytes);
}
std::optional<int64_t> Magnitude(std::chrono::nanoseconds value) { return value.count(); }
template <typename T>
std::optional<int64_t> Magnitude(const T&) {
  return std::nullopt;
}

std::string SpellBound(int64_t bound, const std::chrono::nanoseconds&) {
  for (const std::string_view unit : {"d", "h", "m", "s", "ms", "us"}) {
    if (bound != 0 && bound % NanosOf(unit) == 0)
      return fmt::format("{}{}", bound / NanosOf(unit), unit);
  }
  return fmt::format("{}ns", bound);
}
template <typename T>
std::string SpellBound(int64_t bound, const T&) {
  return fmt::format("{}", bound);
}

}  // namespace

Status ParseOptionValue(std::string_view text, std::string_view, bool& value) {
  const std::string_view trimmed = Trim(text);
  const bool is_true = EqualsIgnoringCase(trimmed, "true");
  if (!is_true && !EqualsIgnoringCase(trimmed, "false")) return NotA(text, "true or false");
  value = is_true;
  return Status();
}

Status ParseOptionValue(std::string_view text, std::string_view, int64_t& value) {
  std::string_view digits = Trim(text);
  const bool negative = digits.starts_with('-');
  std::string_view magnitude_text = negative || digits.starts_with('+') ? digits.substr(1) : digits;
  int base = 10;
  if (magnitude_text.starts_with("0x") || magnitude_text.starts_with("0X")) {
    magnitude_text.remove_prefix(2);
    base = 16;
  }
  uint64_t magnitude = 0;
  const uint64_t limit = static_cast<uint64_t>(INT64_MAX) + (negative ? 1 : 0);
  if (!ParseWhole(magnitude_text, magnitude, base) || magnitude > limit)
    return NotA(text, "a whole number");
  value = static_cast<int64_t>(negative ? 0 - magnitude : magnitude);
  return Status();
}

Status ParseOptionValue(std::string_view text, std::string_view, double& value) {
  const std::string_view digits = Trim(text);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(value)) {
    return NotA(text, "a decimal number");
  }
  return Status();
}

Status ParseOptionValue(std::string_view text, std::string_view, std::string& value) {
  value = Trim(text);
  return Status();
}

Status ParseOptionValue(std::string_view text, std::string_view, ByteSize& value) {
  constexpr std::string_view kExpected = "a size: a whole number, then k, m, g, t, p, e or nothing";
  std::string_view number;
  std::string suffix;
  SplitSuffix(Trim(text), number, suffix);
  if (suffix.size() == 2 && suffix[1] == 'b') suffix.pop_back();
  if (suffix == "b") suffix.clear();
  constexpr std::string_view kSuffixes = "kmgtpe";
  int shift = 0;
  if (!suffix.empty()) {
    const size_t index = suffix.size() == 1 ? kSuffixes.find(suffix[0]) : std::string_view::npos;
    if (index == std::string_view::npos) return NotA(text, kExpected);
    shift = 10 * (static_cast<int>(index) + 1);
  }
  uint64_t magnitude = 0;
  if (!ParseWhole(number, magnitude) || magnitude > (static_cast<uint64_t>(INT64_MAX) >> shift)) {
    return NotA(text, kExpected);
  }
  value.bytes = magnitude << shift;
  return Status();
}

Status ParseOptionValue(std::string_view text, std::string_view unit,
                        std::chrono::nanoseconds& value) {
  constexpr std::string_view kExpected =
      "a duration: a whole number, then ns, us, ms, s, m, h, d or nothing";
  std::string_view number;
  std::string suffix;
  SplitSuffix(Trim(text), number, suffix);
  const int64_t nanos = NanosOf(suffix.empty() ? unit : std::string_view(suffix));
  int64_t magnitude = 0;
  if (nanos == 0 || !ParseWhole(number, magnitude) || magnitude > INT64_MAX / nanos ||
      magnitude < INT64_MIN / nanos) {
    return NotA(text, kExpected);
  }
  value = std::chrono::nanoseconds(magnitude * nanos);
  return Status();
}

Status ParseOptionValue(std::string_view text, std::string_view, std::vector<std::string>& value) {
  value.clear();
  while (!text.empty()) {
    const size_t comma = text.find(',');
    const std::string_view item = Trim(text.substr(0, comma));
    if (!item.empty()) value.emplace_back(item);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return Status();
}

template <typename T>
Result<T> Option<T>::Parse(std::string_view text) const {
  T value{};
  RETURN_IF_ERROR(ParseOptionValue(text, info().unit, value));
  const std::optional<int64_t> magnitude = Magnitude(value);
  if (magnitude.has_value() && *magnitude < info().min) {
    return Status::Error(StatusCode::kInvalidArgument, "{} is less than the smallest value {}",
                         text, SpellBound(info().min, value));
  }
  if (magnitude.has_value() && *magnitude > info().max) {
    return Status::Error(StatusCode::kInvalidArgument, "{} is more than the largest value {}", text,
                         SpellBound(info().max, value));
  }
  return value;
}

template class Option<bool>;
template class Option<int64_t>;
template class Option<double>;
template class Option<std::string>;
template class Option<ByteSize>;
template class Option<std::chrono::nanoseconds>;
template class Option<std::vector<std::string>>;

}  // namespace tusk
