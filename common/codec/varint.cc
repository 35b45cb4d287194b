#include "common/codec/varint.h"

#include <algorithm>
#include <bit>

namespace tusk {

size_t VarintLength(uint64_t value) {
  return value == 0 ? 1 : (static_cast<size_t>(std::bit_width(value)) + 6) / 7;
}

size_t PutVarint(uint8_t* out, uint64_t value) {
  size_t n = 0;
  while (value >= 0x80) {
    out[n++] = static_cast<uint8_t>(value | 0x80);
    value >>= 7;
  }
  out[n++] = static_cast<uint8_t>(value);
  return n;
}

void AppendVarint(std::string& out, uint64_t value) {
  uint8_t bytes[kMaxVarint64Length];
  out.append(reinterpret_cast<const char*>(bytes), PutVarint(bytes, value));
}

namespace {

/// Reads a varint of at most `bits` bits.
int GetVarint(ByteView in, int bits, uint64_t& value) {
  uint64_t result = 0;
  int shift = 0;
  for (size_t i = 0; i < in.size(); ++i, shift += 7) {
    const uint64_t seven = in[i] & 0x7f;
    const int room = bits - shift;
    if (room <= 0 || (room < 7 && (seven >> room) != 0)) return kVarintMalformed;
    result |= seven << shift;
    if ((in[i] & 0x80) == 0) {
      value = result;
      return static_cast<int>(i) + 1;
    }
  }
  // All bytes said that more follow. What can no longer become a varint is malformed.
  return shift >= bits ? kVarintMalformed : kVarintTruncated;
}

}  // namespace

int GetVarint64(ByteView in, uint64_t& value) { return GetVarint(in, 64, value); }

int GetVarint32(ByteView in, uint32_t& value) {
  uint64_t wide = 0;
  const int length = GetVarint(in, 32, wide);
  if (length > 0) value = static_cast<uint32_t>(wide);
  return length;
}

}  // namespace tusk
