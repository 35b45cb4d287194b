#include "common/http/page_text.h"

#include <algorithm>
#include <ctime>
#include <iterator>

#include <fmt/core.h>

namespace tusk::http {

std::string ShowSize(uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  for (; value >= 1024 && unit + 1 < std::size(kUnits); ++unit) value /= 1024;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string ShowDuration(int64_t millis) {
  millis = std::max<int64_t>(millis, 0);
  if (millis < 10'000) return fmt::format("{:.1f} s", static_cast<double>(millis) / 1000);
  const int64_t seconds = millis / 1000;
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  if (seconds < 86'400) return fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
  return fmt::format("{} d {} h", seconds / 86'400, seconds % 86'400 / 3600);
}

std::string ShowTime(int64_t wall_millis) {
  if (wall_millis <= 0) return {};
  const time_t seconds = wall_millis / 1000;
  tm parts;
  if (gmtime_r(&seconds, &parts) == nullptr) return {};
  char text[64];
  const size_t size = std::strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S UTC", &parts);
  return {text, size};
}

std::string ShowPercent(double fraction) {
  return fmt::format("{:.0f} %", 100 * std::clamp(fraction, 0.0, 1.0));
}

std::string ProgressBar(double fraction) {
  const double shown = std::clamp(fraction, 0.0, 1.0);
  return fmt::format("<progress max=\"1\" value=\"{:.3f}\"></progress> {}", shown,
                     ShowPercent(shown));
}

}  // namespace tusk::http
