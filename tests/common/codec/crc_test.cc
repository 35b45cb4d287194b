#include "common/codec/crc.h"

#include "common/base/random.h"
#include "tests/support/golden.h"
#include "tests/support/status_matchers.h"

namespace tusk {
namespace {

/// Bit by bit, as the definition says.
uint32_t Slow(uint32_t polynomial, ByteView data) {
  uint32_t state = ~0u;
  for (const uint8_t byte : data) {
    state ^= byte;
    for (int i = 0; i < 8; ++i) state = (state & 1) != 0 ? (state >> 1) ^ polynomial : state >> 1;
  }
  return ~state;
}

TEST(Crc, PublishedValues) {
  // "123456789" is the check value of the catalogues; the others are from RFC 3720, B.4.
  EXPECT_EQ(Crc32(AsBytes("123456789")), 0xCBF43926u);
  EXPECT_EQ(Crc32c(AsBytes("123456789")), 0xE3069283u);
  EXPECT_EQ(Crc32c(AsBytes(std::string(32, '\0'))), 0x8A9136AAu);
  EXPECT_EQ(Crc32c(AsBytes(std::string(32, '\xff'))), 0x62A8AB43u);
  EXPECT_EQ(Crc32({}), 0u);
  EXPECT_EQ(Crc32c({}), 0u);
}

TEST(Crc, EqualsTheDefinitionAtAllLengthsExtendsAndCombines) {
  Random random(3);
  std::string data(3000, '\0');
  for (char& c : data) c = static_cast<char>(random.Next());
  for (size_t length = 0; length < data.size(); length += length < 300 ? 1 : 97) {
    const ByteView whole = AsBytes(data).first(length);
    const uint32_t crc32 = Slow(0xEDB88320, whole), crc32c = Slow(0x82F63B78, whole);
    ASSERT_EQ(Crc32(whole), crc32) << length;
    ASSERT_EQ(Crc32c(whole), crc32c) << length;
    const size_t cut = random.Below(length + 1);
    const ByteView a = whole.first(cut), b = whole.subspan(cut);
    ASSERT_EQ(Crc32(b, Crc32(a)), crc32);
    ASSERT_EQ(Crc32c(b, Crc32c(a)), crc32c);
    ASSERT_EQ(Crc32Combine(Crc32(a), Crc32(b), b.size()), crc32);
    ASSERT_EQ(Crc32cCombine(Crc32c(a), Crc32c(b), b.size()), crc32c);
  }
}

TEST(Crc, ChunksFindTheBadOne) {
  std::string data(1300, 'x');
  for (const ChecksumType type : {ChecksumType::kCrc32, ChecksumType::kCrc32c}) {
    std::vector<uint8_t> sums(3 * ChecksumLength(type));
    ChecksumChunks(type, AsBytes(data), 512, sums);
    EXPECT_FALSE(FindBadChunk(type, AsBytes(data), 512, sums).has_value());
    for (const size_t at : {0u, 511u, 512u, 1024u, 1299u}) {
      data[at] ^= 1;
      EXPECT_EQ(FindBadChunk(type, AsBytes(data), 512, sums), at / 512);
      data[at] ^= 1;
    }
  }
  EXPECT_FALSE(FindBadChunk(ChecksumType::kNull, AsBytes(data), 512, {}).has_value());
  // Big endian, as HDFS has it.
  std::vector<uint8_t> one(4);
  ChecksumChunks(ChecksumType::kCrc32c, AsBytes("123456789"), 512, one);
  EXPECT_EQ(HexDump(one), "e3 06 92 83");
}

}  // namespace
}  // namespace tusk
