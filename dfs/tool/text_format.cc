#include "dfs/tool/text_format.h"

#include <algorithm>
#include <ctime>

#include <fmt/core.h>

namespace tusk::dfs {
namespace {

std::string FormatTime(int64_t milliseconds, const char* format, bool utc) {
  // Towards minus infinity, so that times before 1970 land in their own second.
  const int64_t rest = ((milliseconds % 1000) + 1000) % 1000;
  const time_t seconds = static_cast<time_t>((milliseconds - rest) / 1000);
  struct tm parts;
  if ((utc ? ::gmtime_r(&seconds, &parts) : ::localtime_r(&seconds, &parts)) == nullptr) {
    return std::to_string(milliseconds);
  }
  char text[64];
  return std::string(text, std::strftime(text, sizeof text, format, &parts));
}

}  // namespace

std::string HumanSize(int64_t bytes) {
  constexpr std::string_view kPrefixes = "KMGTPE";
  const std::string sign = bytes < 0 ? "-" : "";
  const uint64_t size = bytes < 0 ? 0 - static_cast<uint64_t>(bytes) : static_cast<uint64_t>(bytes);
  if (size < 1024) return sign + std::to_string(size);
  size_t i = 0;
  while (i + 1 < kPrefixes.size() && size >> (10 * (i + 2)) > 0) ++i;
  const uint64_t unit = uint64_t{1} << (10 * (i + 1));
  if (size % unit == 0) return fmt::format("{}{} {}", sign, size / unit, kPrefixes[i]);
  std::string number = fmt::format("{:.1f}", static_cast<double>(size) / static_cast<double>(unit));
  if (number.starts_with("1024") && i + 1 < kPrefixes.size()) {
    ++i;
    number = fmt::format("{:.1f}", static_cast<double>(size) / static_cast<double>(unit) / 1024);
  }
  return fmt::format("{}{} {}", sign, number, kPrefixes[i]);
}

std::string SizeText(uint64_t bytes, bool human) {
  return human ? HumanSize(static_cast<int64_t>(bytes)) : std::to_string(bytes);
}

std::string LocalMinute(int64_t milliseconds) {
  return FormatTime(milliseconds, "%Y-%m-%d %H:%M", false);
}

std::string UtcSecond(int64_t milliseconds) {
  return FormatTime(milliseconds, "%Y-%m-%d %H:%M:%S", true);
}

std::string TextTable::ToString() const {
  std::vector<size_t> widths(right_aligned_.size(), 0);
  for (const std::vector<std::string>& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const std::vector<std::string>& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) {
      if (i > 0) text += "  ";
      if (right_aligned_[i]) {
        text += fmt::format("{:>{}}", row[i], widths[i]);
      } else if (i + 1 < row.size()) {
        text += fmt::format("{:<{}}", row[i], widths[i]);
      } else {
        text += row[i];
      }
    }
    text += '\n';
  }
  return text;
}

}  // namespace tusk::dfs
