#include "dfs/wire/packet_codec.h"

#include "common/base/check.h"
#include "common/base/status_macros.h"

namespace tusk::dfs {

Result<PacketView> ParsePacketBody(const PacketPrefix& prefix, ByteView body) {
  CHECK(body.size() == prefix.BodyBytes());
  PacketView packet;
  ASSIGN_OR_RETURN(packet.header, ParsePacketHeader(prefix, body.first(prefix.header_bytes)));
  const ByteView payload = body.subspan(prefix.header_bytes);
  packet.checksums = payload.first(payload.size() - packet.header.data_length);
  packet.data = payload.last(packet.header.data_length);
  return packet;
}

Result<std::optional<PacketFrame>> ParsePacket(ByteView bytes) {
  if (bytes.size() < kPacketPrefixBytes) return std::optional<PacketFrame>();
  ASSIGN_OR_RETURN(const PacketPrefix prefix, ParsePacketPrefix(bytes));
  const ByteView rest = bytes.subspan(kPacketPrefixBytes);
  if (rest.size() < prefix.BodyBytes()) return std::optional<PacketFrame>();
  PacketFrame frame;
  ASSIGN_OR_RETURN(frame.packet, ParsePacketBody(prefix, rest.first(prefix.BodyBytes())));
  frame.size = kPacketPrefixBytes + prefix.BodyBytes();
  return std::optional<PacketFrame>(frame);
}

Status CheckPacketShape(const ChecksumSpec& spec, const PacketView& packet) {
  const auto offset = static_cast<uint64_t>(packet.header.offset_in_block);
  const uint64_t wanted = spec.ChecksumBytes(offset, packet.data.size());
  if (packet.checksums.size() == wanted) return Status::Ok();
  return Status::Error(StatusCode::kInvalidArgument,
                       "packet {} has {} bytes of checksums for {} bytes at {}, not {}",
                       packet.header.seqno, packet.checksums.size(), packet.data.size(), offset,
                       wanted);
}

Status VerifyPacket(const ChecksumSpec& spec, const PacketView& packet) {
  RETURN_IF_ERROR(CheckPacketShape(spec, packet));
  return VerifyChecksums(spec, static_cast<uint64_t>(packet.header.offset_in_block), packet.data,
                         packet.checksums);
}

uint32_t PacketDataCapacity(const ChecksumSpec& spec, uint32_t packet_bytes) {
  const uint32_t chunk = spec.bytes_per_checksum;
  const uint32_t room = packet_bytes > kMaxPacketHeadBytes
                            ? packet_bytes - static_cast<uint32_t>(kMaxPacketHeadBytes)
                            : 0;
  const uint32_t chunks = room / (chunk + spec.ChecksumSize());
  return chunks == 0 ? chunk : chunks * chunk;
}

PacketHead EncodePacket(const ChecksumSpec& spec, PacketHeader header, ByteView data,
                        MutableByteView checksums) {
  CHECK(data.size() <= kMaxPacketBytes);
  header.data_length = static_cast<uint32_t>(data.size());
  ComputeChecksums(spec, static_cast<uint64_t>(header.offset_in_block), data, checksums);
  return EncodePacketHead(header, static_cast<uint32_t>(checksums.size()));
}

}  // namespace tusk::dfs
