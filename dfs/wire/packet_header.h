#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "dfs/model/dfs_limits.h"

namespace tusk::dfs {

// Head of a packet of block data, in front of its checksums and data:
//
//   i32 payload   4 + bytes of checksums + bytes of data, big-endian
//   i16 header    bytes of the PacketHeaderProto, big-endian
//   header        25 bytes, 27 with the sync field
//
// Readers get heads of 31 bytes only (some clients read exactly that many), so the sync field is
// left out of packets to them.

/// Sequence number of a packet that only keeps the connection alive.
inline constexpr int64_t kHeartbeatSeqno = -1;

/// What a packet says about itself.
struct PacketHeader {
  int64_t offset_in_block = 0;  ///< of the first data byte
  int64_t seqno = 0;
  bool last_in_block = false;  ///< an empty packet that ends the block
  uint32_t data_length = 0;    ///< bytes of data; at most kMaxPacketBytes
  /// Write to disk before acknowledging. Absent means false, and is kept absent when a packet is
  /// passed on.
  std::optional<bool> sync_block;

  bool IsHeartbeat() const { return seqno == kHeartbeatSeqno; }
  bool WantsSync() const { return sync_block.value_or(false); }

  friend bool operator==(const PacketHeader&, const PacketHeader&) = default;
};

/// Bytes of the two lengths.
inline constexpr size_t kPacketPrefixBytes = 6;
/// Bytes of the longest head that is written, and of the longest header that is read.
inline constexpr size_t kMaxPacketHeadBytes = kPacketPrefixBytes + 27;
inline constexpr size_t kMaxPacketHeaderBytes = 256;

/// The two lengths, checked: 4 <= payload, 0 < header <= kMaxPacketHeaderBytes, all of the packet
/// within kMaxPacketBytes.
struct PacketPrefix {
  uint32_t payload_bytes = 0;  ///< bytes of checksums and data
  uint32_t header_bytes = 0;

  /// Bytes that follow the prefix.
  size_t BodyBytes() const { return size_t{header_bytes} + payload_bytes; }
};

/// The lengths in the first kPacketPrefixBytes of `bytes`. kInvalidArgument or kTooLarge; nothing
/// may be allocated for the packet before this is Ok.
Result<PacketPrefix> ParsePacketPrefix(ByteView bytes);

/// The header in `header` (prefix.header_bytes bytes). kInvalidArgument if it is none, if its data
/// would not fit the payload, if offset or sequence number are impossible.
Result<PacketHeader> ParsePacketHeader(const PacketPrefix& prefix, ByteView header);

/// An encoded head: prefix and header, to be sent in front of checksums and data.
struct PacketHead {
  std::array<uint8_t, kMaxPacketHeadBytes> bytes{};
  size_t size = 0;

  ByteView View() const { return {bytes.data(), size}; }
};

/// The head of a packet with `checksum_bytes` bytes of checksums and header.data_length of data,
/// together within kMaxPacketBytes.
PacketHead EncodePacketHead(const PacketHeader& header, uint32_t checksum_bytes);

}  // namespace tusk::dfs
