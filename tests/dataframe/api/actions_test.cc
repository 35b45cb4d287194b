#include <fstream>
#include <sstream>

#include <arrow/table.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataframe/api/dataframe.h"
#include "dataframe/api/functions.h"
#include "tests/dataframe/api/local_session.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Actions : public ::testing::Test {
 protected:
  static std::string OutputOf(const std::function<Status()>& action) {
    ::testing::internal::CaptureStdout();
    const Status status = action();
    std::fflush(stdout);
    const std::string text = ::testing::internal::GetCapturedStdout();
    EXPECT_OK(status);
    return text;
  }

  LocalSession session_;
  const DataFrame carriers_ = session_.Carriers();
};

TEST_F(Actions, ShowPrintsTheFirstRows) {
  const DataFrame sorted = carriers_.Sort("carrier");
  EXPECT_EQ(OutputOf([&] { return sorted.Show(); }),
            " carrier | name\n"
            " string  | string\n"
            "---------+----------\n"
            " AA      | American\n"
            " UA      | United\n"
            " ZZ      | Nobody\n");
  EXPECT_EQ(OutputOf([&] { return sorted.Show(1); }),
            " carrier | name\n"
            " string  | string\n"
            "---------+----------\n"
            " AA      | American\n"
            "... and more; these are the first 1 row (Show(0) prints all)\n");
  EXPECT_EQ(OutputOf([&] { return sorted.Show(3); }), OutputOf([&] { return sorted.Show(0); }));
}

TEST_F(Actions, GlimpsePrintsColumnsDownwards) {
  EXPECT_EQ(OutputOf([&] { return carriers_.Sort("carrier").Glimpse(2); }),
            "carrier  string  AA, UA\n"
            "name     string  American, United\n");
}

TEST_F(Actions, PrintCsvPrintsAll) {
  EXPECT_EQ(OutputOf([&] { return carriers_.Sort("carrier").PrintCsv(); }),
            "carrier,name\nAA,American\nUA,United\nZZ,Nobody\n");
}

TEST_F(Actions, CountRowsAndCollect) {
  EXPECT_EQ(carriers_.CountRows().value_or(-1), 3);
  ASSERT_OK_AND_ASSIGN(const auto table, carriers_.Filter(col("carrier") == "none").Collect());
  EXPECT_EQ(table->num_rows(), 0);
  EXPECT_EQ(table->num_columns(), 2);
}

TEST_F(Actions, CollectRefusesWhatIsTooMuch) {
  EXPECT_THAT(session_->FromRange(0, 100'000).Collect(10'000),
              StatusIs(StatusCode::kTooLarge, "Collect was asked for"));
}

TEST_F(Actions, WhatIsWrittenIsReadBack) {
  const DataFrame flights = session_.Flights();
  const std::vector<std::string> rows = SortedRowsOf(flights);
  const std::string csv = session_.PathOf("csv"), json = session_.PathOf("json"),
                    parquet = session_.PathOf("parquet"), ipc = session_.PathOf("ipc");
  ASSERT_OK(flights.WriteCsv(csv));
  ASSERT_OK(flights.WriteJson(json));
  ASSERT_OK(flights.WriteParquet(parquet, {.compression = "zstd"}));
  ASSERT_OK(flights.WriteIpc(ipc));
  EXPECT_EQ(SortedRowsOf(session_->ReadCsv(csv)), rows);
  EXPECT_EQ(SortedRowsOf(session_->ReadParquet(parquet)), rows);
  EXPECT_EQ(SortedRowsOf(session_->ReadIpc(ipc)), rows);
  EXPECT_EQ(SortedRowsOf(session_->Read(parquet)), rows);
  EXPECT_EQ(SortedRowsOf(session_->ReadJson(json).Select("carrier", col("day").Cast("date"),
                                                         "delay", "distance")),
            rows);
  EXPECT_EQ(SortedRowsOf(session_->ReadText(session_.PathOf("flights.csv"))).size(), 7U);
}

TEST_F(Actions, SaveModes) {
  const std::string path = session_.PathOf("out");
  ASSERT_OK(carriers_.WriteParquet(path));
  EXPECT_THAT(carriers_.WriteParquet(path), StatusIs(StatusCode::kAlreadyExists, "out"));
  ASSERT_OK(carriers_.Limit(1).WriteParquet(path, {.mode = SaveMode::kOverwrite}));
  EXPECT_EQ(session_->Read(path).CountRows().value_or(-1), 1);
  ASSERT_OK(carriers_.WriteParquet(path, {.mode = SaveMode::kIgnore}));
  EXPECT_EQ(session_->Read(path).CountRows().value_or(-1), 1);
}

TEST_F(Actions, MaterializeKeepsTheRows) {
  const DataFrame flights = session_.Flights();
  ASSERT_OK_AND_ASSIGN(const DataFrame kept,
                       flights.GroupBy("carrier").Agg(Count().As("n")).Materialize());
  EXPECT_THAT(PlanOf(kept), ::testing::StartsWith("Scan materialized [carrier, n]"));
  // Not from the source any more.
  session_.File("flights.csv", "carrier,day,delay,distance\n");
  EXPECT_THAT(SortedRowsOf(kept.Filter(col("n") > 1)), ElementsAre("AA|2", "UA|3"));
  EXPECT_EQ(kept.Join(kept, "carrier").CountRows().value_or(-1), 2);
}

TEST_F(Actions, ExplainShowsPlansAndStages) {
  ASSERT_OK_AND_ASSIGN(const std::string text,
                       carriers_.GroupBy("name").Count().Filter(col("count") > 1).Explain());
  EXPECT_THAT(text, HasSubstr("plan as written:\nFilter count > 1\n  Aggregate by name"));
  EXPECT_THAT(text, HasSubstr("plan as optimized:"));
  EXPECT_THAT(text, HasSubstr("stages"));
}

TEST_F(Actions, ExitTellsTheError) {
  EXPECT_EQ(session_->Exit(Status::Ok()), 0);
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(session_->Exit(carriers_.Select("nam").Show()), 1);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              ::testing::StartsWith("error: there is no column nam\n  at: actions_test.cc:"));
}

}  // namespace
}  // namespace tusk::df
