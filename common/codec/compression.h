#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "common/base/byte_span.h"
#include "common/base/result.h"

namespace tusk {

/// A block compressor: bytes in, bytes out, no state between calls. Thread-safe.
class Codec {
 public:
  virtual ~Codec() = default;

  /// "snappy", "lz4", "zstd", "zlib"; written into file headers, so never changed.
  virtual std::string_view name() const = 0;
  /// The most bytes that Compress can write for `length` bytes.
  virtual size_t MaxCompressedLength(size_t length) const = 0;
  /// Compresses all of `in` into `out`, which has MaxCompressedLength(in.size()) bytes; returns the
  /// bytes written. kTooLarge when `in` exceeds what the format can hold.
  virtual Result<size_t> Compress(ByteView in, MutableByteView out) const = 0;
  /// Decompresses all of `in`; returns the bytes written to `out`. Never writes beyond `out`
  /// whatever `in` claims: kTooLarge when it would, kCorruption when `in` is damaged or cut. ("lz4"
  /// cannot tell the two apart and answers kCorruption.)
  virtual Result<size_t> Decompress(ByteView in, MutableByteView out) const = 0;

  /// Appends the compressed form of `in` to `out`.
  Status AppendCompressed(ByteView in, std::string& out) const;
  /// Appends to `out` what `in` decompresses to, which must be exactly `length` bytes
  /// (kCorruption otherwise). Check `length` against a bound first: it is allocated.
  Status AppendDecompressed(ByteView in, size_t length, std::string& out) const;
};

/// The codec of that name; kUnsupported names the known ones. Lives for ever.
Result<const Codec*> FindCodec(std::string_view name);
/// All codecs.
std::span<const Codec* const> AllCodecs();

// Hadoop's block-framed streams of snappy and lz4 (BlockCompressorStream): per block the length
// before compression (u32 big endian), then chunks, each its compressed length (u32 big endian) and
// bytes, until the block's length is reached.

/// Appends one block with `in` in chunks of at most 256 KiB.
Status AppendHadoopBlock(const Codec& codec, ByteView in, std::string& out);
/// Reads the block at the front of `in`, appends its content to `out` and returns the bytes
/// consumed; kTooLarge when the block claims more than `max_block_bytes`, kCorruption when it is
/// damaged or cut.
Result<size_t> ReadHadoopBlock(const Codec& codec, ByteView in, size_t max_block_bytes,
                               std::string& out);

}  // namespace tusk
