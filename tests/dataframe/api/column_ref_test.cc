#include "dataframe/api/column_ref.h"

#include <arrow/scalar.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataframe/api/functions.h"
#include "dataframe/api/window.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

using ::testing::HasSubstr;

std::string TextOf(const Column& column) {
  return column.error().ok() ? ExprText(*column.expr()) : column.error().ToString();
}

TEST(Column, OperatorsMakeTheCallsThatSqlHas) {
  EXPECT_EQ(TextOf(col("a") + 1), "a + 1");
  EXPECT_EQ(TextOf(1 - col("a") * col("b")), "1 - a * b");
  EXPECT_EQ(TextOf((1 - col("a")) / 2.5), "(1 - a) / 2.5e0");
  EXPECT_EQ(TextOf(col("a") % 10), "a % 10");
  EXPECT_EQ(TextOf(-col("a")), "-a");
  EXPECT_EQ(TextOf(col("a") == "x"), "a = 'x'");
  EXPECT_EQ(TextOf("x" != col("a")), "'x' <> a");
  EXPECT_EQ(TextOf(col("a") < 1 && col("b") >= 2), "a < 1 and b >= 2");
  EXPECT_EQ(TextOf(col("a") <= 1 || !col("b")), "a <= 1 or not b");
  EXPECT_EQ(TextOf(col("a") > true), "a > true");
}

TEST(Column, MethodsMakeTheCallsThatSqlHas) {
  EXPECT_EQ(TextOf(col("a").IsNull()), "a is null");
  EXPECT_EQ(TextOf(col("a").IsNotNull()), "a is not null");
  EXPECT_EQ(TextOf(col("a").In({1, 2, 3})), "a in (1, 2, 3)");
  EXPECT_EQ(TextOf(col("a").In({"x", "y"})), "a in ('x', 'y')");
  EXPECT_EQ(TextOf(col("a").In({})), "false");
  EXPECT_EQ(TextOf(col("a").Between(1, 2)), "a >= 1 and a <= 2");
  EXPECT_EQ(TextOf(col("a").Like("x%")), "a like 'x%'");
  EXPECT_EQ(TextOf(col("a").NotLike("x%")), "a not like 'x%'");
  EXPECT_EQ(TextOf(col("a").ILike("x%")), "a ilike 'x%'");
  EXPECT_EQ(TextOf(col("a").EqualsOrBothNull(nullptr)), "a is not distinct from null");
  EXPECT_EQ(TextOf(col("a").Cast("decimal(15,2)")), "cast(a as decimal(15,2))");
  EXPECT_EQ(TextOf(col("a").TryCast("date")), "try_cast(a as date)");
}

TEST(Column, ValuesKeepTheirTypes) {
  EXPECT_EQ(lit(uint64_t{18446744073709551615U}).expr()->value()->type->id(), arrow::Type::UINT64);
  EXPECT_EQ(lit(uint64_t{5}).expr()->value()->type->id(), arrow::Type::INT64);
  EXPECT_EQ(lit(int8_t{5}).expr()->value()->type->id(), arrow::Type::INT64);
  EXPECT_EQ(lit(1.5F).expr()->value()->type->id(), arrow::Type::DOUBLE);
  EXPECT_EQ(lit(false).expr()->value()->type->id(), arrow::Type::BOOL);
  EXPECT_EQ(lit(nullptr).expr()->value()->type->id(), arrow::Type::NA);
  EXPECT_EQ(Decimal("0.05").expr()->value()->type->ToString(), "decimal128(2, 2)");
  EXPECT_EQ(Decimal("123.4").expr()->value()->ToString(), "123.4");
  EXPECT_EQ(Date("1994-01-31").expr()->value()->ToString(), "1994-01-31");
  EXPECT_EQ(Timestamp("1994-01-31 12:30:00").expr()->value()->type->id(), arrow::Type::TIMESTAMP);
}

TEST(Column, IsCalledByAsByItsOwnNameOrByItsText) {
  EXPECT_EQ(col("a").name(), "a");
  EXPECT_EQ((col("a") + 1).name(), "a + 1");
  EXPECT_EQ((col("a") + 1).As("b").name(), "b");
  EXPECT_EQ(col("a").Cast("double").name(), "a");
  EXPECT_EQ(Sum("a").name(), "sum(a)");
  EXPECT_EQ(Sum("a").As("s").Distinct().Where(col("b") > 0).name(), "s");
}

TEST(Column, RemembersWhereItWasWritten) {
  const Column written = Sum(col("a") + 1);
  EXPECT_EQ(written.place().text, fmt::format("column_ref_test.cc:{}", __LINE__ - 1));
  const Column compared = 5 < col("a");
  EXPECT_EQ(compared.expr()->args()[0]->place().text,
            fmt::format("column_ref_test.cc:{}", __LINE__ - 2));
  const Column month = DateTrunc("month", "a");
  EXPECT_EQ(month.place().text, fmt::format("column_ref_test.cc:{}", __LINE__ - 1));
}

TEST(Column, NamesOfAListArePlacedWhereTheFirstOneIs) {
  const int line = __LINE__ + 1;
  const std::vector<Column> columns = ColumnsFrom("a", "b", std::string("c"), col("d"));
  ASSERT_EQ(columns.size(), 4U);
  for (const Column& column : columns)
    EXPECT_EQ(column.place().text, fmt::format("column_ref_test.cc:{}", line));
  EXPECT_EQ(columns[2].name(), "c");
}

TEST(Column, KeysHaveADirection) {
  EXPECT_FALSE(col("a").is_sort_key());
  const SortKey key = col("a").Desc().NullsFirst().sort_key();
  EXPECT_TRUE(key.descending);
  EXPECT_TRUE(key.nulls_first);
  EXPECT_TRUE(col("a").Asc().is_sort_key());
  EXPECT_FALSE(col("a").Desc().Asc().NullsLast().sort_key().descending);
}

TEST(Column, KeepsTheFirstMistake) {
  const Column wrong = col("a").Cast("integr");
  EXPECT_THAT(wrong.error(), StatusIs(StatusCode::kInvalidArgument, "integr"));
  EXPECT_THAT(wrong.error(), StatusIs(StatusCode::kInvalidArgument, "column_ref_test.cc:"));
  EXPECT_EQ((1 + wrong * 2).error(), wrong.error());
  EXPECT_EQ(Sum(wrong).As("s").Distinct().error(), wrong.error());
  EXPECT_EQ(When(wrong > 1).Then(2).Otherwise(3).error(), wrong.error());
  EXPECT_EQ(Sum("b").Over(Window().PartitionBy(wrong)).error(), wrong.error());
  EXPECT_THAT(Date("1994-13-01").error(), StatusIs(StatusCode::kInvalidArgument, "1994-13-01"));
  EXPECT_THAT(Decimal("1,5").error(), StatusIs(StatusCode::kInvalidArgument, "no decimal number"));
  EXPECT_THAT(col("a").Distinct().error(), StatusIs(StatusCode::kInvalidArgument, "aggregates"));
  EXPECT_THAT(col("a").Where(true).error(), StatusIs(StatusCode::kInvalidArgument, "aggregates"));
  EXPECT_THAT(col("a").Over(Window()).error(), StatusIs(StatusCode::kInvalidArgument, "Over()"));
}

TEST(Column, AnAggregateOverAWindow) {
  EXPECT_EQ(TextOf(Sum("a").Over(Window().PartitionBy("b", "c").OrderBy(col("d").Desc()))),
            "sum(a) over (partition by b, c order by d desc)");
  EXPECT_THAT(TextOf(RowNumber().Over(Window().OrderBy("d"))), HasSubstr("row_number() over"));
  const Column framed = Sum("a").Over(Window().OrderBy("b").Rows(-2, kUnbounded));
  ASSERT_TRUE(framed.expr()->frame().has_value());
  EXPECT_EQ(framed.expr()->frame()->unit, WindowFrame::Unit::kRows);
  EXPECT_EQ(framed.expr()->frame()->start, -2);
  EXPECT_EQ(framed.expr()->frame()->end, std::nullopt);
}

}  // namespace
}  // namespace tusk::df
