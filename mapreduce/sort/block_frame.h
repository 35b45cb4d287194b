#pragma once

#include <cstdint>
#include <vector>

#include "common/base/byte_span.h"
#include "common/base/status.h"
#include "mapreduce/model/job_spec.h"

namespace tusk::mapreduce {

/// The frame of a block in spill and record files: 16 bytes, little-endian, then the stored bytes.
///
///   0  u32  bytes after unpacking
///   4  u32  stored bytes
///   8  u32  compression (MapOutputCompression)
///  12  u32  CRC32C of the 12 bytes before and of the stored bytes
inline constexpr size_t kBlockHeaderBytes = 16;
inline constexpr size_t kMaxBlockBytes = (size_t{128} << 20) + 64;

/// What precedes the bytes of a block.
struct BlockHeader {
  uint32_t raw_bytes = 0;
  uint32_t stored_bytes = 0;
  MapOutputCompression compression = MapOutputCompression::kNone;
  uint32_t crc = 0;
};

/// Parses kBlockHeaderBytes; kCorruption when a field is out of bounds.
Status ParseBlockHeader(const uint8_t* bytes, BlockHeader* header);

/// kCorruption unless the CRC of `header_bytes` and `stored` is the one in the header.
Status CheckBlock(const uint8_t* header_bytes, ByteView stored, const BlockHeader& header);

/// Unpacks `stored` (not kNone) into `out`, which has exactly raw_bytes. Any bytes may come in.
Status UnpackBlock(ByteView stored, const BlockHeader& header, MutableByteView out);

/// Packs `raw` and writes the header to `header_bytes`. Returns the bytes to store: `raw` itself,
/// or those in `packed` when compression was asked for and has made them fewer. `crc` gets the CRC.
ByteView PackBlock(ByteView raw, MapOutputCompression compression, std::vector<uint8_t>* packed,
                   uint8_t* header_bytes, uint32_t* crc);

/// CRC32C (Castagnoli) of `bytes` behind those that gave `crc`; 0 starts.
uint32_t ExtendCrc32c(uint32_t crc, ByteView bytes);

}  // namespace tusk::mapreduce
