#include "dataframe/api/functions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataframe/api/window.h"
#include "tests/dataframe/api/local_session.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

using ::testing::ElementsAre;

class Functions : public ::testing::Test {
 protected:
  /// One row: t "Green Tea", x -2.5, n 7, d 2024-02-29, ts 2024-02-29 13:14:15, b null.
  DataFrame Row() {
    return session_->FromRange(0, 1)
        .Select(lit("Green Tea").As("t"), lit(-2.5).As("x"), lit(7).As("n"),
                Date("2024-02-29").As("d"), Timestamp("2024-02-29 13:14:15").As("ts"))
        .WithColumns(NullIf(col("n"), 7).As("b"));
  }
  std::string ValueOf(const Column& column) {
    const std::vector<std::string> rows = RowsOf(Row().Select(column));
    return rows.size() == 1 ? rows[0] : "no row";
  }

  LocalSession session_;
};

TEST_F(Functions, OfConditionsAndNulls) {
  EXPECT_EQ(ValueOf(When(col("n") > 5).Then("big").When(col("n") > 0).Then("small")), "big");
  EXPECT_EQ(ValueOf(When(col("n") > 9).Then(1)), "null");
  EXPECT_EQ(ValueOf(When(col("n") > 9).Then(1).Otherwise(2)), "2");
  EXPECT_EQ(ValueOf(Coalesce({col("b"), col("n")})), "7");
  EXPECT_EQ(ValueOf(If(col("n") == 7, "yes", "no")), "yes");
  EXPECT_EQ(ValueOf(Greatest({col("n"), col("b"), 3})), "7");
  EXPECT_EQ(ValueOf(Least({col("n"), 3})), "3");
  EXPECT_EQ(ValueOf(IsNan("x")), "false");
  EXPECT_EQ(ValueOf(IsFinite("x")), "true");
}

TEST_F(Functions, OfText) {
  EXPECT_EQ(ValueOf(Upper("t")), "GREEN TEA");
  EXPECT_EQ(ValueOf(InitCap(Lower("t"))), "Green Tea");
  EXPECT_EQ(ValueOf(Length(Trim(Concat({" ", col("t"), "  "})))), "9");
  EXPECT_EQ(ValueOf(Length(LTrim(RTrim(lit(" a "))))), "1");
  EXPECT_EQ(ValueOf(Reverse("t")), "aeT neerG");
  EXPECT_EQ(ValueOf(Repeat(lit("ab"), 3)), "ababab");
  EXPECT_EQ(ValueOf(Replace("t", "Tea", "Ink")), "Green Ink");
  EXPECT_EQ(ValueOf(Substring("t", 7)), "Tea");
  EXPECT_EQ(ValueOf(Substring("t", 1, 5)), "Green");
  EXPECT_EQ(ValueOf(Left("t", 2)), "Gr");
  EXPECT_EQ(ValueOf(Right("t", 2)), "ea");
  EXPECT_EQ(ValueOf(LPad(lit("7"), 3, "0")), "007");
  EXPECT_EQ(ValueOf(RPad(lit("7"), 3, "-")), "7--");
  EXPECT_EQ(ValueOf(StartsWith("t", "Green") && EndsWith("t", "Tea") && Contains("t", "n T")),
            "true");
  EXPECT_EQ(ValueOf(StrPos("t", "Tea")), "7");
  EXPECT_EQ(ValueOf(ConcatWs("-", {col("t"), col("n")})), "Green Tea-7");
  EXPECT_EQ(ValueOf(SplitPart("t", " ", 2)), "Tea");
  EXPECT_EQ(ValueOf(RegexpMatches("t", "^G.*a$")), "true");
  EXPECT_EQ(ValueOf(RegexpExtract("t", "(\\w+) (\\w+)", 2)), "Tea");
  EXPECT_EQ(ValueOf(RegexpReplace("t", "e", "3", "g")), "Gr33n T3a");
}

TEST_F(Functions, OfNumbers) {
  EXPECT_EQ(ValueOf(Abs("x")), "2.5");
  EXPECT_EQ(ValueOf(Round("x")), "-3");
  EXPECT_EQ(ValueOf(Round(lit(1.257), 2)), "1.26");
  EXPECT_EQ(ValueOf(Ceil("x") - Floor("x")), "1");
  EXPECT_EQ(ValueOf(Trunc("x")), "-2");
  EXPECT_EQ(ValueOf(Sqrt(lit(81))), "9");
  EXPECT_EQ(ValueOf(Exp(lit(0)) + Ln(lit(1)) + Log10(lit(100)) + Log2(lit(8))), "6");
  EXPECT_EQ(ValueOf(Power(2, 10)), "1024");
  EXPECT_EQ(ValueOf(Sign("x")), "-1");
  EXPECT_EQ(ValueOf(Sin(lit(0)) + Cos(lit(0)) + Tan(lit(0)) + Atan2(0, 1)), "1");
  EXPECT_EQ(ValueOf(Div(col("n"), 2)), "3");
}

TEST_F(Functions, OfDatesAndTimes) {
  EXPECT_EQ(ValueOf(Year("d") * 10000 + Month("d") * 100 + Day("d")), "20240229");
  EXPECT_EQ(ValueOf(Quarter("d")), "1");
  EXPECT_EQ(ValueOf(Week("d")), "9");
  EXPECT_EQ(ValueOf(DayOfWeek("d")), "4");
  EXPECT_EQ(ValueOf(DayOfYear("d")), "60");
  EXPECT_EQ(ValueOf(Hour("ts") * 10000 + Minute("ts") * 100 + Second("ts")), "131415");
  EXPECT_EQ(ValueOf(DateTrunc("month", "d").Cast("date")), "2024-02-01");
  EXPECT_EQ(ValueOf(DateDiff("day", "d", Date("2024-03-01"))), "1");
  EXPECT_EQ(ValueOf(MakeDate(2023, 2, 28)), "2023-02-28");
  EXPECT_EQ(ValueOf(LastDay("d")), "2024-02-29");
  EXPECT_EQ(ValueOf(ToDate(lit("2024-05-06"))), "2024-05-06");
  EXPECT_EQ(ValueOf(ToDate(lit("06.05.2024"), "%d.%m.%Y")), "2024-05-06");
  EXPECT_EQ(ValueOf(FormatTime("ts", "%H:%M")), "13:14");
  EXPECT_EQ(ValueOf(Epoch(ToTimestamp(lit("1970-01-01 00:01:00")))), "60");
}

TEST_F(Functions, OfGroups) {
  // 1, 2, ... 10 and their remainders by 2.
  const DataFrame numbers = session_->FromRange(1, 11).WithColumns((col("id") % 2 == 0).As("even"));
  const auto of_all = [&numbers](const Column& aggregate) {
    const std::vector<std::string> rows = RowsOf(numbers.Agg(aggregate));
    return rows.size() == 1 ? rows[0] : "no row";
  };
  EXPECT_EQ(of_all(Count()), "10");
  EXPECT_EQ(of_all(Count("id")), "10");
  EXPECT_EQ(of_all(CountDistinct("even")), "2");
  EXPECT_EQ(of_all(CountIf(col("id") > 7)), "3");
  EXPECT_EQ(of_all(Sum("id").Where(col("even"))), "30");
  EXPECT_EQ(of_all(Mean("id")), "5.5");
  EXPECT_EQ(of_all(Max("id") - Min("id")), "9");
  EXPECT_EQ(of_all(Median("id")), "5.5");
  EXPECT_EQ(of_all(Quantile("id", 0.25)), "3.25");
  EXPECT_EQ(of_all(Round(Variance("id"), 3)), "9.167");
  EXPECT_EQ(of_all(Round(StdDev("id"), 3)), "3.028");
  EXPECT_EQ(of_all(BoolAnd("even")), "false");
  EXPECT_EQ(of_all(BoolOr("even")), "true");
  EXPECT_EQ(of_all(Product(col("id").Cast("double"))), "3628800");
  EXPECT_EQ(of_all(ApproxCountDistinct("id")), "10");
  EXPECT_EQ(of_all(Corr("id", "id")), "1");
  EXPECT_EQ(of_all(Round(CovarSamp("id", "id"), 3)), "9.167");
  EXPECT_EQ(of_all(CovarPop("id", "id")), "8.25");
  EXPECT_EQ(of_all(Mode(col("id") % 3)), "1");
  EXPECT_EQ(of_all(Skewness("id")), "0");
  EXPECT_EQ(of_all(Length(StringAgg(col("id").Cast("string"), ";"))), "20");
  EXPECT_EQ(of_all(AnyValue(col("even").IsNull())), "false");
  EXPECT_THAT(
      RowsOf(numbers.Filter(col("id") == 4)
                 .Agg(First("id"), Last("id"), CollectList("id"), ApproxQuantile("id", 0.5))),
      ElementsAre("4|4|list<item: int64>[4]|4"));
  EXPECT_OK(numbers.Agg(Kurtosis("id")).Collect());
}

TEST_F(Functions, OfWindows) {
  const DataFrame rows =
      session_->FromRange(1, 7).WithColumns((col("id") % 2).As("g"), Div(col("id"), 3).As("o"));
  const Window by_id = Window().PartitionBy("g").OrderBy("id");
  EXPECT_THAT(RowsOf(rows.Select("id", RowNumber().Over(by_id), Lag("id").Over(by_id),
                                 Lead("id", 1, 0).Over(by_id), Sum("id").Over(by_id),
                                 Sum("id").Over(by_id.Rows(-1, 0)), Count().Over(Window()))
                         .Sort("id")),
              ElementsAre("1|1|null|3|1|1|6", "2|1|null|4|2|2|6", "3|2|1|5|4|4|6", "4|2|2|6|6|6|6",
                          "5|3|3|0|9|8|6", "6|3|4|0|12|10|6"));
  const Window by_o = Window().OrderBy("o");
  EXPECT_THAT(RowsOf(rows.Select("id", Rank().Over(by_o), DenseRank().Over(by_o),
                                 FirstValue("id").Over(Window().OrderBy("id")),
                                 LastValue("id").Over(Window().OrderBy("id")),
                                 NTile(2).Over(Window().OrderBy("id")),
                                 (PercentRank().Over(Window().OrderBy("id")) * 5).As("p"))
                         .Sort("id")),
              ElementsAre("1|1|1|1|1|1|0", "2|1|1|1|2|1|1", "3|3|2|1|3|1|2", "4|3|2|1|4|2|3",
                          "5|3|2|1|5|2|4", "6|6|3|1|6|2|5"));
}

}  // namespace
}  // namespace tusk::df
