#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>

#include "common/base/status.h"

namespace tusk::bench {

/// What bench programs share: they measure a few times, print "name TAB median TAB unit TAB least
/// TAB greatest" on standard output, and end with exit status 1 when anything fails.

/// Ends the program unless `status` is ok.
inline void Require(const Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "error: %s\n", std::string(status.message()).c_str());
  std::exit(1);
}

/// Seconds since it was made.
class Stopwatch {
 public:
  double Seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

inline double MedianOf(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

inline void Print(std::string_view name, const std::vector<double>& values, std::string_view unit) {
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  fmt::print("{}\t{:.6g}\t{}\t{:.6g}\t{:.6g}\n", name, MedianOf(values), unit, *least, *greatest);
  std::fflush(stdout);
}

/// Calls `work` (once more than `runs`, the first to warm up), which does `amount` units of work,
/// and prints the rate.
template <typename Work>
void MeasureRate(std::string_view name, std::string_view unit, double amount, int runs, Work work) {
  std::vector<double> rates;
  for (int run = -1; run < runs; ++run) {
    const Stopwatch watch;
    work();
    if (run >= 0) rates.push_back(amount / watch.Seconds());
  }
  Print(name, rates, unit);
}

/// The value behind `option` on the command line, or `otherwise`.
inline std::string OptionOf(int argc, char** argv, std::string_view option,
                            std::string_view otherwise) {
  for (int i = 1; i + 1 < argc; ++i) {
    if (option == argv[i]) return argv[i + 1];
  }
  return std::string(otherwise);
}
inline uint64_t NumberOf(int argc, char** argv, std::string_view option, uint64_t otherwise) {
  const std::string text = OptionOf(argc, argv, option, "");
  return text.empty() ? otherwise : std::strtoull(text.c_str(), nullptr, 10);
}

}  // namespace tusk::bench
