#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataframe/api/dataframe.h"
#include "dataframe/api/functions.h"
#include "dfs/client/file_system.h"
#include "mapreduce/io/manifest_reader.h"
#include "tests/dataframe/api/local_session.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class Writing : public ::testing::Test {
 protected:
  /// Names below a folder, without hidden ones, sorted.
  static std::vector<std::string> FilesBelow(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
      const std::string name = entry.path().filename();
      if (entry.is_regular_file() && !name.starts_with("_") && !name.starts_with("."))
        names.push_back(std::filesystem::relative(entry.path(), folder));
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  static std::string TextOf(const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  LocalSession session_;
  const DataFrame flights_ = session_.Flights();
  const std::string out_ = session_.PathOf("out");
};

TEST_F(Writing, PartitionsAreFoldersAndColumnsAgain) {
  const std::vector<std::string> rows =
      SortedRowsOf(flights_.Select("day", "delay", "distance", "carrier"));
  ASSERT_OK(flights_.WriteParquet(out_, {.partition_by = {"carrier"}}));
  EXPECT_THAT(FilesBelow(out_),
              ElementsAre("carrier=AA/part-r-00000.parquet", "carrier=UA/part-r-00000.parquet",
                          "carrier=__HIVE_DEFAULT_PARTITION__/"
                          "part-r-00000.parquet"));
  const DataFrame back = session_->Read(out_);
  EXPECT_EQ(SortedRowsOf(back), rows);
  EXPECT_THAT(SortedRowsOf(back.Filter(col("carrier") == "UA").Select("delay")),
              ElementsAre("-5", "45", "null"));
  EXPECT_THAT(RowsOf(back.Filter(col("carrier").IsNull()).Select("delay")), ElementsAre("7"));
  // The manifest names every file, so that a lost one is noticed.
  const auto manifest = mapreduce::ReadManifest(session_->files(), out_);
  ASSERT_OK(manifest);
  ASSERT_EQ(manifest->tasks.size(), 1U);
  EXPECT_EQ(manifest->tasks[0].files.size(), 3U);
  std::filesystem::remove(out_ + "/carrier=UA/part-r-00000.parquet");
  EXPECT_THAT(session_->Read(out_).CountRows(), Not(IsOk()));
}

TEST_F(Writing, FoldersHoldAnyText) {
  const std::string path =
      session_.File("odd.json",
                    "{\"k\":\"a/b=c\",\"v\":1}\n{\"k\":\"100% *?{x}[y]\",\"v\":2}\n"
                    "{\"k\":\"\",\"v\":3}\n{\"k\":\"_hidden\",\"v\":4}\n"
                    "{\"k\":\"__HIVE_DEFAULT_PARTITION__\",\"v\":5}\n"
                    "{\"k\":\"Zürich 'x' \\\"y\\\" #\",\"v\":6}\n{\"v\":7}\n");
  const DataFrame odd = session_->ReadJson(path).Select("v", "k");
  for (const auto& [name, write] : {std::pair("csv", &DataFrame::WriteCsv),
                                    {"json", &DataFrame::WriteJson},
                                    {"ipc", &DataFrame::WriteIpc},
                                    {"parquet", &DataFrame::WriteParquet}}) {
    const std::string out = session_.PathOf(name);
    ASSERT_OK((odd.*write)(out, {.partition_by = {"k"}}));
    EXPECT_EQ(SortedRowsOf(session_->Read(out).Select("v", "k")), SortedRowsOf(odd)) << name;
  }
  EXPECT_THAT(FilesBelow(session_.PathOf("csv")),
              ::testing::Contains("k=a%2Fb%3Dc/part-r-00000.csv"));
}

TEST_F(Writing, SeveralPartitionsInOrderWithRowsInTheirOrder) {
  const DataFrame rows = session_->FromRange(0, 1000)
                             .Select((col("id") % 3).As("a"), (col("id") % 2 == 0).As("b"), "id")
                             .Sort(col("id").Desc());
  ASSERT_OK(rows.WriteCsv(out_, {.partition_by = {"b", "a"}}));
  EXPECT_THAT(FilesBelow(out_),
              ElementsAre("b=false/a=0/part-r-00000.csv", "b=false/a=1/part-r-00000.csv",
                          "b=false/a=2/part-r-00000.csv", "b=true/a=0/part-r-00000.csv",
                          "b=true/a=1/part-r-00000.csv", "b=true/a=2/part-r-00000.csv"));
  EXPECT_THAT(TextOf(out_ + "/b=true/a=1/part-r-00000.csv"), StartsWith("id\n994\n988\n982\n"));
  EXPECT_EQ(session_->Read(out_).Filter(col("a") == 1).CountRows().value_or(-1), 333);
}

TEST_F(Writing, WhatCannotBeAPartitionIsSaid) {
  EXPECT_THAT(flights_.WriteCsv(out_, {.partition_by = {"carier"}}),
              StatusIs(StatusCode::kInvalidArgument, "no column carier"));
  EXPECT_THAT(flights_.Select("day").WriteCsv(out_, {.partition_by = {"day"}}),
              StatusIs(StatusCode::kInvalidArgument, "at least one column"));
  EXPECT_THAT(flights_.WriteCsv(out_, {.partition_by = {"day", "day"}}),
              StatusIs(StatusCode::kInvalidArgument, "day twice"));
  const DataFrame lists = flights_.GroupBy("carrier").Agg(CollectList("delay").As("l"));
  EXPECT_THAT(lists.WriteIpc(out_, {.partition_by = {"l"}}),
              StatusIs(StatusCode::kInvalidArgument, "column l cannot be a partition"));
  const DataFrame wide = flights_.WithColumns(Call("repeat", {"carrier", 600}).As("long"));
  EXPECT_THAT(wide.WriteCsv(out_, {.partition_by = {"long"}}),
              StatusIs(StatusCode::kInvalidArgument, "partition by something shorter"));
  EXPECT_FALSE(std::filesystem::exists(out_));
}

TEST_F(Writing, FilesRollOverAtTheirTargetLength) {
  const DataFrame rows = session_->FromRange(0, 400'000).Select("id", (col("id") * 7).As("b"));
  for (const auto& [name, write] : {std::pair("csv", &DataFrame::WriteCsv),
                                    {"ipc", &DataFrame::WriteIpc},
                                    {"parquet", &DataFrame::WriteParquet}}) {
    const std::string out = session_.PathOf(name);
    ASSERT_OK((rows.*write)(out, {.target_file_bytes = 1 << 20}));
    const std::vector<std::string> files = FilesBelow(out);
    EXPECT_GE(files.size(), 4U) << name;
    for (const std::string& file : files)
      EXPECT_LT(std::filesystem::file_size(out + "/" + file), 2U << 20) << name << " " << file;
    EXPECT_THAT(RowsOf(session_->Read(out).Agg(Count().As("n"), Sum("id").As("s"))),
                ElementsAre("400000|79999800000"))
        << name;
  }
  EXPECT_THAT(FilesBelow(session_.PathOf("csv")), ::testing::Contains("part-m-00000-00001.csv"));
}

TEST_F(Writing, AppendedRowsComeAllTogether) {
  const DataFrame some = flights_.Filter(col("carrier") == "AA");
  ASSERT_OK(some.WriteParquet(out_, {.mode = SaveMode::kAppend}));
  EXPECT_EQ(session_->Read(out_).CountRows().value_or(-1), 2);
  ASSERT_OK(flights_.WriteParquet(out_, {.mode = SaveMode::kAppend}));
  ASSERT_OK(flights_.WriteParquet(out_ + "/", {.mode = SaveMode::kAppend}));
  EXPECT_EQ(session_->Read(out_).CountRows().value_or(-1), 14);
  // What was appended is one folder, which one rename has put there.
  const std::vector<std::string> files = FilesBelow(out_);
  ASSERT_EQ(files.size(), 3U);
  EXPECT_THAT(files, ElementsAre("part-m-00000.parquet",
                                 AllOf(StartsWith("part-then-"), HasSubstr("/part-m-00000")),
                                 AllOf(StartsWith("part-then-"), HasSubstr("/part-m-00000"))));
  // A job that fails leaves nothing.
  const DataFrame bad = flights_.WithColumns((lit(1) % (col("delay") - 7)).As("delay"));
  EXPECT_THAT(bad.WriteParquet(out_, {.mode = SaveMode::kAppend}), Not(IsOk()));
  EXPECT_EQ(FilesBelow(out_), files);
  for (const auto& entry : std::filesystem::directory_iterator(out_))
    EXPECT_THAT(std::string(entry.path().filename()), Not(StartsWith("_part-then")));
}

TEST_F(Writing, AppendedPartitionsAreReadWithTheOthers) {
  ASSERT_OK(flights_.WriteCsv(out_, {.partition_by = {"carrier"}}));
  const DataFrame more = flights_.WithColumns(lit("ZZ").As("carrier"));
  ASSERT_OK(more.WriteCsv(out_, {.mode = SaveMode::kAppend, .partition_by = {"carrier"}}));
  EXPECT_THAT(SortedRowsOf(session_->Read(out_).GroupBy("carrier").Count()),
              ElementsAre("AA|2", "UA|3", "ZZ|6", "null|1"));
}

TEST_F(Writing, WhatIsNoTableTogetherIsNotAppended) {
  ASSERT_OK(flights_.WriteParquet(out_));
  const WriteOptions append{.mode = SaveMode::kAppend};
  EXPECT_THAT(flights_.Drop("day").WriteParquet(out_, append),
              StatusIs(StatusCode::kInvalidArgument, "are not of the columns"));
  EXPECT_THAT(flights_.Cast("delay", "double").WriteParquet(out_, append),
              StatusIs(StatusCode::kInvalidArgument, "delay double"));
  EXPECT_THAT(flights_.WriteCsv(out_, append),
              StatusIs(StatusCode::kInvalidArgument, "say FORMAT parquet"));
  EXPECT_THAT(flights_.WriteParquet(out_, {.mode = SaveMode::kAppend, .partition_by = {"carrier"}}),
              StatusIs(StatusCode::kInvalidArgument, "has folders by ()"));
  EXPECT_THAT(flights_.WriteCsv(session_.PathOf("flights.csv"), append),
              StatusIs(StatusCode::kInvalidArgument, "is a file"));
  EXPECT_EQ(session_->Read(out_).CountRows().value_or(-1), 6);
}

TEST_F(Writing, OverwriteReplacesEverything) {
  ASSERT_OK(flights_.WriteCsv(out_, {.partition_by = {"carrier"}}));
  ASSERT_OK(flights_.Limit(2).WriteParquet(out_, {.mode = SaveMode::kOverwrite}));
  EXPECT_THAT(FilesBelow(out_), Each(HasSubstr(".parquet")));
  EXPECT_EQ(session_->Read(out_).CountRows().value_or(-1), 2);
}

}  // namespace
}  // namespace tusk::df
