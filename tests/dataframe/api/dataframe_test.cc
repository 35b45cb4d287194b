#include "dataframe/api/dataframe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataframe/api/functions.h"
#include "dataframe/api/window.h"
#include "tests/dataframe/api/local_session.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class DataFrames : public ::testing::Test {
 protected:
  LocalSession session_;
  const DataFrame flights_ = session_.Flights();
  const DataFrame carriers_ = session_.Carriers();
};

TEST_F(DataFrames, KnowTheirSchemaBeforeTheyRun) {
  EXPECT_EQ(SchemaOf(flights_), "carrier string, day date, delay int64, distance double");
  EXPECT_EQ(SchemaOf(flights_.Select("delay", (col("delay") * 1.5).As("more"))),
            "delay int64, more double");
}

TEST_F(DataFrames, SelectFilterAndNewColumns) {
  const DataFrame frame =
      flights_.Filter(col("delay") > 15 && col("carrier").IsNotNull())
          .WithColumns((col("delay") * 2).As("twice"), Upper("carrier").As("carrier"))
          .Select("carrier", "twice", Year("day").As("year"));
  EXPECT_THAT(PlanOf(frame),
              HasSubstr("Project carrier, twice, year(day) as year\n"
                        "  Project upper(carrier) as carrier, day, delay, distance, delay * 2 as "
                        "twice\n"
                        "    Filter delay > 15 and carrier is not null\n"
                        "      Scan "));
  EXPECT_THAT(SortedRowsOf(frame), ElementsAre("AA|60|2024", "UA|90|2024"));
}

TEST_F(DataFrames, RenameDropAndCast) {
  const DataFrame frame =
      flights_.Rename("delay", "late").Drop("day", "distance").Cast("late", "double");
  EXPECT_EQ(SchemaOf(frame), "carrier string, late double");
  EXPECT_EQ(SortedRowsOf(frame).size(), 6U);
}

TEST_F(DataFrames, GroupsOfKeysAndComputedColumns) {
  const DataFrame frame =
      flights_.GroupBy("carrier", Month("day").As("month"))
          .Agg(Count().As("flights"), (Sum("delay") / Count("delay")).As("mean"),
               Sum("delay").As("sum"))
          .Sort("carrier", "month");
  EXPECT_THAT(RowsOf(frame),
              ElementsAre("AA|1|2|20|40", "UA|1|2|-5|-5", "UA|2|1|45|45", "null|2|1|7|7"));
  EXPECT_THAT(RowsOf(flights_.Agg(CountDistinct("carrier").As("c"), Max("distance").As("d"))),
              ElementsAre("2|300"));
}

TEST_F(DataFrames, APlainAggregationIsOneStep) {
  EXPECT_THAT(PlanOf(flights_.GroupBy("carrier").Agg(Mean("delay").As("mean"))),
              ::testing::StartsWith("Aggregate by carrier: avg(delay) as mean\n  Scan "));
  EXPECT_THAT(PlanOf(flights_.GroupBy("carrier").Count()),
              ::testing::StartsWith("Aggregate by carrier: count(*) as count\n  Scan "));
}

TEST_F(DataFrames, DistinctAndValueCounts) {
  EXPECT_THAT(SortedRowsOf(flights_.Select("carrier").Distinct()), ElementsAre("AA", "UA", "null"));
  EXPECT_THAT(RowsOf(flights_.ValueCounts("carrier")), ElementsAre("UA|3", "AA|2", "null|1"));
}

TEST_F(DataFrames, SortLimitAndTopK) {
  EXPECT_THAT(RowsOf(flights_.Select("delay").Sort(col("delay").Desc())),
              ElementsAre("45", "30", "10", "7", "-5", "null"));
  EXPECT_THAT(RowsOf(flights_.Select("delay").Sort(col("delay").Asc().NullsFirst()).Limit(2)),
              ElementsAre("null", "-5"));
  EXPECT_THAT(RowsOf(flights_.Select("delay").Sort("delay").Limit(2, 1)), ElementsAre("7", "10"));
  const DataFrame top = flights_.Select("delay").TopK(2, col("delay").Desc());
  EXPECT_THAT(PlanOf(top), HasSubstr("Sort delay desc limit 2"));
  EXPECT_THAT(RowsOf(top), ElementsAre("45", "30"));
}

TEST_F(DataFrames, JoinByNameHasEachNameOnce) {
  const DataFrame flights = flights_.Select("carrier", "delay");
  EXPECT_EQ(SchemaOf(flights.Join(carriers_, "carrier")),
            "carrier string, delay int64, name string");
  EXPECT_THAT(SortedRowsOf(flights.Join(carriers_, "carrier")),
              ElementsAre("AA|10|American", "AA|30|American", "UA|-5|United", "UA|45|United",
                          "UA|null|United"));
  EXPECT_THAT(SortedRowsOf(flights.Join(carriers_, {"carrier"}, JoinType::kLeft)).back(),
              "null|7|null");
  EXPECT_THAT(SortedRowsOf(flights.Join(carriers_, "carrier", JoinType::kRight)).back(),
              "ZZ|null|Nobody");
  const std::vector<std::string> full =
      SortedRowsOf(flights.Join(carriers_, "carrier", JoinType::kFull));
  EXPECT_EQ(full.size(), 7U);
  EXPECT_THAT(full, ::testing::IsSupersetOf({"ZZ|null|Nobody", "null|7|null"}));
  EXPECT_THAT(RowsOf(carriers_.Join(flights, "carrier", JoinType::kAnti)),
              ElementsAre("ZZ|Nobody"));
  EXPECT_THAT(SortedRowsOf(carriers_.Join(flights, "carrier", JoinType::kSemi)),
              ElementsAre("AA|American", "UA|United"));
}

TEST_F(DataFrames, JoinRenamesWhatTheLeftSideHas) {
  const DataFrame delays = flights_.Select("carrier", "day", "delay");
  const DataFrame joined = delays.Join(delays, {"carrier", "day"});
  EXPECT_EQ(SchemaOf(joined), "carrier string, day date, delay int64, delay_right int64");
  const DataFrame later =
      delays.Join(delays, col("carrier") == col("carrier_right") && col("day") < col("day_right"));
  EXPECT_EQ(SchemaOf(later),
            "carrier string, day date, delay int64, carrier_right string, day_right date, "
            "delay_right int64");
  EXPECT_THAT(PlanOf(later), HasSubstr("Join inner: carrier = carrier_right and day < day_right"));
  EXPECT_EQ(SortedRowsOf(later).size(), 4U);
}

TEST_F(DataFrames, EveryRowWithEveryRowHasToBeAskedFor) {
  EXPECT_EQ(RowsOf(flights_.CrossJoin(carriers_)).size(), 18U);
  EXPECT_THAT(PlanOf(flights_.Join(carriers_, col("carrier") < col("carrier_right"))),
              HasSubstr("CrossJoin(...).Filter(...)"));
}

TEST_F(DataFrames, UnionMatchesNames) {
  const DataFrame first = carriers_.Filter(col("carrier") == "AA");
  const DataFrame second = carriers_.Filter(col("carrier") == "ZZ").Select("name", "carrier");
  EXPECT_THAT(SortedRowsOf(first.Union(second)), ElementsAre("AA|American", "ZZ|Nobody"));
  EXPECT_THAT(PlanOf(first.Union(second.Rename("name", "nam"))),
              HasSubstr("only on the left: name; only on the right: nam"));
  EXPECT_THAT(PlanOf(flights_.Select("delay").Union(flights_.Select(col("distance").As("delay")))),
              HasSubstr("column delay is int64 on one side and double on another"));
}

TEST_F(DataFrames, WindowsAreColumnsLikeOthers) {
  const DataFrame frame =
      flights_.Filter(col("delay").IsNotNull())
          .WithColumns(
              (col("delay") - Mean("delay").Over(Window().PartitionBy("carrier"))).As("off"),
              RowNumber().Over(Window().PartitionBy("carrier").OrderBy("day")).As("n"),
              Sum("delay").Over(Window().PartitionBy("carrier").OrderBy("day")).As("sum"))
          .Drop("day", "distance");
  EXPECT_EQ(SchemaOf(frame),
            "carrier string, delay int64, off double, n int64 not null, sum int64");
  EXPECT_THAT(SortedRowsOf(frame), ElementsAre("AA|10|-10|1|10", "AA|30|10|2|40", "UA|-5|-25|1|-5",
                                               "UA|45|25|2|40", "null|7|0|1|7"));
}

TEST_F(DataFrames, PivotMakesColumnsOfValues) {
  const DataFrame frame = flights_.GroupBy("carrier")
                              .Pivot(Month("day"), {1, 2})
                              .Agg(Count().As("n"), Sum("delay").As("sum"))
                              .Sort("carrier");
  EXPECT_EQ(SchemaOf(frame),
            "carrier string, \"1_n\" int64 not null, \"1_sum\" int64, \"2_n\" int64 not null, "
            "\"2_sum\" int64");
  EXPECT_THAT(RowsOf(frame), ElementsAre("AA|2|40|0|null", "UA|2|-5|1|45", "null|0|null|1|7"));
}

TEST_F(DataFrames, UnpivotMakesRowsOfColumns) {
  const DataFrame frame = flights_.Filter(col("carrier") == "AA")
                              .Unpivot({"day"}, {"delay", "distance"}, "what", "value");
  EXPECT_EQ(SchemaOf(frame), "day date, what string not null, value double");
  EXPECT_THAT(SortedRowsOf(frame), ElementsAre("2024-01-01|delay|10", "2024-01-01|distance|100.5",
                                               "2024-01-02|delay|30", "2024-01-02|distance|200"));
}

TEST_F(DataFrames, ExplodeMakesRowsOfElements) {
  const DataFrame frame =
      session_->FromRange(0, 2).WithColumns(Split(lit("a b"), " ").As("word")).Explode("word");
  EXPECT_THAT(SortedRowsOf(frame), ElementsAre("0|a", "0|b", "1|a", "1|b"));
}

TEST_F(DataFrames, NullsAreFilledAndDropped) {
  EXPECT_THAT(SchemaOf(flights_.FillNull(0)), HasSubstr("delay int64"));
  EXPECT_THAT(
      RowsOf(flights_.FillNull(0).Filter(col("distance") == 300).Select("carrier", "delay")),
      ElementsAre("UA|0"));
  EXPECT_THAT(RowsOf(flights_.FillNull("none").Filter(col("delay") == 7).Select("carrier")),
              ElementsAre("none"));
  EXPECT_THAT(
      RowsOf(flights_.FillNull({"carrier"}, "??").Filter(col("delay") == 7).Select("carrier")),
      ElementsAre("??"));
  EXPECT_EQ(RowsOf(flights_.DropNulls()).size(), 4U);
  EXPECT_EQ(RowsOf(flights_.DropNulls("carrier")).size(), 5U);
}

TEST_F(DataFrames, DescribeHasARowForEachColumn) {
  const DataFrame frame = flights_.Select("carrier", "day", "delay").Describe();
  EXPECT_THAT(
      RowsOf(frame.Select("column", "type", "count", "nulls", "mean", "min", "median", "max")),
      ElementsAre("carrier|string|5|1|null|AA|null|UA",
                  "day|date|6|0|null|2024-01-01|null|2024-02-02", "delay|int64|5|1|17.4|-5|10|45"));
}

TEST_F(DataFrames, TablesOfTheProgramAndRanges) {
  ASSERT_OK_AND_ASSIGN(const auto table, carriers_.Collect());
  EXPECT_THAT(SortedRowsOf(session_->FromTable(*table).Filter(col("carrier") == "UA")),
              ElementsAre("UA|United"));
  EXPECT_THAT(RowsOf(session_->FromRange(0, 100).Agg(Sum("id"))), ElementsAre("4950"));
  EXPECT_THAT(RowsOf(session_->FromRange(5, 3)), IsEmpty());
}

}  // namespace
}  // namespace tusk::df
