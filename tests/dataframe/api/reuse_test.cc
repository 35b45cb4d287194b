// What a query takes from earlier ones.

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataframe/api/dataframe.h"
#include "dataframe/api/functions.h"
#include "dfs/client/file_system.h"
#include "tests/dataframe/api/local_session.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class Reuse : public ::testing::Test {
 protected:
  Reuse() {
    EXPECT_OK(session_->files().MakeDirectories(session_.PathOf("sales")));
    AddFile("2024-01.csv", "shop,price\na,1\nb,2\na,3\n");
    AddFile("2024-02.csv", "shop,price\nc,5\na,10\n");
  }

  void AddFile(const std::string& name, const std::string& text) {
    session_.File("sales/" + name, text);
  }
  DataFrame Sales() { return session_->Read(session_.PathOf("sales")); }
  DataFrame Sums() {
    return Sales().GroupBy("shop").Agg(Sum("price").As("total"), Mean("price").As("mean"),
                                       Count().As("n"));
  }

  /// Runs a dataframe; the report of its first stage.
  StageReport FirstOf(const DataFrame& frame) {
    const Result<QueryResult> result = session_->Run(frame.plan().value());
    EXPECT_OK(result);
    trace_ = TraceText(result->trace);
    return result->trace.stages.front();
  }

  LocalSession session_;
  std::string trace_;
};

TEST_F(Reuse, TheSameQueryOverTheSameFilesReadsNothing) {
  EXPECT_FALSE(FirstOf(Sums()).reused);
  EXPECT_TRUE(FirstOf(Sums()).reused);
}

TEST_F(Reuse, AnAddedFileCostsOnlyThatFile) {
  EXPECT_EQ(FirstOf(Sums()).spared_files, 0U);
  const std::string added = "shop,price\na,100\nd,7\n";
  AddFile("2024-03.csv", added);
  const StageReport report = FirstOf(Sums());
  EXPECT_FALSE(report.reused);
  EXPECT_EQ(report.input_files, 3U);
  EXPECT_EQ(report.spared_files, 2U);
  EXPECT_EQ(report.bytes_read, static_cast<int64_t>(added.size()));
  EXPECT_THAT(trace_, HasSubstr("2 of 3 files reused"));
  EXPECT_EQ(SortedRowsOf(Sums()),
            (std::vector<std::string>{"a|114|28.5|4", "b|2|2|1", "c|5|5|1", "d|7|7|1"}));
  // In the middle of the others, and with what was kept the second time.
  const std::string again = "shop,price\nb,1\n";
  AddFile("2024-01b.csv", again);
  EXPECT_EQ(FirstOf(Sums()).bytes_read, static_cast<int64_t>(again.size()));
  EXPECT_EQ(SortedRowsOf(Sums()),
            (std::vector<std::string>{"a|114|28.5|4", "b|3|1.5|2", "c|5|5|1", "d|7|7|1"}));
}

TEST_F(Reuse, ExplainTellsWhatWouldBeReused) {
  EXPECT_THAT(Sums().Explain().value(), Not(HasSubstr("reused")));
  FirstOf(Sums());
  EXPECT_THAT(Sums().Explain().value(), HasSubstr("reused: it has finished before\n"));
  AddFile("2024-03.csv", "shop,price\na,100\n");
  EXPECT_THAT(Sums().Explain().value(), HasSubstr("reused: groups of 2 of 3 files ("));
}

TEST_F(Reuse, GroupsServeEveryQueryOverThem) {
  FirstOf(Sums());
  const StageReport report = FirstOf(Sums().Filter(col("total") > 4));
  EXPECT_FALSE(report.reused);
  EXPECT_EQ(report.bytes_read, 0);
  EXPECT_EQ(report.spared_files, 2U);
  EXPECT_EQ(SortedRowsOf(Sums().Filter(col("total") > 4)),
            SortedRowsOf(Sums().Filter(col("shop") != "b")));
}

TEST_F(Reuse, WhatIsWrittenReusesGroupsAsWell) {
  FirstOf(Sums());
  AddFile("2024-03.csv", "shop,price\na,100\n");
  uint64_t spared = 0;
  session_->SetStageObserver([&spared](const StageReport& stage) { spared += stage.spared_files; });
  ASSERT_OK(Sums().WriteCsv(session_.PathOf("out")));
  session_->SetStageObserver(nullptr);
  EXPECT_EQ(spared, 2U);
  EXPECT_EQ(SortedRowsOf(session_->Read(session_.PathOf("out")).Select("shop", "total")),
            (std::vector<std::string>{"a|114", "b|2", "c|5"}));
}

TEST_F(Reuse, AllRowsInOneGroup) {
  const auto total = [this] { return Sales().Agg(Sum("price").As("total"), Count().As("n")); };
  EXPECT_EQ(RowsOf(total()), std::vector<std::string>{"21|5"});
  AddFile("2024-03.csv", "shop,price\na,100\n");
  EXPECT_EQ(FirstOf(total()).spared_files, 2U);
  EXPECT_EQ(RowsOf(total()), std::vector<std::string>{"121|6"});
}

TEST_F(Reuse, AChangedOrRemovedFileMakesItsGroupsUseless) {
  FirstOf(Sums());
  AddFile("2024-02.csv", "shop,price\nc,55\na,10\n");
  EXPECT_EQ(FirstOf(Sums()).spared_files, 0U);
  EXPECT_THAT(SortedRowsOf(Sums()), ::testing::Contains("c|55|55|1"));
  ASSERT_OK(session_->files().Delete(session_.PathOf("sales/2024-02.csv"), false));
  EXPECT_EQ(FirstOf(Sums()).spared_files, 0U);
  EXPECT_EQ(SortedRowsOf(Sums()), (std::vector<std::string>{"a|4|2|2", "b|2|2|1"}));
}

TEST_F(Reuse, WhatDependsOnTheOrderOfRowsIsMadeAnew) {
  const auto firsts = [this] { return Sales().GroupBy("shop").Agg(First("price").As("first")); };
  FirstOf(firsts());
  AddFile("2024-00.csv", "shop,price\na,-1\n");
  const StageReport report = FirstOf(firsts());
  EXPECT_EQ(report.spared_files, 0U);
  EXPECT_EQ(SortedRowsOf(firsts()), (std::vector<std::string>{"a|-1", "b|2", "c|5"}));
}

TEST_F(Reuse, ManyGroupsAreKeptOnlyWhereThatIsWorthIt) {
  std::string text = "shop,price\n";
  for (int i = 0; i < 300'000; ++i) text += std::to_string(i) + ",1\n";
  AddFile("2024-03.csv", text);
  const auto counts = [this] { return Sales().GroupBy("shop").Count(); };
  FirstOf(counts());
  AddFile("2024-04.csv", "shop,price\na,100\n");
  EXPECT_EQ(FirstOf(counts()).spared_files, 0U);
  EXPECT_THAT(trace_, Not(HasSubstr("files reused")));
}

}  // namespace
}  // namespace tusk::df
