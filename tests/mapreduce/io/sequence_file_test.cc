#include "mapreduce/io/sequence_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/base/random.h"
#include "dfs/client/file_system.h"
#include "dfs/client/local_file_system.h"
#include "tests/support/golden.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

constexpr std::string_view kTypes = "text, text";

class SequenceFileTest : public testing::TestWithParam<MapOutputCompression> {
 protected:
  void SetUp() override {
    path_ =
        std::filesystem::temp_directory_path() / ("sequence_test." + std::to_string(RandomSeed()));
  }
  void TearDown() override { std::filesystem::remove(path_); }

  void WriteRecords(int records, size_t value_bytes) {
    auto stream = files_->Create(path_.string());
    ASSERT_OK(stream);
    OutputFileWriter file("part", std::move(*stream));
    SequenceFileWriter writer(file, kTypes, GetParam(), NewSyncMark());
    for (int i = 0; i < records; ++i) {
      const std::string key = std::to_string(i);
      uint8_t* const begin = writer.Begin(key.size() + value_bytes);
      uint8_t* const key_end = std::copy(key.begin(), key.end(), begin);
      writer.End(begin, key_end, std::fill_n(key_end, value_bytes, uint8_t{'v'}));
    }
    ASSERT_OK(writer.Close());
    ASSERT_OK(file.Close());
  }

  Result<std::vector<std::string>> ReadKeys(uint64_t offset, uint64_t length) {
    ASSIGN_OR_RETURN(auto stream, files_->Open(path_.string()));
    ASSIGN_OR_RETURN(const auto reader,
                     SequenceFileReader::Open(std::move(stream), kTypes, offset, length));
    std::vector<std::string> keys;
    while (reader->Next()) keys.emplace_back(AsText(reader->key()));
    RETURN_IF_ERROR(reader->status());
    return keys;
  }

  std::filesystem::path path_;
  std::shared_ptr<dfs::FileSystem> files_ = dfs::MakeLocalFileSystem();
};

TEST_F(SequenceFileTest, GoldenBytes) {
  // The worked example of docs/formats/sequence_file.md.
  SyncMark sync;
  for (size_t i = 0; i < sync.size(); ++i) sync[i] = static_cast<uint8_t>(0xa0 + i);
  auto stream = files_->Create(path_.string());
  ASSERT_OK(stream);
  OutputFileWriter file("part", std::move(*stream));
  SequenceFileWriter writer(file, kTypes, MapOutputCompression::kNone, sync);
  for (const std::string record : {"a1", "b"}) {
    uint8_t* const begin = writer.Begin(record.size());
    writer.End(begin, begin + 1, std::copy(record.begin(), record.end(), begin));
  }
  ASSERT_OK(writer.Close());
  ASSERT_OK(file.Close());
  std::ifstream in(path_, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  EXPECT_THAT(ReadSourceFile("docs/formats/sequence_file.md"),
              testing::HasSubstr(HexDump(AsBytes(bytes))));
  ASSERT_OK_AND_ASSIGN(const auto keys, ReadKeys(0, bytes.size()));
  EXPECT_EQ(keys, (std::vector<std::string>{"a", "b"}));
  // Records are of the range in which their block's mark starts: at byte 40.
  ASSERT_OK_AND_ASSIGN(const auto first, ReadKeys(0, 40));
  EXPECT_TRUE(first.empty());
  ASSERT_OK_AND_ASSIGN(const auto second, ReadKeys(40, 1));
  EXPECT_EQ(second.size(), 2u);
  ASSERT_OK_AND_ASSIGN(const auto third, ReadKeys(41, 1000));
  EXPECT_TRUE(third.empty());
}

TEST_F(SequenceFileTest, OtherTypesAreRefused) {
  auto stream = files_->Create(path_.string());
  ASSERT_OK(stream);
  OutputFileWriter file("part", std::move(*stream));
  SequenceFileWriter writer(file, "text, int64", MapOutputCompression::kNone, NewSyncMark());
  ASSERT_OK(writer.Close());
  ASSERT_OK(file.Close());
  EXPECT_THAT(ReadKeys(0, 1000), StatusIs(StatusCode::kInvalidArgument, "text, int64"));
}

TEST_P(SequenceFileTest, EveryCutGivesEachRecordOnce) {
  WriteRecords(2000, 700);
  const uint64_t size = std::filesystem::file_size(path_);
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::string> all;
    for (uint64_t at = 0; at < size;) {
      const uint64_t length = std::min(size - at, 1 + random.Below(size / 2));
      ASSERT_OK_AND_ASSIGN(const auto keys, ReadKeys(at, length));
      all.insert(all.end(), keys.begin(), keys.end());
      at += length;
    }
    ASSERT_EQ(all.size(), 2000u);
    for (int i = 0; i < 2000; ++i) ASSERT_EQ(all[static_cast<size_t>(i)], std::to_string(i));
  }
}

TEST_P(SequenceFileTest, DamageIsSeen) {
  WriteRecords(20, 10);
  std::ifstream in(path_, std::ios::binary);
  const std::string good((std::istreambuf_iterator<char>(in)), {});
  const uint64_t block = good.size();
  for (size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x20);
    std::ofstream(path_, std::ios::binary) << bad;
    const auto keys = ReadKeys(0, block);
    EXPECT_FALSE(keys.ok()) << at;
  }
  // Cut between blocks is what an empty file looks like; cut anywhere else is seen.
  size_t silent = 0;
  for (size_t size = 0; size < good.size(); ++size) {
    std::ofstream(path_, std::ios::binary) << good.substr(0, size);
    const auto keys = ReadKeys(0, block);
    if (keys.ok()) {
      EXPECT_TRUE(keys->empty());
      ++silent;
    }
  }
  EXPECT_EQ(silent, 1u);
}

INSTANTIATE_TEST_SUITE_P(Compressions, SequenceFileTest,
                         testing::Values(MapOutputCompression::kNone, MapOutputCompression::kLz4));

}  // namespace
}  // namespace tusk::mapreduce
