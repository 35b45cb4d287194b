#include "dfs/wire/packet_header.h"

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "dfs/proto/data_transfer.pb.h"
#include "dfs/wire/delimited.h"

namespace tusk::dfs {
namespace {

/// The payload's length counts its own four bytes.
constexpr uint32_t kPayloadLengthBytes = 4;

}  // namespace

Result<PacketPrefix> ParsePacketPrefix(ByteView bytes) {
  if (bytes.size() < kPacketPrefixBytes) {
    return Status::Error(StatusCode::kInvalidArgument, "{} bytes are no head of a packet",
                         bytes.size());
  }
  const uint32_t payload = uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 |
                           uint32_t{bytes[2]} << 8 | uint32_t{bytes[3]};
  const uint32_t header = uint32_t{bytes[4]} << 8 | uint32_t{bytes[5]};
  if (payload < kPayloadLengthBytes || header == 0) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "a packet with payload length {} and header length {}", payload, header);
  }
  if (header > kMaxPacketHeaderBytes || payload > kMaxPacketBytes ||
      payload + header > kMaxPacketBytes) {
    return Status::Error(StatusCode::kTooLarge,
                         "a packet with payload length {} and header length {}, at most {} bytes "
                         "are allowed",
                         payload, header, kMaxPacketBytes);
  }
  PacketPrefix prefix;
  prefix.payload_bytes = payload - kPayloadLengthBytes;
  prefix.header_bytes = header;
  return prefix;
}

Result<PacketHeader> ParsePacketHeader(const PacketPrefix& prefix, ByteView header) {
  CHECK(header.size() == prefix.header_bytes);
  proto::PacketHeaderProto message;
  RETURN_IF_ERROR(ParseMessage(header, &message));
  if (message.datalen() < 0 || static_cast<uint32_t>(message.datalen()) > prefix.payload_bytes) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "a packet of {} bytes says that it has {} bytes of data",
                         prefix.payload_bytes, message.datalen());
  }
  // Heartbeats are the only ones with a negative number, and carry nothing.
  const bool heartbeat = message.seqno() == kHeartbeatSeqno;
  const bool heartbeat_ok = !message.lastpacketinblock() && prefix.payload_bytes == 0;
  const bool last_ok = !message.lastpacketinblock() || message.datalen() == 0;
  if (message.seqno() < kHeartbeatSeqno || message.offsetinblock() < 0 || !last_ok ||
      message.offsetinblock() > INT64_MAX - message.datalen() || (heartbeat && !heartbeat_ok)) {
    return Status::Error(
        StatusCode::kInvalidArgument, "impossible packet: seqno {}, offset {}, {} bytes, last {}",
        message.seqno(), message.offsetinblock(), message.datalen(), message.lastpacketinblock());
  }
  PacketHeader out;
  out.offset_in_block = message.offsetinblock();
  out.seqno = message.seqno();
  out.last_in_block = message.lastpacketinblock();
  out.data_length = static_cast<uint32_t>(message.datalen());
  if (message.has_syncblock()) out.sync_block = message.syncblock();
  return out;
}

PacketHead EncodePacketHead(const PacketHeader& header, uint32_t checksum_bytes) {
  CHECK(header.data_length <= kMaxPacketBytes && checksum_bytes <= kMaxPacketBytes);
  proto::PacketHeaderProto message;
  message.set_offsetinblock(header.offset_in_block);
  message.set_seqno(header.seqno);
  message.set_lastpacketinblock(header.last_in_block);
  message.set_datalen(static_cast<int32_t>(header.data_length));
  if (header.sync_block.has_value()) message.set_syncblock(*header.sync_block);
  const size_t header_bytes = message.ByteSizeLong();
  CHECK(header_bytes + kPacketPrefixBytes <= kMaxPacketHeadBytes);
  const uint32_t payload = kPayloadLengthBytes + checksum_bytes + header.data_length;
  CHECK(payload + header_bytes <= kMaxPacketBytes);

  PacketHead head;
  head.bytes[0] = static_cast<uint8_t>(payload >> 24);
  head.bytes[1] = static_cast<uint8_t>(payload >> 16);
  head.bytes[2] = static_cast<uint8_t>(payload >> 8);
  head.bytes[3] = static_cast<uint8_t>(payload);
  head.bytes[4] = static_cast<uint8_t>(header_bytes >> 8);
  head.bytes[5] = static_cast<uint8_t>(header_bytes);
  message.SerializeWithCachedSizesToArray(head.bytes.data() + kPacketPrefixBytes);
  head.size = kPacketPrefixBytes + header_bytes;
  return head;
}

}  // namespace tusk::dfs
