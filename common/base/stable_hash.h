#pragma once

#include <cstdint>
#include <string_view>

namespace tusk {

/// A 64-bit hash whose values never change (XXH64): fit for partitioners, file formats, and
/// whatever else two processes or two releases must agree on. Not for adversarial keys.
uint64_t StableHash(std::string_view bytes, uint64_t seed = 0);

}  // namespace tusk
