#include "mapreduce/sort/map_collector.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "common/base/random.h"
#include "mapreduce/sort/run_merger.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

using Records = std::vector<std::pair<std::string, std::string>>;

int64_t NumberOf(ByteView value) {
  uint64_t bits = 0;
  EXPECT_NE(GetVarint(value.data(), value.data() + value.size(), &bits), nullptr);
  return UnZigZag(bits);
}

/// Sums numbers, as the typed combiner of Sum<int64_t> does.
class SumCombiner final : public Combiner {
 public:
  Status Combine(GroupedRecords& group, RecordSink& out) override {
    int64_t sum = 0;
    while (group.NextValue()) sum += NumberOf(group.value());
    uint8_t bytes[kMaxVarintBytes];
    const uint8_t* const end = PutVarint(bytes, ZigZag(sum));
    return out.Append(group.key(), {bytes, static_cast<size_t>(end - bytes)});
  }
};

class MapCollectorTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() /
                 ("map_collector_test." + std::to_string(RandomSeed()));
    std::filesystem::create_directories(directory_);
    options_.directory = directory_;
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  Records ReadPartition(const MapOutput& output, uint32_t partition) {
    auto file = LocalFile::Open(output.path);
    EXPECT_OK(file);
    const SpillSegment& segment = output.index.segments[partition];
    RunReader reader(MakeFileSegment(*file, segment.offset, segment.stored_bytes));
    Records records;
    while (reader.Next()) records.emplace_back(AsText(reader.key()), AsText(reader.value()));
    EXPECT_OK(reader.status());
    EXPECT_EQ(records.size(), segment.records);
    return records;
  }

  static void Emit(MapCollector& collector, std::string_view key, int64_t number) {
    if (collector.folds()) {
      collector.Fold(AsBytes(key), ToFoldWord(number));
      return;
    }
    uint8_t* const begin = collector.Begin(key.size() + kMaxVarintBytes);
    std::copy(key.begin(), key.end(), begin);
    uint8_t* const key_end = begin + key.size();
    collector.End(begin, key_end, PutVarint(key_end, ZigZag(number)));
  }

  /// Emits random records and compares sums, order and partitions with a map of the standard
  /// library.
  void CheckSums(uint64_t different_keys, size_t longest_key, int records) {
    const uint64_t seed = RandomSeed();
    SCOPED_TRACE(seed);
    Random random(seed);
    ASSERT_OK_AND_ASSIGN(const auto collector, MapCollector::Create(options_, &arena_, &counters_));
    std::map<std::string, int64_t> expected;
    for (int i = 0; i < records; ++i) {
      std::string key = std::to_string(random.Below(different_keys));
      key.resize(key.size() + random.Below(longest_key), key[0] == '1' ? '\0' : 'x');
      const auto number = static_cast<int64_t>(random.Below(1000)) - 500;
      expected[key] += number;
      Emit(*collector, key, number);
    }
    ASSERT_OK(collector->status());
    ASSERT_OK_AND_ASSIGN(const MapOutput output, collector->Finish());
    EXPECT_EQ(counters_.Get(BuiltinCounter::kMapOutputRecords), records);
    std::map<std::string, int64_t> found;
    for (uint32_t partition = 0; partition < options_.partitions; ++partition) {
      std::string last;
      for (const auto& [key, value] : ReadPartition(output, partition)) {
        EXPECT_LE(CompareKeys(AsBytes(last), AsBytes(key)), 0);
        EXPECT_EQ(HashPartition(AsBytes(key), options_.partitions), partition);
        last = key;
        found[key] += NumberOf(AsBytes(value));
      }
    }
    EXPECT_EQ(found, expected);
    if (options_.combiner != nullptr) {
      EXPECT_EQ(output.index.TotalRecords(), expected.size());
    }
    EXPECT_FALSE(std::filesystem::exists(directory_ / "spill0.run"));
  }

  std::filesystem::path directory_;
  CollectorOptions options_;
  SumCombiner combiner_;
  Arena arena_;
  Counters counters_;
};

TEST_F(MapCollectorTest, SortsWithoutCombiner) {
  options_.partitions = 3;
  CheckSums(5000, 10, 20000);
}

TEST_F(MapCollectorTest, SpillsAndMergesWithinASmallBuffer) {
  options_.buffer_bytes = 64 << 10;
  options_.merge_factor = 3;
  options_.partitions = 5;
  CheckSums(20000, 20, 50000);
}

TEST_F(MapCollectorTest, CombinesSpills) {
  options_.buffer_bytes = 64 << 10;
  options_.merge_factor = 3;
  options_.combiner = &combiner_;
  CheckSums(500, 30, 50000);
}

TEST_F(MapCollectorTest, FoldsHotKeys) {
  options_.combiner = &combiner_;
  options_.fold = FoldKind::kSumInt64;
  options_.partitions = 4;
  CheckSums(3000, 1, 100000);
}

TEST_F(MapCollectorTest, FoldsShortAndLongKeysInASmallTable) {
  options_.buffer_bytes = 128 << 10;
  options_.merge_factor = 4;
  options_.combiner = &combiner_;
  options_.fold = FoldKind::kSumInt64;
  CheckSums(2000, 40, 100000);
  EXPECT_GT(counters_.Get(BuiltinCounter::kSpilledRecords), 0);
}

TEST_F(MapCollectorTest, ATableThatALongKeyFilledHasRoomForShortOnes) {
  options_.buffer_bytes = 128 << 10;
  options_.combiner = &combiner_;
  options_.fold = FoldKind::kSumInt64;
  ASSERT_OK_AND_ASSIGN(const auto collector, MapCollector::Create(options_, &arena_, &counters_));
  std::map<std::string, int64_t> expected;
  const auto emit = [&](const std::string& key) {
    expected[key] += 1;
    Emit(*collector, key, 1);
  };
  // 2048 slots, of which 1248 may be used before the 32 keys that are not settled yet.
  for (int i = 0; i < 32; ++i) emit("short" + std::to_string(i));
  for (int i = 0; i < 1248; ++i) emit("a key that is long " + std::to_string(i));
  emit("one more");
  ASSERT_OK_AND_ASSIGN(const MapOutput output, collector->Finish());
  std::map<std::string, int64_t> found;
  for (const auto& [key, value] : ReadPartition(output, 0)) found[key] += NumberOf(AsBytes(value));
  EXPECT_TRUE(found == expected);
}

TEST_F(MapCollectorTest, GivesUpFoldingWhenKeysDoNotRepeat) {
  options_.buffer_bytes = 128 << 10;
  options_.combiner = &combiner_;
  options_.fold = FoldKind::kSumInt64;
  CheckSums(UINT64_MAX, 3, 30000);
}

TEST_F(MapCollectorTest, CompressesEveryWay) {
  for (const auto compression :
       {MapOutputCompression::kSnappy, MapOutputCompression::kLz4, MapOutputCompression::kZstd}) {
    options_.compression = compression;
    counters_ = {};
    CheckSums(5000, 30, 20000);
  }
}

TEST_F(MapCollectorTest, EqualKeysKeepTheirOrderOfArrival) {
  options_.buffer_bytes = 64 << 10;
  options_.merge_factor = 2;
  ASSERT_OK_AND_ASSIGN(const auto collector, MapCollector::Create(options_, &arena_, &counters_));
  for (int i = 0; i < 20000; ++i) Emit(*collector, i % 2 == 0 ? "even" : "odd", i);
  ASSERT_OK_AND_ASSIGN(const MapOutput output, collector->Finish());
  int64_t last = -2;
  for (const auto& [key, value] : ReadPartition(output, 0)) {
    const int64_t number = NumberOf(AsBytes(value));
    EXPECT_EQ(number, key == "odd" && last == 19998 ? 1 : last + 2);
    last = number;
  }
  EXPECT_EQ(last, 19999);
}

TEST_F(MapCollectorTest, UnsortedKeepsRecordsByPartition) {
  options_.shuffle = ShuffleMode::kUnsorted;
  options_.partitions = 2;
  options_.buffer_bytes = 64 << 10;
  ASSERT_OK_AND_ASSIGN(const auto collector, MapCollector::Create(options_, &arena_, &counters_));
  for (int i = 0; i < 20000; ++i) Emit(*collector, std::to_string(20000 - i), i);
  ASSERT_OK_AND_ASSIGN(const MapOutput output, collector->Finish());
  size_t records = 0;
  for (uint32_t partition = 0; partition < 2; ++partition) {
    int64_t last = -1;
    for (const auto& [key, value] : ReadPartition(output, partition)) {
      EXPECT_GT(NumberOf(AsBytes(value)), last);
      last = NumberOf(AsBytes(value));
      ++records;
    }
  }
  EXPECT_EQ(records, 20000u);
}

TEST_F(MapCollectorTest, RefusesARecordThatCannotFit) {
  options_.buffer_bytes = 64 << 10;
  ASSERT_OK_AND_ASSIGN(const auto collector, MapCollector::Create(options_, &arena_, &counters_));
  Emit(*collector, std::string(100 << 10, 'k'), 1);
  Emit(*collector, "small", 1);
  EXPECT_THAT(collector->Finish(), StatusIs(StatusCode::kTooLarge));
}

TEST_F(MapCollectorTest, LongKeyThatNoTableHolds) {
  options_.buffer_bytes = 256 << 10;
  options_.combiner = &combiner_;
  options_.fold = FoldKind::kSumInt64;
  ASSERT_OK_AND_ASSIGN(const auto collector, MapCollector::Create(options_, &arena_, &counters_));
  const std::string key(200 << 10, 'k');
  Emit(*collector, "a", 1);
  Emit(*collector, key, 2);
  Emit(*collector, key, 3);
  Emit(*collector, "a", 4);
  ASSERT_OK_AND_ASSIGN(const MapOutput output, collector->Finish());
  const Records records = ReadPartition(output, 0);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(NumberOf(AsBytes(records[0].second)), 5);
  EXPECT_EQ(NumberOf(AsBytes(records[1].second)), 5);
}

TEST_F(MapCollectorTest, EveryPrefixAndEveryFlippedByteIsRefused) {
  options_.partitions = 2;
  options_.compression = MapOutputCompression::kLz4;
  ASSERT_OK_AND_ASSIGN(const auto collector, MapCollector::Create(options_, &arena_, &counters_));
  for (int i = 0; i < 40; ++i) Emit(*collector, "key" + std::to_string(i), i);
  ASSERT_OK_AND_ASSIGN(const MapOutput output, collector->Finish());
  std::ifstream in(output.path, std::ios::binary);
  const std::string good((std::istreambuf_iterator<char>(in)), {});
  const std::string path = directory_ / "bad.run";
  const auto readable = [&path](const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    auto file = LocalFile::Open(path);
    EXPECT_OK(file);
    const Result<SpillIndex> index = ReadSpillIndex(**file, 2);
    if (!index.ok()) return false;
    for (const SpillSegment& segment : index->segments) {
      RunReader reader(MakeFileSegment(*file, segment.offset, segment.stored_bytes));
      while (reader.Next()) {
      }
      if (!reader.status().ok()) return false;
    }
    return true;
  };
  EXPECT_TRUE(readable(good));
  for (size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(readable(good.substr(0, size))) << size;
  for (size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    EXPECT_FALSE(readable(bad)) << at;
  }
}

}  // namespace
}  // namespace tusk::mapreduce
