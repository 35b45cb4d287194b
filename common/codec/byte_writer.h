#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/byte_span.h"
#include "common/codec/endian.h"
#include "common/codec/varint.h"

namespace tusk {

/// A growing buffer for encoders; the counterpart of ByteReader. Holds a std::string, which
/// protobuf and LevelDB append to and take without a copy. Not thread-safe.
class ByteWriter {
 public:
  ByteWriter() = default;
  explicit ByteWriter(std::string buffer) : buffer_(std::move(buffer)) {}

  size_t size() const { return buffer_.size(); }
  ByteView view() const { return AsBytes(buffer_); }
  /// For libraries that append by themselves.
  std::string& buffer() { return buffer_; }
  /// The bytes; the writer is empty afterwards.
  std::string Take() { return std::exchange(buffer_, {}); }
  void Clear() { buffer_.clear(); }

  template <std::unsigned_integral T>
  void WriteLittle(T value) {
    uint8_t bytes[sizeof(T)];
    PutLittle(bytes, value);
    WriteBytes(bytes);
  }
  template <std::unsigned_integral T>
  void WriteBig(T value) {
    uint8_t bytes[sizeof(T)];
    PutBig(bytes, value);
    WriteBytes(bytes);
  }
  void WriteVarint(uint64_t value) { AppendVarint(buffer_, value); }
  void WriteBytes(ByteView bytes) { buffer_.append(AsText(bytes)); }
  void WriteText(std::string_view text) { buffer_.append(text); }
  /// The length as a varint, then the bytes.
  void WriteDelimited(ByteView bytes) {
    WriteVarint(bytes.size());
    WriteBytes(bytes);
  }
  void WriteDelimited(std::string_view text) { WriteDelimited(AsBytes(text)); }

  /// Overwrites an earlier WriteLittle/WriteBig, e.g. a length that was not known; `position` and
  /// the value's size must lie inside what has been written.
  template <std::unsigned_integral T>
  void PatchLittle(size_t position, T value) {
    PutLittle(reinterpret_cast<uint8_t*>(&buffer_.at(position + sizeof(T) - 1)) - (sizeof(T) - 1),
              value);
  }
  template <std::unsigned_integral T>
  void PatchBig(size_t position, T value) {
    PutBig(reinterpret_cast<uint8_t*>(&buffer_.at(position + sizeof(T) - 1)) - (sizeof(T) - 1),
           value);
  }

 private:
  std::string buffer_;
};

}  // namespace tusk
