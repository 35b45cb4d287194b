#pragma once

#include <cstdint>
#include <string>

namespace tusk::http {

// How all pages spell numbers. What is returned needs no escaping.

/// "0 B", "1.5 GB": powers of 1024.
std::string ShowSize(uint64_t bytes);
/// "0.3 s", "42 s", "3 min 5 s", "2 h 10 min", "5 d 3 h"; negative times are 0.
std::string ShowDuration(int64_t millis);
/// "2026-11-24 17:20:01 UTC" of milliseconds since 1970; "" for 0 and less.
std::string ShowTime(int64_t wall_millis);
/// "61 %" of a fraction between 0 and 1.
std::string ShowPercent(double fraction);
/// A bar in HTML that also says its percentage.
std::string ProgressBar(double fraction);

}  // namespace tusk::http
