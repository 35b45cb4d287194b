#include <gtest/gtest.h>

#include "tests/dataframe/expr/evaluate.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

TEST(Case, TakesTheFirstConditionThatIsTrue) {
  const auto batch = BatchOf({{"a int64", {"1", "2", "3", "null"}},
                              {"s string", {"one", "two", "three", "null"}},
                              {"p decimal(15,2)", {"1.00", "2.00", "null", "4.00"}}});
  const ExprPtr one = Op("=", {Col("a"), Int(1)}), two = Op("<", {Col("a"), Int(3)});
  EXPECT_EQ(Evaluated(Op("case", {one, Text("x"), two, Text("yy"), Col("s")}), batch),
            "x | yy | three | null");
  EXPECT_EQ(Evaluated(Op("case", {one, Col("p"), Int(0)}), batch), "1.00 | 0.00 | 0.00 | 0.00");
  EXPECT_EQ(Evaluated(Op("case", {two, Col("p"), Expr::Null()}), batch),
            "1.00 | 2.00 | null | null");
  EXPECT_EQ(Evaluated(Op("if", {two, Int(1), Int(2)}), batch), "1 | 1 | 2 | 2");
  EXPECT_EQ(Evaluated(Op("case", {Expr::Null(), Int(1), Expr::Of(true), Int(2), Int(3)}), batch),
            "2 | 2 | 2 | 2");
  EXPECT_EQ(TypeOf(Op("case", {one, Col("p"), Int(0)}), *batch), "decimal(15,2)");
  EXPECT_EQ(TypeOf(Op("case", {one, Col("p"), Expr::Of(0.5)}), *batch), "double");
  EXPECT_EQ(TypeOf(Op("case", {one, Col("a"), Col("s")}), *batch),
            "int64 and string have no common type");
  EXPECT_EQ(TypeOf(Op("case", {Col("a"), Int(1), Int(2)}), *batch),
            "case takes conditions, not int64");
}

TEST(Case, BranchesThatFailRunOnlyWhereTheyApply) {
  const auto batch = BatchOf({{"a int64", {"10", "20", "30", "null"}},
                              {"b int64", {"2", "0", "3", "0"}},
                              {"s string", {"1", "x", "3", "y"}},
                              {"unread string", {"p", "q", "r", "s"}}});
  const ExprPtr not_zero = Op("<>", {Col("b"), Int(0)});
  const ExprPtr quotient = Op("div", {Col("a"), Col("b")});
  EXPECT_EQ(Evaluated(Op("case", {not_zero, quotient, Expr::Null()}), batch),
            "5 | null | 10 | null");
  EXPECT_EQ(Evaluated(Op("case", {Op("=", {Col("b"), Int(0)}), Col("a"), quotient}), batch),
            "5 | 20 | 10 | null");
  // A later condition is asked only where the earlier ones were not true.
  EXPECT_EQ(Evaluated(Op("case", {Op("=", {Col("b"), Int(0)}), Int(-1), Op(">", {quotient, Int(5)}),
                                  Int(1), Int(0)}),
                      batch),
            "0 | -1 | 1 | -1");
  EXPECT_EQ(Evaluated(Op("case", {not_zero, Expr::Cast(Col("s"), arrow::int64()), Int(0)}), batch),
            "1 | 0 | 3 | 0");
  EXPECT_EQ(
      Evaluated(Op("case", {Expr::Of(false), Op("/", {Int(1), Int(0)}), Expr::Of(2.0)}), batch),
      "2 | 2 | 2 | 2");
  EXPECT_EQ(Evaluated(Op("case", {Op("is_null", {Col("a")}), Int(0), quotient}), batch),
            "division by zero");
}

TEST(Coalesce, TakesTheFirstValue) {
  const auto batch = BatchOf({{"a int64", {"1", "null", "null"}},
                              {"b int64", {"7", "8", "null"}},
                              {"z int64", {"0", "2", "1"}}});
  EXPECT_EQ(Evaluated(Op("coalesce", {Col("a"), Col("b")}), batch), "1 | 8 | null");
  EXPECT_EQ(Evaluated(Op("coalesce", {Col("a"), Col("b"), Int(0)}), batch), "1 | 8 | 0");
  EXPECT_EQ(Evaluated(Op("coalesce", {Expr::Null(), Expr::Null()}), batch), "null | null | null");
  EXPECT_EQ(Evaluated(Op("coalesce", {Col("a"), Op("div", {Col("b"), Col("z")}), Int(9)}), batch),
            "1 | 4 | 9");
  ASSERT_OK_AND_ASSIGN(const BoundExprPtr bound,
                       Bind(Op("coalesce", {Col("a"), Int(0)}), *batch->schema()));
  EXPECT_FALSE(bound->nullable());
  EXPECT_EQ(TypeOf(Op("coalesce", {Col("a"), Text("x")}), *batch), "cannot cast \"x\" to int64");
}

TEST(Conditional, NullIfGreatestLeast) {
  const auto batch = BatchOf({{"a int64", {"1", "2", "null"}},
                              {"d decimal(5,2)", {"1.00", "3.00", "2.00"}},
                              {"s string", {"a", "b", "c"}}});
  EXPECT_EQ(Evaluated(Op("nullif", {Col("a"), Int(1)}), batch), "null | 2 | null");
  EXPECT_EQ(Evaluated(Op("nullif", {Col("a"), Expr::Null()}), batch), "1 | 2 | null");
  EXPECT_EQ(Evaluated(Op("nullif", {Col("s"), Text("b")}), batch), "a | null | c");
  EXPECT_EQ(Evaluated(Op("greatest", {Col("a"), Col("d")}), batch), "1.00 | 3.00 | 2.00");
  EXPECT_EQ(Evaluated(Op("least", {Col("d"), Int(2)}), batch), "1.00 | 2.00 | 2.00");
  EXPECT_EQ(Evaluated(Op("greatest", {Col("s"), Text("b")}), batch), "b | b | c");
}

}  // namespace
}  // namespace tusk::df
