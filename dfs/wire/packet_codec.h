#pragma once

#include <cstddef>
#include <optional>

#include "common/base/byte_span.h"
#include "common/base/result.h"
#include "common/base/status.h"
#include "dfs/wire/checksum_spec.h"
#include "dfs/wire/packet_header.h"

namespace tusk::dfs {

// A whole packet of block data. Nothing is copied: parsed packets are views into the receive
// buffer, packets to send are three pieces (head, checksums, data) for one gathering write.
//
// A receiver reads kPacketPrefixBytes, ParsePacketPrefix, BodyBytes() more into one buffer, then
// ParsePacketBody; what has come whole already goes through ParsePacket.

/// A received packet: views into the bytes it was parsed from.
struct PacketView {
  PacketHeader header;
  ByteView checksums;
  ByteView data;
};

/// The packet whose prefix was `prefix` and whose other bytes are `body` (prefix.BodyBytes() of
/// them). Errors of ParsePacketHeader. Says nothing about checksums yet.
Result<PacketView> ParsePacketBody(const PacketPrefix& prefix, ByteView body);

/// A packet as it stands in a stream.
struct PacketFrame {
  PacketView packet;
  size_t size = 0;  ///< bytes of all of it
};

/// The packet at the front of `bytes`; nothing if `bytes` ends before it does. Errors of
/// ParsePacketPrefix and ParsePacketHeader.
Result<std::optional<PacketFrame>> ParsePacket(ByteView bytes);

/// Ok if the packet's checksums have the size that `spec` asks for at its offset: what a datanode
/// in the middle of a pipeline checks. kInvalidArgument.
Status CheckPacketShape(const ChecksumSpec& spec, const PacketView& packet);

/// CheckPacketShape, and that each chunk has its checksum; kCorruption names the position in the
/// block of the first that has not.
Status VerifyPacket(const ChecksumSpec& spec, const PacketView& packet);

/// Largest number of data bytes that fit a packet of `packet_bytes` with head and checksums, a
/// multiple of the chunk; at least one chunk.
uint32_t PacketDataCapacity(const ChecksumSpec& spec, uint32_t packet_bytes);

/// Computes the checksums of `data` into `checksums` and returns the head. `header` tells offset
/// and flags, its data_length is set here; `checksums` must have spec.ChecksumBytes(offset, size)
/// bytes. To send: head, `checksums`, `data`, in this order.
PacketHead EncodePacket(const ChecksumSpec& spec, PacketHeader header, ByteView data,
                        MutableByteView checksums);

}  // namespace tusk::dfs
