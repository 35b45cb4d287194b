#include "dataframe/type/type_text.h"

#include <gtest/gtest.h>

#include <arrow/type.h>

#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

TEST(TypeText, EachAdmittedTypeIsReadBack) {
  for (const char* text : {"bool",
                           "int8",
                           "int16",
                           "int32",
                           "int64",
                           "uint8",
                           "uint16",
                           "uint32",
                           "uint64",
                           "float",
                           "double",
                           "decimal(15,2)",
                           "decimal(38,38)",
                           "string",
                           "binary",
                           "date",
                           "timestamp",
                           "timestamptz",
                           "duration",
                           "interval",
                           "null",
                           "list(int64)",
                           "list(list(decimal(3,1)))"}) {
    ASSERT_OK_AND_ASSIGN(const TypePtr type, ParseType(text));
    EXPECT_EQ(TypeText(*type), text);
  }
}

TEST(TypeText, TypesThatAreNotOursPrintAsArrows) {
  EXPECT_EQ(TypeText(*arrow::large_utf8()), "large_string");
  EXPECT_EQ(TypeText(*arrow::timestamp(arrow::TimeUnit::NANO)), "timestamp[ns]");
}

TEST(ParseType, KnowsTheNamesOfSql) {
  const auto parsed = [](std::string_view text) {
    const Result<TypePtr> type = ParseType(text);
    return type.ok() ? TypeText(**type) : type.status().ToString();
  };
  EXPECT_EQ(parsed("BIGINT"), "int64");
  EXPECT_EQ(parsed(" Double  Precision "), "double");
  EXPECT_EQ(parsed("numeric(12, 3)"), "decimal(12,3)");
  EXPECT_EQ(parsed("decimal(5)"), "decimal(5,0)");
  EXPECT_EQ(parsed("decimal"), "decimal(18,3)");
  EXPECT_EQ(parsed("varchar(25)"), "string");
  EXPECT_EQ(parsed("character varying (3)"), "string");
  EXPECT_EQ(parsed("timestamp with time zone"), "timestamptz");
  EXPECT_EQ(parsed("timestamp(6) without time zone"), "timestamp");
  EXPECT_EQ(parsed("integer[]"), "list(int32)");
  EXPECT_EQ(parsed("List( text )"), "list(string)");
}

TEST(ParseType, SaysWhatIsWrong) {
  EXPECT_THAT(ParseType("strnig"), StatusIs(StatusCode::kInvalidArgument, "did you mean string?"));
  EXPECT_THAT(ParseType("map(int, int)"),
              StatusIs(StatusCode::kInvalidArgument, "there is no type"));
  EXPECT_THAT(ParseType("decimal(39,2)"), StatusIs(StatusCode::kInvalidArgument, "1 to 38 digits"));
  EXPECT_THAT(ParseType("decimal(5,6)"), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(ParseType("decimal(5,x)"), StatusIs(StatusCode::kInvalidArgument));
  EXPECT_THAT(ParseType("list(int64"), StatusIs(StatusCode::kInvalidArgument, "missing"));
  EXPECT_THAT(ParseType(""), StatusIs(StatusCode::kInvalidArgument));
}

TEST(SchemaText, IsReadBack) {
  const auto schema = arrow::schema(
      {arrow::field("a", arrow::int64()), arrow::field("b c", arrow::decimal128(15, 2), false),
       arrow::field("say \"x\"", arrow::list(arrow::decimal128(3, 1))),
       arrow::field("größe", arrow::utf8(), false), arrow::field("", arrow::date32())});
  EXPECT_EQ(SchemaText(*schema),
            "a int64, \"b c\" decimal(15,2) not null, \"say \"\"x\"\"\" list(decimal(3,1)), "
            "größe string not null, \"\" date");
  ASSERT_OK_AND_ASSIGN(const SchemaPtr back, ParseSchema(SchemaText(*schema)));
  EXPECT_TRUE(back->Equals(*schema)) << back->ToString();
  ASSERT_OK_AND_ASSIGN(const SchemaPtr loose,
                       ParseSchema("\n A  Int ,\n b\tdouble precision NOT  NULL "));
  EXPECT_EQ(SchemaText(*loose), "A int32, b double not null");
  ASSERT_OK_AND_ASSIGN(const SchemaPtr empty, ParseSchema(""));
  EXPECT_EQ(empty->num_fields(), 0);
}

TEST(ParseSchema, SaysWhatIsWrong) {
  EXPECT_THAT(ParseSchema("a int64, a date"),
              StatusIs(StatusCode::kInvalidArgument, "two columns a"));
  EXPECT_THAT(ParseSchema("a"), StatusIs(StatusCode::kInvalidArgument, "column a has no type"));
  EXPECT_THAT(ParseSchema("a int46"), StatusIs(StatusCode::kInvalidArgument, "column a: "));
  EXPECT_THAT(ParseSchema("a int64,"), StatusIs(StatusCode::kInvalidArgument, "comma"));
  EXPECT_THAT(ParseSchema("\"a int64"), StatusIs(StatusCode::kInvalidArgument, "missing"));
  EXPECT_THAT(ParseSchema("1a int64"), StatusIs(StatusCode::kInvalidArgument, "no name"));
}

}  // namespace
}  // namespace tusk::df
