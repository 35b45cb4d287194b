#include "common/codec/zlib_codec.h"

#include <zlib.h>

namespace tusk {

namespace {

constexpr int kLevel = 6;

/// zlib streams (RFC 1950) in one piece.
class Zlib final : public Codec {
 public:
  std::string_view name() const override { return "zlib"; }
  size_t MaxCompressedLength(size_t length) const override { return compressBound(length); }

  Result<size_t> Compress(ByteView in, MutableByteView out) const override {
    uLongf length = out.size();
    const int result = compress2(out.data(), &length, in.data(), in.size(), kLevel);
    if (result != Z_OK) return Status::Error(StatusCode::kInternal, "zlib: error {}", result);
    return length;
  }

  Result<size_t> Decompress(ByteView in, MutableByteView out) const override {
    uLongf length = out.size();
    uLong consumed = in.size();
    const int result = uncompress2(out.data(), &length, in.data(), &consumed);
    if (result == Z_OK && consumed == in.size()) return length;
    if (result == Z_BUF_ERROR && length == out.size()) {
      return Status::Error(StatusCode::kTooLarge, "zlib data exceeds {} bytes", out.size());
    }
    return Status(StatusCode::kCorruption, "zlib data is damaged");
  }
};

}  // namespace

const Codec& ZlibCodec() {
  static const Zlib codec;
  return codec;
}

}  // namespace tusk
