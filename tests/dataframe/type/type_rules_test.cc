#include "dataframe/type/type_rules.h"

#include <gtest/gtest.h>

#include <arrow/type.h>

#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

std::string Text(const Result<TypePtr>& type) {
  return type.ok() ? TypeText(**type) : std::string(type.status().message());
}

std::string Common(std::string_view a, std::string_view b) {
  const TypePtr left = ParseType(a).value(), right = ParseType(b).value();
  const std::string text = Text(CommonType(left, right));
  // Which side is which does not matter.
  if (CommonType(left, right).ok()) {
    EXPECT_EQ(Text(CommonType(right, left)), text);
  }
  return text;
}

std::string Arithmetic(std::string_view a, char op, std::string_view b) {
  return Text(ArithmeticType(op, ParseType(a).value(), ParseType(b).value()));
}

TEST(CommonType, HoldsBoth) {
  EXPECT_EQ(Common("int32", "int32"), "int32");
  EXPECT_EQ(Common("null", "date"), "date");
  EXPECT_EQ(Common("int8", "int64"), "int64");
  EXPECT_EQ(Common("uint8", "uint32"), "uint32");
  EXPECT_EQ(Common("int8", "uint8"), "int16");
  EXPECT_EQ(Common("int64", "uint32"), "int64");
  EXPECT_EQ(Common("int8", "uint32"), "int64");
  EXPECT_EQ(Common("int8", "uint64"), "decimal(20,0)");
  EXPECT_EQ(Common("int32", "decimal(5,2)"), "decimal(12,2)");
  EXPECT_EQ(Common("decimal(10,0)", "decimal(5,4)"), "decimal(14,4)");
  EXPECT_EQ(Common("decimal(38,2)", "decimal(20,10)"), "decimal(38,10)");
  EXPECT_EQ(Common("float", "int16"), "float");
  EXPECT_EQ(Common("float", "int32"), "double");
  EXPECT_EQ(Common("double", "decimal(15,2)"), "double");
  EXPECT_EQ(Common("date", "timestamp"), "timestamp");
  EXPECT_EQ(Common("date", "timestamptz"), "timestamptz");
  EXPECT_EQ(Common("timestamp", "timestamptz"), "timestamptz");
  EXPECT_EQ(Common("interval", "duration"), "duration");
  EXPECT_EQ(Common("list(int32)", "list(int64)"), "list(int64)");
}

TEST(CommonType, IsNoneAcrossKinds) {
  EXPECT_EQ(Common("int64", "string"), "int64 and string have no common type");
  EXPECT_EQ(Common("bool", "int8"), "bool and int8 have no common type");
  EXPECT_EQ(Common("list(int64)", "list(string)"),
            "list(int64) and list(string) have no common type");
  EXPECT_EQ(Common("string", "binary"), "string and binary have no common type");
}

TEST(ArithmeticType, OfNumbers) {
  EXPECT_EQ(Arithmetic("int32", '+', "int32"), "int32");
  EXPECT_EQ(Arithmetic("int32", '/', "int32"), "double");
  EXPECT_EQ(Arithmetic("float", '/', "float"), "float");
  EXPECT_EQ(Arithmetic("decimal(15,2)", '/', "int64"), "double");
  EXPECT_EQ(Arithmetic("decimal(15,2)", '+', "decimal(15,2)"), "decimal(16,2)");
  EXPECT_EQ(Arithmetic("decimal(15,2)", '-', "decimal(5,4)"), "decimal(18,4)");
  EXPECT_EQ(Arithmetic("decimal(15,2)", '*', "decimal(16,2)"), "decimal(31,4)");
  EXPECT_EQ(Arithmetic("decimal(31,4)", '*', "decimal(16,2)"), "decimal(38,6)");
  EXPECT_EQ(Arithmetic("decimal(38,4)", '+', "decimal(38,4)"), "decimal(38,4)");
  EXPECT_EQ(Arithmetic("int32", '*', "decimal(4,1)"), "decimal(14,1)");
  EXPECT_EQ(Arithmetic("decimal(9,2)", '%', "decimal(5,3)"), "decimal(10,3)");
  EXPECT_EQ(Arithmetic("decimal(38,20)", '*', "decimal(38,19)"),
            "decimal(38,20) * decimal(38,19) has 39 digits behind the point, more than 38: cast "
            "one to a smaller scale");
  EXPECT_EQ(Arithmetic("uint64", '+', "int8"), "decimal(21,0)");
  EXPECT_EQ(Arithmetic("null", '+', "int8"), "int8");
}

TEST(ArithmeticType, OfTimes) {
  EXPECT_EQ(Arithmetic("date", '+', "int32"), "date");
  EXPECT_EQ(Arithmetic("int32", '+', "date"), "date");
  EXPECT_EQ(Arithmetic("date", '-', "date"), "int64");
  EXPECT_EQ(Arithmetic("date", '-', "interval"), "timestamp");
  EXPECT_EQ(Arithmetic("interval", '+', "timestamptz"), "timestamptz");
  EXPECT_EQ(Arithmetic("timestamp", '-', "timestamp"), "duration");
  EXPECT_EQ(Arithmetic("timestamp", '-', "duration"), "timestamp");
  EXPECT_EQ(Arithmetic("interval", '*', "int64"), "interval");
  EXPECT_EQ(Arithmetic("date", '+', "null"), "date");
  EXPECT_EQ(Arithmetic("date", '*', "int64"), "date * int64 is not defined");
  EXPECT_EQ(Arithmetic("int64", '-', "date"), "int64 - date is not defined");
  EXPECT_EQ(Arithmetic("string", '+', "string"), "string + string is not defined");
  EXPECT_EQ(Arithmetic("bool", '+', "int8"), "bool + int8 is not defined");
}

TEST(AdmitType, TakesTheNearest) {
  EXPECT_EQ(Text(AdmitType(arrow::large_utf8())), "string");
  EXPECT_EQ(Text(AdmitType(arrow::fixed_size_binary(4))), "binary");
  EXPECT_EQ(Text(AdmitType(arrow::timestamp(arrow::TimeUnit::NANO))), "timestamp");
  EXPECT_EQ(Text(AdmitType(arrow::timestamp(arrow::TimeUnit::SECOND, "Europe/Rome"))),
            "timestamptz");
  EXPECT_EQ(Text(AdmitType(arrow::date64())), "date");
  EXPECT_EQ(Text(AdmitType(arrow::dictionary(arrow::int8(), arrow::large_utf8()))), "string");
  EXPECT_EQ(Text(AdmitType(arrow::decimal256(20, 3))), "decimal(20,3)");
  EXPECT_EQ(Text(AdmitType(arrow::decimal128(5, -2))), "decimal(7,0)");
  EXPECT_EQ(Text(AdmitType(arrow::decimal128(2, 5))), "decimal(5,5)");
  EXPECT_EQ(Text(AdmitType(arrow::large_list(arrow::float16()))), "list(float)");
  EXPECT_THAT(AdmitType(arrow::decimal256(50, 3)), StatusIs(StatusCode::kUnsupported, "38 digits"));
  EXPECT_THAT(AdmitType(arrow::struct_({})), StatusIs(StatusCode::kUnsupported, "struct"));
}

TEST(AdmitType, LeavesOursAlone) {
  for (const char* text : {"decimal(15,2)", "timestamptz", "list(list(date))", "interval"}) {
    const TypePtr type = ParseType(text).value();
    EXPECT_TRUE(IsAdmittedType(*type));
    EXPECT_EQ(AdmitType(type).value(), type);
  }
}

}  // namespace
}  // namespace tusk::df
