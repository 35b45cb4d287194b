#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tusk {

// Quantities for people.

/// "1,234,567".
std::string GroupedText(int64_t number);

/// "3.2 MB": powers of 1000, one decimal; "17 bytes" below one kB.
std::string BytesText(int64_t bytes);

/// "1 map", "20,413 records": the noun gets its s.
std::string CountText(int64_t number, std::string_view noun);

}  // namespace tusk
