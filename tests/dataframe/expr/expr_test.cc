#include "dataframe/expr/expr.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/dataframe/expr/evaluate.h"

namespace tusk::df {
namespace {

/// Two of each kind that differ in one thing, without places.
std::vector<ExprPtr> Different() {
  const ExprPtr a = Col("a"), b = Col("b");
  return {
      a,
      b,
      Int(1),
      Int(2),
      Expr::Of(1.0),
      Expr::Of(0.0),
      Expr::Of(-0.0),
      Expr::Of(std::nan("")),
      Lit("int32", "1"),
      Lit("decimal(3,2)", "1.00"),
      Lit("decimal(2,1)", "1.0"),
      Text("1"),
      Expr::Of(true),
      Expr::Null(),
      Expr::Literal(arrow::MakeNullScalar(arrow::int64())),
      Op("+", {a, b}),
      Op("+", {b, a}),
      Op("-", {a, b}),
      Op("and", {a, b}),
      Op("and", {a, b, a}),
      Expr::Cast(a, arrow::int64()),
      Expr::Cast(a, arrow::int32()),
      Expr::Cast(a, arrow::int64(), true),
      Expr::Aggregate("sum", {a}),
      Expr::Aggregate("sum", {a}, true),
      Expr::Aggregate("sum", {a}, false, b),
      Expr::Aggregate("count", {}),
      Expr::Window("sum", {a}, {}, {}),
      Expr::Window("sum", {a}, {b}, {}),
      Expr::Window("sum", {a}, {}, {{b}}),
      Expr::Window("sum", {a}, {}, {{b, true}}),
      Expr::Window("sum", {a}, {}, {{b, false, true}}),
      Expr::Window("sum", {a}, {}, {{b}}, WindowFrame{}),
      Expr::Window("sum", {a}, {}, {{b}}, WindowFrame{WindowFrame::Unit::kRows, std::nullopt, 0}),
      Expr::Window("sum", {a}, {}, {{b}}, WindowFrame{WindowFrame::Unit::kRange, -1, 0})};
}

TEST(Expr, EqualityAndHashSeeAllButThePlace) {
  const std::vector<ExprPtr> once = Different(), again = Different();
  for (size_t i = 0; i < once.size(); ++i) {
    for (size_t j = 0; j < again.size(); ++j) {
      EXPECT_EQ(once[i]->Equals(*again[j]), i == j) << i << ' ' << j;
      EXPECT_EQ(once[i]->Hash() == again[j]->Hash(), i == j) << i << ' ' << j;
    }
  }
  EXPECT_TRUE(Expr::Column("a", {"late.cc:9"})->Equals(*Col("a")));
  EXPECT_EQ(Expr::Column("a", {"late.cc:9"})->Hash(), Col("a")->Hash());
}

TEST(Expr, HashesNeverChange) {
  EXPECT_EQ(Op("+", {Col("a"), Int(1)})->Hash(), 18152215375866512162u);
}

TEST(Expr, ColumnsComeInTheOrderOfFirstMention) {
  const ExprPtr expr = Expr::Window("sum", {Op("+", {Col("b"), Col("a")})}, {Op("neg", {Col("p")})},
                                    {{Col("b")}, {Col("o")}});
  EXPECT_EQ(ColumnsOf(*expr), (std::vector<std::string>{"b", "a", "p", "o"}));
  EXPECT_EQ(ColumnsOf(*Expr::Aggregate("sum", {Col("a")}, false, Col("f"))),
            (std::vector<std::string>{"a", "f"}));
}

TEST(Expr, FindsAggregatesAndWindows) {
  const ExprPtr sum = Expr::Aggregate("sum", {Col("a")});
  const ExprPtr over = Expr::Window("sum", {Col("a")}, {}, {});
  EXPECT_TRUE(HasAggregate(*Op("+", {Int(1), sum})));
  EXPECT_FALSE(HasWindow(*sum));
  EXPECT_TRUE(HasWindow(*Op("+", {Int(1), over})));
  EXPECT_FALSE(HasAggregate(*over));
  EXPECT_TRUE(HasAggregate(*Expr::Window("sum", {sum}, {}, {})));
  EXPECT_TRUE(HasAggregate(*Expr::Window("rank", {}, {}, {{sum}})));
}

TEST(Expr, ConjunctionsSplitAndJoin) {
  const ExprPtr all = Op("and", {Op("and", {Col("a"), Col("b")}), Op("and", {Col("c"), Col("d")})});
  const std::vector<ExprPtr> parts = SplitConjunction(all);
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_EQ(parts[2]->name(), "c");
  EXPECT_EQ(ExprText(*MakeConjunction(parts)), "a and b and c and d");
  EXPECT_EQ(MakeConjunction({}), nullptr);
  EXPECT_TRUE(SplitConjunction(nullptr).empty());
  EXPECT_EQ(SplitConjunction(Op("or", {Col("a"), Col("b")})).size(), 1u);
}

TEST(Expr, RewriteReachesAllPartsAndSharesWhatStays) {
  const auto rename = [](const ExprPtr& expr) -> ExprPtr {
    const bool column = expr->kind() == ExprKind::kColumn && expr->name() == "a";
    return column ? Col("z") : nullptr;
  };
  const ExprPtr kept = Op("+", {Col("b"), Int(1)});
  const ExprPtr expr = Op("*", {kept, Op("neg", {Col("a")})});
  const ExprPtr rewritten = RewriteExpr(expr, rename);
  EXPECT_EQ(ExprText(*rewritten), "(b + 1) * -z");
  EXPECT_EQ(rewritten->args()[0], kept);
  EXPECT_EQ(RewriteExpr(kept, rename), kept);
  EXPECT_EQ(ExprText(*RewriteExpr(Expr::Aggregate("sum", {Col("b")}, false, Col("a")), rename)),
            "sum(b) filter (where z)");
  EXPECT_EQ(ExprText(*RewriteExpr(Expr::Window("sum", {Col("a")}, {Col("a")}, {{Col("a"), true}}),
                                  rename)),
            "sum(z) over (partition by z order by z desc)");
}

TEST(ExprText, KeepsTheTreeWithAsFewParenthesesAsCanBe) {
  const ExprPtr a = Col("a"), b = Col("b"), c = Col("c");
  const auto text = [](const ExprPtr& expr) { return ExprText(*expr); };
  EXPECT_EQ(text(Op("*", {Col("l_extendedprice"), Op("-", {Int(1), Col("l_discount")})})),
            "l_extendedprice * (1 - l_discount)");
  EXPECT_EQ(text(Op("-", {Op("-", {a, b}), c})), "a - b - c");
  EXPECT_EQ(text(Op("-", {a, Op("-", {b, c})})), "a - (b - c)");
  EXPECT_EQ(text(Op("+", {Op("*", {a, b}), c})), "a * b + c");
  EXPECT_EQ(text(Op("or", {Op("and", {a, b}), c})), "a and b or c");
  EXPECT_EQ(text(Op("and", {Op("or", {a, b}), c})), "(a or b) and c");
  EXPECT_EQ(text(Op("not", {Op("=", {a, b})})), "not a = b");
  EXPECT_EQ(text(Op("not", {Op("and", {a, b})})), "not (a and b)");
  EXPECT_EQ(text(Op("=", {Op("=", {a, b}), c})), "(a = b) = c");
  EXPECT_EQ(text(Op("is_null", {Op("+", {a, b})})), "a + b is null");
  EXPECT_EQ(text(Op("is_not_null", {Op("and", {a, b})})), "(a and b) is not null");
  EXPECT_EQ(text(Op("is_distinct_from", {a, b})), "a is distinct from b");
  EXPECT_EQ(text(Op("neg", {Op("neg", {a})})), "-(-a)");
  EXPECT_EQ(text(Op("neg", {Op("+", {a, b})})), "-(a + b)");
  EXPECT_EQ(text(Op("-", {a, Int(-1)})), "a - -1");
  EXPECT_EQ(text(Op("||", {Op("||", {a, b}), Text("it's")})), "a || b || 'it''s'");
  EXPECT_EQ(text(Op("like", {a, Text("%x")})), "a like '%x'");
  EXPECT_EQ(text(Op("not", {Op("like", {a, Text("%x")})})), "a not like '%x'");
  EXPECT_EQ(text(Op("in", {a, Int(1), Int(2)})), "a in (1, 2)");
  EXPECT_EQ(text(Op("not", {Op("in", {Op("+", {a, b}), Int(1)})})), "a + b not in (1)");
  EXPECT_EQ(text(Op("substring", {a, Int(1), Int(2)})), "substring(a, 1, 2)");
  EXPECT_EQ(text(Op("case", {a, b, c, Int(1), Expr::Null()})),
            "case when a then b when c then 1 end");
  EXPECT_EQ(text(Op("case", {a, b, c})), "case when a then b else c end");
  EXPECT_EQ(text(Op("div", {a, b})), "div(a, b)");
}

TEST(ExprText, OfValues) {
  const auto text = [](const ExprPtr& expr) { return ExprText(*expr); };
  EXPECT_EQ(text(Expr::Null()), "null");
  EXPECT_EQ(text(Expr::Of(true)), "true");
  EXPECT_EQ(text(Expr::Of(1.5)), "1.5e0");
  EXPECT_EQ(text(Expr::Of(1e300)), "1e+300");
  EXPECT_EQ(text(Expr::Of(std::numeric_limits<double>::infinity())), "double 'Infinity'");
  EXPECT_EQ(text(Lit("decimal(4,2)", "12.50")), "12.50");
  EXPECT_EQ(text(Lit("decimal(2,2)", "-0.05")), "-0.05");
  EXPECT_EQ(text(Lit("decimal(15,2)", "12.50")), "decimal(15,2) '12.50'");
  EXPECT_EQ(text(Lit("int8", "5")), "int8 '5'");
  EXPECT_EQ(text(Lit("date", "1998-09-02")), "date '1998-09-02'");
  EXPECT_EQ(text(Lit("timestamp", "1998-09-02 01:02:03.5")), "timestamp '1998-09-02 01:02:03.5'");
  EXPECT_EQ(text(Lit("interval", "3 months")), "interval '3 months'");
  EXPECT_EQ(text(Expr::Literal(arrow::MakeNullScalar(arrow::date32()))), "cast(null as date)");
}

TEST(ExprText, OfNames) {
  const auto text = [](const std::string& name) { return ExprText(*Col(name)); };
  EXPECT_EQ(text("l_orderkey"), "l_orderkey");
  EXPECT_EQ(text("L_Orderkey"), "\"L_Orderkey\"");
  EXPECT_EQ(text("order"), "\"order\"");
  EXPECT_EQ(text("sum(x)"), "\"sum(x)\"");
  EXPECT_EQ(text("say \"a\""), "\"say \"\"a\"\"\"");
  EXPECT_EQ(text(""), "\"\"");
  EXPECT_EQ(text("2nd"), "\"2nd\"");
}

TEST(ExprText, OfCastsAggregatesAndWindows) {
  const ExprPtr a = Col("a"), b = Col("b");
  const auto text = [](const ExprPtr& expr) { return ExprText(*expr); };
  EXPECT_EQ(text(Expr::Cast(a, arrow::decimal128(15, 2))), "cast(a as decimal(15,2))");
  EXPECT_EQ(text(Expr::Cast(a, arrow::int64(), true)), "try_cast(a as int64)");
  EXPECT_EQ(text(Expr::Aggregate("count", {})), "count(*)");
  EXPECT_EQ(text(Expr::Aggregate("count", {a}, true)), "count(distinct a)");
  EXPECT_EQ(text(Expr::Aggregate("quantile", {a, Expr::Of(0.5)}, false, Op(">", {b, Int(0)}))),
            "quantile(a, 0.5e0) filter (where b > 0)");
  EXPECT_EQ(text(Expr::Window("rank", {}, {a}, {{b, true, true}})),
            "rank() over (partition by a order by b desc nulls first)");
  EXPECT_EQ(text(Expr::Window("sum", {a}, {}, {{b}},
                              WindowFrame{WindowFrame::Unit::kInterval, -6 * 86'400'000'000, 1})),
            "sum(a) over (order by b range between interval '6 days' preceding and interval '1 "
            "microseconds' following)");
  EXPECT_EQ(text(Expr::Window("sum", {a}, {}, {{b}}, WindowFrame{WindowFrame::Unit::kRows, -2, 0})),
            "sum(a) over (order by b rows between 2 preceding and current row)");
  EXPECT_EQ(text(Expr::Window("sum", {a}, {}, {{b}},
                              WindowFrame{WindowFrame::Unit::kRange, std::nullopt, std::nullopt})),
            "sum(a) over (order by b range between unbounded preceding and unbounded following)");
}

TEST(ExprText, TellsDifferentExpressionsApart) {
  const std::vector<ExprPtr> all = Different();
  for (size_t i = 0; i < all.size(); ++i) {
    for (size_t j = 0; j < i; ++j) EXPECT_NE(ExprText(*all[i]), ExprText(*all[j]));
  }
}

}  // namespace
}  // namespace tusk::df
