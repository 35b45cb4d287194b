#include "dataframe/sql/sql_text.h"

#include <algorithm>
#include <charconv>

namespace tusk::df::sql {

namespace {

// Longer lines are shown in part: generated statements come in one line of any length.
constexpr size_t kShownBefore = 60;
constexpr size_t kShownAfter = 40;

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

size_t CountCharacters(std::string_view text) {
  return static_cast<size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); }));
}

/// The number that follows `word` in `text` behind `from`; moves `from` behind it.
bool NumberAfter(std::string_view text, std::string_view word, size_t& from, int64_t& number) {
  const size_t at = text.find(word, from);
  if (at == std::string_view::npos) return false;
  const char* begin = text.data() + at + word.size();
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), number);
  if (error != std::errc()) return false;
  from = static_cast<size_t>(end - text.data());
  return true;
}

}  // namespace

SqlText::SqlText(std::string text) : text_(std::move(text)) {
  line_starts_.push_back(0);
  for (size_t at = 0; at < text_.size(); ++at) {
    if (text_[at] == '\n') line_starts_.push_back(at + 1);
  }
}

size_t SqlText::LineOf(int64_t offset) const {
  const auto next =
      std::upper_bound(line_starts_.begin(), line_starts_.end(), offset,
                       [](int64_t at, size_t start) { return at < static_cast<int64_t>(start); });
  return static_cast<size_t>(next - line_starts_.begin()) - 1;
}

SourcePlace SqlText::PlaceAt(int64_t offset) const {
  if (offset < 0 || offset > static_cast<int64_t>(text_.size())) return {};
  const size_t line = LineOf(offset);
  const size_t start = line_starts_[line];
  const std::string_view before =
      std::string_view(text_).substr(start, static_cast<size_t>(offset) - start);
  return {fmt::format("line {}, column {}", line + 1, CountCharacters(before) + 1)};
}

int64_t SqlText::Advance(size_t from, int64_t characters) const {
  size_t at = from;
  for (int64_t passed = 0; passed < characters && at < text_.size(); ++passed) {
    ++at;
    while (at < text_.size() && IsContinuation(text_[at])) ++at;
  }
  return static_cast<int64_t>(at);
}

int64_t SqlText::OffsetOfCharacter(int64_t number) const { return Advance(0, number - 1); }

int64_t SqlText::OffsetOf(int64_t line, int64_t column) const {
  if (line < 1 || column < 1 || line > static_cast<int64_t>(line_starts_.size())) return -1;
  return Advance(line_starts_[static_cast<size_t>(line - 1)], column - 1);
}

std::string SqlText::Caret(int64_t offset) const {
  const size_t line = LineOf(offset);
  const size_t start = line_starts_[line];
  size_t end = text_.find('\n', start);
  if (end == std::string::npos) end = text_.size();
  if (end > start && text_[end - 1] == '\r') --end;
  const size_t at = std::min(static_cast<size_t>(offset), end);

  size_t from = at - start > kShownBefore ? at - kShownBefore : start;
  while (from < at && IsContinuation(text_[from])) ++from;
  size_t to = end - at > kShownAfter ? at + kShownAfter : end;
  while (to < end && IsContinuation(text_[to])) ++to;

  std::string shown = text_.substr(from, to - from);
  std::replace(shown.begin(), shown.end(), '\t', ' ');
  const std::string head = fmt::format("  LINE {}: {}", line + 1, from > start ? "..." : "");
  const size_t indent =
      head.size() + CountCharacters(std::string_view(text_).substr(from, at - from));
  return fmt::format("{}{}{}\n{}^", head, shown, to < end ? "..." : "", std::string(indent, ' '));
}

Status SqlText::Error(StatusCode code, std::string_view message, int64_t offset,
                      std::string_view hint) const {
  std::string whole(message);
  if (offset >= 0 && offset <= static_cast<int64_t>(text_.size())) whole += "\n" + Caret(offset);
  if (!hint.empty()) whole += fmt::format("\n  do: {}", hint);
  return Status(code, std::move(whole));
}

Status SqlText::WithCaret(const Status& status) const {
  const std::string_view message = status.message();
  if (status.ok() || message.find("\n  LINE ") != std::string_view::npos) return status;
  size_t from = 0;
  int64_t line = 0;
  int64_t column = 0;
  if (!NumberAfter(message, "line ", from, line)) return status;
  if (!NumberAfter(message, ", column ", from, column)) return status;
  const int64_t offset = OffsetOf(line, column);
  if (offset < 0) return status;
  // The caret stands below the first sentence; what the error adds stays behind it.
  const size_t first = std::min(message.find('\n'), message.size());
  return Status(status.code(), fmt::format("{}\n{}{}", message.substr(0, first), Caret(offset),
                                           message.substr(first)));
}

bool IsUtf8(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const auto byte = [&](size_t i) {
      return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const unsigned first = byte(0);
    const size_t length = first < 0x80             ? 1
                          : (first & 0xE0) == 0xC0 ? 2
                          : (first & 0xF0) == 0xE0 ? 3
                          : (first & 0xF8) == 0xF0 ? 4
                                                   : 0;
    if (length == 0) return false;
    uint32_t point = length == 1 ? first : first & (0x7FU >> length);
    for (size_t i = 1; i < length; ++i) {
      if ((byte(i) & 0xC0) != 0x80) return false;
      point = (point << 6) | (byte(i) & 0x3F);
    }
    constexpr uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < kLeast[length] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
      return false;
    }
    at += length;
  }
  return true;
}

}  // namespace tusk::df::sql
