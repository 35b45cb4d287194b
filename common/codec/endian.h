#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>

namespace tusk {

// Fixed-width integers at unaligned addresses. Java's formats (Hadoop's wire and files) are big
// endian, ours are little endian.

template <std::unsigned_integral T>
constexpr T SwapBytes(T value) {
  if constexpr (sizeof(T) == 1) {
    return value;
  } else if constexpr (sizeof(T) == 2) {
    return __builtin_bswap16(value);
  } else if constexpr (sizeof(T) == 4) {
    return __builtin_bswap32(value);
  } else {
    return __builtin_bswap64(value);
  }
}

/// Writes sizeof(T) bytes at `out`.
template <std::unsigned_integral T>
inline void PutLittle(uint8_t* out, T value) {
  if constexpr (std::endian::native == std::endian::big) value = SwapBytes(value);
  std::memcpy(out, &value, sizeof(T));
}
template <std::unsigned_integral T>
inline void PutBig(uint8_t* out, T value) {
  if constexpr (std::endian::native == std::endian::little) value = SwapBytes(value);
  std::memcpy(out, &value, sizeof(T));
}

/// Reads sizeof(T) bytes at `in`.
template <std::unsigned_integral T>
inline T GetLittle(const uint8_t* in) {
  T value;
  std::memcpy(&value, in, sizeof(T));
  if constexpr (std::endian::native == std::endian::big) value = SwapBytes(value);
  return value;
}
template <std::unsigned_integral T>
inline T GetBig(const uint8_t* in) {
  T value;
  std::memcpy(&value, in, sizeof(T));
  if constexpr (std::endian::native == std::endian::little) value = SwapBytes(value);
  return value;
}

}  // namespace tusk
