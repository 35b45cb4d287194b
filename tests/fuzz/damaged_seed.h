#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/base/byte_span.h"

namespace tusk {

/// Bytes for a parser that are hard to find by chance: byte 0 chooses one of `seeds`, which are
/// whole, and every four bytes behind it change it (what: a byte put over, put in or taken away;
/// where: two bytes, of all of it; the byte). When byte 0 is beyond the seeds, what follows is
/// given as it is. The text gets longer by at most one byte for each change.
inline std::string DamagedSeed(const std::vector<std::string>& seeds, ByteView bytes) {
  if (bytes.empty()) return {};
  if (bytes[0] >= seeds.size()) return std::string(AsText(bytes.subspan(1)));
  std::string text = seeds[bytes[0]];
  for (size_t i = 1; i + 4 <= bytes.size() && !text.empty(); i += 4) {
    const size_t place = (size_t{bytes[i + 1]} << 8 | bytes[i + 2]) * text.size() >> 16;
    const char value = static_cast<char>(bytes[i + 3]);
    switch (bytes[i] % 3) {
      case 0:
        text[place] = value;
        break;
      case 1:
        text.insert(place, 1, value);
        break;
      default:
        text.erase(place, bytes[i + 3]);
        break;
    }
  }
  return text;
}

}  // namespace tusk
