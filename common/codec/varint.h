#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "common/base/byte_span.h"

namespace tusk {

// Protobuf's variable-length integers: 7 bits a byte, low bits first, the top bit says that more
// follow. (Protocol Buffers encoding, "Base 128 Varints".)

inline constexpr size_t kMaxVarint32Length = 5;
inline constexpr size_t kMaxVarint64Length = 10;

/// Answers of the readers that are not lengths.
inline constexpr int kVarintTruncated = 0;   // a correct beginning: more bytes are needed
inline constexpr int kVarintMalformed = -1;  // too long, or the value does not fit

/// Bytes that PutVarint writes for `value`.
size_t VarintLength(uint64_t value);
/// Writes at `out`, which has room for VarintLength(value); returns the bytes written.
size_t PutVarint(uint8_t* out, uint64_t value);
void AppendVarint(std::string& out, uint64_t value);

/// Reads one varint at the front of `in`. Returns the bytes consumed (>= 1) and sets `value`, or
/// kVarintTruncated or kVarintMalformed and leaves it. Never reads beyond `in`.
int GetVarint64(ByteView in, uint64_t& value);
/// As GetVarint64; a value of more than 32 bits is malformed.
int GetVarint32(ByteView in, uint32_t& value);

/// Maps signed numbers to unsigned ones so that small magnitudes stay short.
constexpr uint64_t ZigZagEncode(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
constexpr int64_t ZigZagDecode(uint64_t value) {
  return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1);
}

}  // namespace tusk
