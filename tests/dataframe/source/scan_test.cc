#include "dataframe/source/scan.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "dfs/client/file_system.h"
#include "tests/dataframe/source/table_files.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::df {
namespace {

TEST(ScanSplitTest, ComesBackFromBytesAndDamageIsSeen) {
  ScanSplit split;
  split.file = 7;
  split.begin = 1;
  split.end = 1ULL << 40;
  split.bytes = 3;
  split.hosts = {"a", "bb"};
  const std::string bytes = split.Encode();
  ASSERT_OK_AND_ASSIGN(const ScanSplit decoded, ScanSplit::Decode(AsBytes(bytes)));
  EXPECT_EQ(decoded, split);
  for (size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THAT(ScanSplit::Decode(AsBytes(bytes).first(length)), StatusIs(StatusCode::kCorruption));
  }
  EXPECT_THAT(ScanSplit::Decode(AsBytes(bytes + "x")), StatusIs(StatusCode::kCorruption));
}

/// A split of so many bytes of each of `files` files.
std::vector<ScanSplit> SplitsOfFiles(const std::vector<uint64_t>& bytes) {
  std::vector<ScanSplit> splits(bytes.size());
  for (uint32_t i = 0; i < splits.size(); ++i) {
    splits[i].file = i;
    splits[i].bytes = bytes[i];
  }
  return splits;
}

TableSource TableOfPaths(size_t files, size_t path_bytes) {
  TableSource source;
  source.files.resize(files);
  for (SourceFile& file : source.files) file.path.assign(path_bytes, 'p');
  return source;
}

/// How many splits each group has; `splits` must be in them in their order.
std::vector<size_t> GroupSizes(const std::vector<std::vector<ScanSplit>>& groups,
                               const std::vector<ScanSplit>& splits) {
  std::vector<size_t> sizes;
  std::vector<ScanSplit> all;
  for (const auto& group : groups) {
    sizes.push_back(group.size());
    all.insert(all.end(), group.begin(), group.end());
  }
  EXPECT_EQ(all, splits);
  return sizes;
}

constexpr uint64_t kMiB = uint64_t{1} << 20;

TEST(PackSplitsTest, SmallFilesShareATaskAndGreatOnesDoNot) {
  const TableSource source = TableOfPaths(8, 10);
  const auto splits =
      SplitsOfFiles({64 * kMiB, 30 * kMiB, 30 * kMiB, 30 * kMiB, 1, 1, 63 * kMiB, 1});
  const auto groups = PackSplits(source, splits, {.target_bytes = 64 * kMiB});
  EXPECT_EQ(GroupSizes(groups, splits), (std::vector<size_t>{1, 2, 3, 2}));
}

TEST(PackSplitsTest, ATinyFileCountsForWhatOpeningItCosts) {
  const TableSource source = TableOfPaths(640, 10);
  const auto splits = SplitsOfFiles(std::vector<uint64_t>(640, 100));
  const auto groups = PackSplits(source, splits, {.target_bytes = 64 * kMiB});
  EXPECT_EQ(GroupSizes(groups, splits), std::vector<size_t>(10, 64));
  const auto for_slots = PackSplits(source, splits, {.target_bytes = 64 * kMiB, .min_splits = 40});
  EXPECT_EQ(GroupSizes(for_slots, splits), std::vector<size_t>(40, 16));
}

TEST(PackSplitsTest, AGroupsNamesStayShort) {
  const TableSource source = TableOfPaths(100, 4000);
  const auto splits = SplitsOfFiles(std::vector<uint64_t>(100, 1));
  for (const auto& group : PackSplits(source, splits, {.target_bytes = uint64_t{1} << 40}))
    EXPECT_LE(group.size(), 8U);
  const TableSource endless = TableOfPaths(2, 100'000);
  EXPECT_EQ(PackSplits(endless, SplitsOfFiles({1, 1}), {}).size(), 2U);
}

std::shared_ptr<TableSource> Range(int64_t from, int64_t to) {
  auto source = std::make_shared<TableSource>();
  source->name = "range";
  source->format = TableFormat::kRange;
  source->range_from = from;
  source->range_to = to;
  source->schema = arrow::schema({arrow::field("n", arrow::int64(), false)});
  return source;
}

TEST(RangeScanTest, CountsUpWhateverTheSplits) {
  for (const uint32_t splits : {1U, 3U, 16U, 1000U}) {
    ASSERT_OK_AND_ASSIGN(const auto table,
                         ReadAll(*MakeScan(Range(-5, 70'000)), {.min_splits = splits}));
    ASSERT_EQ(table->num_rows(), 70'005);
    int64_t expected = -5;
    for (const auto& chunk : table->column(0)->chunks()) {
      const auto& numbers = static_cast<const arrow::Int64Array&>(*chunk);
      for (int64_t i = 0; i < numbers.length(); ++i) ASSERT_EQ(numbers.Value(i), expected++);
    }
  }
}

TEST(RangeScanTest, EmptyAndExtremeRanges) {
  ASSERT_OK_AND_ASSIGN(const auto none,
                       MakeSplits(*MakeScan(Range(3, 3)), LocalFiles(), {.min_splits = 4}));
  EXPECT_TRUE(none.empty());
  ASSERT_OK_AND_ASSIGN(const auto two,
                       MakeSplits(*MakeScan(Range(3, 5)), LocalFiles(), {.min_splits = 4}));
  EXPECT_EQ(two.size(), 2U);
  const auto scan = MakeScan(Range(INT64_MAX - 2, INT64_MAX),
                             std::vector<ScanNode::Column>{{.source = "n", .name = "n"}});
  ASSERT_OK_AND_ASSIGN(const auto table, ReadAll(*scan, {}));
  EXPECT_EQ(Texts(*table, "n"),
            (std::vector<std::string>{"9223372036854775805", "9223372036854775806"}));
}

TEST(TextScanTest, EverySplitSizeGivesEachLineOnce) {
  const TempDir dir;
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  for (int round = 0; round < 30; ++round) {
    std::string text;
    std::vector<std::string> lines;
    for (uint64_t n = random.Below(40); n > 0; --n) {
      lines.emplace_back(random.Below(12), 'x');
      text += lines.back() + (random.Chance(0.3) ? "\r\n" : "\n");
    }
    if (random.Chance(0.5)) {
      lines.emplace_back("the last");
      text += lines.back();
    }
    WriteText(dir / "t.txt", text);
    for (const uint64_t target : {uint64_t{1}, 1 + random.Below(40), uint64_t{1} << 30}) {
      ASSERT_OK_AND_ASSIGN(const auto table, ReadPath(dir / "t.txt", {}, {.target_bytes = target}));
      ASSERT_EQ(Texts(*table, "line"), lines) << text;
    }
  }
}

TEST(TextScanTest, LinesThatAreNotUtf8HaveAPlace) {
  const TempDir dir;
  WriteText(dir / "t.txt", "fine\n\xc3\n");
  EXPECT_THAT(ReadPath(dir / "t.txt"),
              StatusIs(StatusCode::kCorruption, "t.txt, line 2, byte 5: the line is not UTF-8"));
}

TEST(IpcScanTest, FilesThatAreCutOffAreNamed) {
  const TempDir dir;
  Random random(1);
  const auto table = RandomTable({arrow::int64(), arrow::utf8()}, 1000, random);
  ASSERT_OK(WriteTable(dir / "t.arrow", *table, {.format = TableFormat::kIpc}));
  ASSERT_OK_AND_ASSIGN(auto stream, LocalFiles().Open(dir / "t.arrow"));
  std::vector<uint8_t> bytes(stream->Length());
  ASSERT_OK(stream->PRead(0, bytes));
  for (const size_t length : {size_t{0}, size_t{9}, bytes.size() / 2, bytes.size() - 1}) {
    WriteText(dir / "cut.arrow", AsText(ByteView(bytes).first(length)));
    EXPECT_THAT(ReadPath(dir / "cut.arrow"),
                StatusIs(StatusCode::kCorruption, "cut.arrow is no whole Arrow IPC file"));
  }
}

TEST(IpcScanTest, ReadsSomeColumnsInAnyOrder) {
  const TempDir dir;
  Random random(2);
  const auto table = RandomTable({arrow::int64(), arrow::utf8(), arrow::float64()}, 100, random);
  ASSERT_OK(WriteTable(dir / "t.arrow", *table, {.format = TableFormat::kIpc}));
  ASSERT_OK_AND_ASSIGN(const auto source, DiscoverTable(LocalFiles(), dir / "t.arrow"));
  const auto scan = MakeScan(source, {{.source = "c1", .name = "b"},
                                      {.source = "c0", .name = "a"},
                                      {.source = "c1", .name = "again"}});
  ASSERT_OK_AND_ASSIGN(const auto read, ReadAll(*scan, {}));
  EXPECT_TRUE(read->GetColumnByName("a")->Equals(table->column(0)));
  EXPECT_TRUE(read->GetColumnByName("b")->Equals(table->column(1)));
  EXPECT_TRUE(read->GetColumnByName("again")->Equals(table->column(1)));
  ASSERT_OK_AND_ASSIGN(const auto none,
                       ReadAll(*MakeScan(source, std::vector<ScanNode::Column>{}), {}));
  EXPECT_EQ(none->num_rows(), 100);
}

TEST(ScanTest, SmallResultsOfManyBatchesArePutTogether) {
  const auto predicate = Expr::Call("in", {Expr::Column("n"), Expr::Of(int64_t{5}),
                                           Expr::Of(int64_t{100'000}), Expr::Of(int64_t{999'999})});
  const auto scan = MakeScan(Range(0, 1'000'000), predicate);
  ASSERT_OK_AND_ASSIGN(const auto splits, MakeSplits(*scan, LocalFiles(), {}));
  ASSERT_EQ(splits.size(), 1U);
  ScanCounters counters;
  ASSERT_OK_AND_ASSIGN(const auto stream, OpenScan(*scan, splits[0], LocalFiles(), &counters));
  std::vector<int64_t> batches;
  while (true) {
    ASSERT_OK_AND_ASSIGN(const BatchPtr batch, stream->Next());
    if (batch == nullptr) break;
    batches.push_back(batch->num_rows());
  }
  EXPECT_EQ(batches, (std::vector<int64_t>{2, 1}));
  EXPECT_EQ(counters.rows, 1'000'000);
}

TEST(ScanTest, FilesThatAreGoneAreNamed) {
  const TempDir dir;
  WriteText(dir / "t.csv", "a\n1\n");
  ASSERT_OK_AND_ASSIGN(const auto source, DiscoverTable(LocalFiles(), dir / "t.csv"));
  ASSERT_OK(LocalFiles().Delete(dir / "t.csv", false));
  EXPECT_THAT(OpenScan(*MakeScan(source), ScanSplit{}, LocalFiles()),
              StatusIs(StatusCode::kNotFound, "t.csv"));
}

}  // namespace
}  // namespace tusk::df
