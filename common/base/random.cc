#include "common/base/random.h"

#include <sys/random.h>

#include "common/base/check.h"

namespace tusk {

uint64_t Random::Next() {
  state_ += 0x9e3779b97f4a7c15;
  uint64_t z = state_;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

uint64_t Random::Below(uint64_t bound) {
  CHECK(bound != 0);
  // Rejects the tail that would make small results likelier.
  const uint64_t limit = -bound % bound;
  while (true) {
    const uint64_t value = Next();
    if (value >= limit) return value % bound;
  }
}

double Random::NextDouble() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }

uint64_t RandomSeed() {
  uint64_t seed = 0;
  CHECK(getrandom(&seed, sizeof(seed), 0) == static_cast<ssize_t>(sizeof(seed)));
  return seed;
}

}  // namespace tusk
