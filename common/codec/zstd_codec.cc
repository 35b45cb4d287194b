#include "common/codec/zstd_codec.h"

#include <memory>

#include <zstd.h>
#include <zstd_errors.h>

namespace tusk {

namespace {

constexpr int kLevel = 3;

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

/// Zstandard frames. Contexts are large and slow to make: each thread keeps its own.
class Zstd final : public Codec {
 public:
  std::string_view name() const override { return "zstd"; }
  size_t MaxCompressedLength(size_t length) const override { return ZSTD_compressBound(length); }

  Result<size_t> Compress(ByteView in, MutableByteView out) const override {
    thread_local const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
    const size_t result =
        ZSTD_compressCCtx(context.get(), out.data(), out.size(), in.data(), in.size(), kLevel);
    if (ZSTD_isError(result) != 0)
      return Status::Error(StatusCode::kInternal, "zstd: {}", ZSTD_getErrorName(result));
    return result;
  }

  Result<size_t> Decompress(ByteView in, MutableByteView out) const override {
    thread_local const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
    // No bytes are no frame, but the library takes them for an empty list of frames.
    if (in.empty()) return Status(StatusCode::kCorruption, "zstd data is cut");
    const size_t result =
        ZSTD_decompressDCtx(context.get(), out.data(), out.size(), in.data(), in.size());
    if (ZSTD_isError(result) == 0) return result;
    const bool is_small = ZSTD_getErrorCode(result) == ZSTD_error_dstSize_tooSmall;
    return Status::Error(is_small ? StatusCode::kTooLarge : StatusCode::kCorruption,
                         "zstd data: {}", ZSTD_getErrorName(result));
  }
};

}  // namespace

const Codec& ZstdCodec() {
  static const Zstd codec;
  return codec;
}

}  // namespace tusk
