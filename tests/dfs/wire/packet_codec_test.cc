#include "dfs/wire/packet_codec.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/support/status_matchers.h"

namespace tusk::dfs {
namespace {

std::string Encode(const ChecksumSpec& spec, const PacketHeader& header, std::string_view data) {
  std::vector<uint8_t> sums(
      spec.ChecksumBytes(static_cast<uint64_t>(header.offset_in_block), data.size()));
  const PacketHead head = EncodePacket(spec, header, AsBytes(data), sums);
  std::string out(AsText(head.View()));
  out += AsText(sums);
  out += data;
  return out;
}

TEST(PacketCodec, RoundTripOfRandomPackets) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 500; ++round) {
    ChecksumSpec spec;
    spec.type = static_cast<ChecksumType>(random() % 3);
    spec.bytes_per_checksum = 16 + random() % 1000;
    PacketHeader header;
    header.offset_in_block = random() % 100'000;
    header.seqno = random() % 1000;
    if (random() % 2 == 0) header.sync_block = random() % 2 == 0;
    std::string data(random() % 5000, '\0');
    for (char& c : data) c = static_cast<char>(random());
    const std::string bytes = Encode(spec, header, data) + "next";
    ASSERT_OK_AND_ASSIGN(const auto frame, ParsePacket(AsBytes(bytes)));
    ASSERT_TRUE(frame.has_value());
    ASSERT_EQ(frame->size, bytes.size() - 4);
    header.data_length = static_cast<uint32_t>(data.size());
    ASSERT_EQ(frame->packet.header, header);
    ASSERT_EQ(AsText(frame->packet.data), data);
    ASSERT_OK(VerifyPacket(spec, frame->packet));
  }
}

TEST(PacketCodec, EveryPrefixWaitsForMore) {
  PacketHeader header;
  const std::string bytes = Encode(ChecksumSpec(), header, std::string(1300, 'x'));
  for (size_t length = 0; length < bytes.size(); ++length) {
    ASSERT_OK_AND_ASSIGN(const auto frame, ParsePacket(AsBytes(bytes).first(length)));
    ASSERT_FALSE(frame.has_value()) << length;
  }
}

TEST(PacketCodec, DamageIsReportedAtItsPlaceInTheBlock) {
  PacketHeader header;
  header.offset_in_block = 1024;
  std::string bytes = Encode(ChecksumSpec(), header, std::string(1300, 'x'));
  bytes[bytes.size() - 300] ^= 1;
  ASSERT_OK_AND_ASSIGN(const auto frame, ParsePacket(AsBytes(bytes)));
  EXPECT_OK(CheckPacketShape(ChecksumSpec(), frame->packet));
  EXPECT_THAT(VerifyPacket(ChecksumSpec(), frame->packet),
              StatusIs(StatusCode::kCorruption, "byte 1536"));
}

TEST(PacketCodec, ChecksumsMustFitTheOffset) {
  PacketHeader header;
  header.offset_in_block = 511;
  const std::string bytes = Encode(ChecksumSpec(), header, "ab");  // one byte in each of two chunks
  ASSERT_OK_AND_ASSIGN(auto frame, ParsePacket(AsBytes(bytes)));
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->packet.checksums.size(), 8U);
  EXPECT_OK(VerifyPacket(ChecksumSpec(), frame->packet));
  frame->packet.header.offset_in_block = 0;
  EXPECT_THAT(CheckPacketShape(ChecksumSpec(), frame->packet),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(VerifyPacket(ChecksumSpec(), frame->packet), StatusIs(StatusCode::kInvalidArgument));
}

TEST(PacketCodec, CapacityOfAPacket) {
  EXPECT_EQ(PacketDataCapacity(ChecksumSpec(), 65536), 64512U) << "126 chunks, as Java's client";
  EXPECT_EQ(PacketDataCapacity(ChecksumSpec(), 0), 512U);
  ChecksumSpec none;
  none.type = ChecksumType::kNull;
  EXPECT_EQ(PacketDataCapacity(none, 65536 + 33), 65536U);
}

}  // namespace
}  // namespace tusk::dfs
