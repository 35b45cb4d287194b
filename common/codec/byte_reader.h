#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/byte_span.h"
#include "common/codec/endian.h"
#include "common/codec/varint.h"

namespace tusk {

/// A cursor over bytes from a disk or a peer, for parsers. Each read either succeeds and advances,
/// or returns false and changes nothing: it never looks beyond the end, whatever lengths the bytes
/// claim. The bytes must outlive the reader and the views it hands out. Not thread-safe.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : bytes_(bytes) {}
  explicit ByteReader(std::string_view bytes) : bytes_(AsBytes(bytes)) {}

  size_t position() const { return position_; }
  size_t remaining() const { return bytes_.size() - position_; }
  bool AtEnd() const { return remaining() == 0; }
  /// What has not been read.
  ByteView Rest() const { return bytes_.subspan(position_); }

  template <std::unsigned_integral T>
  [[nodiscard]] bool ReadLittle(T& value) {
    if (remaining() < sizeof(T)) return false;
    value = GetLittle<T>(bytes_.data() + position_);
    position_ += sizeof(T);
    return true;
  }
  template <std::unsigned_integral T>
  [[nodiscard]] bool ReadBig(T& value) {
    if (remaining() < sizeof(T)) return false;
    value = GetBig<T>(bytes_.data() + position_);
    position_ += sizeof(T);
    return true;
  }
  [[nodiscard]] bool ReadVarint64(uint64_t& value) { return Advance(GetVarint64(Rest(), value)); }
  [[nodiscard]] bool ReadVarint32(uint32_t& value) { return Advance(GetVarint32(Rest(), value)); }

  /// The next `length` bytes.
  [[nodiscard]] bool ReadBytes(size_t length, ByteView& view) {
    if (remaining() < length) return false;
    view = bytes_.subspan(position_, length);
    position_ += length;
    return true;
  }
  [[nodiscard]] bool ReadText(size_t length, std::string_view& text) {
    ByteView view;
    if (!ReadBytes(length, view)) return false;
    text = AsText(view);
    return true;
  }
  /// A varint length, then that many bytes.
  [[nodiscard]] bool ReadDelimited(ByteView& view) {
    const size_t start = position_;
    uint64_t length = 0;
    if (ReadVarint64(length) && length <= remaining() &&
        ReadBytes(static_cast<size_t>(length), view)) {
      return true;
    }
    position_ = start;
    return false;
  }
  [[nodiscard]] bool ReadDelimited(std::string_view& text) {
    ByteView view;
    if (!ReadDelimited(view)) return false;
    text = AsText(view);
    return true;
  }
  [[nodiscard]] bool Skip(size_t length) {
    if (remaining() < length) return false;
    position_ += length;
    return true;
  }

 private:
  bool Advance(int length) {
    if (length <= 0) return false;
    position_ += static_cast<size_t>(length);
    return true;
  }

  ByteView bytes_;
  size_t position_ = 0;
};

}  // namespace tusk
