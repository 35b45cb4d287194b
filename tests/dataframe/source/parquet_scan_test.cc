#include "dataframe/source/parquet_scan.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include <arrow/io/file.h>
#include <parquet/arrow/writer.h>
#include <parquet/properties.h>

#include "dataframe/source/parquet_pruning.h"
#include "tests/dataframe/source/table_files.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::df {
namespace {

constexpr int64_t kGroupRows = 100;
constexpr int64_t kRows = 1000;

/// Ten row groups of a hundred rows with n rising; the others follow it, `late` is null in the
/// first five groups.
std::shared_ptr<arrow::Table> RisingTable() {
  std::vector<std::string> n, day, price, word, real;
  std::vector<const char*> late;
  for (int64_t i = 0; i < kRows; ++i) {
    n.push_back(std::to_string(i));
    day.push_back(fmt::format("2024-{:02}-{:02}", 1 + i / 100, 1 + i % 28));
    price.push_back(fmt::format("{}.50", i));
    word.push_back(fmt::format("w{:04}", i));
    late.push_back(i < kRows / 2 ? nullptr : "17");
    real.push_back(i % 100 == 7 ? "nan" : fmt::format("{}.25", i));
  }
  return arrow::Table::Make(
      *ParseSchema("n int64, day date, price decimal(12,2), word string, late int32, real double"),
      {ColumnOfTexts(arrow::int64(), n), ColumnOfTexts(arrow::date32(), day),
       ColumnOfTexts(arrow::decimal128(12, 2), price), ColumnOfTexts(arrow::utf8(), word),
       ColumnOf(arrow::int32(), late), ColumnOfTexts(arrow::float64(), real)});
}

void WriteGroups(const std::string& path, const arrow::Table& table, int64_t group_rows,
                 const std::shared_ptr<parquet::ArrowWriterProperties>& properties =
                     parquet::default_arrow_writer_properties()) {
  const auto out = arrow::io::FileOutputStream::Open(path).ValueOrDie();
  const auto status =
      parquet::arrow::WriteTable(table, arrow::default_memory_pool(), out, group_rows,
                                 parquet::default_writer_properties(), properties);
  ASSERT_TRUE(status.ok()) << status.ToString();
  ASSERT_TRUE(out->Close().ok());
}

ExprPtr Compare(const std::string& column, const std::string& op, ExprPtr value) {
  return Expr::Call(op, {Expr::Column(column), std::move(value)});
}

class ParquetScanTest : public testing::Test {
 protected:
  ParquetScanTest() : path_(dir_ / "t.parquet") { WriteGroups(path_, *RisingTable(), kGroupRows); }

  std::shared_ptr<const TableSource> Discover() {
    auto source = DiscoverTable(LocalFiles(), path_);
    EXPECT_OK(source);
    return *source;
  }

  /// Reads with a predicate in one split; checks the rows and gives the row groups read.
  int64_t GroupsRead(const ExprPtr& predicate, int64_t rows) {
    const auto scan = MakeScan(Discover(), predicate);
    // The whole file as one split: what the tasks would skip.
    ScanCounters counters;
    auto stream = OpenScan(*scan, ScanSplit{}, LocalFiles(), &counters);
    EXPECT_OK(stream);
    int64_t seen = 0;
    while (true) {
      const auto batch = (*stream)->Next();
      EXPECT_OK(batch);
      if (!batch.ok() || *batch == nullptr) break;
      seen += (*batch)->num_rows();
    }
    EXPECT_EQ(seen, rows);
    EXPECT_EQ(counters.row_groups_read + counters.row_groups_pruned, kRows / kGroupRows);
    EXPECT_EQ(counters.rows, counters.row_groups_read * kGroupRows);
    // The driver skips just as many.
    auto splits = MakeSplits(*scan, LocalFiles(), {.target_bytes = 1});
    EXPECT_OK(splits);
    EXPECT_EQ(static_cast<int64_t>(splits->size()), counters.row_groups_read);
    const auto all = ReadAll(*scan, {.target_bytes = 1});
    EXPECT_OK(all);
    EXPECT_EQ((*all)->num_rows(), rows);
    return counters.row_groups_read;
  }

  const TempDir dir_;
  const std::string path_;
};

TEST_F(ParquetScanTest, RowGroupsAreSkippedByTheirStatistics) {
  const auto number = [](int64_t n) { return Expr::Of(n); };
  EXPECT_EQ(GroupsRead(Compare("n", "=", number(250)), 1), 1);
  EXPECT_EQ(GroupsRead(Compare("n", "<", number(100)), 100), 1);
  EXPECT_EQ(GroupsRead(Compare("n", "<=", number(100)), 101), 2);
  EXPECT_EQ(GroupsRead(Compare("n", ">", number(899)), 100), 1);
  EXPECT_EQ(GroupsRead(Compare("n", ">=", number(899)), 101), 2);
  EXPECT_EQ(GroupsRead(Expr::Call(">", {number(100), Expr::Column("n")}), 100), 1);
  EXPECT_EQ(
      GroupsRead(Expr::Call("in", {Expr::Column("n"), number(5), number(995), number(-3)}), 2), 2);
  EXPECT_EQ(GroupsRead(Compare("n", "=", number(5000)), 0), 0);
}

TEST_F(ParquetScanTest, DatesDecimalsAndTextsPruneToo) {
  EXPECT_EQ(GroupsRead(Compare("day", "=", Expr::Of(std::string_view("2024-03-05"))), 4), 1);
  EXPECT_EQ(GroupsRead(Compare("word", "<", Expr::Of(std::string_view("w0150"))), 150), 2);
  const auto price =
      Expr::Literal(ColumnOf(arrow::decimal128(12, 2), std::vector<const char*>{"42.50"})
                        ->GetScalar(0)
                        .ValueOrDie());
  EXPECT_EQ(GroupsRead(Compare("price", "=", price), 1), 1);
}

TEST_F(ParquetScanTest, FootersTellOfColumns) {
  const auto source = Discover();
  const ColumnStatistics& n = source->statistics.at("n");
  EXPECT_EQ(n.min, 0);
  EXPECT_EQ(n.max, kRows - 1);
  EXPECT_EQ(source->statistics.at("price").max, kRows - 0.5);
  // All of its values are 17, where it has one.
  ASSERT_TRUE(source->statistics.at("late").distinct.has_value());
  EXPECT_LT(*source->statistics.at("late").distinct, 3);
  // Texts have no place on a line of numbers.
  EXPECT_FALSE(source->statistics.at("word").min.has_value());
}

// A second file widens the ranges; one without rows takes nothing away.
TEST_F(ParquetScanTest, FootersOfSeveralFilesAreTakenTogether) {
  const std::string folder = dir_ / "several";
  std::filesystem::create_directory(folder);
  const auto table = RisingTable();
  WriteGroups(folder + "/a.parquet", *table->Slice(0, 0), kGroupRows);
  WriteGroups(folder + "/b.parquet", *table->Slice(200, 100), kGroupRows);
  WriteGroups(folder + "/c.parquet", *table->Slice(0, 100), kGroupRows);
  const auto source = DiscoverTable(LocalFiles(), folder);
  ASSERT_OK(source);
  const ColumnStatistics& n = (*source)->statistics.at("n");
  EXPECT_EQ(n.min, 0);
  EXPECT_EQ(n.max, 299);
}

TEST_F(ParquetScanTest, ColumnsWithFewValuesAreKnown) {
  std::vector<std::string> states;
  for (int64_t i = 0; i < kRows; ++i) states.push_back(std::string(1, "FOP"[i % 3]));
  const std::string path = dir_ / "states.parquet";
  WriteGroups(
      path,
      *arrow::Table::Make(*ParseSchema("state string"), {ColumnOfTexts(arrow::utf8(), states)}),
      kGroupRows);
  const auto source = DiscoverTable(LocalFiles(), path);
  ASSERT_OK(source);
  const auto distinct = (*source)->statistics.at("state").distinct;
  ASSERT_TRUE(distinct.has_value());
  EXPECT_GE(*distinct, 2);
  EXPECT_LE(*distinct, 6);
}

TEST_F(ParquetScanTest, NullsPruneToo) {
  EXPECT_EQ(GroupsRead(Expr::Call("is_null", {Expr::Column("late")}), 500), 5);
  EXPECT_EQ(GroupsRead(Expr::Call("is_not_null", {Expr::Column("late")}), 500), 5);
  EXPECT_EQ(GroupsRead(Compare("late", ">=", Expr::Of(int64_t{0})), 500), 5);
}

TEST_F(ParquetScanTest, AndOrCombine) {
  const auto low = Compare("n", "<", Expr::Of(int64_t{10}));
  const auto high = Compare("n", ">", Expr::Of(int64_t{990}));
  EXPECT_EQ(GroupsRead(Expr::Call("or", {low, high}), 19), 2);
  EXPECT_EQ(GroupsRead(Expr::Call("and", {low, high}), 0), 0);
  const auto open = Expr::Call("<", {Expr::Column("late"), Expr::Column("n")});
  EXPECT_EQ(GroupsRead(Expr::Call("or", {low, open}), 510), 10);
}

TEST_F(ParquetScanTest, NanIsAboveWhatStatisticsSay) {
  // Each group has a NaN, of which its statistics know nothing.
  const auto scan = MakeScan(Discover(), Compare("real", ">", Expr::Of(1e9)));
  ScanCounters counters;
  ASSERT_OK(ReadAll(*scan, {}, &counters));
  EXPECT_EQ(counters.row_groups_read, 10);
  EXPECT_EQ(GroupsRead(Compare("real", "<", Expr::Of(50.0)), 49), 1);
}

TEST_F(ParquetScanTest, HiddenAndRenamedColumns) {
  const auto scan = MakeScan(
      Discover(), {{.source = "word", .name = "w"}, {.source = "n", .name = "key", .hidden = true}},
      Compare("key", "=", Expr::Of(int64_t{77})));
  ASSERT_OK_AND_ASSIGN(const auto table, ReadAll(*scan, {}));
  EXPECT_EQ(SchemaText(*table->schema()), "w string");
  EXPECT_EQ(Texts(*table, "w"), (std::vector<std::string>{"w0077"}));
}

TEST_F(ParquetScanTest, RowsAloneNeedNoColumn) {
  const auto source = Discover();
  EXPECT_EQ(source->TotalRows(), kRows);
  ASSERT_OK_AND_ASSIGN(const auto table,
                       ReadAll(*MakeScan(source, std::vector<ScanNode::Column>{}), {}));
  EXPECT_EQ(table->num_rows(), kRows);
  const auto filtered = MakeScan(source, {{.source = "n", .name = "n", .hidden = true}},
                                 Compare("n", "<", Expr::Of(int64_t{7})));
  ASSERT_OK_AND_ASSIGN(const auto few, ReadAll(*filtered, {}));
  EXPECT_EQ(few->num_rows(), 7);
}

TEST_F(ParquetScanTest, SplitsAreRunsOfRowGroups) {
  const auto scan = MakeScan(Discover());
  ASSERT_OK_AND_ASSIGN(const auto all, MakeSplits(*scan, LocalFiles(), {}));
  EXPECT_EQ(all.size(), 1U);
  ASSERT_OK_AND_ASSIGN(const auto each, MakeSplits(*scan, LocalFiles(), {.target_bytes = 1}));
  ASSERT_EQ(each.size(), 10U);
  EXPECT_EQ(each[3].begin, 3U);
  EXPECT_EQ(each[3].end, 4U);
  EXPECT_EQ(each[3].hosts, (std::vector<std::string>{"localhost"}));
  ASSERT_OK_AND_ASSIGN(const auto pairs,
                       MakeSplits(*scan, LocalFiles(), {.target_bytes = each[3].bytes * 2 + 200}));
  EXPECT_EQ(pairs.size(), 5U);
}

TEST_F(ParquetScanTest, TypesOfOtherProgramsAreAdmitted) {
  // Nanoseconds as INT96 and as they are, large strings, dictionaries.
  std::vector<std::shared_ptr<arrow::Field>> fields = {
      arrow::field("t", arrow::timestamp(arrow::TimeUnit::NANO)),
      arrow::field("s", arrow::large_utf8()),
      arrow::field("d", arrow::dictionary(arrow::int32(), arrow::utf8()))};
  arrow::StringDictionary32Builder dictionary;
  ASSERT_TRUE(dictionary.Append("x").ok() && dictionary.AppendNull().ok() &&
              dictionary.Append("x").ok());
  const auto table = arrow::Table::Make(
      arrow::schema(fields),
      {ColumnOf(fields[0]->type(), std::vector<const char*>{"2024-01-01 00:00:00.123456789",
                                                            nullptr, "1969-12-31 23:59:59.5"}),
       ColumnOf(fields[1]->type(), std::vector<const char*>{"a", nullptr, "c"}),
       dictionary.Finish().ValueOrDie()});
  for (const bool int96 : {false, true}) {
    parquet::ArrowWriterProperties::Builder properties;
    properties.store_schema();
    if (int96) properties.enable_deprecated_int96_timestamps();
    WriteGroups(dir_ / "u.parquet", *table, 10, properties.build());
    ASSERT_OK_AND_ASSIGN(const auto read, ReadPath(dir_ / "u.parquet"));
    EXPECT_EQ(SchemaText(*read->schema()), "t timestamp, s string, d string");
    EXPECT_EQ(Texts(*read, "t")[0], "2024-01-01 00:00:00.123456");
    EXPECT_EQ(Texts(*read, "s"), (std::vector<std::string>{"a", "null", "c"}));
    EXPECT_EQ(Texts(*read, "d"), (std::vector<std::string>{"x", "null", "x"}));
  }
}

TEST_F(ParquetScanTest, FilesThatAreCutOffAreNamed) {
  std::ifstream in(path_, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), {});
  for (const size_t length :
       {size_t{0}, size_t{3}, size_t{11}, whole.size() / 2, whole.size() - 1}) {
    WriteText(dir_ / "cut.parquet", whole.substr(0, length));
    EXPECT_THAT(ReadPath(dir_ / "cut.parquet"),
                StatusIs(StatusCode::kCorruption, "cut.parquet is no whole Parquet file"))
        << length;
  }
}

TEST_F(ParquetScanTest, DamageGivesAnErrorNotACrash) {
  std::ifstream in(path_, std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(in)), {});
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  int errors = 0;
  for (int round = 0; round < 200; ++round) {
    std::string damaged = whole;
    for (int i = 0; i < 4; ++i) {
      // Mostly in the footer.
      const size_t from = random.Chance(0.7) ? whole.size() * 9 / 10 : 0;
      damaged[from + random.Below(whole.size() - from)] = static_cast<char>(random.Below(256));
    }
    WriteText(dir_ / "bad.parquet", damaged);
    const auto read = ReadPath(dir_ / "bad.parquet");
    if (read.ok()) continue;
    ++errors;
    EXPECT_NE(read.status().message().find("bad.parquet"), std::string_view::npos)
        << read.status().ToString();
  }
  EXPECT_GT(errors, 0);
}

}  // namespace
}  // namespace tusk::df
