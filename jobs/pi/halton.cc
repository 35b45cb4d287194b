#include "jobs/pi/halton.h"

#include <algorithm>
#include <array>

namespace {

constexpr std::array<int, 2> kBases = {2, 3};
constexpr std::array<int, 2> kDigits = {63, 40};
constexpr int kMaxDigits = 63;
constexpr int kScale = 20;

/// Hadoop's class: starts behind point `start`, each Next gives the next one.
class HaltonSequence {
 public:
  explicit HaltonSequence(int64_t start) {
    for (size_t i = 0; i < kBases.size(); ++i) {
      int64_t k = start;
      point_[i] = 0;
      for (int j = 0; j < kDigits[i]; ++j) {
        weights_[i][j] = (j == 0 ? 1.0 : weights_[i][j - 1]) / kBases[i];
        digits_[i][j] = static_cast<int>(k % kBases[i]);
        k = (k - digits_[i][j]) / kBases[i];
        point_[i] += digits_[i][j] * weights_[i][j];
      }
    }
  }

  const std::array<double, 2>& Next() {
    for (size_t i = 0; i < kBases.size(); ++i) {
      for (int j = 0; j < kDigits[i]; ++j) {
        ++digits_[i][j];
        point_[i] += weights_[i][j];
        if (digits_[i][j] < kBases[i]) break;
        digits_[i][j] = 0;
        point_[i] -= (j == 0 ? 1.0 : weights_[i][j - 1]);
      }
    }
    return point_;
  }

 private:
  std::array<double, 2> point_{};
  std::array<std::array<double, kMaxDigits>, 2> weights_{};
  std::array<std::array<int, kMaxDigits>, 2> digits_{};
};

}  // namespace

int64_t CountPointsInside(int64_t offset, int64_t count) {
  HaltonSequence sequence(offset);
  int64_t inside = 0;
  for (int64_t i = 0; i < count; ++i) {
    const std::array<double, 2>& point = sequence.Next();
    const double x = point[0] - 0.5;
    const double y = point[1] - 0.5;
    if (!(x * x + y * y > 0.25)) ++inside;
  }
  return inside;
}

std::string FormatEstimate(int64_t inside, int64_t maps, int64_t samples) {
  // BigDecimal.valueOf(4).setScale(20).multiply(inside).divide(maps, HALF_UP).divide(samples,
  // HALF_UP): 20 digits are kept between the two divisions. Numbers exceed 64 bits: long division,
  // digit by digit.
  const auto divide = [](const std::string& dividend, int64_t divisor) {
    std::string quotient;
    unsigned __int128 rest = 0;
    for (const char c : dividend) {
      rest = rest * 10 + static_cast<unsigned>(c - '0');
      quotient.push_back(
          static_cast<char>('0' + static_cast<int>(rest / static_cast<uint64_t>(divisor))));
      rest %= static_cast<uint64_t>(divisor);
    }
    if (rest * 2 >= static_cast<uint64_t>(divisor)) {
      size_t at = quotient.size();
      while (at > 0 && quotient[at - 1] == '9') quotient[--at] = '0';
      if (at > 0) {
        ++quotient[at - 1];
      } else {
        quotient.insert(quotient.begin(), '1');
      }
    }
    return quotient;
  };
  const std::string start =
      std::to_string(static_cast<uint64_t>(inside) * 4) + std::string(kScale, '0');
  std::string digits = divide(divide(start, maps), samples);
  if (digits.size() <= kScale) digits.insert(0, kScale + 1 - digits.size(), '0');
  std::string whole = digits.substr(0, digits.size() - kScale);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
  return whole + "." + digits.substr(digits.size() - kScale);
}
