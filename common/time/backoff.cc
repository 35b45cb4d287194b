#include "common/time/backoff.h"

#include <algorithm>

#include "common/base/check.h"

namespace tusk {

Backoff::Backoff(const BackoffOptions& options, uint64_t seed)
    : options_(options), random_(seed), ceiling_(std::min(options.initial, options.cap)) {
  CHECK(options.initial.count() > 0);
  CHECK(options.factor >= 1.0);
}

std::chrono::nanoseconds Backoff::Next() {
  const int64_t whole = ceiling_.count();
  const int64_t half = whole / 2;
  const auto wait =
      half + static_cast<int64_t>(random_.Below(static_cast<uint64_t>(whole - half) + 1));
  // In double the product cannot overflow; the cap brings it back into range.
  const double grown = static_cast<double>(whole) * options_.factor;
  ceiling_ = grown < static_cast<double>(options_.cap.count())
                 ? std::chrono::nanoseconds(static_cast<int64_t>(grown))
                 : options_.cap;
  ++attempts_;
  return std::chrono::nanoseconds(wait);
}

void Backoff::Reset() {
  ceiling_ = std::min(options_.initial, options_.cap);
  attempts_ = 0;
}

}  // namespace tusk
