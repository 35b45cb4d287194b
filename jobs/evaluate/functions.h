#pragma once

#include <cstdint>
#include <span>
#include <string_view>

/// A function that `evaluate` can compute over very many points: f(n) of the point's number.
struct NamedFunction {
  std::string_view name;
  std::string_view summary;
  double (*value)(uint64_t point);
  /// Range of the histogram.
  double low;
  double high;
};

/// All of them; Find gives null for an unknown name.
std::span<const NamedFunction> Functions();
const NamedFunction* FindFunction(std::string_view name);
