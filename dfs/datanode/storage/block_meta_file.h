#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "dfs/model/block.h"
#include "dfs/wire/checksum_spec.h"

namespace tusk::dfs::datanode {

// The checksum file beside each block's data file, and the names of both. The layout is HDFS's
// (BlockMetadataHeader), so that short-circuit readers and HDFS's own tools can read it:
//
//   u16  version = 1        big-endian
//   u8   checksum type      0 none, 1 CRC32, 2 CRC32C
//   u32  bytes per checksum big-endian
//   u32  checksum           for each chunk of data, big-endian; the last chunk may be short

inline constexpr uint16_t kMetaVersion = 1;
inline constexpr size_t kMetaHeaderBytes = 7;

/// The header of a checksum file for data checksummed as `spec` says.
std::array<uint8_t, kMetaHeaderBytes> EncodeMetaHeader(const ChecksumSpec& spec);

/// What a header says. kCorruption for another version, an unknown type, or chunks out of bounds.
Result<ChecksumSpec> ParseMetaHeader(ByteView header);

/// Where in the file the checksum of the chunk with the data byte at `offset` stands.
inline uint64_t ChecksumPosition(const ChecksumSpec& spec, uint64_t offset) {
  return kMetaHeaderBytes + offset / spec.bytes_per_checksum * spec.ChecksumSize();
}

/// Bytes of the file that goes with `data_length` bytes of data.
inline uint64_t MetaFileBytes(const ChecksumSpec& spec, uint64_t data_length) {
  return kMetaHeaderBytes + spec.ChecksumBytes(0, data_length);
}

/// "blk_1073741825".
std::string BlockFileName(BlockId id);
/// "blk_1073741825_1001.meta".
std::string MetaFileName(BlockId id, GenerationStamp stamp);

/// The block that a data file's name tells; nothing for other names.
std::optional<BlockId> ParseBlockFileName(std::string_view name);

/// The block and stamp that a checksum file's name tells.
struct MetaName {
  BlockId id;
  GenerationStamp stamp;
};
std::optional<MetaName> ParseMetaFileName(std::string_view name);

}  // namespace tusk::dfs::datanode
