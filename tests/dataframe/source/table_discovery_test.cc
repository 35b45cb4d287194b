#include "dataframe/source/table_discovery.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/dataframe/source/table_files.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::df {
namespace {

std::shared_ptr<arrow::Table> Numbers(const std::string& name,
                                      const TypePtr& type = arrow::int64()) {
  return arrow::Table::Make(arrow::schema({arrow::field(name, type)}),
                            {ColumnOf(type, std::vector<const char*>{"1", "2"})});
}

std::string SchemaOf(const std::string& path, const DiscoveryOptions& options = {}) {
  const auto source = DiscoverTable(LocalFiles(), path, options);
  return source.ok() ? SchemaText(*(*source)->schema) : source.status().ToString();
}

TEST(TableDiscoveryTest, FoldersOfKeysBecomeColumns) {
  const TempDir dir;
  WriteText(dir / "t/country=DE/day=2024-01-01/a.csv", "n\n1\n");
  WriteText(dir / "t/country=DE/day=2024-01-02/a.csv", "n\n2\n");
  WriteText(dir / "t/country=F%2FR/day=2024-01-02/a.csv", "n\n3\n");
  WriteText(dir / "t/country=__HIVE_DEFAULT_PARTITION__/day=2024-01-03/a.csv", "n\n4\n");
  ASSERT_OK_AND_ASSIGN(const auto source, DiscoverTable(LocalFiles(), dir / "t"));
  EXPECT_EQ(SchemaText(*source->schema), "n int64, country string, day date");
  ASSERT_OK_AND_ASSIGN(const auto table, ReadAll(*MakeScan(source), {}));
  EXPECT_EQ(Texts(*table, "country"), (std::vector<std::string>{"DE", "DE", "F/R", "null"}));
  EXPECT_EQ(Texts(*table, "day")[3], "2024-01-03");

  // A predicate on them leaves out files without opening them.
  WriteText(dir / "t/country=DE/day=2024-01-01/a.csv", "n\nno number at all\n");
  const auto predicate =
      Expr::Call("=", {Expr::Column("day"), Expr::Of(std::string_view("2024-01-02"))});
  const auto scan = MakeScan(source, predicate);
  ASSERT_OK_AND_ASSIGN(const auto splits, MakeSplits(*scan, LocalFiles(), {}));
  EXPECT_EQ(splits.size(), 2U);
  ASSERT_OK_AND_ASSIGN(const auto some, ReadAll(*scan, {}));
  EXPECT_EQ(Texts(*some, "n"), (std::vector<std::string>{"2", "3"}));
}

TEST(TableDiscoveryTest, KeysAreTakenBelowWhatWasTyped) {
  const TempDir dir;
  WriteText(dir / "x=1/t/y=07/a.csv", "n\n1\n");
  WriteText(dir / "x=1/t/y=8/a.csv", "n\n1\n");
  EXPECT_EQ(SchemaOf(dir / "x=1/t"), "n int64, y string");
  EXPECT_EQ(SchemaOf(dir / "x=1/t/y=8"), "n int64");
  EXPECT_EQ(SchemaOf(dir / "x=*/t"), "n int64, x int64, y string");
  DiscoveryOptions options;
  options.schema = *ParseSchema("y int32, n string");
  EXPECT_EQ(SchemaOf(dir / "x=1/t", options), "y int32, n string");
}

TEST(TableDiscoveryTest, FilesInFoldersOfDifferentKeysAreRefused) {
  const TempDir dir;
  WriteText(dir / "t/x=1/a.csv", "n\n1\n");
  WriteText(dir / "t/b.csv", "n\n1\n");
  EXPECT_THAT(DiscoverTable(LocalFiles(), dir / "t"),
              StatusIs(StatusCode::kInvalidArgument, "different key=value names"));
}

TEST(TableDiscoveryTest, HiddenNamesAreLeftOut) {
  const TempDir dir;
  WriteText(dir / "t/a.csv", "n\n1\n");
  WriteText(dir / "t/.b.csv", "other\n1\n");
  WriteText(dir / "t/_temporary/c.csv", "other\n1\n");
  ASSERT_OK_AND_ASSIGN(const auto source, DiscoverTable(LocalFiles(), dir / "t"));
  ASSERT_EQ(source->files.size(), 1U);
  EXPECT_EQ(source->files[0].path, dir / "t/a.csv");
  EXPECT_EQ(source->files[0].length, 4U);
  EXPECT_GT(source->files[0].modification_ms, 0);
  EXPECT_EQ(SchemaOf(dir / "t/*.csv"), "n int64");
}

TEST(TableDiscoveryTest, FormatsAreKnownByNamesAndFirstBytes) {
  const TempDir dir;
  WriteText(dir / "a.TSV", "n\tm\n1\t2\n");
  EXPECT_EQ(SchemaOf(dir / "a.TSV"), "n int64, m int64");
  WriteText(dir / "a.jsonl", "{\"n\": 1.5}\n");
  EXPECT_EQ(SchemaOf(dir / "a.jsonl"), "n double");
  WriteText(dir / "a.log", "x\n");
  EXPECT_EQ(SchemaOf(dir / "a.log"), "line string not null");
  ASSERT_OK(WriteTable(dir / "p/part-r-00000", *Numbers("p"), {.format = TableFormat::kParquet}));
  EXPECT_EQ(SchemaOf(dir / "p"), "p int64");
  ASSERT_OK(WriteTable(dir / "i/part-r-00000", *Numbers("i"), {.format = TableFormat::kIpc}));
  EXPECT_EQ(SchemaOf(dir / "i"), "i int64");
  WriteText(dir / "c/part-r-00000", "a,b\n1,2\n");
  EXPECT_THAT(DiscoverTable(LocalFiles(), dir / "c"),
              StatusIs(StatusCode::kInvalidArgument, "the name does not tell the format"));
  DiscoveryOptions options;
  options.format = TableFormat::kCsv;
  EXPECT_EQ(SchemaOf(dir / "c", options), "a int64, b int64");
}

TEST(TableDiscoveryTest, MixedFormatsAreRefused) {
  const TempDir dir;
  WriteText(dir / "t/a.csv", "n\n1\n");
  WriteText(dir / "t/b.json", "{}\n");
  EXPECT_THAT(
      DiscoverTable(LocalFiles(), dir / "t"),
      StatusIs(StatusCode::kInvalidArgument, "t/a.csv is csv, " + (dir / "t/b.json") + " is json"));
}

TEST(TableDiscoveryTest, WhatIsNotThereIsSaidWithWhatIs) {
  const TempDir dir;
  WriteText(dir / "flights/2024.csv", "n\n1\n");
  WriteText(dir / "airports.csv", "n\n1\n");
  EXPECT_THAT(DiscoverTable(LocalFiles(), dir / "flight/*.csv"),
              StatusIs(StatusCode::kNotFound,
                       "flight/*.csv; in " + dir.path() + " there is flights, airports.csv"));
  EXPECT_THAT(DiscoverTable(LocalFiles(), dir / "flights/*.parquet"),
              StatusIs(StatusCode::kNotFound, "flights there is 2024.csv"));
  WriteText(dir / "empty/_x", "");
  EXPECT_THAT(DiscoverTable(LocalFiles(), dir / "empty"),
              StatusIs(StatusCode::kNotFound, "there is no file below"));
}

TEST(TableDiscoveryTest, FilesWithOtherColumnsAreNamed) {
  const TempDir dir;
  ASSERT_OK(WriteTable(dir / "t/a.parquet", *Numbers("n"), {}));
  ASSERT_OK(WriteTable(dir / "t/b.parquet", *Numbers("n", arrow::int32()), {}));
  EXPECT_THAT(
      DiscoverTable(LocalFiles(), dir / "t"),
      StatusIs(StatusCode::kInvalidArgument, "t/b.parquet has column n as int32 instead of int64"));
  ASSERT_OK(WriteTable(dir / "u/a.parquet", *Numbers("n"), {}));
  ASSERT_OK(WriteTable(dir / "u/b.parquet", *Numbers("m"), {}));
  EXPECT_THAT(DiscoverTable(LocalFiles(), dir / "u"),
              StatusIs(StatusCode::kInvalidArgument, "u/b.parquet has no column n"));
  WriteText(dir / "v/a.csv", "n\n1\n");
  WriteText(dir / "v/b.csv", "m\n1\n");
  EXPECT_THAT(DiscoverTable(LocalFiles(), dir / "v"),
              StatusIs(StatusCode::kInvalidArgument, "v/b.csv has m"));
}

TEST(TableDiscoveryTest, FootersSayTheRows) {
  const TempDir dir;
  ASSERT_OK(WriteTable(dir / "t/a.parquet", *Numbers("n"), {}));
  ASSERT_OK(WriteTable(dir / "t/b.parquet", *Numbers("n"), {}));
  ASSERT_OK_AND_ASSIGN(const auto source, DiscoverTable(LocalFiles(), dir / "t"));
  EXPECT_EQ(source->TotalRows(), 4);
}

}  // namespace
}  // namespace tusk::df
