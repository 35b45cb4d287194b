#include "dfs/wire/packet_header.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/status_matchers.h"

namespace tusk::dfs {
namespace {

Result<PacketHeader> Parse(ByteView head) {
  ASSIGN_OR_RETURN(const PacketPrefix prefix, ParsePacketPrefix(head));
  return ParsePacketHeader(prefix, head.subspan(kPacketPrefixBytes));
}

std::vector<uint8_t> Prefix(uint32_t payload, uint32_t header) {
  std::vector<uint8_t> out;
  for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<uint8_t>(payload >> shift));
  for (const int shift : {8, 0}) out.push_back(static_cast<uint8_t>(header >> shift));
  return out;
}

TEST(PacketHeader, SizesThatPeersRelyOn) {
  PacketHeader header;
  EXPECT_EQ(EncodePacketHead(header, 0).size, 31U);
  header.offset_in_block = INT64_MAX - kMaxPacketBytes;
  header.seqno = INT64_MAX;
  header.data_length = 65536;
  EXPECT_EQ(EncodePacketHead(header, 512).size, 31U);
  header.sync_block = false;
  EXPECT_EQ(EncodePacketHead(header, 512).size, 33U);
}

TEST(PacketHeader, BytesOfAHead) {
  PacketHeader header;
  header.offset_in_block = 0x0102;
  header.seqno = 3;
  header.data_length = 5;
  const PacketHead head = EncodePacketHead(header, 4);
  const std::string wanted(
      "\x00\x00\x00\x0D\x00\x19"
      "\x09\x02\x01\x00\x00\x00\x00\x00\x00"
      "\x11\x03\x00\x00\x00\x00\x00\x00\x00"
      "\x18\x00"
      "\x25\x05\x00\x00\x00",
      31);
  EXPECT_EQ(AsText(head.View()), wanted);
}

TEST(PacketHeader, RoundTrip) {
  std::vector<PacketHeader> headers(4);
  headers[0].offset_in_block = 1LL << 40;
  headers[0].seqno = 77;
  headers[0].data_length = 64512;
  headers[1].seqno = kHeartbeatSeqno;
  headers[2].last_in_block = true;
  headers[2].sync_block = true;
  headers[3].sync_block = false;
  for (const PacketHeader& header : headers) {
    const PacketHead head = EncodePacketHead(header, 0);
    ASSERT_OK_AND_ASSIGN(const PacketHeader back, Parse(head.View()));
    EXPECT_EQ(back, header);
    EXPECT_EQ(back.IsHeartbeat(), header.seqno == -1);
  }
  EXPECT_TRUE(headers[2].WantsSync());
  EXPECT_FALSE(headers[3].WantsSync());
}

TEST(PacketHeader, LengthsAreCheckedBeforeAnythingElse) {
  EXPECT_THAT(ParsePacketPrefix(Prefix(3, 25)), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(ParsePacketPrefix(Prefix(4, 0)), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(ParsePacketPrefix(Prefix(0xFFFFFFFF, 25)), StatusIs(StatusCode::kTooLarge));
  EXPECT_THAT(ParsePacketPrefix(Prefix(4, 0xFFFF)), StatusIs(StatusCode::kTooLarge));
  EXPECT_THAT(ParsePacketPrefix(Prefix(kMaxPacketBytes, 25)), StatusIs(StatusCode::kTooLarge));
  EXPECT_OK(ParsePacketPrefix(Prefix(kMaxPacketBytes - 25, 25)));
  EXPECT_THAT(ParsePacketPrefix(AsBytes("abc")), StatusIs(StatusCode::kInvalidArgument));
}

TEST(PacketHeader, ImpossibleHeadersAreRefused) {
  PacketHeader lying;
  lying.data_length = 100;
  std::string head(AsText(EncodePacketHead(lying, 0).View()));
  head[3] = 4 + 99;  // the payload has one byte less
  EXPECT_THAT(Parse(AsBytes(head)), StatusIs(StatusCode::kInvalidArgument, "100"));

  PacketHeader negative;
  negative.offset_in_block = -1;
  EXPECT_THAT(Parse(EncodePacketHead(negative, 0).View()), StatusIs(StatusCode::kInvalidArgument));
  PacketHeader seqno;
  seqno.seqno = -2;
  EXPECT_THAT(Parse(EncodePacketHead(seqno, 0).View()), StatusIs(StatusCode::kInvalidArgument));
  PacketHeader last;
  last.last_in_block = true;
  last.data_length = 1;
  EXPECT_THAT(Parse(EncodePacketHead(last, 4).View()), StatusIs(StatusCode::kInvalidArgument));
  PacketHeader heartbeat;
  heartbeat.seqno = kHeartbeatSeqno;
  heartbeat.data_length = 1;
  EXPECT_THAT(Parse(EncodePacketHead(heartbeat, 4).View()), StatusIs(StatusCode::kInvalidArgument));
  PacketHeader far;
  far.offset_in_block = INT64_MAX;
  far.data_length = 1;
  EXPECT_THAT(Parse(EncodePacketHead(far, 4).View()), StatusIs(StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace tusk::dfs
