#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "common/base/status.h"
#include "common/codec/crc.h"
#include "dfs/model/dfs_limits.h"

namespace tusk::dfs {

/// Hadoop's name: "NULL", "CRC32", "CRC32C".
std::string_view ChecksumTypeName(ChecksumType type);

/// How the bytes of a block are checksummed: each chunk of `bytes_per_checksum` bytes, counted from
/// the start of the block, has one checksum of four bytes, big-endian. The last chunk of the block
/// may be short.
///
/// A stretch of a block that starts inside of a chunk is checksummed as the pieces it has: the
/// first checksum covers the bytes up to the end of that chunk, the next ones full chunks. So the
/// functions below take the stretch's offset in the block.
struct ChecksumSpec {
  ChecksumType type = ChecksumType::kCrc32c;
  uint32_t bytes_per_checksum = kDefaultBytesPerChecksum;

  /// A spec that a peer or a file asks for. kInvalidArgument for an unknown type, or for chunks
  /// outside of [kMinBytesPerChecksum, kMaxBytesPerChecksum] where there are checksums.
  static Result<ChecksumSpec> Make(int64_t type, uint64_t bytes_per_checksum);

  /// Bytes of one checksum: 4, or 0 without checksums.
  uint32_t ChecksumSize() const { return type == ChecksumType::kNull ? 0 : kChecksumBytes; }

  /// Chunks that the `length` bytes at `offset` touch, and bytes of their checksums.
  uint64_t ChunkCount(uint64_t offset, uint64_t length) const;
  uint64_t ChecksumBytes(uint64_t offset, uint64_t length) const {
    return ChunkCount(offset, length) * ChecksumSize();
  }

  friend bool operator==(const ChecksumSpec&, const ChecksumSpec&) = default;
};

/// Writes the checksums of `data`, which stands at `offset` of its block, into `checksums`, whose
/// size must be `spec.ChecksumBytes(offset, data.size())`.
void ComputeChecksums(const ChecksumSpec& spec, uint64_t offset, ByteView data,
                      MutableByteView checksums);

/// A chunk whose bytes do not have the checksum that came with them.
struct BadChunk {
  uint64_t offset = 0;  ///< in the block, of its first byte that was looked at
  uint32_t expected = 0;
  uint32_t computed = 0;
};

/// The first chunk of `data`, at `offset` of its block, that does not fit `checksums`; nothing if
/// all fit. `checksums` must have the right size.
std::optional<BadChunk> FindBadChunk(const ChecksumSpec& spec, uint64_t offset, ByteView data,
                                     ByteView checksums);

/// FindBadChunk as a Status: kCorruption names the position in the block and both checksums;
/// kInvalidArgument if the size of `checksums` does not fit that of `data`.
Status VerifyChecksums(const ChecksumSpec& spec, uint64_t offset, ByteView data,
                       ByteView checksums);

}  // namespace tusk::dfs
