#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/dataframe/expr/evaluate.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

TEST(Comparison, OfEachTypeAndOperator) {
  const auto batch = BatchOf({{"i int32", {"1", "2", "null"}},
                              {"s string", {"a", "b", "null"}},
                              {"t string", {"b", "b", "b"}},
                              {"b bool", {"false", "true", "null"}},
                              {"x double", {"1.5", "2", "NaN"}},
                              {"d date", {"1998-09-01", "1998-09-02", "null"}},
                              {"y binary", {"a", "b", "null"}}});
  const auto all = [&](const ExprPtr& a, const ExprPtr& b) {
    std::string text;
    for (const char* op : {"=", "<>", "<", "<=", ">", ">="}) {
      if (!text.empty()) text += "; ";
      text += Evaluated(Op(op, {a, b}), batch);
    }
    return text;
  };
  const std::string below =
      "false | true | null; true | false | null; true | false | null; true | true | null; "
      "false | false | null; false | true | null";
  EXPECT_EQ(all(Col("i"), Int(2)), below);
  EXPECT_EQ(all(Col("s"), Text("b")), below);
  EXPECT_EQ(all(Col("s"), Col("t")), below);
  EXPECT_EQ(all(Col("b"), Expr::Of(true)), below);
  EXPECT_EQ(all(Col("d"), Text("1998-09-02")), below);
  EXPECT_EQ(all(Col("d"), Lit("timestamp", "1998-09-02")), below);
  EXPECT_EQ(all(Col("y"), Expr::Cast(Text("b"), arrow::binary())), below);
  EXPECT_EQ(all(Col("i"), Lit("decimal(3,1)", "2.0")), below);
  EXPECT_EQ(Evaluated(Op("<", {Col("i"), Col("x")}), batch), "true | false | null");
  EXPECT_EQ(Evaluated(Op("=", {Col("i"), Expr::Null()}), batch), "null | null | null");
}

TEST(Comparison, OfTextsOfManyLengths) {
  // Around the eight bytes that are compared at once, and at the end of the buffer.
  const std::vector<std::string_view> words = {
      "",          "a",       "abcdefg",          "abcdefgh",         "abcdefgi",
      "abcdefghi", "bcdefgh", "abcdefghijklmnop", "abcdefghijklmnoq", "h"};
  const auto batch = BatchOf({{"s string", words}});
  for (const std::string_view word : words) {
    std::string equal, less;
    for (const std::string_view other : words) {
      equal += std::string(equal.empty() ? "" : " | ") + (other == word ? "true" : "false");
      less += std::string(less.empty() ? "" : " | ") + (other < word ? "true" : "false");
    }
    EXPECT_EQ(Evaluated(Op("=", {Col("s"), Text(word)}), batch), equal) << word;
    EXPECT_EQ(Evaluated(Op("=", {Text(word), Col("s")}), batch), equal) << word;
    EXPECT_EQ(Evaluated(Op("<", {Col("s"), Text(word)}), batch), less) << word;
  }
}

TEST(Comparison, LiteralsTakeTheTypeOfTheColumn) {
  const auto batch = BatchOf({{"d decimal(15,2)", {"0.05", "24.00"}},
                              {"i int32", {"5", "7"}},
                              {"t timestamp", {"1998-09-02 00:00:00", "1998-09-02 10:00:00"}}});
  EXPECT_EQ(Evaluated(Op(">=", {Col("d"), Expr::Of(0.05)}), batch), "true | true");
  EXPECT_EQ(Evaluated(Op("=", {Col("d"), Expr::Of(0.05)}), batch), "true | false");
  EXPECT_EQ(Evaluated(Op("<", {Col("d"), Int(24)}), batch), "true | false");
  EXPECT_EQ(Evaluated(Op("<", {Col("d"), Text("24")}), batch), "true | false");
  // More digits than the column has are not rounded away.
  EXPECT_EQ(Evaluated(Op("<", {Col("d"), Text("0.051")}), batch), "true | false");
  EXPECT_EQ(Evaluated(Op("<", {Col("d"), Lit("decimal(4,3)", "0.051")}), batch), "true | false");
  EXPECT_EQ(Evaluated(Op("=", {Col("i"), Int(5'000'000'000)}), batch), "false | false");
  EXPECT_EQ(Evaluated(Op("<", {Col("i"), Lit("decimal(2,1)", "5.5")}), batch), "true | false");
  EXPECT_EQ(Evaluated(Op("=", {Text("7"), Col("i")}), batch), "false | true");
  EXPECT_EQ(Evaluated(Op(">", {Col("t"), Text("1998-09-02")}), batch), "false | true");
  EXPECT_EQ(TypeOf(Op("=", {Col("i"), Text("5.5")}), *batch), "cannot cast \"5.5\" to int32");
  EXPECT_EQ(TypeOf(Op("=", {Col("t"), Text("soon")}), *batch), "cannot cast \"soon\" to timestamp");
}

TEST(Comparison, RefusesTypesThatDoNotMeet) {
  const auto batch = BatchOf({{"i int32", {"5"}}, {"s string", {"x"}}, {"v interval", {"1 day"}}});
  EXPECT_EQ(TypeOf(Op("=", {Col("i"), Col("s")}), *batch), "int32 and string have no common type");
  EXPECT_EQ(TypeOf(Op("=", {Col("s"), Int(5)}), *batch), "string and int64 have no common type");
  EXPECT_EQ(TypeOf(Op("<", {Col("v"), Col("v")}), *batch),
            "values of type interval cannot be compared");
}

TEST(Comparison, NaNIsEqualToItselfAndGreatest) {
  for (const char* type : {"double", "float"}) {
    const auto batch =
        BatchOf({{fmt::format("a {}", type), {"1", "NaN", "NaN", "inf", "-0", "null"}},
                 {fmt::format("b {}", type), {"NaN", "NaN", "1", "NaN", "0", "NaN"}}});
    const auto row = [&](const char* op) { return Evaluated(Op(op, {Col("a"), Col("b")}), batch); };
    EXPECT_EQ(row("="), "false | true | false | false | true | null") << type;
    EXPECT_EQ(row("<>"), "true | false | true | true | false | null") << type;
    EXPECT_EQ(row("<"), "true | false | false | true | false | null") << type;
    EXPECT_EQ(row("<="), "true | true | false | true | true | null") << type;
    EXPECT_EQ(row(">"), "false | false | true | false | false | null") << type;
    EXPECT_EQ(row(">="), "false | true | true | false | true | null") << type;
    const auto nan = Expr::Of(std::nan(""));
    EXPECT_EQ(Evaluated(Op("=", {Col("a"), nan}), batch),
              "false | true | true | false | false | null");
    EXPECT_EQ(Evaluated(Op("in", {Col("a"), Expr::Of(7.0), nan}), batch),
              "false | true | true | false | false | null");
    EXPECT_EQ(Evaluated(Op("<", {nan, Col("a")}), batch),
              "false | false | false | false | false | null");
  }
}

TEST(Hash, IsThatOfEqualValues) {
  const auto batch = BatchOf({{"i int32", {"1", "-1", "null", "7"}},
                              {"j int64", {"1", "-1", "null", "8"}},
                              {"x double", {"NaN", "-0", "null", "2"}},
                              {"y double", {"NaN", "0", "null", "3"}},
                              {"s string", {"", "ab", "null", "x"}},
                              {"t string", {"", "ab", "null", "y"}}});
  const auto same = [&](std::vector<ExprPtr> a, std::vector<ExprPtr> b) {
    return Evaluated(Op("=", {Op("hash", std::move(a)), Op("hash", std::move(b))}), batch);
  };
  EXPECT_EQ(same({Col("i")}, {Col("j")}), "true | true | true | false");
  EXPECT_EQ(same({Col("x")}, {Col("y")}), "true | true | true | false");
  EXPECT_EQ(same({Col("s"), Col("i")}, {Col("t"), Col("j")}), "true | true | true | false");
  // Order and number of values count, and a null is none of the values.
  EXPECT_EQ(same({Col("s"), Col("i")}, {Col("i"), Col("s")}), "false | false | true | false");
  EXPECT_EQ(same({Col("i")}, {Col("i"), Col("i")}), "false | false | false | false");
  EXPECT_EQ(same({Col("i")}, {Int(1)}), "true | false | false | false");
  // Written down: samples of today are those of tomorrow.
  const auto one = BatchOf({{"i int32", {"42"}}});
  EXPECT_EQ(Evaluated(Op("hash", {Col("i"), Text("tusk")}), one), "17035771179116842833");
}

TEST(Comparison, DistinctTakesNullsForValues) {
  const auto batch = BatchOf({{"a double", {"1", "1", "null", "null", "NaN"}},
                              {"b double", {"1", "2", "1", "null", "NaN"}},
                              {"d decimal(5,2)", {"1.00", "2.00", "null", "null", "3.00"}}});
  EXPECT_EQ(Evaluated(Op("is_distinct_from", {Col("a"), Col("b")}), batch),
            "false | true | true | false | false");
  EXPECT_EQ(Evaluated(Op("is_not_distinct_from", {Col("a"), Col("b")}), batch),
            "true | false | false | true | true");
  EXPECT_EQ(Evaluated(Op("is_distinct_from", {Col("d"), Expr::Null()}), batch),
            "true | true | false | false | true");
  EXPECT_EQ(Evaluated(Op("is_not_distinct_from", {Int(2), Col("d")}), batch),
            "false | true | false | false | false");
}

TEST(In, IsUnknownBesideNulls) {
  const auto batch = BatchOf({{"i int32", {"1", "4", "null"}}, {"j int32", {"4", "4", "4"}}});
  const std::vector<ExprPtr> few = {Col("i"), Int(1), Int(2)};
  std::vector<ExprPtr> many = few;
  for (int64_t i = 10; i < 20; ++i) many.push_back(Int(i));
  for (std::vector<ExprPtr> args : {few, many}) {
    EXPECT_EQ(Evaluated(Op("in", args), batch), "true | false | null");
    args.push_back(Expr::Null());
    EXPECT_EQ(Evaluated(Op("in", args), batch), "true | null | null");
    args.push_back(Col("j"));
    EXPECT_EQ(Evaluated(Op("in", args), batch), "true | true | null");
  }
  EXPECT_EQ(Evaluated(Op("in", {Int(4), Col("i"), Int(7)}), batch), "false | true | null");
  EXPECT_EQ(Evaluated(Op("in", {Int(4), Int(4), Expr::Null()}), batch), "true | true | true");
}

TEST(In, BringsLiteralsToTheType) {
  const auto batch =
      BatchOf({{"d date", {"1998-09-02", "1998-09-03"}}, {"p decimal(15,2)", {"1.50", "2.00"}}});
  EXPECT_EQ(Evaluated(Op("in", {Col("d"), Text("1998-09-02"), Text("2000-01-01")}), batch),
            "true | false");
  EXPECT_EQ(Evaluated(Op("in", {Col("p"), Int(2), Lit("decimal(4,3)", "1.505")}), batch),
            "false | true");
  EXPECT_EQ(TypeOf(Op("in", {Col("d"), Int(2)}), *batch), "date and int64 have no common type");
}

TEST(Boolean, HasThreeValues) {
  const auto batch = BatchOf({{"a bool", {"true", "true", "true", "false", "false", "null"}},
                              {"b bool", {"true", "false", "null", "false", "null", "null"}}});
  EXPECT_EQ(Evaluated(Op("and", {Col("a"), Col("b")}), batch),
            "true | false | null | false | false | null");
  EXPECT_EQ(Evaluated(Op("or", {Col("a"), Col("b")}), batch),
            "true | true | true | false | null | null");
  EXPECT_EQ(Evaluated(Op("not", {Col("b")}), batch), "false | true | null | true | null | null");
  EXPECT_EQ(Evaluated(Op("and", {Col("a"), Col("b"), Expr::Of(false)}), batch),
            "false | false | false | false | false | false");
  EXPECT_EQ(Evaluated(Op("is_null", {Col("b")}), batch),
            "false | false | true | false | true | true");
  EXPECT_EQ(Evaluated(Op("is_not_null", {Col("b")}), batch),
            "true | true | false | true | false | false");
  EXPECT_EQ(TypeOf(Op("and", {Col("a"), Int(1)}), *batch), "and takes conditions, not int64");
}

}  // namespace
}  // namespace tusk::df
