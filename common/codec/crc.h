#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/byte_span.h"

namespace tusk {

/// Checksums by Hadoop's numbers (DataChecksum, hdfs.proto ChecksumTypeProto).
enum class ChecksumType : uint8_t { kNull = 0, kCrc32 = 1, kCrc32c = 2 };

/// CRC-32 as in zlib (reflected polynomial 0xEDB88320) of the bytes before, extended by `data`.
/// 0 is the checksum of no bytes, so Crc32(data) is the checksum of `data` alone.
uint32_t Crc32(ByteView data, uint32_t before = 0);
/// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78; RFC 3720), likewise.
uint32_t Crc32c(ByteView data, uint32_t before = 0);
/// By type; 0 for kNull.
uint32_t Checksum(ChecksumType type, ByteView data, uint32_t before = 0);

/// The checksum of A followed by B from the checksums of A and B and the length of B.
uint32_t Crc32Combine(uint32_t crc_a, uint32_t crc_b, uint64_t length_b);
uint32_t Crc32cCombine(uint32_t crc_a, uint32_t crc_b, uint64_t length_b);

/// Bytes of one checksum: 4, or 0 for kNull.
size_t ChecksumLength(ChecksumType type);
/// Writes one checksum (big endian, as HDFS stores and sends them) for each `bytes_per_chunk` bytes
/// of `data`, the last chunk may be short. `out` holds exactly the checksums of all chunks.
void ChecksumChunks(ChecksumType type, ByteView data, size_t bytes_per_chunk, MutableByteView out);
/// Index of the first chunk whose checksum differs; nothing when all agree. `checksums` holds
/// exactly those of all chunks.
std::optional<size_t> FindBadChunk(ChecksumType type, ByteView data, size_t bytes_per_chunk,
                                   ByteView checksums);

}  // namespace tusk
