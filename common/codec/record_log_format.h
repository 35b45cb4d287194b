#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/byte_span.h"
#include "common/codec/crc.h"
#include "common/codec/endian.h"

namespace tusk::record_log {

// The byte layout that writer and reader share: docs/formats/record_log.md.

inline constexpr std::string_view kMagic = "tuskrlog";
inline constexpr uint32_t kVersion = 1;
inline constexpr uint32_t kBlockBytes = 32 * 1024;
inline constexpr size_t kFileHeaderBytes = 32;
inline constexpr size_t kFragmentHeaderBytes = 11;

// Types of fragments.
inline constexpr uint8_t kFull = 1;
inline constexpr uint8_t kFirst = 2;
inline constexpr uint8_t kMiddle = 3;
inline constexpr uint8_t kLast = 4;
inline constexpr uint8_t kEnd = 5;

/// Checksum of a fragment at file offset `offset`: over the log's id, the offset, the header behind
/// its checksum field (7 bytes) and the payload.
inline uint32_t FragmentChecksum(uint64_t log_id, uint64_t offset, ByteView header_rest,
                                 ByteView payload) {
  std::array<uint8_t, 16> place;
  PutLittle(place.data(), log_id);
  PutLittle(place.data() + 8, offset);
  return Crc32c(payload, Crc32c(header_rest, Crc32c(place)));
}

}  // namespace tusk::record_log
