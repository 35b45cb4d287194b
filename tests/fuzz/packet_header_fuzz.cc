#include "dfs/wire/packet_codec.h"
#include "tests/fuzz/fuzz_target.h"

// What parses encodes to a head that parses to the same, and never says more than there is.
FUZZ_TARGET(PacketHeader) {
  const auto frame = dfs::ParsePacket(bytes);
  if (!frame.ok() || !frame->has_value()) return;
  const dfs::PacketView& packet = (*frame)->packet;
  CHECK((*frame)->size <= bytes.size() && packet.data.size() == packet.header.data_length);
  const auto head =
      dfs::EncodePacketHead(packet.header, static_cast<uint32_t>(packet.checksums.size()));
  const auto prefix = dfs::ParsePacketPrefix(head.View());
  CHECK(prefix.ok());
  const auto again = dfs::ParsePacketHeader(*prefix, head.View().subspan(dfs::kPacketPrefixBytes));
  CHECK(again.ok() && *again == packet.header);
}
