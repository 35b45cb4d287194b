#include "mapreduce/sort/spill_file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <utility>

#include "common/base/random.h"
#include "tests/support/golden.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::mapreduce {
namespace {

using Records = std::vector<std::pair<std::string, std::string>>;

class SpillFileTest : public testing::TestWithParam<MapOutputCompression> {
 protected:
  /// Records of each partition into a file; returns its bytes.
  std::string Write(const std::vector<Records>& partitions, MapOutputCompression compression) {
    const auto count = static_cast<uint32_t>(partitions.size());
    auto writer = SpillWriter::Create(path_, count, compression);
    EXPECT_OK(writer);
    for (uint32_t partition = 0; partition < count; ++partition) {
      if (partitions[partition].empty()) continue;
      EXPECT_OK((*writer)->StartPartition(partition));
      for (const auto& [key, value] : partitions[partition]) {
        EXPECT_OK((*writer)->Append(AsBytes(key), AsBytes(value)));
      }
    }
    EXPECT_OK((*writer)->Finish());
    std::ifstream in(path_, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  }

  /// What the file holds now, or why it is refused.
  Result<std::vector<Records>> Read(uint32_t partitions) {
    ASSIGN_OR_RETURN(const auto file, LocalFile::Open(path_));
    ASSIGN_OR_RETURN(const SpillIndex index, ReadSpillIndex(*file, partitions));
    std::vector<Records> all;
    for (const SpillSegment& segment : index.segments) {
      RunReader reader(MakeFileSegment(file, segment.offset, segment.stored_bytes));
      Records& records = all.emplace_back();
      while (reader.Next()) records.emplace_back(AsText(reader.key()), AsText(reader.value()));
      RETURN_IF_ERROR(reader.status());
    }
    return all;
  }

  void Overwrite(std::string_view bytes) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }

  TempDir directory_;
  const std::string path_ = directory_ / "spill";
};

const std::vector<Records> kExample = {{{"a", "1"}, {"b", ""}}, {}, {{"c", "23"}}};

TEST_F(SpillFileTest, GoldenBytes) {
  // The worked example of docs/formats/spill_file.md.
  const std::string bytes = Write(kExample, MapOutputCompression::kNone);
  EXPECT_THAT(ReadSourceFile("docs/formats/spill_file.md"),
              testing::HasSubstr(HexDump(AsBytes(bytes))));
  ASSERT_OK_AND_ASSIGN(const auto read, Read(3));
  EXPECT_EQ(read, kExample);
}

TEST_F(SpillFileTest, AnotherNumberOfPartitionsIsRefused) {
  Write(kExample, MapOutputCompression::kNone);
  for (const uint32_t partitions : {0u, 1u, 2u, 4u, 100'000u, 4'000'000'000u}) {
    EXPECT_THAT(Read(partitions), StatusIs(StatusCode::kCorruption)) << partitions;
  }
}

TEST_F(SpillFileTest, NoPartitionsIsAnEmptyFileWithATrailer) {
  const std::string bytes = Write({}, MapOutputCompression::kNone);
  EXPECT_EQ(bytes.size(), 24u);
  ASSERT_OK_AND_ASSIGN(const auto read, Read(0));
  EXPECT_TRUE(read.empty());
}

TEST_F(SpillFileTest, AWriterThatDiesLeavesNothingThatReads) {
  {
    auto writer = SpillWriter::Create(path_, 1, MapOutputCompression::kNone);
    ASSERT_OK(writer);
    ASSERT_OK((*writer)->StartPartition(0));
    ASSERT_OK((*writer)->Append(AsBytes("key"), AsBytes("value")));
  }
  EXPECT_THAT(Read(1), StatusIs(StatusCode::kCorruption));
}

TEST_P(SpillFileTest, RecordsComeBackInOrderOverManyBlocks) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  std::vector<Records> partitions(5);
  for (Records& records : partitions) {
    const uint64_t count = random.Below(3) == 0 ? 0 : random.Below(400);
    for (uint64_t i = 0; i < count; ++i) {
      const uint64_t size = random.Below(50) == 0 ? random.Below(200'000) : random.Below(1'000);
      records.emplace_back(std::to_string(random.Next()),
                           std::string(size, static_cast<char>('a' + random.Below(26))));
    }
  }
  Write(partitions, GetParam());
  ASSERT_OK_AND_ASSIGN(const auto read, Read(5));
  EXPECT_TRUE(read == partitions);
}

TEST_P(SpillFileTest, EveryPrefixAndEveryFlippedByteIsRefused) {
  const std::string good = Write({{{"a", std::string(300, 'x')}}, {{"b", "y"}}}, GetParam());
  for (size_t size = 0; size < good.size(); ++size) {
    Overwrite(good.substr(0, size));
    EXPECT_THAT(Read(2), StatusIs(StatusCode::kCorruption)) << "cut at " << size;
  }
  for (size_t at = 0; at < good.size(); ++at) {
    for (const uint8_t mask : {0x01, 0x80, 0xff}) {
      std::string bad = good;
      bad[at] = static_cast<char>(static_cast<uint8_t>(bad[at]) ^ mask);
      Overwrite(bad);
      EXPECT_THAT(Read(2), StatusIs(StatusCode::kCorruption)) << "flipped at " << at;
    }
  }
}

TEST_P(SpillFileTest, SegmentsOfAnyBytesEndWithAStatus) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  const std::string good = Write({{{"a", std::string(300, 'x')}}}, GetParam());
  for (int round = 0; round < 2'000; ++round) {
    std::vector<uint8_t> bytes(good.begin(), good.begin() + 40);
    for (uint64_t change = random.Below(4); change > 0; --change) {
      bytes[random.Below(bytes.size())] = static_cast<uint8_t>(random.Next());
    }
    bytes.resize(random.Below(bytes.size() + 1));
    RunReader reader(MakeMemorySegment(std::move(bytes)));
    while (reader.Next()) {
    }
    EXPECT_TRUE(reader.status().ok() || reader.status().code() == StatusCode::kCorruption);
  }
}

INSTANTIATE_TEST_SUITE_P(Compressions, SpillFileTest,
                         testing::Values(MapOutputCompression::kNone, MapOutputCompression::kSnappy,
                                         MapOutputCompression::kLz4, MapOutputCompression::kZstd));

}  // namespace
}  // namespace tusk::mapreduce
