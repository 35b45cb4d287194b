#include "dataframe/expr/bind.h"

#include <gtest/gtest.h>

#include "dataframe/expr/function_registry.h"
#include "tests/dataframe/expr/evaluate.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

const SchemaPtr kSchema =
    ParseSchema("l_orderkey int64 not null, l_shipdate date, l_tax decimal(15,2), note string")
        .value();

std::string BindError(const ExprPtr& expr) {
  const Result<BoundExprPtr> bound = Bind(expr, *kSchema);
  EXPECT_THAT(bound, StatusIs(StatusCode::kInvalidArgument));
  return std::string(bound.status().message());
}

TEST(Bind, NamesTheNearestColumn) {
  EXPECT_EQ(BindError(Op("+", {Expr::Column("l_orderky", {"late.cc:9"}), Int(1)})),
            "there is no column l_orderky\n"
            "  at: late.cc:9  l_orderky\n"
            "  do: did you mean l_orderkey?");
  EXPECT_EQ(BindError(Col("L_ShipDate")),
            "there is no column L_ShipDate\n  at: \"L_ShipDate\"\n  do: did you mean l_shipdate?");
  EXPECT_EQ(BindError(Col("customer")),
            "there is no column customer\n  at: customer\n"
            "  do: the columns are: l_orderkey, l_shipdate, l_tax, note");
}

TEST(Bind, RefusesAColumnThatIsThereTwice) {
  const auto schema =
      arrow::schema({arrow::field("a", arrow::int64()), arrow::field("a", arrow::int64())});
  EXPECT_THAT(Bind(Col("a"), *schema),
              StatusIs(StatusCode::kInvalidArgument, "there are 2 columns a"));
}

TEST(Bind, NamesTheNearestFunctionAndItsUse) {
  EXPECT_EQ(BindError(Op("coalesec", {Col("note")})),
            "there is no function coalesec, did you mean coalesce?\n  at: coalesec(note)");
  EXPECT_EQ(BindError(Op("nullif", {Col("note"), Col("l_shipdate")})),
            "string and date have no common type\n"
            "  at: nullif(note, l_shipdate)\n"
            "  do: write nullif(a, b)");
  EXPECT_EQ(BindError(Op("not", {Col("note"), Col("note")})).substr(0, 22),
            "not takes one conditio");
}

TEST(Bind, LiteralsThatDoNotFitAreRefusedAtOnce) {
  EXPECT_EQ(BindError(Op("<", {Col("l_shipdate"), Text("1998-13-01")})),
            "cannot cast \"1998-13-01\" to date\n  at: l_shipdate < '1998-13-01'");
  EXPECT_EQ(BindError(Expr::Cast(Text("x"), arrow::int64())),
            "cannot cast \"x\" to int64\n  at: cast('x' as int64)");
  EXPECT_EQ(BindError(Expr::Cast(Col("l_shipdate"), arrow::boolean())),
            "date cannot be cast to bool\n  at: cast(l_shipdate as bool)");
}

TEST(Bind, RefusesAggregatesAndWindows) {
  EXPECT_EQ(BindError(Expr::Aggregate("sum", {Col("l_tax")})).substr(0, 43),
            "sum is an aggregate and cannot stand here\n ");
  EXPECT_EQ(BindError(Expr::Window("rank", {}, {}, {})).substr(0, 36),
            "rank over a window cannot stand here");
}

TEST(Bind, ComputesConstantsOnce) {
  const auto constant = [](const ExprPtr& expr) {
    const Result<BoundExprPtr> bound = Bind(expr, *kSchema);
    if (!bound.ok()) return bound.status().ToString();
    return (*bound)->Constant() == nullptr ? "none" : ScalarText((*bound)->Constant());
  };
  EXPECT_EQ(constant(Int(3)), "3");
  EXPECT_EQ(constant(Op("-", {Lit("date", "1998-12-01"), Lit("interval", "90 days")})),
            "1998-09-02");
  EXPECT_EQ(constant(Op("case", {Op("<", {Int(1), Int(2)}), Text("a"), Text("b")})), "a");
  EXPECT_EQ(constant(Op("coalesce", {Expr::Null(), Int(2)})), "2");
  EXPECT_EQ(constant(Op("in", {Int(2), Int(1), Int(2)})), "true");
  EXPECT_EQ(constant(Op("+", {Expr::Null(), Int(2)})), "null");
  EXPECT_EQ(constant(Op("+", {Col("l_orderkey"), Int(2)})), "none");
  // An error stays where it is: no row may ever come there.
  EXPECT_EQ(constant(Op("div", {Int(1), Int(0)})), "none");
}

TEST(Bind, KnowsWhatIsNeverNull) {
  const auto nullable = [](const ExprPtr& expr) {
    return Bind(expr, *kSchema).value()->nullable();
  };
  EXPECT_FALSE(nullable(Col("l_orderkey")));
  EXPECT_TRUE(nullable(Col("l_tax")));
  EXPECT_FALSE(nullable(Op("+", {Col("l_orderkey"), Int(1)})));
  EXPECT_TRUE(nullable(Op("+", {Col("l_orderkey"), Col("l_tax")})));
  EXPECT_FALSE(nullable(Op("is_null", {Col("l_tax")})));
  EXPECT_TRUE(nullable(Op("nullif", {Col("l_orderkey"), Int(1)})));
  EXPECT_FALSE(nullable(Op("and", {Op("=", {Col("l_orderkey"), Int(1)}), Expr::Of(true)})));
  EXPECT_TRUE(nullable(Expr::Cast(Col("l_orderkey"), arrow::int8(), true)));
  EXPECT_FALSE(nullable(Op("case", {Expr::Of(true), Col("l_orderkey"), Int(0)})));
  const auto field = FieldOf({"x", Op("+", {Col("l_orderkey"), Int(1)})}, *kSchema).value();
  EXPECT_EQ(SchemaText(*arrow::schema({field})), "x int64 not null");
}

TEST(Bind, KnowsWhatCannotFail) {
  const auto can_fail = [](const ExprPtr& expr) { return Bind(expr, *kSchema).value()->CanFail(); };
  EXPECT_FALSE(can_fail(Op("*", {Col("l_tax"), Op("-", {Int(1), Col("l_tax")})})));
  EXPECT_TRUE(can_fail(Op("+", {Col("l_orderkey"), Int(1)})));
  EXPECT_FALSE(can_fail(Op("<", {Col("l_shipdate"), Text("1998-09-02")})));
  EXPECT_TRUE(can_fail(Expr::Cast(Col("note"), arrow::int64())));
  EXPECT_FALSE(can_fail(Expr::Cast(Col("note"), arrow::int64(), true)));
  EXPECT_TRUE(can_fail(Op("is_null", {Expr::Cast(Col("note"), arrow::int64())})));
}

TEST(Bind, ErrorsOfRowsNameTheExpression) {
  const auto batch = BatchOf({{"a int64", {"1"}}, {"b int64", {"0"}}});
  const ExprPtr expr = Op("+", {Int(1), Expr::Call("div", {Col("a"), Col("b")}, {"late.cc:12"})});
  const Result<std::shared_ptr<arrow::Array>> column = Evaluate(expr, *batch);
  EXPECT_THAT(column, StatusIs(StatusCode::kInvalidArgument));
  EXPECT_EQ(column.status().message(), "division by zero\n  at: late.cc:12  div(a, b)");
}

TEST(Bind, RunsOverNoRows) {
  const auto batch = BatchOf({{"a int64", {}}, {"s string", {}}});
  for (const ExprPtr& expr :
       {Op("+", {Col("a"), Int(1)}), Op("=", {Col("s"), Text("x")}),
        Op("case", {Op("=", {Col("a"), Int(0)}), Op("div", {Int(1), Col("a")}), Int(0)}),
        Op("coalesce", {Col("a"), Op("div", {Int(1), Col("a")})}),
        Expr::Cast(Col("s"), arrow::date32()), Op("*", {Col("a"), Lit("decimal(5,2)", "1.00")})}) {
    EXPECT_EQ(Evaluated(expr, batch), "") << ExprText(*expr);
  }
}

TEST(FunctionRegistry, HasEachFunctionOnceWithHelp) {
  std::string last;
  for (const ScalarFunction* function : FunctionRegistry::Get().All()) {
    EXPECT_LT(last, function->name);
    last = function->name;
    EXPECT_FALSE(function->usage.empty()) << function->name;
    EXPECT_TRUE(function->summary.ends_with('.')) << function->name;
    ASSERT_OK_AND_ASSIGN(const ScalarFunction* found, FunctionRegistry::Get().Find(function->name));
    EXPECT_EQ(found, function);
  }
  EXPECT_GT(FunctionRegistry::Get().All().size(), 25u);
}

}  // namespace
}  // namespace tusk::df
