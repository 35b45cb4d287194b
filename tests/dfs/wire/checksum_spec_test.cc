#include "dfs/wire/checksum_spec.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "tests/support/status_matchers.h"

namespace tusk::dfs {
namespace {

ChecksumSpec Spec(ChecksumType type, uint32_t chunk) {
  ChecksumSpec spec;
  spec.type = type;
  spec.bytes_per_checksum = chunk;
  return spec;
}

std::vector<uint8_t> Sums(const ChecksumSpec& spec, uint64_t offset, ByteView data) {
  std::vector<uint8_t> sums(spec.ChecksumBytes(offset, data.size()));
  ComputeChecksums(spec, offset, data, sums);
  return sums;
}

TEST(ChecksumSpec, CheckValuesOfTheStandards) {
  // The check values of the CRC catalogue: both CRCs of "123456789", big-endian.
  const ByteView digits = AsBytes("123456789");
  EXPECT_EQ(Sums(Spec(ChecksumType::kCrc32, 512), 0, digits),
            (std::vector<uint8_t>{0xCB, 0xF4, 0x39, 0x26}));
  EXPECT_EQ(Sums(Spec(ChecksumType::kCrc32c, 512), 0, digits),
            (std::vector<uint8_t>{0xE3, 0x06, 0x92, 0x83}));
  EXPECT_TRUE(Sums(Spec(ChecksumType::kNull, 512), 0, digits).empty());
  EXPECT_EQ(ChecksumTypeName(ChecksumType::kCrc32c), "CRC32C");
}

TEST(ChecksumSpec, SpecsOfPeersAreChecked) {
  ASSERT_OK_AND_ASSIGN(const ChecksumSpec usual, ChecksumSpec::Make(2, 512));
  EXPECT_EQ(usual, ChecksumSpec());
  EXPECT_OK(ChecksumSpec::Make(1, kMinBytesPerChecksum));
  EXPECT_OK(ChecksumSpec::Make(2, kMaxBytesPerChecksum));
  EXPECT_OK(ChecksumSpec::Make(0, 0));
  EXPECT_THAT(ChecksumSpec::Make(3, 512), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(ChecksumSpec::Make(-1, 512), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(ChecksumSpec::Make(2, 0), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(ChecksumSpec::Make(2, 1ULL << 32), StatusIs(StatusCode::kInvalidArgument));
}

TEST(ChecksumSpec, ChunksAreCountedFromTheStartOfTheBlock) {
  const ChecksumSpec spec = Spec(ChecksumType::kCrc32c, 512);
  EXPECT_EQ(spec.ChunkCount(0, 0), 0U);
  EXPECT_EQ(spec.ChunkCount(100, 0), 0U);
  EXPECT_EQ(spec.ChunkCount(0, 512), 1U);
  EXPECT_EQ(spec.ChunkCount(0, 513), 2U);
  EXPECT_EQ(spec.ChunkCount(511, 1), 1U);
  EXPECT_EQ(spec.ChunkCount(511, 2), 2U);
  EXPECT_EQ(spec.ChecksumBytes(511, 514), 12U);
  EXPECT_EQ(spec.ChunkCount(0, UINT64_MAX), (UINT64_MAX - 1) / 512 + 1) << "no overflow";
}

TEST(ChecksumSpec, PiecesOfAStretchThatStartsInsideOfAChunk) {
  const ChecksumSpec spec = Spec(ChecksumType::kCrc32c, 16);
  const std::string data(40, 'x');
  const std::vector<uint8_t> sums = Sums(spec, 10, AsBytes(data));
  ASSERT_EQ(sums.size(), 4 * 4U);  // 6 + 16 + 16 + 2 bytes
  const std::vector<uint8_t> first = Sums(spec, 0, AsBytes(data).first(6));
  EXPECT_TRUE(std::equal(first.begin(), first.end(), sums.begin()));
  EXPECT_OK(VerifyChecksums(spec, 10, AsBytes(data), sums));
}

TEST(ChecksumSpec, EveryFlippedBitIsFoundAtItsPlace) {
  const uint32_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  for (const ChecksumType type : {ChecksumType::kCrc32, ChecksumType::kCrc32c}) {
    for (int round = 0; round < 300; ++round) {
      const ChecksumSpec spec = Spec(type, 16 + random() % 600);
      const uint64_t offset = random() % 5000;
      std::string data(1 + random() % 3000, '\0');
      for (char& c : data) c = static_cast<char>(random());
      const std::vector<uint8_t> sums = Sums(spec, offset, AsBytes(data));
      ASSERT_OK(VerifyChecksums(spec, offset, AsBytes(data), sums));
      const size_t at = random() % data.size();
      data[at] = static_cast<char>(data[at] ^ (1 << random() % 8));
      const auto bad = FindBadChunk(spec, offset, AsBytes(data), sums);
      ASSERT_TRUE(bad.has_value());
      const uint64_t chunk_start =
          (offset + at) / spec.bytes_per_checksum * spec.bytes_per_checksum;
      EXPECT_EQ(bad->offset, std::max(offset, chunk_start));
      EXPECT_NE(bad->expected, bad->computed);
      EXPECT_THAT(VerifyChecksums(spec, offset, AsBytes(data), sums),
                  StatusIs(StatusCode::kCorruption, std::to_string(bad->offset)));
    }
  }
}

TEST(ChecksumSpec, WrongNumberOfChecksums) {
  const ChecksumSpec spec;
  const std::vector<uint8_t> sums(7);
  EXPECT_THAT(VerifyChecksums(spec, 0, AsBytes("abc"), sums),
              StatusIs(StatusCode::kInvalidArgument, "7 bytes of checksums"));
}

}  // namespace
}  // namespace tusk::dfs
