#include "common/codec/lz4_codec.h"

#include <algorithm>

#include <lz4.h>

namespace tusk {

namespace {

/// LZ4's raw block format.
class Lz4 final : public Codec {
 public:
  std::string_view name() const override { return "lz4"; }
  size_t MaxCompressedLength(size_t length) const override { return length + length / 255 + 16; }

  Result<size_t> Compress(ByteView in, MutableByteView out) const override {
    if (in.size() > LZ4_MAX_INPUT_SIZE)
      return Status::Error(StatusCode::kTooLarge, "lz4 takes no {} bytes", in.size());
    const int written = LZ4_compress_default(AsText(in).data(), reinterpret_cast<char*>(out.data()),
                                             static_cast<int>(in.size()), Clamp(out.size()));
    if (written <= 0) return Status(StatusCode::kInternal, "lz4 did not compress");
    return static_cast<size_t>(written);
  }

  Result<size_t> Decompress(ByteView in, MutableByteView out) const override {
    if (in.size() > INT32_MAX)
      return Status::Error(StatusCode::kTooLarge, "lz4 reads no {} bytes", in.size());
    const int written = LZ4_decompress_safe(AsText(in).data(), reinterpret_cast<char*>(out.data()),
                                            static_cast<int>(in.size()), Clamp(out.size()));
    if (written < 0) {
      return Status::Error(StatusCode::kCorruption, "lz4 data is damaged or exceeds {} bytes",
                           out.size());
    }
    return static_cast<size_t>(written);
  }

 private:
  static int Clamp(size_t length) { return static_cast<int>(std::min<size_t>(length, INT32_MAX)); }
};

}  // namespace

const Codec& Lz4Codec() {
  static const Lz4 codec;
  return codec;
}

}  // namespace tusk
