#include "common/codec/snappy_codec.h"

#include <snappy.h>

namespace tusk {

namespace {

/// Snappy's raw block format.
class Snappy final : public Codec {
 public:
  std::string_view name() const override { return "snappy"; }
  size_t MaxCompressedLength(size_t length) const override {
    return snappy::MaxCompressedLength(length);
  }

  Result<size_t> Compress(ByteView in, MutableByteView out) const override {
    if (in.size() > UINT32_MAX)
      return Status::Error(StatusCode::kTooLarge, "snappy takes no {} bytes", in.size());
    size_t written = 0;
    snappy::RawCompress(AsText(in).data(), in.size(), reinterpret_cast<char*>(out.data()),
                        &written);
    return written;
  }

  Result<size_t> Decompress(ByteView in, MutableByteView out) const override {
    const Status damaged(StatusCode::kCorruption, "snappy data is damaged");
    size_t length = 0;
    if (!snappy::GetUncompressedLength(AsText(in).data(), in.size(), &length)) return damaged;
    if (length > out.size()) {
      return Status::Error(StatusCode::kTooLarge, "snappy data claims {} bytes, room is for {}",
                           length, out.size());
    }
    if (!snappy::RawUncompress(AsText(in).data(), in.size(), reinterpret_cast<char*>(out.data())))
      return damaged;
    return length;
  }
};

}  // namespace

const Codec& SnappyCodec() {
  static const Snappy codec;
  return codec;
}

}  // namespace tusk
