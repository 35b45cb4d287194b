#include "dataframe/sql/literal.h"

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "dataframe/type/type_text.h"
#include "tests/support/status_matchers.h"

namespace tusk::df::sql {
namespace {

std::string Number(std::string_view text) {
  const auto value = ParseNumber(text);
  if (!value.ok()) return std::string(value.status().message());
  return TypeText(*(*value)->type) + " " + (*value)->ToString();
}

std::string Interval(std::string_view text, int64_t fields = 0) {
  const auto value = ParseInterval(text, fields);
  if (!value.ok()) return "none";
  const auto parts = static_cast<const arrow::MonthDayNanoIntervalScalar&>(**value).value;
  return fmt::format("{} {} {}", parts.months, parts.days, parts.nanoseconds);
}

TEST(Literal, NumbersHaveTheSmallestTypeThatHoldsThem) {
  EXPECT_EQ(Number("0"), "int32 0");
  EXPECT_EQ(Number("-2147483648"), "int32 -2147483648");
  EXPECT_EQ(Number("2147483648"), "int64 2147483648");
  EXPECT_EQ(Number("9223372036854775808"), "decimal(19,0) 9223372036854775808");
  EXPECT_EQ(Number("0.06"), "decimal(2,2) 0.06");
  EXPECT_EQ(Number("-100.50"), "decimal(5,2) -100.50");
  EXPECT_EQ(Number("0.0"), "decimal(1,1) 0.0");
  EXPECT_EQ(Number("1."), "decimal(1,0) 1");
  EXPECT_EQ(Number("2e2"), "double 200");
  EXPECT_EQ(Number("1" + std::string(38, '0')), "double 1e+38");
  EXPECT_THAT(Number("1e999"), testing::HasSubstr("no number"));
}

TEST(Literal, Intervals) {
  EXPECT_EQ(Interval("3 months"), "3 0 0");
  EXPECT_EQ(Interval("1 year 2 mons -3 days"), "14 -3 0");
  EXPECT_EQ(Interval("01:02:03.5"), "0 0 3723500000000");
  EXPECT_EQ(Interval("-1:30"), "0 0 -5400000000000");
  EXPECT_EQ(Interval("1.5 years, 2 weeks"), "18 14 0");
  EXPECT_EQ(Interval("0.5 days"), "0 0 43200000000000");
  EXPECT_EQ(Interval("90", 1 << 3), "0 90 0");
  EXPECT_EQ(Interval("2", 1 << 2), "24 0 0");
  EXPECT_EQ(Interval("7"), "0 0 7000000000");
  for (const char* bad :
       {"", " ", "x", "3 bananas", "3 months x", "--3 days", "1.5 months", "1.2.3 days",
        "99999999999 years", "9223372036854775807 hours", "1::2", "."}) {
    EXPECT_EQ(Interval(bad), "none") << bad;
  }
}

}  // namespace
}  // namespace tusk::df::sql
