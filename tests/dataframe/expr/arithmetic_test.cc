#include <gtest/gtest.h>

#include "tests/dataframe/expr/evaluate.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

TEST(Arithmetic, OfIntegersHasTheirTypeAndNoWrapAround) {
  const auto batch = BatchOf({{"a int32", {"7", "-7", "null", "2147483646"}},
                              {"b int64", {"2", "2", "1", "3"}},
                              {"s int8", {"100", "1", "null", "-128"}}});
  EXPECT_EQ(Evaluated(Op("+", {Col("a"), Col("b")}), batch), "9 | -5 | null | 2147483649");
  EXPECT_EQ(Evaluated(Op("-", {Col("a"), Int(1)}), batch), "6 | -8 | null | 2147483645");
  EXPECT_EQ(Evaluated(Op("*", {Int(2), Col("b")}), batch), "4 | 4 | 2 | 6");
  EXPECT_EQ(Evaluated(Op("/", {Col("a"), Col("b")}), batch), "3.5 | -3.5 | null | 715827882");
  EXPECT_EQ(Evaluated(Op("div", {Col("a"), Col("b")}), batch), "3 | -3 | null | 715827882");
  EXPECT_EQ(Evaluated(Op("%", {Col("a"), Col("b")}), batch), "1 | -1 | null | 0");
  EXPECT_EQ(Evaluated(Op("neg", {Col("a")}), batch), "-7 | 7 | null | -2147483646");
  EXPECT_EQ(Evaluated(Op("+", {Col("a"), Expr::Null()}), batch), "null | null | null | null");
  EXPECT_EQ(TypeOf(Op("+", {Col("a"), Col("a")}), *batch), "int32");
  EXPECT_EQ(TypeOf(Op("+", {Col("a"), Col("b")}), *batch), "int64");
  EXPECT_EQ(TypeOf(Op("/", {Col("a"), Col("a")}), *batch), "double");
}

TEST(Arithmetic, OverflowAndDivisionByZeroAreErrors) {
  const auto batch = BatchOf({{"a int32", {"2147483647", "1"}},
                              {"z int32", {"1", "0"}},
                              {"s int8", {"-128", "1"}},
                              {"d decimal(5,2)", {"1.00", "0.00"}},
                              {"f double", {"1", "0"}}});
  EXPECT_EQ(Evaluated(Op("+", {Col("a"), Col("a")}), batch), "integer overflow");
  EXPECT_EQ(Evaluated(Op("*", {Col("a"), Col("a")}), batch), "integer overflow");
  EXPECT_EQ(Evaluated(Op("neg", {Col("s")}), batch), "integer overflow");
  for (const char* op : {"/", "%", "div"}) {
    EXPECT_EQ(Evaluated(Op(op, {Col("a"), Col("z")}), batch), "division by zero") << op;
    EXPECT_EQ(Evaluated(Op(op, {Int(1), Int(0)}), batch), "division by zero") << op;
    EXPECT_EQ(Evaluated(Op(op, {Col("d"), Col("d")}), batch), "division by zero") << op;
  }
  EXPECT_EQ(Evaluated(Op("/", {Col("f"), Col("f")}), batch), "1 | NaN");
  EXPECT_EQ(Evaluated(Op("/", {Col("a"), Col("f")}), batch), "2147483647 | Infinity");
  EXPECT_EQ(Evaluated(Op("%", {Col("s"), Int(-1)}), batch), "0 | 0");
}

TEST(Arithmetic, NullRowsDoNotFail) {
  const auto batch = BatchOf({{"a int32", {"null", "6"}}, {"z int32", {"0", "3"}}});
  EXPECT_EQ(Evaluated(Op("/", {Col("a"), Col("z")}), batch), "null | 2");
  EXPECT_EQ(Evaluated(Op("%", {Col("a"), Col("z")}), batch), "null | 0");
  EXPECT_EQ(Evaluated(Op("div", {Col("a"), Col("z")}), batch), "null | 2");
}

TEST(Arithmetic, UnsignedNumbersDoNotGoBelowZero) {
  const auto batch = BatchOf({{"a uint32", {"3", "4294967295"}}, {"b uint64", {"4", "2"}}});
  EXPECT_EQ(Evaluated(Op("-", {Col("b"), Col("a")}), batch), "integer overflow");
  EXPECT_EQ(Evaluated(Op("neg", {Col("a")}), batch), "-3 | -4294967295");
  EXPECT_EQ(Evaluated(Op("neg", {Col("b")}), batch), "-4 | -2");
  EXPECT_EQ(Evaluated(Op("-", {Col("b"), Int(5)}), batch), "-1 | -3");
}

TEST(Arithmetic, OfDecimalsIsExact) {
  const auto batch = BatchOf({{"p decimal(15,2)", {"901.00", "-0.01", "null"}},
                              {"d decimal(15,2)", {"0.05", "1.10", "0.00"}},
                              {"q decimal(10,4)", {"0.0001", "12.5000", "1.0000"}}});
  EXPECT_EQ(Evaluated(Op("*", {Col("p"), Op("-", {Int(1), Col("d")})}), batch),
            "855.9500 | 0.0010 | null");
  EXPECT_EQ(Evaluated(Op("+", {Col("p"), Col("q")}), batch), "901.0001 | 12.4900 | null");
  EXPECT_EQ(Evaluated(Op("-", {Col("q"), Col("d")}), batch), "-0.0499 | 11.4000 | 1.0000");
  EXPECT_EQ(Evaluated(Op("%", {Col("p"), Int(7)}), batch), "5.00 | -0.01 | null");
  EXPECT_EQ(Evaluated(Op("div", {Col("p"), Lit("decimal(3,2)", "0.50")}), batch),
            "1802 | 0 | null");
  EXPECT_EQ(Evaluated(Op("/", {Col("p"), Int(4)}), batch), "225.25 | -0.0025 | null");
  EXPECT_EQ(Evaluated(Op("neg", {Col("p")}), batch), "-901.00 | 0.01 | null");
  EXPECT_EQ(Evaluated(Op("*", {Col("p"), Expr::Of(0.5)}), batch), "450.5 | -0.005 | null");
  EXPECT_EQ(TypeOf(Op("-", {Int(1), Col("d")}), *batch), "decimal(16,2)");
  EXPECT_EQ(TypeOf(Op("*", {Col("p"), Op("-", {Int(1), Col("d")})}), *batch), "decimal(31,4)");
}

TEST(Arithmetic, DecimalsOverflowAt38Digits) {
  const auto batch =
      BatchOf({{"a decimal(38,0)",
                {"99999999999999999999999999999999999999", "10000000000000000000", "null"}},
               {"b decimal(38,0)", {"1", "9999999999999999999", "1"}}});
  EXPECT_EQ(Evaluated(Op("+", {Col("a"), Col("b")}), batch),
            "decimal overflow: 99999999999999999999999999999999999999 + 1 has more than 38 digits");
  EXPECT_EQ(
      Evaluated(Op("*", {Col("a"), Col("b")}), batch),
      "99999999999999999999999999999999999999 | 99999999999999999990000000000000000000 | null");
  EXPECT_EQ(
      Evaluated(Op("*", {Col("b"), Op("*", {Col("b"), Int(11)})}), batch),
      "decimal overflow: 9999999999999999999 * 109999999999999999989 has more than 38 digits");
}

TEST(Arithmetic, WithDatesAndIntervals) {
  const auto batch = BatchOf({{"d date", {"1996-01-31", "1995-12-31", "null"}},
                              {"t timestamp", {"1996-02-28 23:00:00", "1970-01-01", "null"}},
                              {"n int32", {"1", "-1", "5"}}});
  EXPECT_EQ(Evaluated(Op("+", {Col("d"), Col("n")}), batch), "1996-02-01 | 1995-12-30 | null");
  EXPECT_EQ(Evaluated(Op("+", {Col("d"), Lit("interval", "1 month")}), batch),
            "1996-02-29 | 1996-01-31 | null");
  EXPECT_EQ(Evaluated(Op("-", {Col("d"), Lit("interval", "1 year 1 day")}), batch),
            "1995-01-30 | 1994-12-30 | null");
  EXPECT_EQ(Evaluated(Op("+", {Lit("interval", "90 minutes"), Col("t")}), batch),
            "1996-02-29 00:30:00 | 1970-01-01 01:30:00 | null");
  EXPECT_EQ(Evaluated(Op("-", {Col("d"), Lit("date", "1995-12-31")}), batch), "31 | 0 | null");
  EXPECT_EQ(Evaluated(Op("-", {Col("d"), Text("1995-12-31")}), batch), "31 | 0 | null");
  EXPECT_EQ(Evaluated(Op("-", {Col("t"), Col("d")}), batch), "695:00:00 | -227880:00:00 | null");
  EXPECT_EQ(Evaluated(Op("*", {Lit("interval", "1 month 2 days"), Col("n")}), batch),
            "1 month 2 days | -1 month -2 days | 5 months 10 days");
  EXPECT_EQ(Evaluated(Op("neg", {Lit("interval", "1 month 2 days")}), BatchOf({})),
            "-1 month -2 days");
  EXPECT_EQ(TypeOf(Op("+", {Col("d"), Lit("interval", "1 month")}), *batch), "date");
  EXPECT_EQ(TypeOf(Op("+", {Col("d"), Lit("interval", "1 hour")}), *batch), "timestamp");
}

TEST(Arithmetic, RefusesWhatIsNoNumber) {
  const auto batch = BatchOf({{"s string", {"a"}}, {"d date", {"1996-01-31"}}, {"n int32", {"1"}}});
  EXPECT_EQ(TypeOf(Op("+", {Col("s"), Col("n")}), *batch), "string + int32 is not defined");
  EXPECT_EQ(TypeOf(Op("*", {Col("d"), Col("n")}), *batch), "date * int32 is not defined");
  EXPECT_EQ(TypeOf(Op("neg", {Col("s")}), *batch), "there is no opposite of a string");
  EXPECT_EQ(TypeOf(Op("div", {Expr::Of(1.5), Col("n")}), *batch),
            "div takes two whole or decimal numbers, not double and int32");
  EXPECT_EQ(TypeOf(Op("+", {Col("n"), Text("x")}), *batch), "cannot cast \"x\" to int32");
  EXPECT_EQ(Evaluated(Op("+", {Col("n"), Text("41")}), batch), "42");
}

}  // namespace
}  // namespace tusk::df
