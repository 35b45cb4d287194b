#include "common/base/stable_hash.h"

#include <xxhash.h>

namespace tusk {

uint64_t StableHash(std::string_view bytes, uint64_t seed) {
  return XXH64(bytes.data(), bytes.size(), seed);
}

}  // namespace tusk
