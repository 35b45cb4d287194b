#include "dfs/wire/checksum_spec.h"

#include <isa-l/crc.h>

#include <algorithm>

#include "common/base/check.h"

namespace tusk::dfs {
namespace {

void PutChecksum(uint32_t value, uint8_t* out) {
  out[0] = static_cast<uint8_t>(value >> 24);
  out[1] = static_cast<uint8_t>(value >> 16);
  out[2] = static_cast<uint8_t>(value >> 8);
  out[3] = static_cast<uint8_t>(value);
}

uint32_t GetChecksum(const uint8_t* in) {
  return uint32_t{in[0]} << 24 | uint32_t{in[1]} << 16 | uint32_t{in[2]} << 8 | uint32_t{in[3]};
}

/// The checksum of one piece, which is at most one chunk.
uint32_t PieceChecksum(ChecksumType type, ByteView piece) {
  switch (type) {
    case ChecksumType::kNull:
      return 0;
    case ChecksumType::kCrc32:
      return crc32_gzip_refl(0, piece.data(), piece.size());
    case ChecksumType::kCrc32c:
      // The library leaves both inversions to the caller and takes a pointer that it never writes
      // through.
      return ~crc32_iscsi(const_cast<uint8_t*>(piece.data()), static_cast<int>(piece.size()), ~0U);
  }
  return 0;
}

/// Bytes from `offset` to the end of its chunk, at most `left`.
size_t PieceBytes(const ChecksumSpec& spec, uint64_t offset, size_t left) {
  const uint64_t to_end = spec.bytes_per_checksum - offset % spec.bytes_per_checksum;
  return static_cast<size_t>(std::min<uint64_t>(to_end, left));
}

}  // namespace

std::string_view ChecksumTypeName(ChecksumType type) {
  switch (type) {
    case ChecksumType::kNull:
      return "NULL";
    case ChecksumType::kCrc32:
      return "CRC32";
    case ChecksumType::kCrc32c:
      return "CRC32C";
  }
  return "UNKNOWN";
}

Result<ChecksumSpec> ChecksumSpec::Make(int64_t type, uint64_t bytes_per_checksum) {
  if (type < static_cast<int>(ChecksumType::kNull) ||
      type > static_cast<int>(ChecksumType::kCrc32c)) {
    return Status::Error(StatusCode::kInvalidArgument, "unknown checksum type {}", type);
  }
  ChecksumSpec spec;
  spec.type = static_cast<ChecksumType>(type);
  // Without checksums the chunk only rounds offsets, and some peers send 0 or 2^31-1 then.
  if (spec.type == ChecksumType::kNull) {
    const bool usable =
        bytes_per_checksum >= kMinBytesPerChecksum && bytes_per_checksum <= kMaxBytesPerChecksum;
    if (usable) spec.bytes_per_checksum = static_cast<uint32_t>(bytes_per_checksum);
    return spec;
  }
  if (bytes_per_checksum < kMinBytesPerChecksum || bytes_per_checksum > kMaxBytesPerChecksum) {
    return Status::Error(StatusCode::kInvalidArgument, "bytes per checksum not in [{}, {}]: {}",
                         kMinBytesPerChecksum, kMaxBytesPerChecksum, bytes_per_checksum);
  }
  spec.bytes_per_checksum = static_cast<uint32_t>(bytes_per_checksum);
  return spec;
}

uint64_t ChecksumSpec::ChunkCount(uint64_t offset, uint64_t length) const {
  if (length == 0) return 0;
  const uint64_t in_chunk = offset % bytes_per_checksum;
  return 1 + (in_chunk + (length - 1)) / bytes_per_checksum;
}

void ComputeChecksums(const ChecksumSpec& spec, uint64_t offset, ByteView data,
                      MutableByteView checksums) {
  CHECK(checksums.size() == spec.ChecksumBytes(offset, data.size()));
  if (spec.type == ChecksumType::kNull) return;
  uint8_t* out = checksums.data();
  while (!data.empty()) {
    const size_t piece = PieceBytes(spec, offset, data.size());
    PutChecksum(PieceChecksum(spec.type, data.first(piece)), out);
    out += kChecksumBytes;
    offset += piece;
    data = data.subspan(piece);
  }
}

std::optional<BadChunk> FindBadChunk(const ChecksumSpec& spec, uint64_t offset, ByteView data,
                                     ByteView checksums) {
  CHECK(checksums.size() == spec.ChecksumBytes(offset, data.size()));
  if (spec.type == ChecksumType::kNull) return std::nullopt;
  const uint8_t* in = checksums.data();
  while (!data.empty()) {
    const size_t piece = PieceBytes(spec, offset, data.size());
    const uint32_t expected = GetChecksum(in);
    const uint32_t computed = PieceChecksum(spec.type, data.first(piece));
    if (expected != computed) return BadChunk{offset, expected, computed};
    in += kChecksumBytes;
    offset += piece;
    data = data.subspan(piece);
  }
  return std::nullopt;
}

Status VerifyChecksums(const ChecksumSpec& spec, uint64_t offset, ByteView data,
                       ByteView checksums) {
  if (checksums.size() != spec.ChecksumBytes(offset, data.size())) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "{} bytes of checksums for {} bytes of data at {} with chunks of {}",
                         checksums.size(), data.size(), offset, spec.bytes_per_checksum);
  }
  const std::optional<BadChunk> bad = FindBadChunk(spec, offset, data, checksums);
  if (!bad.has_value()) return Status::Ok();
  return Status::Error(StatusCode::kCorruption,
                       "checksum error at byte {} of the block: {} is {:08x}, computed {:08x}",
                       bad->offset, ChecksumTypeName(spec.type), bad->expected, bad->computed);
}

}  // namespace tusk::dfs
