#include "dataframe/source/csv_scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "dataframe/source/csv_record_start.h"
#include "tests/dataframe/source/table_files.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace tusk::df {
namespace {

using Rows = std::vector<std::vector<std::optional<std::string>>>;

/// A CSV text and the rows that it means.
struct RandomCsv {
  std::string text;
  std::vector<std::string> names;
  Rows rows;
};

std::string RandomField(Random& random) {
  static const std::vector<std::string> kPieces = {"a",    "bc",  ",",   "\"",   "\n",
                                                   "\r\n", "\r",  " ",   "5\"",  "é",
                                                   "\"\"", ",\"", "\",", "\n\"", "1,2\n3,4\n"};
  std::string text;
  for (uint64_t n = random.Below(4); n > 0; --n) text += kPieces[random.Below(kPieces.size())];
  return text;
}

/// Every legal way to write it down: quotes where not needed, empty lines, all ends of lines, a
/// last line without one; literal quotes inside of fields without quotes when `lenient`.
RandomCsv MakeCsv(Random& random, bool lenient) {
  RandomCsv out;
  const uint64_t columns = 1 + random.Below(4);
  static const std::vector<std::string> kEnds = {"\n", "\r\n", "\r"};
  const std::string& end = kEnds[random.Below(10) < 6 ? 0 : random.Below(3)];
  if (random.Chance(0.1)) out.text += "\xEF\xBB\xBF";
  for (uint64_t i = 0; i < columns; ++i) {
    out.names.push_back("c" + std::to_string(i));
    out.text += (i == 0 ? "" : ",") + out.names.back();
  }
  out.text += end;
  const uint64_t rows = random.Below(60);
  const double quoted = random.NextDouble();
  for (uint64_t r = 0; r < rows; ++r) {
    out.rows.emplace_back();
    for (uint64_t i = 0; i < columns; ++i) {
      if (i > 0) out.text += ',';
      std::string field = RandomField(random);
      const bool plain = field.find_first_of(",\"\r\n") == std::string::npos;
      if (lenient && random.Chance(0.2)) {
        field = "6\"" + std::string(random.Chance(0.5) ? "x" : "");
        out.text += field;
      } else if (!plain || (random.Chance(quoted) && random.Chance(0.7))) {
        out.text += '"';
        for (const char c : field) out.text.append(c == '"' ? 2 : 1, c);
        out.text += '"';
      } else {
        out.text += field;
        if (field.empty()) {
          out.rows.back().emplace_back(std::nullopt);
          continue;
        }
      }
      out.rows.back().emplace_back(field);
    }
    const bool last = r + 1 == rows;
    const bool lone_null = columns == 1 && !out.rows.back()[0];
    if (!last || lone_null || random.Chance(0.7)) out.text += end;
    // Of one column an empty line is a row.
    while (columns > 1 && random.Chance(0.1) && out.text.ends_with(end)) out.text += end;
  }
  return out;
}

Rows RowsOf(const arrow::Table& table) {
  Rows out(static_cast<size_t>(table.num_rows()));
  for (int c = 0; c < table.num_columns(); ++c) {
    for (int64_t r = 0; r < table.num_rows(); ++r) {
      const auto value = table.column(c)->GetScalar(r).ValueOrDie();
      auto& row = out[static_cast<size_t>(r)];
      if (value->is_valid) {
        row.emplace_back(value->ToString());
      } else {
        row.emplace_back(std::nullopt);
      }
    }
  }
  return out;
}

DiscoveryOptions AllStrings(const std::vector<std::string>& names) {
  std::vector<std::shared_ptr<arrow::Field>> fields;
  for (const std::string& name : names) fields.push_back(arrow::field(name, arrow::utf8()));
  DiscoveryOptions options;
  options.schema = arrow::schema(fields);
  return options;
}

Result<std::shared_ptr<arrow::Table>> ReadText(const TempDir& dir, const std::string& text,
                                               const DiscoveryOptions& options = {}) {
  WriteText(dir / "t.csv", text);
  return ReadPath(dir / "t.csv", options);
}

DiscoveryOptions WithSchema(const std::string& schema) {
  DiscoveryOptions options;
  options.schema = ParseSchema(schema).value();
  return options;
}

TEST(CsvScanTest, EverySplitSizeGivesEachRowOnce) {
  const TempDir dir;
  for (int round = 0; round < 60; ++round) {
    const uint64_t seed = RandomSeed();
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const RandomCsv csv = MakeCsv(random, round % 3 == 2);
    const std::string path = dir / "t.csv";
    WriteText(path, csv.text);
    for (const uint64_t target :
         {uint64_t{1}, 1 + random.Below(30), 1 + random.Below(500), uint64_t{1} << 30}) {
      ASSERT_OK_AND_ASSIGN(const auto table,
                           ReadPath(path, AllStrings(csv.names), {.target_bytes = target}));
      ASSERT_EQ(RowsOf(*table), csv.rows) << "splits of " << target << " of:\n" << csv.text;
    }
  }
}

TEST(CsvScanTest, BordersInsideOfLongQuotedFieldsAreRight) {
  // Blocks of text that look like records, in quotes and not.
  const TempDir dir;
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  std::string text = "id,story,n\n";
  Rows expected;
  for (int i = 0; i < 300; ++i) {
    std::string story;
    for (uint64_t n = random.Below(2000); n > 0; --n)
      story += random.Chance(0.2) ? "1,2,3\n" : "a ";
    text += std::to_string(i) + ",\"" + story + "\"," + std::to_string(i) + "\n";
    expected.push_back({std::to_string(i), story, std::to_string(i)});
  }
  WriteText(dir / "t.csv", text);
  ASSERT_OK_AND_ASSIGN(const auto table, ReadPath(dir / "t.csv", AllStrings({"id", "story", "n"}),
                                                  {.target_bytes = 7001}));
  EXPECT_EQ(RowsOf(*table), expected);
}

TEST(CsvScanTest, AQuoteInAFieldWithoutQuotesIsText) {
  // The only quote of the file is no opening one; the border is right before it.
  const TempDir dir;
  std::string text = "part,kind,n\n";
  for (int i = 0; i < 100; ++i) text += "plank,wood,1\n";
  text += "bolt 6\",steel,4\n";
  for (int i = 0; i < 100; ++i) text += "plank,wood,2\n";
  WriteText(dir / "t.csv", text);
  for (uint64_t target = 1300; target < 1340; ++target) {
    ASSERT_OK_AND_ASSIGN(
        const auto table,
        ReadPath(dir / "t.csv", AllStrings({"part", "kind", "n"}), {.target_bytes = target}));
    ASSERT_EQ(table->num_rows(), 201) << target;
    EXPECT_EQ(Texts(*table, "part")[100], "bolt 6\"");
  }
}

TEST(CsvScanTest, TypesNullsAndQuotes) {
  const TempDir dir;
  ASSERT_OK_AND_ASSIGN(
      const auto table,
      ReadText(dir, "i,s,d,b\n1,x,2024-02-29,true\n,\"\",,\n\"\",,\"2024-01-01\",false\n",
               WithSchema("i int32, s string, d date, b bool")));
  EXPECT_EQ(Texts(*table, "i"), (std::vector<std::string>{"1", "null", "null"}));
  EXPECT_EQ(Texts(*table, "s"), (std::vector<std::string>{"x", "", "null"}));
  EXPECT_EQ(Texts(*table, "d"), (std::vector<std::string>{"2024-02-29", "null", "2024-01-01"}));
  EXPECT_EQ(Texts(*table, "b"), (std::vector<std::string>{"true", "null", "false"}));
}

TEST(CsvScanTest, NullTokensDelimitersAndNoHeader) {
  const TempDir dir;
  DiscoveryOptions options;
  options.csv.delimiter = '|';
  options.csv.quote = '\'';
  options.csv.header = false;
  options.csv.null_tokens = {"NA", "-"};
  ASSERT_OK_AND_ASSIGN(const auto table, ReadText(dir, "1|'a|''b'\nNA|-\n3|''\n", options));
  EXPECT_EQ(SchemaText(*table->schema()), "column0 int64, column1 string");
  EXPECT_EQ(Texts(*table, "column0"), (std::vector<std::string>{"1", "null", "3"}));
  EXPECT_EQ(Texts(*table, "column1"), (std::vector<std::string>{"a|'b", "null", ""}));
}

TEST(CsvScanTest, ColumnsAreFoundByTheirNamesInEveryFile) {
  const TempDir dir;
  WriteText(dir / "t/a.csv", "x,y\n1,2\n");
  WriteText(dir / "t/b.csv", "y,x\n4,3\n");
  WriteText(dir / "t/c.csv", "");
  ASSERT_OK_AND_ASSIGN(const auto table, ReadPath(dir / "t"));
  EXPECT_EQ(Texts(*table, "x"), (std::vector<std::string>{"1", "3"}));
  EXPECT_EQ(Texts(*table, "y"), (std::vector<std::string>{"2", "4"}));
}

TEST(CsvScanTest, ReadsOnlyWhatIsAskedFor) {
  const TempDir dir;
  WriteText(dir / "t.csv", "x,y\n1,no number\n2,neither\n");
  DiscoveryOptions options = WithSchema("y int64, x int64");
  ASSERT_OK_AND_ASSIGN(const auto source, DiscoverTable(LocalFiles(), dir / "t.csv", options));
  ASSERT_OK_AND_ASSIGN(const auto table,
                       ReadAll(*MakeScan(source, {{.source = "x", .name = "other"}}), {}));
  EXPECT_EQ(Texts(*table, "other"), (std::vector<std::string>{"1", "2"}));
  ASSERT_OK_AND_ASSIGN(const auto none,
                       ReadAll(*MakeScan(source, std::vector<ScanNode::Column>{}), {}));
  EXPECT_EQ(none->num_rows(), 2);
}

TEST(CsvScanTest, AValueThatDoesNotFitIsShownWithItsPlace) {
  const TempDir dir;
  std::string text = "a,n\n";
  for (int i = 0; i < 500; ++i) text += "\"x\ny\"," + std::to_string(i) + "\n\n";
  text += "z,12x\nz,13\n";
  const auto read = ReadText(dir, text, WithSchema("a string, n int64"));
  // The header, three lines for each record, then this one.
  const std::string place = dir / "t.csv" + ", line 1502, byte ";
  EXPECT_THAT(read, StatusIs(StatusCode::kCorruption, place + std::to_string(text.find("z,12x"))));
  EXPECT_THAT(read, StatusIs(StatusCode::kCorruption,
                             "column n: '12x' is no int64; give the column another type"));
}

TEST(CsvScanTest, ValuesOutOfRangeAndWrongDatesDoNotFit) {
  const TempDir dir;
  EXPECT_THAT(ReadText(dir, "n\n300\n", WithSchema("n int8")),
              StatusIs(StatusCode::kCorruption, "'300' is no int8"));
  EXPECT_THAT(ReadText(dir, "d\n2023-02-29\n", WithSchema("d date")),
              StatusIs(StatusCode::kCorruption, "'2023-02-29' is no date"));
  EXPECT_THAT(ReadText(dir, "d\n1.234\n", WithSchema("d decimal(5,2)")),
              StatusIs(StatusCode::kCorruption, "'1.234' is no decimal(5,2)"));
}

TEST(CsvScanTest, RaggedLinesAreShownWithTheirPlace) {
  const TempDir dir;
  const auto read = ReadText(dir, "a,b\n1,2\n3\n4,5\n", WithSchema("a int64, b int64"));
  EXPECT_THAT(read,
              StatusIs(StatusCode::kCorruption, "t.csv, line 3, byte 8: 1 field instead of 2: '3"));
  EXPECT_THAT(ReadText(dir, "a,b\n1,2,3\n", WithSchema("a int64, b int64")),
              StatusIs(StatusCode::kCorruption, "line 2, byte 4: 3 fields instead of 2: '1,2,3"));
}

TEST(CsvScanTest, TextThatIsNotUtf8IsShownWithItsPlace) {
  const TempDir dir;
  const auto read = ReadText(dir, "s\nok\n\xff\xfe\n", WithSchema("s string"));
  EXPECT_THAT(read, StatusIs(StatusCode::kCorruption,
                             "line 3, byte 5, column s: '\\xff\\xfe' is not UTF-8"));
}

TEST(CsvScanTest, AQuoteThatIsNotClosedIsShownWithItsPlace) {
  const TempDir dir;
  const auto read = ReadText(dir, "a,b\n1,2\n\"3,4\n5,6\n", WithSchema("a string, b string"));
  EXPECT_THAT(read, StatusIs(StatusCode::kCorruption, "line 3, byte 8: the record does not end"));
}

TEST(CsvScanTest, BadValuesBecomeNullWhenAskedFor) {
  const TempDir dir;
  DiscoveryOptions options = WithSchema("a int64, s string, d date");
  options.csv.on_bad = OnBad::kNull;
  ASSERT_OK_AND_ASSIGN(
      const auto table,
      ReadText(dir,
               "a,s,d\n1,\"x,\"\"y\"\"\",2024-01-01\n2x,\xff,never\n3\n4,z,2024-01-02,more\n,,\n",
               options));
  EXPECT_EQ(Texts(*table, "a"), (std::vector<std::string>{"1", "null", "3", "4", "null"}));
  EXPECT_EQ(Texts(*table, "s"), (std::vector<std::string>{"x,\"y\"", "null", "null", "z", "null"}));
  EXPECT_EQ(Texts(*table, "d"),
            (std::vector<std::string>{"2024-01-01", "null", "null", "2024-01-02", "null"}));
  options.csv.on_bad = OnBad::kReject;
  EXPECT_THAT(ReadText(dir, "a,s,d\n1,2,2024-01-01\n", options),
              StatusIs(StatusCode::kInvalidArgument, "a folder for the rejects"));
}

TEST(CsvScanTest, RejectedRecordsAreNoRows) {
  const TempDir dir;
  DiscoveryOptions options = WithSchema("a int64, s string");
  options.csv.on_bad = OnBad::kReject;
  options.csv.rejects = dir / "rejects";
  ASSERT_OK_AND_ASSIGN(const auto table,
                       ReadText(dir, "a,s\n1,x\n2x,y\n3\n4,\xff\n5,z,more\n6,w\n", options));
  EXPECT_EQ(Texts(*table, "a"), (std::vector<std::string>{"1", "6"}));
  EXPECT_EQ(Texts(*table, "s"), (std::vector<std::string>{"x", "w"}));
}

TEST(CsvScanTest, HeadersThatCannotBeAreRefused) {
  const TempDir dir;
  EXPECT_THAT(ReadText(dir, "a,a\n1,2\n"),
              StatusIs(StatusCode::kCorruption, "has the name a twice"));
  EXPECT_THAT(ReadText(dir, "a,b\n1,2\n", WithSchema("a int64, c int64")),
              StatusIs(StatusCode::kInvalidArgument,
                       "has no column c, which the given schema names; nearest is a"));
}

TEST(CsvScanTest, DamagedCompressedFilesAreNamed) {
  const TempDir dir;
  WriteText(dir / "t.csv.gz", "this is no gzip at all");
  EXPECT_THAT(ReadPath(dir / "t.csv.gz"),
              StatusIs(StatusCode::kCorruption, "t.csv.gz is no whole compressed file"));
}

TEST(CsvRecordStartTest, IsOneForEachAssumptionUnlessTheyAgree) {
  const TempDir dir;
  const CsvFormat format;
  // One column: neither assumption can be refuted by its fields.
  WriteText(dir / "t.csv", "a\n\"b\nc\"\nd\n\"e\nf\"\n");
  ASSERT_OK_AND_ASSIGN(const auto unknown,
                       FindRecordStart(LocalFiles(), dir / "t.csv", format, 4, 1, false));
  EXPECT_EQ(unknown, std::nullopt);
  ASSERT_OK_AND_ASSIGN(const auto exact,
                       FindRecordStart(LocalFiles(), dir / "t.csv", format, 4, 1, true));
  EXPECT_EQ(exact, 8U);
  // Two columns: the line inside of the quotes is no record.
  WriteText(dir / "u.csv", "a,1\n\"b\nc\nd\",2\nd,3\n");
  ASSERT_OK_AND_ASSIGN(const auto found,
                       FindRecordStart(LocalFiles(), dir / "u.csv", format, 6, 2, false));
  EXPECT_EQ(found, 14U);
}

}  // namespace
}  // namespace tusk::df
