#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace tusk {

/// Views over bytes. They own nothing: the viewed memory must outlive them.
using ByteView = std::span<const uint8_t>;
using MutableByteView = std::span<uint8_t>;

inline ByteView AsBytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string_view AsText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace tusk
