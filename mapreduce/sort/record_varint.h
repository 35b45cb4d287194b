#pragma once

#include <cstdint>

namespace tusk::mapreduce {

/// Variable-length numbers on the hot paths of records: seven bits a byte, low ones first, as
/// Protobuf's. `PutVarint` needs room for kMaxVarintBytes. `GetVarint` reads at most to `end` and
/// returns null for a number that is cut off or longer than 64 bits.
inline constexpr int kMaxVarintBytes = 10;

inline uint8_t* PutVarint(uint8_t* out, uint64_t value) {
  while (value >= 0x80) {
    *out++ = static_cast<uint8_t>(value | 0x80);
    value >>= 7;
  }
  *out++ = static_cast<uint8_t>(value);
  return out;
}

inline const uint8_t* GetVarint(const uint8_t* in, const uint8_t* end, uint64_t* value) {
  uint64_t result = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (in == end) return nullptr;
    const uint64_t byte = *in++;
    if (shift == 63 && byte > 1) return nullptr;
    result |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      *value = result;
      return in;
    }
  }
  return nullptr;
}

/// Signed numbers of small magnitude as small unsigned ones.
inline uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
inline int64_t UnZigZag(uint64_t value) {
  return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

}  // namespace tusk::mapreduce
