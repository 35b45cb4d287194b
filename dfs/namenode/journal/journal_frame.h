#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "dfs/namenode/journal/journal.h"

namespace tusk::dfs::namenode {

// Bytes of a journal segment (docs/formats/journal.md): a header, then frames that each hold one
// batch. All numbers are little endian. Frames begin at multiples of kFrameAlignment; the rest of
// a segment is zeros. Each frame names the hash of all before it: a frame that is whole but does
// not belong here is told from one that does.

inline constexpr size_t kSegmentHeaderBytes = 64;
inline constexpr size_t kFrameHeaderBytes = 48;
inline constexpr size_t kFrameAlignment = 8;
/// Largest payload of one frame.
inline constexpr uint32_t kMaxFramePayload = 64u << 20;

/// What a segment's file begins with.
struct SegmentHeader {
  TxId first_txid = 0;
  uint64_t epoch = 0;
  uint64_t chain = 0;  ///< hash of everything before the segment
};

std::string EncodeSegmentHeader(const SegmentHeader& header);
/// kCorruption, or kVersionMismatch for a newer format.
Result<SegmentHeader> DecodeSegmentHeader(ByteView bytes);

/// What precedes the records of one commit.
struct FrameHeader {
  uint32_t payload_bytes = 0;
  uint32_t count = 0;  ///< records; 0 for a mark: all before it was acknowledged
  TxId first_txid = 0;
  uint64_t epoch = 0;
  uint64_t chain = 0;  ///< hash of everything before this frame
  uint32_t crc = 0;    ///< CRC32C of the header up to here and of the payload

  /// Bytes of the frame with its padding.
  uint64_t FrameBytes() const;
};

/// The whole frame, padded, in place of what `out` held.
void EncodeFrame(const JournalBatch& batch, uint64_t epoch, uint64_t chain, std::string* out);
/// Reads a header; nothing when the bytes are none. The checksum is not verified yet.
std::optional<FrameHeader> DecodeFrameHeader(ByteView bytes);
/// True when header and payload agree with the checksum.
bool FrameIsWhole(ByteView header_bytes, const FrameHeader& header, ByteView payload);
/// The hash of everything up to and including a frame.
uint64_t NextChain(uint64_t chain, const FrameHeader& header);

/// "edits_00000000000000000001", and back.
std::string SegmentName(TxId first_txid);
std::optional<TxId> ParseSegmentName(std::string_view name);

}  // namespace tusk::dfs::namenode
