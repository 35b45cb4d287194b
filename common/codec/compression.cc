#include "common/codec/compression.h"

#include <algorithm>
#include <array>

#include "common/base/status_macros.h"
#include "common/codec/byte_reader.h"
#include "common/codec/byte_writer.h"
#include "common/codec/lz4_codec.h"
#include "common/codec/snappy_codec.h"
#include "common/codec/zlib_codec.h"
#include "common/codec/zstd_codec.h"

namespace tusk {

namespace {

/// Hadoop's io.compression.codec.*.buffersize.
constexpr size_t kHadoopChunkBytes = 256 * 1024;

MutableByteView Tail(std::string& out, size_t start) {
  return {reinterpret_cast<uint8_t*>(out.data()) + start, out.size() - start};
}

}  // namespace

Status Codec::AppendCompressed(ByteView in, std::string& out) const {
  const size_t start = out.size();
  out.resize(start + MaxCompressedLength(in.size()));
  const Result<size_t> written = Compress(in, Tail(out, start));
  out.resize(start + (written.ok() ? *written : 0));
  return written.status();
}

Status Codec::AppendDecompressed(ByteView in, size_t length, std::string& out) const {
  const size_t start = out.size();
  out.resize(start + length);
  const Result<size_t> written = Decompress(in, Tail(out, start));
  if (written.ok() && *written == length) return Status();
  out.resize(start);
  if (!written.ok() && written.status().code() != StatusCode::kTooLarge) return written.status();
  return Status::Error(StatusCode::kCorruption,
                       "{} data does not decompress to the {} bytes it should", name(), length);
}

std::span<const Codec* const> AllCodecs() {
  static const std::array<const Codec*, 4> codecs = {&Lz4Codec(), &SnappyCodec(), &ZlibCodec(),
                                                     &ZstdCodec()};
  return codecs;
}

Result<const Codec*> FindCodec(std::string_view name) {
  for (const Codec* codec : AllCodecs()) {
    if (codec->name() == name) return codec;
  }
  return Status::Error(StatusCode::kUnsupported,
                       "no codec \"{}\": known are lz4, snappy, zlib and zstd", name);
}

Status AppendHadoopBlock(const Codec& codec, ByteView in, std::string& out) {
  if (in.size() > INT32_MAX)
    return Status::Error(StatusCode::kTooLarge, "a block of {} bytes", in.size());
  ByteWriter writer(std::move(out));
  writer.WriteBig(static_cast<uint32_t>(in.size()));
  Status status;
  while (!in.empty() && status.ok()) {
    const ByteView chunk = in.first(std::min(in.size(), kHadoopChunkBytes));
    in = in.subspan(chunk.size());
    const size_t length_at = writer.size();
    writer.WriteBig(uint32_t{0});
    status = codec.AppendCompressed(chunk, writer.buffer());
    writer.PatchBig(length_at, static_cast<uint32_t>(writer.size() - length_at - 4));
  }
  out = writer.Take();
  return status;
}

Result<size_t> ReadHadoopBlock(const Codec& codec, ByteView in, size_t max_block_bytes,
                               std::string& out) {
  ByteReader reader(in);
  uint32_t block_length = 0;
  const Status cut(StatusCode::kCorruption, "a compressed block is cut");
  if (!reader.ReadBig(block_length)) return cut;
  if (block_length > max_block_bytes) {
    return Status::Error(StatusCode::kTooLarge,
                         "a compressed block claims {} bytes, at most {} are read", block_length,
                         max_block_bytes);
  }
  const size_t start = out.size();
  size_t done = 0;
  while (done < block_length) {
    uint32_t chunk_length = 0;
    ByteView chunk;
    if (!reader.ReadBig(chunk_length) || !reader.ReadBytes(chunk_length, chunk)) {
      out.resize(start);
      return cut;
    }
    out.resize(start + block_length);
    const Result<size_t> written = codec.Decompress(chunk, Tail(out, start + done));
    if (!written.ok() || *written == 0) {
      out.resize(start);
      return written.ok() ? Status(StatusCode::kCorruption, "an empty chunk in a compressed block")
                          : written.status();
    }
    done += *written;
  }
  return reader.position();
}

}  // namespace tusk
