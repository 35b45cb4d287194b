#include <arrow/api.h>

#include "dataframe/type/arrow_runtime.h"
#include "tests/dataframe/optimizer/optimizer_fixture.h"

// The passes that change expressions: fold_constants and simplify.
namespace tusk::df {
namespace {

class ExpressionRulesTest : public ::testing::Test {
 protected:
  void SetUp() override { InitializeArrow(); }

  // A condition as the pass leaves it.
  static std::string After(Rule rule, const ExprPtr& condition) {
    const PlanPtr plan = Apply(rule, Filter(Rows(), condition));
    return plan->kind() == PlanKind::kFilter ? ExprText(*df::As<FilterNode>(*plan).condition())
                                             : NodeText(*plan);
  }
  static std::string Folded(const ExprPtr& condition) { return After(FoldConstants, condition); }
  static std::string Simple(const ExprPtr& condition) { return After(Simplify, condition); }
  // Something that is no scan, of which nothing is known.
  static PlanPtr Rows() {
    return Table("t", "a int64, b int64, d date, s string, p bool, n int64 not null");
  }
};

TEST_F(ExpressionRulesTest, ConstantsAreComputed) {
  EXPECT_EQ(Folded(Lt(Col("a"), Add(Lit(1), Lit(2)))), "a < 3");
  EXPECT_EQ(Folded(Lt(Add(Col("a"), Add(Lit(1), Lit(2))), Lit(9))), "a + 3 < 9");
  EXPECT_EQ(Folded(Lt(Lit(2), Lit(1))), "false");
  const ExprPtr date = Expr::Cast(Lit("1998-12-01"), arrow::date32());
  EXPECT_EQ(Folded(Lt(Col("d"), Call("-", {date, Lit(90)}))), "d < date '1998-09-02'");
}

TEST_F(ExpressionRulesTest, ConstantsThatFailAreLeftToTheRun) {
  EXPECT_EQ(Folded(Lt(Col("a"), Call("div", {Lit(1), Lit(0)}))), "a < div(1, 0)");
}

TEST_F(ExpressionRulesTest, TextBecomesWhatItIsComparedWith) {
  EXPECT_EQ(Folded(Lt(Col("d"), Lit("1998-09-02"))), "d < date '1998-09-02'");
  EXPECT_EQ(Folded(Call("in", {Col("d"), Lit("1998-09-02"), Lit("1998-09-03")})),
            "d in (date '1998-09-02', date '1998-09-03')");
  EXPECT_EQ(Folded(Eq(Col("s"), Lit("x"))), "s = 'x'");
}

TEST_F(ExpressionRulesTest, LogicWithConstants) {
  const ExprPtr a = Gt(Col("a"), Lit(1));
  EXPECT_EQ(Simple(And({a, Lit(true)})), "a > 1");
  EXPECT_EQ(Simple(And({a, a})), "a > 1");
  EXPECT_EQ(Simple(Or({a, Lit(false)})), "a > 1");
  EXPECT_EQ(Simple(Or({a, Lit(true)})), "Scan t [a, b, d, s, p, n]");
  EXPECT_EQ(Simple(And({a, Lit(false)})), "Values 0 rows [a, b, d, s, p, n]");
}

TEST_F(ExpressionRulesTest, NegationsMoveIn) {
  const ExprPtr a = Gt(Col("a"), Lit(1));
  EXPECT_EQ(Simple(Not(a)), "a <= 1");
  EXPECT_EQ(Simple(Not(Not(Col("p")))), "p");
  EXPECT_EQ(Simple(Not(Or({a, Eq(Col("b"), Lit(2))}))), "a <= 1 and b <> 2");
  EXPECT_EQ(Simple(Not(Call("is_null", {Col("a")}))), "a is not null");
  EXPECT_EQ(Simple(Not(Call("like", {Col("s"), Lit("x%")}))), "s not like 'x%'");
}

TEST_F(ExpressionRulesTest, ColumnsStandOnTheLeft) {
  EXPECT_EQ(Simple(Lt(Lit(5), Col("a"))), "a > 5");
  EXPECT_EQ(Simple(Eq(Lit(5), Col("a"))), "a = 5");
}

TEST_F(ExpressionRulesTest, CommonPartsOfDisjunctionsComeOut) {
  const ExprPtr key = Eq(Col("a"), Col("b"));
  const ExprPtr x = Eq(Col("s"), Lit("x"));
  const ExprPtr y = Eq(Col("s"), Lit("y"));
  EXPECT_EQ(Simple(Or({And({key, x}), And({y, key})})), "a = b and (s = 'x' or s = 'y')");
  EXPECT_EQ(Simple(Or({And({key, x}), key})), "a = b");
  EXPECT_EQ(Simple(Or({And({key, x}), y})), "a = b and s = 'x' or s = 'y'");
}

TEST_F(ExpressionRulesTest, WhatIsNeverNullIsNotAsked) {
  EXPECT_EQ(Simple(Call("is_null", {Col("n")})), "Values 0 rows [a, b, d, s, p, n]");
  EXPECT_EQ(Simple(Call("is_null", {Col("a")})), "a is null");
}

TEST_F(ExpressionRulesTest, StepsWithoutRowsGo) {
  const PlanPtr none = Filter(Rows(), Lit(false));
  const PlanPtr u = Table("u", "k int64");
  EXPECT_EQ(TextAfter(Simplify, Project(Sorted(none, {Asc("a")}), Named({"a"}))),
            "Values 0 rows [a]\n");
  EXPECT_EQ(TextAfter(Simplify, Join(none, u, On(JoinType::kInner, {{"a", "k"}}))),
            "Values 0 rows [a, b, d, s, p, n, k]\n");
  EXPECT_EQ(TextAfter(Simplify, Join(u, none, On(JoinType::kAnti, {{"k", "a"}}))), "Scan u [k]\n");
  EXPECT_EQ(TextAfter(Simplify, Union({Project(none, {As(Col("a"), "x")}), u})),
            "Project k as x\n  Scan u [k]\n");
  // No rows have a count.
  EXPECT_EQ(TextAfter(Simplify, Aggregate(none, {}, {Agg("count", {}, "c")})),
            "Aggregate: count(*) as c\n  Values 0 rows [a, b, d, s, p, n]\n");
  EXPECT_EQ(TextAfter(Simplify, Aggregate(none, Named({"a"}), {})), "Values 0 rows [a]\n");
}

TEST_F(ExpressionRulesTest, NotInOfWhatIsNeverNullIsAnAntiJoin) {
  const PlanPtr u = Table("u", "k int64 not null");
  EXPECT_EQ(PlanText(Apply(Simplify, Join(Rows(), u, On(JoinType::kNullAwareAnti, {{"n", "k"}})))),
            "Join anti: n = k\n  Scan t [a, b, d, s, p, n]\n  Scan u [k]\n");
  const auto same = Join(Rows(), u, On(JoinType::kNullAwareAnti, {{"a", "k"}}));
  EXPECT_EQ(Apply(Simplify, same), same);
}

}  // namespace
}  // namespace tusk::df
