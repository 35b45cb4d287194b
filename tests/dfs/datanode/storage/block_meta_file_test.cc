#include "dfs/datanode/storage/block_meta_file.h"

#include <gtest/gtest.h>

#include "tests/dfs/datanode/storage/stored_block.h"
#include "tests/support/golden.h"

namespace tusk::dfs::datanode {
namespace {

TEST(BlockMetaFile, GoldenBytes) {
  // The worked example of docs/formats/block_file.md.
  MemoryEnv env;
  ASSERT_OK_AND_ASSIGN(const auto store, OpenStore(env));
  const Block block{BlockId(1073741825), GenerationStamp(1001), 0};
  ASSERT_OK_AND_ASSIGN(auto writer,
                       store->Create(store->volumes().at(0), block, kSmallChunks, false, {}));
  const TestPacket packet(kSmallChunks, 0, "0123456789abcdefghij");
  const PacketView view = packet.View();
  ASSERT_OK(writer->Write({&view, 1}, kSmallChunks, true));
  ASSERT_OK(store->Finalize(std::move(writer), false));
  const std::string directory = store->volumes().at(0).FinalizedDirectory(block.id);
  ASSERT_OK_AND_ASSIGN(const std::string data,
                       env.ReadSmallFile(directory + "/blk_1073741825", 100));
  EXPECT_EQ(data, "0123456789abcdefghij");
  ASSERT_OK_AND_ASSIGN(const std::string meta,
                       env.ReadSmallFile(directory + "/blk_1073741825_1001.meta", 100));
  EXPECT_THAT(ReadSourceFile("docs/formats/block_file.md"),
              testing::HasSubstr(HexDump(AsBytes(meta))));
}

TEST(BlockMetaFile, HeadersComeBack) {
  for (const ChecksumType type : {ChecksumType::kCrc32, ChecksumType::kCrc32c}) {
    for (const uint32_t chunk : {16u, 512u, 1u << 20}) {
      const ChecksumSpec spec{type, chunk};
      ASSERT_OK_AND_ASSIGN(const ChecksumSpec back, ParseMetaHeader(EncodeMetaHeader(spec)));
      EXPECT_EQ(back, spec);
    }
  }
}

TEST(BlockMetaFile, WithoutChecksumsTheChunkSizeSaysNothing) {
  uint8_t header[kMetaHeaderBytes] = {0, 1, 0, 0, 0, 0, 0};
  ASSERT_OK_AND_ASSIGN(const ChecksumSpec spec, ParseMetaHeader(header));
  EXPECT_EQ(spec.type, ChecksumType::kNull);
  EXPECT_NE(spec.bytes_per_checksum, 0u);
  EXPECT_EQ(MetaFileBytes(spec, 1'000'000), kMetaHeaderBytes);
}

TEST(BlockMetaFile, EveryPrefixAndImpossibleHeadersAreCorrupt) {
  const auto good = EncodeMetaHeader(ChecksumSpec());
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_THAT(ParseMetaHeader(ByteView(good).first(size)), StatusIs(StatusCode::kCorruption));
  }
  const uint8_t bad[][kMetaHeaderBytes] = {
      {0, 2, 2, 0, 0, 2, 0},     // version
      {1, 0, 2, 0, 0, 2, 0},     // version, the other byte order
      {0, 1, 9, 0, 0, 2, 0},     // type
      {0, 1, 255, 0, 0, 2, 0},   //
      {0, 1, 2, 0, 0, 0, 0},     // chunks of nothing
      {0, 1, 2, 0, 0, 0, 15},    // too small
      {0, 1, 2, 0, 16, 0, 1},    // too large
      {0, 1, 2, 255, 0, 0, 16},  //
  };
  for (const auto& header : bad) {
    EXPECT_THAT(ParseMetaHeader(header), StatusIs(StatusCode::kCorruption)) << HexDump(header);
  }
}

TEST(BlockMetaFile, EveryFlippedBitIsRefusedOrAnotherSpec) {
  const ChecksumSpec spec;
  const auto good = EncodeMetaHeader(spec);
  for (size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto bad = good;
    bad[bit / 8] = static_cast<uint8_t>(bad[bit / 8] ^ (1 << (bit % 8)));
    const Result<ChecksumSpec> read = ParseMetaHeader(bad);
    EXPECT_TRUE(!read.ok() || *read != spec) << bit;
  }
}

TEST(BlockMetaFile, ChecksumsStandWhereTheirChunkSays) {
  EXPECT_EQ(ChecksumPosition(kSmallChunks, 0), 7u);
  EXPECT_EQ(ChecksumPosition(kSmallChunks, 15), 7u);
  EXPECT_EQ(ChecksumPosition(kSmallChunks, 16), 11u);
  EXPECT_EQ(MetaFileBytes(kSmallChunks, 0), 7u);
  EXPECT_EQ(MetaFileBytes(kSmallChunks, 1), 11u);
  EXPECT_EQ(MetaFileBytes(kSmallChunks, 16), 11u);
  EXPECT_EQ(MetaFileBytes(kSmallChunks, 17), 15u);
}

TEST(BlockMetaFile, NamesGoBothWays) {
  const BlockId id(1073741825);
  EXPECT_EQ(BlockFileName(id), "blk_1073741825");
  EXPECT_EQ(MetaFileName(id, GenerationStamp(1001)), "blk_1073741825_1001.meta");
  EXPECT_EQ(ParseBlockFileName("blk_1073741825"), id);
  EXPECT_EQ(ParseBlockFileName("blk_-5"), BlockId(-5));
  const auto meta = ParseMetaFileName("blk_-5_1001.meta");
  ASSERT_TRUE(meta.has_value());
  EXPECT_EQ(meta->id, BlockId(-5));
  EXPECT_EQ(meta->stamp, GenerationStamp(1001));
}

TEST(BlockMetaFile, OtherNamesAreNone) {
  for (const char* name : {"", "blk_", "blk_x", "blk_1x", "blk_1_1001.meta", "blk_ 1", "BLK_1",
                           "blk_99999999999999999999", "rbw"}) {
    EXPECT_FALSE(ParseBlockFileName(name).has_value()) << name;
  }
  for (const char* name : {"", ".meta", "blk_.meta", "blk_1.meta", "blk_1_.meta", "blk__1.meta",
                           "blk_1_2.met", "blk_1_2.meta.tmp", "blk_1_2x.meta", "blk_"}) {
    EXPECT_FALSE(ParseMetaFileName(name).has_value()) << name;
  }
}

}  // namespace
}  // namespace tusk::dfs::datanode
