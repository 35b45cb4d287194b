#include "dfs/namenode/journal/journal_frame.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/status_matchers.h"

namespace tusk::dfs::namenode {
namespace {

std::string Hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<uint8_t>(c));
  return out;
}

JournalBatch TwoRecords() {
  JournalBatch batch;
  AddRecord(batch, 258, AsBytes("abc"));
  AddRecord(batch, 259, AsBytes("d"));
  return batch;
}

TEST(SegmentHeader, IsWhatTheFormatPageSays) {
  const std::string bytes = EncodeSegmentHeader(SegmentHeader{258, 1, 0x1122334455667788});
  ASSERT_EQ(bytes.size(), kSegmentHeaderBytes);
  EXPECT_EQ(Hex(bytes.substr(0, 40)),
            "5455534b4a524e4c"  // "TUSKJRNL"
            "0100000000000000"  // version
            "0201000000000000"  // first change
            "0100000000000000"  // epoch
            "8877665544332211");
  ASSERT_OK_AND_ASSIGN(const SegmentHeader header, DecodeSegmentHeader(AsBytes(bytes)));
  EXPECT_EQ(header.first_txid, 258u);
  EXPECT_EQ(header.epoch, 1u);
  EXPECT_EQ(header.chain, 0x1122334455667788u);
}

TEST(SegmentHeader, EveryFlippedBitAndEveryPrefixIsRefused) {
  const std::string bytes = EncodeSegmentHeader(SegmentHeader{1, 1, 0});
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(DecodeSegmentHeader(AsBytes(flipped)).ok()) << bit;
  }
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(DecodeSegmentHeader(AsBytes(bytes).first(length)).ok()) << length;
  }
}

TEST(Frame, IsWhatTheFormatPageSays) {
  std::string frame;
  EncodeFrame(TwoRecords(), 1, 5, &frame);
  EXPECT_EQ(frame.size() % kFrameAlignment, 0u);
  EXPECT_EQ(Hex(frame.substr(0, 40)),
            "4a46524d"          // "JFRM"
            "06000000"          // payload bytes
            "02000000"          // records
            "00000000"          //
            "0201000000000000"  // first change
            "0100000000000000"  // epoch
            "0500000000000000");
  EXPECT_EQ(Hex(frame.substr(kFrameHeaderBytes)),
            "036162630164"
            "0000");
}

TEST(Frame, ComesBackWhole) {
  std::string frame;
  EncodeFrame(TwoRecords(), 3, 77, &frame);
  const std::optional<FrameHeader> header = DecodeFrameHeader(AsBytes(frame));
  ASSERT_TRUE(header.has_value());
  EXPECT_EQ(header->first_txid, 258u);
  EXPECT_EQ(header->count, 2u);
  EXPECT_EQ(header->epoch, 3u);
  EXPECT_EQ(header->chain, 77u);
  EXPECT_EQ(header->FrameBytes(), frame.size());
  EXPECT_TRUE(FrameIsWhole(AsBytes(frame), *header,
                           AsBytes(frame).subspan(kFrameHeaderBytes, header->payload_bytes)));
}

TEST(Frame, EveryFlippedBitOfContentIsSeen) {
  std::string frame;
  EncodeFrame(TwoRecords(), 1, 9, &frame);
  const size_t used = kFrameHeaderBytes + TwoRecords().payload.size();
  for (size_t bit = 0; bit < used * 8; ++bit) {
    if (bit / 8 >= 44 && bit / 8 < kFrameHeaderBytes) continue;  // reserved
    std::string flipped = frame;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    const std::optional<FrameHeader> header = DecodeFrameHeader(AsBytes(flipped));
    if (!header || header->FrameBytes() > flipped.size()) continue;
    EXPECT_FALSE(FrameIsWhole(AsBytes(flipped), *header,
                              AsBytes(flipped).subspan(kFrameHeaderBytes, header->payload_bytes)))
        << bit;
  }
}

TEST(Frame, ALengthOverTheBoundIsNoFrame) {
  std::string frame;
  EncodeFrame(TwoRecords(), 1, 0, &frame);
  frame[4] = frame[5] = frame[6] = frame[7] = '\xff';
  EXPECT_FALSE(DecodeFrameHeader(AsBytes(frame)).has_value());
}

TEST(SegmentName, GoesBothWays) {
  EXPECT_EQ(SegmentName(1), "edits_00000000000000000001");
  EXPECT_EQ(ParseSegmentName(SegmentName(UINT64_MAX)), UINT64_MAX);
  EXPECT_EQ(ParseSegmentName("edits_1"), std::nullopt);
  EXPECT_EQ(ParseSegmentName("next.tmp"), std::nullopt);
  EXPECT_EQ(ParseSegmentName("edits_0000000000000000000x"), std::nullopt);
}

}  // namespace
}  // namespace tusk::dfs::namenode
