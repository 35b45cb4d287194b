#include <string>

#include "common/base/random.h"
#include "dataframe/expr/function/civil_time.h"
#include "dataframe/expr/function/temporal_arithmetic.h"
#include "dataframe/expr/function/time_format.h"
#include "dataframe/type/arrow_runtime.h"
#include "tests/dataframe/expr/function_call.h"

namespace tusk::df {
namespace {

constexpr std::nullopt_t kNull = std::nullopt;

class DateFunctionsTest : public testing::Test {
 protected:
  void SetUp() override { InitializeArrow(); }
};

ArrayPtr ZonedTimes(const std::vector<std::optional<std::string>>& texts) {
  return ColumnOfTexts(arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), texts);
}

arrow::Datum IntervalOf(int32_t months, int32_t days, int64_t nanoseconds = 0) {
  return arrow::Datum(
      std::make_shared<arrow::MonthDayNanoIntervalScalar>(Interval{months, days, nanoseconds}));
}

constexpr int64_t kHour = int64_t{3600} * 1'000'000'000;

TEST(CivilTimeTest, DaysThereAndBack) {
  int64_t days = DaysFromCivil({-400, 1, 1});
  for (int64_t year = -400; year <= 2800; ++year) {
    for (int month = 1; month <= 12; ++month) {
      for (int day = 1; day <= DaysOfMonth(year, month); ++day, ++days) {
        const CivilDate date = CivilFromDays(days);
        if (date.year != year || date.month != month || date.day != day ||
            DaysFromCivil(date) != days) {
          FAIL() << year << '-' << month << '-' << day;
        }
      }
    }
  }
  EXPECT_EQ(DaysFromCivil({1970, 1, 1}), 0);
  EXPECT_EQ(DaysFromCivil({2000, 3, 1}), 11017);
  EXPECT_EQ(CivilFromDays(INT32_MAX).year, 5881580);
  EXPECT_EQ(CivilFromDays(INT32_MIN).year, -5877641);
}

TEST(CivilTimeTest, WeeksOfTheYear) {
  // Years with 53 weeks are those that have 53 Thursdays.
  for (int64_t year = 1900; year < 2200; ++year) {
    int thursdays = 0;
    for (int64_t day = DaysFromCivil({year, 1, 1}); day < DaysFromCivil({year + 1, 1, 1}); ++day) {
      if (DayOfWeek(day) != 4) continue;
      ++thursdays;
      for (int64_t other = day - 3; other <= day + 3; ++other) {
        ASSERT_EQ(IsoWeek(other), thursdays);
        ASSERT_EQ(IsoYear(other), year);
      }
    }
    EXPECT_GE(thursdays, 52);
  }
}

TEST_F(DateFunctionsTest, PartsOfDates) {
  const ArrayPtr dates = Dates({"2024-02-29", "2021-01-03", kNull, "1969-12-31"});
  ExpectFunction("year", {dates}, Ints({"2024", "2021", kNull, "1969"}));
  ExpectFunction("quarter", {dates}, Ints({"1", "1", kNull, "4"}));
  ExpectFunction("month", {dates}, Ints({"2", "1", kNull, "12"}));
  ExpectFunction("day", {dates}, Ints({"29", "3", kNull, "31"}));
  ExpectFunction("week", {dates}, Ints({"9", "53", kNull, "1"}));
  ExpectFunction("dayofweek", {dates}, Ints({"4", "0", kNull, "3"}));
  ExpectFunction("isodow", {dates}, Ints({"4", "7", kNull, "3"}));
  ExpectFunction("dayofyear", {dates}, Ints({"60", "3", kNull, "365"}));
  ExpectFunction("hour", {dates}, Ints({"0", "0", kNull, "0"}));
  ExpectFunction("epoch", {dates}, Doubles({"1709164800", "1609632000", kNull, "-86400"}));
  ExpectFunction("year", {Literal("2024-02-29")}, Ints({"2024"}), false);
}

TEST_F(DateFunctionsTest, PartsOfTimestamps) {
  for (const bool zoned : {false, true}) {
    const std::string zone = zoned ? "Z" : "";
    const std::vector<std::optional<std::string>> texts = {
        "2024-01-01 10:20:30.123456" + zone, kNull, "1969-12-31 23:59:59.999999" + zone};
    const ArrayPtr times = zoned ? ZonedTimes(texts) : Times(texts);
    ExpectFunction("year", {times}, Ints({"2024", kNull, "1969"}));
    ExpectFunction("hour", {times}, Ints({"10", kNull, "23"}));
    ExpectFunction("minute", {times}, Ints({"20", kNull, "59"}));
    ExpectFunction("second", {times}, Ints({"30", kNull, "59"}));
    ExpectFunction("millisecond", {times}, Ints({"30123", kNull, "59999"}));
    ExpectFunction("microsecond", {times}, Ints({"30123456", kNull, "59999999"}));
    ExpectFunction("epoch", {times}, Doubles({"1704104430.123456", kNull, "-0.000001"}));
  }
}

TEST_F(DateFunctionsTest, PartsByName) {
  const ArrayPtr dates = Dates({"2000-05-05", "2001-05-05", kNull});
  ExpectFunction("date_part", {Literal("Century"), dates}, Ints({"20", "21", kNull}), false);
  ExpectFunction("date_part", {Literal("decade"), dates}, Ints({"200", "200", kNull}), false);
  ExpectFunction("date_part", {Literal("millennium"), dates}, Ints({"2", "3", kNull}), false);
  ExpectFunction("date_part", {Literal("dow"), dates}, Ints({"5", "6", kNull}), false);
  ExpectFunction("date_part", {Literal("isoyear"), dates}, Ints({"2000", "2001", kNull}), false);
  ExpectFunction("date_part", {Literal("epoch"), dates}, Doubles({"957484800", "989020800", kNull}),
                 false);
  EXPECT_EQ(FunctionError("date_part", {Literal("mounth"), dates}),
            "there is no unit of time mounth: did you mean month?");
  EXPECT_NE(FunctionError("date_part", {Texts({"day", "day", "day"}), dates}).find("literal"),
            std::string::npos);
}

TEST_F(DateFunctionsTest, Truncation) {
  const ArrayPtr dates = Dates({"2024-02-29", kNull, "1999-12-31"});
  ExpectFunction("date_trunc", {Literal("month"), dates},
                 Dates({"2024-02-01", kNull, "1999-12-01"}), false);
  ExpectFunction("date_trunc", {Literal("quarter"), dates},
                 Dates({"2024-01-01", kNull, "1999-10-01"}), false);
  ExpectFunction("date_trunc", {Literal("week"), dates}, Dates({"2024-02-26", kNull, "1999-12-27"}),
                 false);
  ExpectFunction("date_trunc", {Literal("decade"), dates},
                 Dates({"2020-01-01", kNull, "1990-01-01"}), false);
  ExpectFunction("date_trunc", {Literal("century"), dates},
                 Dates({"2001-01-01", kNull, "1901-01-01"}), false);
  ExpectFunction("date_trunc", {Literal("hour"), dates},
                 Times({"2024-02-29 00:00:00", kNull, "1999-12-31 00:00:00"}), false);
  const ArrayPtr times = Times({"2024-02-29 12:34:56.789", kNull, "1969-12-31 23:59:59.999"});
  ExpectFunction("date_trunc", {Literal("hour"), times},
                 Times({"2024-02-29 12:00:00", kNull, "1969-12-31 23:00:00"}), false);
  ExpectFunction("date_trunc", {Literal("day"), times},
                 Times({"2024-02-29 00:00:00", kNull, "1969-12-31 00:00:00"}), false);
  ExpectFunction("date_trunc", {Literal("millisecond"), times}, times, false);
  ExpectFunction("date_trunc", {Literal("year"), times},
                 Times({"2024-01-01 00:00:00", kNull, "1969-01-01 00:00:00"}), false);
  EXPECT_NE(FunctionError("date_trunc", {Literal("dow"), dates}).find("a length of time"),
            std::string::npos);
}

TEST_F(DateFunctionsTest, Differences) {
  const auto difference = [](const char* unit, const char* from, const char* to,
                             const char* expected) {
    SCOPED_TRACE(unit);
    ExpectFunction("date_diff", {Literal(unit), Times({from, kNull}), Times({to, to})},
                   Ints({expected, kNull}), false);
  };
  difference("month", "2024-01-31 00:00:00", "2024-02-01 00:00:00", "1");
  difference("week", "2024-01-07 00:00:00", "2024-01-08 00:00:00", "1");
  difference("hour", "2024-01-01 10:59:00", "2024-01-01 11:01:00", "1");
  difference("year", "2024-12-31 00:00:00", "2023-01-01 00:00:00", "-1");
  difference("decade", "1999-12-31 00:00:00", "2000-01-01 00:00:00", "1");
  difference("quarter", "2024-03-31 00:00:00", "2024-04-01 00:00:00", "1");
  difference("day", "1969-12-31 23:00:00", "1970-01-01 01:00:00", "1");
  difference("second", "2024-01-01 00:00:00", "2024-01-02 00:00:00", "86400");
  ExpectFunction("date_diff", {Literal("day"), Dates({"2024-02-28"}), Dates({"2024-03-01"})},
                 Ints({"2"}), false);
}

TEST_F(DateFunctionsTest, AddingIntervals) {
  const ArrayPtr dates = Dates({"2024-01-31", kNull, "2024-03-31"});
  ExpectFunction("date_add", {dates, IntervalOf(1, 0)}, Dates({"2024-02-29", kNull, "2024-04-30"}),
                 false);
  ExpectFunction("date_add", {dates, IntervalOf(-1, 1)}, Dates({"2024-01-01", kNull, "2024-03-01"}),
                 false);
  ExpectFunction("date_add", {dates, IntervalOf(0, 1, kHour)},
                 Times({"2024-02-01 01:00:00", kNull, "2024-04-01 01:00:00"}));
  ExpectFunction("date_add", {dates, Literal(1)}, Dates({"2024-02-01", kNull, "2024-04-01"}));
  ExpectFunction("date_add", {Times({"1969-12-31 23:00:00"}), IntervalOf(0, 0, 2 * kHour)},
                 Times({"1970-01-01 01:00:00"}));
  ExpectFunction("last_day", {dates}, Dates({"2024-01-31", kNull, "2024-03-31"}));
  ExpectFunction("last_day", {Times({"2024-02-02 10:00:00"})}, Dates({"2024-02-29"}));
  ExpectFunction("make_date", {Ints({"2024", kNull}), Literal(2), Literal(29)},
                 Dates({"2024-02-29", kNull}));
  EXPECT_EQ(FunctionError("make_date", {Ints({"2023"}), Literal(2), Literal(29)}),
            "there is no date 2023-02-29");
}

// `left op right` by the overload for these literals.
Result<ArrayPtr> Arithmetic(char op, const arrow::Datum& left, const arrow::Datum& right) {
  const std::vector<arrow::Datum> args = {left, right};
  std::vector<std::shared_ptr<arrow::Scalar>> literals;
  for (const arrow::Datum& arg : args) literals.push_back(arg.is_scalar() ? arg.scalar() : nullptr);
  ASSIGN_OR_RETURN(const Overload overload,
                   ResolveTemporalArithmetic(op, left.type(), right.type(), literals));
  std::vector<arrow::Datum> cast;
  for (size_t i = 0; i < args.size(); ++i) {
    cast.push_back(arrow::compute::Cast(args[i], overload.arg_types[i]).ValueOrDie());
  }
  ASSIGN_OR_RETURN(const arrow::Datum result, overload.kernel(cast, RowsOf(args)));
  EXPECT_TRUE(result.type()->Equals(*overload.result));
  return result.is_scalar() ? arrow::MakeArrayFromScalar(*result.scalar(), 1).ValueOrDie()
                            : result.make_array();
}

TEST_F(DateFunctionsTest, Arithmetic) {
  const ArrayPtr dates = Dates({"2024-02-28", kNull}),
                 times = Times({"2024-02-28 10:00:00", kNull});
  ExpectSameColumn(Arithmetic('+', dates, Literal(2)), Dates({"2024-03-01", kNull}), "date + 2");
  ExpectSameColumn(Arithmetic('+', Literal(2), dates), Dates({"2024-03-01", kNull}), "2 + date");
  ExpectSameColumn(Arithmetic('-', dates, Literal(28)), Dates({"2024-01-31", kNull}), "date - 28");
  ExpectSameColumn(Arithmetic('-', dates, Dates({"2024-01-01", "2024-01-01"})), Ints({"58", kNull}),
                   "date - date");
  ExpectSameColumn(Arithmetic('-', dates, IntervalOf(3, 0)), Dates({"2023-11-28", kNull}),
                   "date - 3 months");
  ExpectSameColumn(Arithmetic('+', IntervalOf(0, 1), dates), Dates({"2024-02-29", kNull}),
                   "1 day + date");
  ExpectSameColumn(Arithmetic('-', times, IntervalOf(0, 0, 11 * kHour)),
                   Times({"2024-02-27 23:00:00", kNull}), "time - 11 hours");
  const auto duration = arrow::duration(arrow::TimeUnit::MICRO);
  const ArrayPtr hours = arrow::compute::Cast(*Ints({"7200000000", "1"}), duration).ValueOrDie();
  ExpectSameColumn(Arithmetic('+', times, hours), Times({"2024-02-28 12:00:00", kNull}),
                   "time + d");
  ExpectSameColumn(Arithmetic('+', hours, dates), Times({"2024-02-28 02:00:00", kNull}),
                   "d + date");
  const ArrayPtr ten = arrow::compute::Cast(*Ints({"36000000000", kNull}), duration).ValueOrDie();
  ExpectSameColumn(Arithmetic('-', times, dates), ten, "time - date");
  const Result<ArrayPtr> thrice = Arithmetic('*', IntervalOf(1, 2, 3), Literal(3));
  ASSERT_TRUE(thrice.ok());
  EXPECT_TRUE((*thrice)->GetScalar(0).ValueOrDie()->Equals(*IntervalOf(3, 6, 9).scalar()));
  const Result<ArrayPtr> less = Arithmetic('-', IntervalOf(1, 2, 3), IntervalOf(1, 1, 1));
  ASSERT_TRUE(less.ok());
  EXPECT_TRUE((*less)->GetScalar(0).ValueOrDie()->Equals(*IntervalOf(0, 1, 2).scalar()));
  EXPECT_EQ(Arithmetic('+', dates, Literal(INT64_MAX)).status().message(),
            "a date or time is out of range");
  EXPECT_FALSE(Arithmetic('*', dates, dates).ok());
  EXPECT_FALSE(Arithmetic('-', Literal(1), dates).ok());
}

TEST_F(DateFunctionsTest, ReadingIsoForms) {
  ExpectFunction("to_date", {Texts({"2024-02-29", kNull, " 1969-12-31 "})},
                 Dates({"2024-02-29", kNull, "1969-12-31"}));
  ExpectFunction("to_date", {Times({"2024-02-29 23:00:00", "1969-12-31 23:00:00"})},
                 Dates({"2024-02-29", "1969-12-31"}));
  ExpectFunction("to_timestamp",
                 {Texts({"2024-02-29", "2024-02-29 10:20", "2024-02-29T10:20:30.5", kNull,
                         "2024-02-29 10:20:30+01:00", "2024-02-29 10:20:30.123456789Z"})},
                 Times({"2024-02-29 00:00:00", "2024-02-29 10:20:00", "2024-02-29 10:20:30.5",
                        kNull, "2024-02-29 09:20:30", "2024-02-29 10:20:30.123456"}));
  ExpectFunction("to_timestamp", {Doubles({"1.5", kNull})},
                 ZonedTimes({"1970-01-01 00:00:01.5Z", kNull}));
  EXPECT_EQ(FunctionError("to_date", {Texts({"2023-02-29"})}),
            "this is no date such as 2024-12-31; say its format: '2023-02-29'");
  for (const char* text : {"", "2024", "2024-13-01", "2024-01-01x", "2024-01-01 24:00",
                           "01.02.2024", "2024-01-01 10:00:00+", "2024-01-01 10:00:61"}) {
    EXPECT_FALSE(CallFunction("to_timestamp", {Texts({text})}).ok()) << text;
  }
}

TEST_F(DateFunctionsTest, ReadingByFormat) {
  ExpectFunction("to_date", {Texts({"29.02.2024", kNull, "1.3.1969"}), Literal("%d.%m.%Y")},
                 Dates({"2024-02-29", kNull, "1969-03-01"}));
  ExpectFunction(
      "to_timestamp",
      {Texts({"09 Feb 2024 3:04 PM", "1 march 2024 12:00 am"}), Literal("%d %b %Y %I:%M %p")},
      Times({"2024-02-09 15:04:00", "2024-03-01 00:00:00"}));
  ExpectFunction("to_timestamp", {Texts({"1709202030"}), Literal("%s")},
                 Times({"2024-02-29 10:20:30"}));
  ExpectFunction("to_timestamp", {Texts({"2024-060 10:20:30.25 +0100"}), Literal("%Y-%j %T.%f %z")},
                 Times({"2024-02-29 09:20:30.25"}));
  EXPECT_EQ(FunctionError("to_date", {Texts({"30.02.2024"}), Literal("%d.%m.%Y")}),
            "this is no date of the format %d.%m.%Y: '30.02.2024'");
  EXPECT_NE(FunctionError("to_date", {Texts({"x"}), Literal("%Q")}).find("unknown %Q"),
            std::string::npos);
}

TEST_F(DateFunctionsTest, WritingByFormat) {
  const ArrayPtr times = Times({"2024-02-09 15:04:05.006", kNull, "1969-12-31 00:00:00"});
  ExpectFunction(
      "strftime", {times, Literal("%a %A %b %B %d %f %H %I %j %m %M %p %S %u %w %V %G")},
      Texts({"Fri Friday Feb February 09 006000 15 03 040 02 04 PM 05 5 5 06 2024", kNull,
             "Wed Wednesday Dec December 31 000000 00 12 365 12 00 AM 00 3 3 01 1970"}));
  ExpectFunction("strftime", {times, Literal("%F %T %D %R %y %-d.%-m. %e %% %z %s")},
                 Texts({"2024-02-09 15:04:05 02/09/24 15:04 24 9.2.  9 % +0000 1707491045", kNull,
                        "1969-12-31 00:00:00 12/31/69 00:00 69 31.12. 31 % +0000 -86400"}));
  ExpectFunction("strftime", {Dates({"2024-02-09"}), Literal("%Y/%m ü")}, Texts({"2024/02 ü"}));
}

TEST_F(DateFunctionsTest, WhatIsWrittenIsReadAgain) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  for (const char* text : {"%Y-%m-%d %H:%M:%S.%f", "%d %B %Y %I:%M:%S %p.%f", "%j of %Y, %T.%f %z",
                           "%s.%f", "%a %b %e %H:%M:%S.%f UTC %Y"}) {
    const TimeFormat format = *TimeFormat::Compile(text);
    for (int i = 0; i < 2000; ++i) {
      const int64_t micros =
          static_cast<int64_t>(random.Below(100'000'000'000'000'000)) - 20'000'000'000'000'000;
      std::string written;
      format.Write(micros, written);
      int64_t read = 0;
      ASSERT_TRUE(format.Read(written, &read)) << written;
      ASSERT_EQ(read, micros) << written;
    }
  }
}

TEST_F(DateFunctionsTest, NowIsConstantWithinACall) {
  const Result<ArrayPtr> now = CallFunction("now", {}), today = CallFunction("current_date", {});
  ASSERT_TRUE(now.ok() && today.ok());
  // After 2024, before 2200: the clock is the system's.
  const auto micros = static_cast<const arrow::TimestampArray&>(**now).Value(0);
  EXPECT_GT(micros, 1'700'000'000'000'000);
  EXPECT_LT(micros, 7'300'000'000'000'000);
  EXPECT_LE(static_cast<const arrow::Date32Array&>(**today).Value(0) - micros / kMicrosOfDay, 1);
}

TEST_F(DateFunctionsTest, WrongUseIsExplained) {
  EXPECT_EQ(FunctionError("year", {Ints({"1"})}),
            "year takes a date or timestamp as argument 1, not int64: it is used as year(date)");
  EXPECT_EQ(FunctionError("date_trunc", {Literal("day")}),
            "wrong number of arguments for date_trunc: it is used as date_trunc(unit, date)");
}

}  // namespace
}  // namespace tusk::df
