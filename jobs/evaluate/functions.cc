#include "jobs/evaluate/functions.h"

#include <array>
#include <cmath>

namespace {

/// Uniform in [0, 1), a pure function of the point (SplitMix64's finisher: Steele, Lea, Flood
/// 2014): an attempt that is repeated draws the same.
double Uniform(uint64_t point, uint64_t stream) {
  uint64_t z = (point * 2 + stream + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

double Collatz(uint64_t point) {
  int steps = 0;
  for (uint64_t n = point == 0 ? 1 : point; n != 1; ++steps) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
  return steps;
}

double Circle(uint64_t point) {
  const double x = Uniform(point, 0) * 2 - 1, y = Uniform(point, 1) * 2 - 1;
  return x * x + y * y <= 1 ? 4 : 0;
}

/// Box and Muller (1958).
double Normal(uint64_t point) {
  return std::sqrt(-2 * std::log(1 - Uniform(point, 0))) *
         std::cos(6.283185307179586 * Uniform(point, 1));
}

/// The value of a European call: spot 100, strike 105, one year, rate 5 %, volatility 20 % (Black,
/// Scholes 1973, by simulation; the mean tends to 8.0214).
double CallOption(uint64_t point) {
  const double end = 100 * std::exp((0.05 - 0.02) + 0.2 * Normal(point));
  return std::exp(-0.05) * (end > 105 ? end - 105 : 0);
}

double Divisors(uint64_t point) {
  int count = 0;
  for (uint64_t d = 1; d * d <= point; ++d) {
    if (point % d == 0) count += d * d == point ? 1 : 2;
  }
  return count;
}

constexpr std::array<NamedFunction, 5> kFunctions = {{
    {"collatz", "steps from n to 1 by n/2 and 3n+1", &Collatz, 0, 500},
    {"circle", "4 for a random point in the circle, else 0: the mean tends to pi", &Circle, 0, 5},
    {"normal", "a standard normal number", &Normal, -5, 5},
    {"option", "the discounted pay-off of a call option", &CallOption, 0, 100},
    {"divisors", "how many numbers divide n", &Divisors, 0, 100},
}};

}  // namespace

std::span<const NamedFunction> Functions() { return kFunctions; }

const NamedFunction* FindFunction(std::string_view name) {
  for (const NamedFunction& function : kFunctions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}
