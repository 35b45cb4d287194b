#include "common/base/quantity_text.h"

#include <fmt/format.h>

namespace tusk {

std::string GroupedText(int64_t number) {
  std::string digits = std::to_string(number);
  for (auto at = static_cast<int64_t>(digits.size()) - 3;
       at > 0 && digits[static_cast<size_t>(at) - 1] != '-'; at -= 3) {
    digits.insert(static_cast<size_t>(at), ",");
  }
  return digits;
}

std::string BytesText(int64_t bytes) {
  const auto value = static_cast<double>(bytes);
  if (value >= 1e9) return fmt::format("{:.1f} GB", value / 1e9);
  if (value >= 1e6) return fmt::format("{:.1f} MB", value / 1e6);
  if (value >= 1e3) return fmt::format("{:.1f} kB", value / 1e3);
  return fmt::format("{} bytes", bytes);
}

std::string CountText(int64_t number, std::string_view noun) {
  return fmt::format("{} {}{}", GroupedText(number), noun, number == 1 ? "" : "s");
}

}  // namespace tusk
