#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataframe/api/dataframe.h"
#include "dataframe/api/functions.h"
#include "dataframe/sql/sql.h"
#include "dataframe/type/type_text.h"
#include "tests/dataframe/api/local_session.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::string_view kBad =
    "id,day,name\n"
    "1,2024-01-01,one\n"
    "two,2024-01-02,\"not, a number\"\n"
    "3,2024-13-03,three\n"
    "4,2024-01-04\n"
    "5,2024-01-05,five,more\n"
    "\n"
    "6,,\"two\nlines\"\n"
    "seven,never,7\n";

class RejectsTest : public ::testing::Test {
 protected:
  static SchemaPtr Schema(const std::string& text) { return ParseSchema(text).value(); }

  DataFrame Read(const std::string& path, OnBad on_bad, const std::string& rejects = "") {
    CsvFormat csv;
    csv.on_bad = on_bad;
    csv.rejects = rejects;
    return session_->ReadCsv(path, csv, Schema("id int64, day date, name string"));
  }

  LocalSession session_;
  const std::string file_ = session_.File("bad.csv", kBad);
  const std::string rejects_ = session_.PathOf("rejects");
};

TEST_F(RejectsTest, RecordsThatDoNotFitAreTold) {
  const DataFrame good = Read(file_, OnBad::kReject, rejects_);
  EXPECT_THAT(RowsOf(good), ElementsAre("1|2024-01-01|one", "6|null|two\nlines"));
  EXPECT_THAT(RowsOf(session_->Read(rejects_).Select("line", "byte", "column", "text", "reason")),
              ElementsAre("3|29|id|two,2024-01-02,\"not, a number\"|'two' is no int64",
                          "4|60|day|3,2024-13-03,three|'2024-13-03' is no date",
                          "5|79|null|4,2024-01-04|2 fields instead of 3",
                          "6|92|null|5,2024-01-05,five,more|4 fields instead of 3",
                          "10|131|id|seven,never,7|'seven' is no int64"));
  EXPECT_THAT(RowsOf(session_->Read(rejects_).Agg(Min("file").As("f"))), ElementsAre(file_));
}

TEST_F(RejectsTest, WhatIsRejectedDoesNotDependOnWhatIsRead) {
  const DataFrame names = Read(file_, OnBad::kReject, rejects_).Select("name");
  EXPECT_THAT(RowsOf(names), ElementsAre("one", "two\nlines"));
  EXPECT_EQ(Read(file_, OnBad::kReject, rejects_).CountRows().value_or(-1), 2);
  EXPECT_EQ(session_->Read(rejects_).CountRows().value_or(-1), 5);
}

TEST_F(RejectsTest, NullStandsForWhatDoesNotFit) {
  EXPECT_THAT(
      RowsOf(Read(file_, OnBad::kNull)),
      ElementsAre("1|2024-01-01|one", "null|2024-01-02|not, a number", "3|null|three",
                  "4|2024-01-04|null", "5|2024-01-05|five", "6|null|two\nlines", "null|null|7"));
}

TEST_F(RejectsTest, WithoutBadRecordsThereAreNone) {
  const std::string path = session_.File("good.csv", "id,day,name\n1,2024-01-01,one\n");
  EXPECT_EQ(Read(path, OnBad::kReject, rejects_).CountRows().value_or(-1), 1);
  EXPECT_THAT(RowsOf(session_->Read(rejects_)), IsEmpty());
}

/// Many splits, quoted line ends, records of wrong lengths where splits begin.
TEST_F(RejectsTest, SplitsDoNotMatter) {
  std::string text = "id,day,name\n";
  int good = 0, bad = 0;
  for (int i = 0; text.size() < (5U << 20); ++i) {
    switch (i % 7) {
      case 0:
        text += std::to_string(i) + ",2024-01-01\n";
        ++bad;
        break;
      case 3:
        text += "x" + std::to_string(i) + ",2024-01-01,\"a\nb,c\"\n";
        ++bad;
        break;
      case 5:
        text += std::to_string(i) + ",2024-01-01,n,\"more\n" + std::string(i % 300, 'y') + "\"\n";
        ++bad;
        break;
      default:
        text += std::to_string(i) + ",2024-01-01,\"" + std::string(i % 200, 'z') + "\n\"\n";
        ++good;
    }
  }
  // Five threads make five splits.
  LocalSession five(std::map<std::string, std::string>{{"tusk.local.threads", "5"}});
  CsvFormat csv;
  csv.on_bad = OnBad::kReject;
  csv.rejects = five.PathOf("rejects");
  const std::string path = five.File("many.csv", text);
  const DataFrame rows = five->ReadCsv(path, csv, Schema("id int64, day date, name string"));
  EXPECT_EQ(rows.CountRows().value_or(-1), good);
  const DataFrame rejects = five->Read(csv.rejects);
  EXPECT_EQ(rejects.CountRows().value_or(-1), bad);
  EXPECT_EQ(rejects.Select("byte").Distinct().CountRows().value_or(-1), bad);
  EXPECT_EQ(
      rejects
          .Filter(col("reason") == "2 fields instead of 3" ||
                  col("reason") == "4 fields instead of 3" || EndsWith("reason", "is no int64"))
          .CountRows()
          .value_or(-1),
      bad);
}

TEST_F(RejectsTest, JsonLines) {
  const std::string path = session_.File("bad.json",
                                         "{\"a\":1,\"d\":\"2024-01-01\"}\n"
                                         "{\"a\":\"x\",\"d\":\"2024-01-02\"}\n"
                                         "not json\n"
                                         "\n"
                                         "{\"a\":4,\"d\":\"soon\"}\n"
                                         "{\"d\":\"2024-01-05\",\"other\":[1]}\n"
                                         "{\"a\":6}{\"a\":7}\n");
  const SchemaPtr schema = Schema("a int64, d date");
  const DataFrame good = session_->ReadJson(path, schema, OnBad::kReject, rejects_);
  EXPECT_THAT(RowsOf(good), ElementsAre("1|2024-01-01", "null|2024-01-05"));
  EXPECT_EQ(good.CountRows().value_or(-1), 2);
  const DataFrame told = session_->Read(rejects_);
  EXPECT_THAT(RowsOf(told.Select("line", "column", "text")),
              ElementsAre("2|a|{\"a\":\"x\",\"d\":\"2024-01-02\"}", "3|null|not json",
                          "5|d|{\"a\":4,\"d\":\"soon\"}", "7|null|{\"a\":6}{\"a\":7}"));
  EXPECT_THAT(RowsOf(session_->ReadJson(path, schema, OnBad::kNull)),
              ElementsAre("1|2024-01-01", "null|2024-01-02", "null|null", "4|null",
                          "null|2024-01-05", "null|null"));
}

TEST_F(RejectsTest, Sql) {
  const std::string path = session_.File("semi.txt", "1;'a;b'\n-;c\nx;d\n");
  const std::string from = fmt::format(
      "FROM read_csv('{}', delim => ';', quote => '''', header => false, nulls => ARRAY['-', ''], "
      "columns => 'column0 int64, column1 string', on_bad => 'reject', rejects => '{}')",
      path, rejects_);
  EXPECT_THAT(RowsOf(Sql(*session_, "SELECT * " + from)), ElementsAre("1|a;b", "null|c"));
  EXPECT_THAT(RowsOf(Sql(*session_, fmt::format("SELECT text FROM '{}'", rejects_))),
              ElementsAre("x;d"));
  const auto error = [&](const std::string& text) {
    return Sql(*session_, text).plan().status().ToString();
  };
  EXPECT_THAT(error("SELECT * FROM read_csv()"), HasSubstr("read_csv needs a path"));
  EXPECT_THAT(error("SELECT * FROM read_csv('" + path + "', delm => ';')"),
              HasSubstr("take delim"));
  EXPECT_THAT(error("SELECT * FROM read_csv('" + path + "', on_bad => 'reject')"),
              HasSubstr("belong together"));
  EXPECT_THAT(error("SELECT * FROM read_csv('" + path + "', on_bad => 'skip')"),
              HasSubstr("take 'error', 'null', or 'reject'"));
  EXPECT_THAT(error("SELECT * FROM read_csv('" + path + "', ';')"),
              HasSubstr("options have names"));
  EXPECT_THAT(error("SELECT * FROM read_parquet('" + path + "', on_bad => 'null')"),
              HasSubstr("read_parquet has no option on_bad"));
}

TEST_F(RejectsTest, OnlyRejectsAreReplaced) {
  const std::string folder = session_.PathOf("precious");
  std::filesystem::create_directories(folder);
  session_.File("precious/data.csv", "a\n1\n");
  EXPECT_THAT(Read(file_, OnBad::kReject, folder).CountRows(),
              StatusIs(StatusCode::kAlreadyExists, "holds no rejects"));
  EXPECT_TRUE(std::filesystem::exists(folder + "/data.csv"));
  EXPECT_EQ(Read(file_, OnBad::kReject, rejects_).CountRows().value_or(-1), 2);
  EXPECT_EQ(Read(file_, OnBad::kReject, rejects_).CountRows().value_or(-1), 2);
  const DataFrame one = Read(file_, OnBad::kReject, rejects_);
  EXPECT_EQ(one.Union(one).CountRows().value_or(-1), 4);
  const std::string path = session_.File("other.csv", "id,day,name\n1,2024-01-01,one\n");
  EXPECT_THAT(one.Union(Read(path, OnBad::kReject, rejects_)).CountRows(),
              StatusIs(StatusCode::kInvalidArgument, "into the same folder"));
}

TEST_F(RejectsTest, WhatHasNoRecordsRejectsNone) {
  ASSERT_OK(session_->FromRange(0, 3).WriteParquet(session_.PathOf("p")));
  EXPECT_THAT(Sql(*session_, fmt::format("SELECT * FROM read_csv('{}')", file_)).CountRows(),
              StatusIs(StatusCode::kCorruption, "read with on_bad null or reject"));
}

}  // namespace
}  // namespace tusk::df
