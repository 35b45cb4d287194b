#include "dataframe/expr/cast.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/dataframe/expr/evaluate.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

/// The values after a cast, or the error; with null for what does not fit.
std::string Cast(std::string_view from, const std::vector<std::string_view>& values,
                 std::string_view to, bool or_null = false) {
  const std::string column = "a " + std::string(from);
  const auto batch = BatchOf({{column, values}});
  return Evaluated(Expr::Cast(Col("a"), ParseType(to).value(), or_null), batch);
}
std::string TryCast(std::string_view from, const std::vector<std::string_view>& values,
                    std::string_view to) {
  return Cast(from, values, to, true);
}

TEST(Cast, BetweenIntegersChecksTheRange) {
  EXPECT_EQ(Cast("int64", {"1", "-128", "null"}, "int8"), "1 | -128 | null");
  EXPECT_EQ(Cast("int64", {"1", "128"}, "int8"), "cannot cast 128 to int8");
  EXPECT_EQ(Cast("int8", {"-1"}, "uint64"), "cannot cast -1 to uint64");
  EXPECT_EQ(Cast("uint64", {"18446744073709551615"}, "int64"),
            "cannot cast 18446744073709551615 to int64");
  EXPECT_EQ(TryCast("int64", {"1", "128", "null"}, "int8"), "1 | null | null");
  EXPECT_EQ(Cast("int8", {"-5"}, "int64"), "-5");
}

TEST(Cast, RoundsNumbers) {
  EXPECT_EQ(Cast("double", {"1.5", "2.5", "-1.5", "2.4", "null"}, "int32"),
            "2 | 2 | -2 | 2 | null");
  EXPECT_EQ(Cast("decimal(5,1)", {"1.5", "2.5", "-1.5", "2.4", "-2.5"}, "int32"),
            "2 | 3 | -2 | 2 | -3");
  EXPECT_EQ(Cast("decimal(9,4)", {"1.0050", "1.0049", "-1.0050"}, "decimal(5,2)"),
            "1.01 | 1.00 | -1.01");
  EXPECT_EQ(Cast("double", {"0.05", "-2.675"}, "decimal(5,2)").substr(0, 5), "0.05 ");
  EXPECT_EQ(Cast("decimal(5,2)", {"1.25", "-0.01"}, "double"), "1.25 | -0.01");
  EXPECT_EQ(Cast("int64", {"9007199254740993"}, "double"), "9007199254740992");
  EXPECT_EQ(Cast("decimal(38,2)", {"123456789012345678901234567890.12"}, "double"),
            "1.2345678901234568e+29");
  EXPECT_EQ(Cast("int32", {"7", "-7"}, "decimal(5,2)"), "7.00 | -7.00");
  EXPECT_EQ(Cast("bool", {"true", "false"}, "int8"), "1 | 0");
  EXPECT_EQ(Cast("bool", {"true", "null"}, "decimal(3,1)"), "1.0 | null");
  EXPECT_EQ(Cast("decimal(3,1)", {"0.5", "0.0", "null"}, "bool"), "true | false | null");
  EXPECT_EQ(Cast("double", {"0.5", "0"}, "bool"), "true | false");
}

TEST(Cast, NumbersThatDoNotFitAreErrorsOrNull) {
  EXPECT_EQ(Cast("double", {"1e10"}, "int32"), "cannot cast 10000000000 to int32");
  EXPECT_EQ(Cast("double", {"NaN"}, "int64"), "cannot cast NaN to int64");
  EXPECT_EQ(Cast("double", {"9223372036854775808"}, "int64"),
            "cannot cast 9.223372036854776e+18 to int64");
  EXPECT_EQ(Cast("double", {"9223372036854775808"}, "uint64"), "9223372036854775808");
  EXPECT_EQ(Cast("int64", {"1000"}, "decimal(5,2)"), "cannot cast 1000 to decimal(5,2)");
  EXPECT_EQ(Cast("decimal(5,2)", {"99.95"}, "decimal(3,1)"), "cannot cast 99.95 to decimal(3,1)");
  EXPECT_EQ(Cast("double", {"Infinity"}, "decimal(5,2)"), "cannot cast Infinity to decimal(5,2)");
  EXPECT_EQ(TryCast("double", {"1e10", "1", "NaN"}, "int32"), "null | 1 | null");
  EXPECT_EQ(TryCast("int64", {"1000", "999"}, "decimal(5,2)"), "null | 999.00");
  EXPECT_EQ(
      TryCast("decimal(38,0)", {"99999999999999999999999999999999999999", "1"}, "decimal(38,2)"),
      "null | 1.00");
}

TEST(Cast, ReadsTexts) {
  EXPECT_EQ(Cast("string", {"12", " -7 ", "+3", "null"}, "int32"), "12 | -7 | 3 | null");
  EXPECT_EQ(Cast("string", {"18446744073709551615"}, "uint64"), "18446744073709551615");
  EXPECT_EQ(Cast("string", {"1.5", "-1e3", ".5", "nan", "-Infinity"}, "double"),
            "1.5 | -1000 | 0.5 | NaN | -Infinity");
  EXPECT_EQ(Cast("string", {"12.345", "-12.344", "1e2", "7", ".1", "999.994"}, "decimal(5,2)"),
            "12.35 | -12.34 | 100.00 | 7.00 | 0.10 | 999.99");
  EXPECT_EQ(Cast("string", {"99999999999999999999999999999999999999"}, "decimal(38,0)"),
            "99999999999999999999999999999999999999");
  EXPECT_EQ(Cast("string", {"true", "F", " yes", "0"}, "bool"), "true | false | true | false");
  EXPECT_EQ(Cast("string", {"1996-02-29", "0001-01-01", "1998-9-2"}, "date"),
            "1996-02-29 | 0001-01-01 | 1998-09-02");
  EXPECT_EQ(Cast("string",
                 {"1998-09-02", "1998-09-02 04:05", "1998-09-02T04:05:06.789",
                  "1998-09-02 04:05:06.123456789", "1969-12-31 23:59:59.5"},
                 "timestamp"),
            "1998-09-02 00:00:00 | 1998-09-02 04:05:00 | 1998-09-02 04:05:06.789 | "
            "1998-09-02 04:05:06.123456 | 1969-12-31 23:59:59.5");
  EXPECT_EQ(Cast("string",
                 {"1998-09-02 04:05:06+02", "1998-09-02 04:05:06Z", "1998-09-02 04:05:06 -0130"},
                 "timestamptz"),
            "1998-09-02 02:05:06+00 | 1998-09-02 04:05:06+00 | 1998-09-02 05:35:06+00");
  EXPECT_EQ(Cast("string",
                 {"1 year 2 months", "90 days", "1.5 hours", "-3 days 04:05:06.789", "2 weeks",
                  "1 quarter"},
                 "interval"),
            "1 year 2 months | 90 days | 01:30:00 | -3 days 04:05:06.789 | 14 days | 3 months");
  EXPECT_EQ(Cast("string", {"1 day 01:00:00", "-5 seconds"}, "duration"), "25:00:00 | -00:00:05");
}

TEST(Cast, TextsThatAreNoValueAreQuoted) {
  const std::vector<std::pair<const char*, std::vector<const char*>>> wrong = {
      {"int32", {"", "x", "1.5", "2147483648", "0x1f", "1 2", "--1", "+-1"}},
      {"uint8", {"-1", "256"}},
      {"double", {"", "1.5x", "e", "1,5"}},
      {"decimal(5,2)", {"", ".", "1000", "999.995", "1.2.3", "e5", "1e", "0x1"}},
      {"bool", {"", "2", "maybe"}},
      {"date",
       {"", "1998-02-29", "1998-13-01", "1998-00-10", "98-01-01", "1998-01-01x", "1998/01/01",
        "1998-01-01 10:00:00"}},
      {"timestamp",
       {"1998-01-01 24:00:00", "1998-01-01 10", "1998-01-01 10:60", "1998-01-01 10:00:00+99"}},
      {"interval", {"", "1", "1 lightyear", "1.5 months", "day", "1 day,"}},
      {"duration", {"1 month", "x"}}};
  for (const auto& [type, texts] : wrong) {
    for (const char* text : texts) {
      EXPECT_EQ(Cast("string", {text}, type), fmt::format("cannot cast \"{}\" to {}", text, type));
      EXPECT_EQ(TryCast("string", {"null", text}, type), "null | null") << type << " " << text;
    }
  }
}

TEST(Cast, WritesTexts) {
  EXPECT_EQ(Cast("double", {"1", "1.5", "1e300", "NaN"}, "string"), "1 | 1.5 | 1e+300 | NaN");
  EXPECT_EQ(Cast("float", {"0.1"}, "string"), "0.1");
  EXPECT_EQ(Cast("decimal(38,10)", {"0.0000000001", "-1234567890123456789012345678.5"}, "string"),
            "0.0000000001 | -1234567890123456789012345678.5000000000");
  EXPECT_EQ(Cast("uint64", {"18446744073709551615"}, "string"), "18446744073709551615");
  EXPECT_EQ(Cast("timestamptz", {"1998-09-02 00:00:00.100"}, "string"), "1998-09-02 00:00:00.1+00");
  EXPECT_EQ(Cast("bool", {"true", "null"}, "string"), "true | null");
  const auto lists = std::make_shared<arrow::ListBuilder>(arrow::default_memory_pool(),
                                                          std::make_shared<arrow::Int64Builder>());
  auto& values = static_cast<arrow::Int64Builder&>(*lists->value_builder());
  ASSERT_TRUE(lists->Append().ok() && values.Append(1).ok() && values.AppendNull().ok());
  ASSERT_TRUE(lists->AppendNull().ok() && lists->Append().ok());
  const auto column = lists->Finish().ValueOrDie();
  const auto batch =
      arrow::RecordBatch::Make(arrow::schema({arrow::field("a", column->type())}), 3, {column});
  EXPECT_EQ(Evaluated(Expr::Cast(Col("a"), arrow::utf8()), batch), "[1, null] | null | []");
  EXPECT_EQ(Evaluated(Expr::Cast(Col("a"), arrow::list(arrow::float64())), batch),
            "[1, null] | null | []");
}

TEST(Cast, BetweenDatesAndTimes) {
  EXPECT_EQ(Cast("date", {"1998-09-02", "1969-12-31", "null"}, "timestamp"),
            "1998-09-02 00:00:00 | 1969-12-31 00:00:00 | null");
  EXPECT_EQ(Cast("timestamp", {"1998-09-02 23:59:59", "1969-12-31 23:00:00"}, "date"),
            "1998-09-02 | 1969-12-31");
  EXPECT_EQ(Cast("timestamp", {"1998-09-02 01:00:00"}, "timestamptz"), "1998-09-02 01:00:00+00");
  EXPECT_EQ(Cast("interval", {"2 days 01:00:00"}, "duration"), "49:00:00");
  EXPECT_EQ(Cast("interval", {"2 months"}, "duration"), "cannot cast 2 months to duration");
  EXPECT_EQ(Cast("duration", {"49 hours"}, "interval"), "49:00:00");
}

TEST(Cast, IsRefusedAcrossKinds) {
  EXPECT_EQ(Cast("date", {"1998-09-02"}, "int64"), "date cannot be cast to int64");
  EXPECT_EQ(Cast("bool", {"true"}, "date"), "bool cannot be cast to date");
  EXPECT_EQ(Cast("string", {"[1]"}, "list(int64)"), "string cannot be cast to list(int64)");
  EXPECT_EQ(Cast("null", {"null", "null"}, "list(date)"), "null | null");
}

TEST(Cast, BytesAreTextWhereTheyAreUtf8) {
  const auto column = std::make_shared<arrow::BinaryBuilder>();
  ASSERT_TRUE(column->Append("aß").ok() && column->Append("\xff").ok() &&
              column->AppendNull().ok());
  const auto batch = arrow::RecordBatch::Make(arrow::schema({arrow::field("a", arrow::binary())}),
                                              3, {column->Finish().ValueOrDie()});
  EXPECT_THAT(Evaluate(Expr::Cast(Col("a"), arrow::utf8()), *batch),
              StatusIs(StatusCode::kInvalidArgument));
  EXPECT_EQ(Evaluated(Expr::Cast(Col("a"), arrow::utf8(), true), batch), "aß | null | null");
}

TEST(Cast, CanFailIsTrueWhereSomeValueDoes) {
  const auto can_fail = [](std::string_view from, std::string_view to) {
    return CastCanFail(*ParseType(from).value(), *ParseType(to).value());
  };
  EXPECT_FALSE(can_fail("int32", "int64"));
  EXPECT_FALSE(can_fail("uint32", "int64"));
  EXPECT_TRUE(can_fail("uint64", "int64"));
  EXPECT_TRUE(can_fail("int8", "uint64"));
  EXPECT_FALSE(can_fail("int32", "decimal(10,0)"));
  EXPECT_TRUE(can_fail("int32", "decimal(10,1)"));
  EXPECT_FALSE(can_fail("decimal(5,2)", "decimal(6,3)"));
  EXPECT_TRUE(can_fail("decimal(5,2)", "decimal(4,1)"));
  EXPECT_FALSE(can_fail("decimal(5,2)", "decimal(5,1)"));
  EXPECT_FALSE(can_fail("decimal(5,2)", "double"));
  EXPECT_TRUE(can_fail("double", "int64"));
  EXPECT_FALSE(can_fail("date", "string"));
  EXPECT_TRUE(can_fail("string", "date"));
}

}  // namespace
}  // namespace tusk::df
