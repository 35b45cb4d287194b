#include <gtest/gtest.h>

#include <string>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "dataframe/exec/operator/limit.h"
#include "tests/dataframe/exec/table_rows.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

const SchemaPtr kSchema =
    arrow::schema({arrow::field("a", arrow::int64()), arrow::field("s", arrow::utf8()),
                   arrow::field("l", arrow::list(arrow::int64()))});

/// Runs `make` over a random table of up to `most` rows; the rows in and out.
template <typename Make>
std::pair<Rows, Rows> RunOver(int64_t most, Random& random, const Make& make) {
  const auto rows = static_cast<int64_t>(random.Below(static_cast<uint64_t>(most)));
  const BatchPtr table = RandomBatch(kSchema, rows, 20, random);
  TestContext test(kAmple, static_cast<int64_t>(1 + random.Below(50)));
  auto values = ValuesNode::Make(table);
  EXPECT_OK(values);
  const Result<PlanPtr> plan = make(*values);
  EXPECT_OK(plan);
  const auto batches = RunPlan(*plan, test.context, random);
  EXPECT_OK(batches);
  return {RowsOf(*table), batches.ok() ? RowsOf(*batches) : Rows()};
}

std::vector<std::string> Texts(const Rows& rows) {
  std::vector<std::string> texts;
  for (const Row& row : rows) texts.push_back(TextOf(row));
  return texts;
}

TEST(FilterTest, KeepsRowsForWhichTheConditionIsTrue) {
  Random random(RandomSeed());
  for (int round = 0; round < 30; ++round) {
    const auto bound = static_cast<int64_t>(random.Below(24)) - 5;
    const auto [in, out] = RunOver(300, random, [&](const PlanPtr& child) {
      return FilterNode::Make(child, Expr::Call("<", {Expr::Column("a"), Expr::Of(bound)}));
    });
    Rows expected;
    for (const Row& row : in) {
      if (!IsNull(row[0]) && std::get<int64_t>(row[0]) < bound) expected.push_back(row);
    }
    EXPECT_EQ(Texts(out), Texts(expected));
  }
}

TEST(FilterTest, ConstantsDecideAboutAllRows) {
  Random random(RandomSeed());
  for (const bool all : {true, false}) {
    const auto [in, out] = RunOver(
        300, random, [&](const PlanPtr& child) { return FilterNode::Make(child, Expr::Of(all)); });
    EXPECT_EQ(out.size(), all ? in.size() : 0);
  }
}

TEST(ProjectTest, ComputesColumns) {
  Random random(RandomSeed());
  const auto [in, out] = RunOver(300, random, [&](const PlanPtr& child) {
    return ProjectNode::Make(child,
                             {{"one", Expr::Of(int64_t{1})},
                              {"more", Expr::Call("+", {Expr::Column("a"), Expr::Of(int64_t{2})})},
                              {"text", Expr::Column("s")}});
  });
  ASSERT_EQ(out.size(), in.size());
  for (size_t i = 0; i < in.size(); ++i) {
    const Value sum = IsNull(in[i][0]) ? Value() : Value(std::get<int64_t>(in[i][0]) + 2);
    EXPECT_EQ(TextOf(out[i]), TextOf(Row{int64_t{1}, sum, in[i][1]}));
  }
}

TEST(LimitTest, TakesRowsBehindTheOffset) {
  Random random(RandomSeed());
  for (int round = 0; round < 40; ++round) {
    const auto limit = static_cast<int64_t>(random.Below(60));
    const auto offset = static_cast<int64_t>(random.Below(60));
    const bool unlimited = random.Chance(0.2);
    const auto [in, out] = RunOver(100, random, [&](const PlanPtr& child) {
      return LimitNode::Make(child, unlimited ? std::nullopt : std::optional(limit), offset);
    });
    Rows expected;
    for (size_t i = static_cast<size_t>(offset); i < in.size(); ++i) {
      if (unlimited || expected.size() < static_cast<size_t>(limit)) expected.push_back(in[i]);
    }
    EXPECT_EQ(Texts(out), Texts(expected));
  }
}

TEST(LimitTest, SaysWhenItHasAll) {
  Random random(41);
  const BatchPtr batch = RandomBatch(kSchema, 10, 20, random);
  CollectSink out(kSchema);
  const auto limit = MakeLimit(15, 0, out);
  EXPECT_FALSE(limit->Done());
  ASSERT_OK(limit->Push(batch));
  EXPECT_FALSE(limit->Done());
  ASSERT_OK(limit->Push(batch));
  EXPECT_TRUE(limit->Done());
  ASSERT_OK(limit->Finish());
  EXPECT_EQ(RowsOf(out.batches()).size(), 15u);
}

TEST(UnionTest, HasAllRowsUnderTheFirstNames) {
  Random random(RandomSeed());
  const auto [in, out] = RunOver(200, random, [&](const PlanPtr& child) -> Result<PlanPtr> {
    ASSIGN_OR_RETURN(PlanPtr first, ProjectNode::Make(child, {{"x", Expr::Column("a")}}));
    ASSIGN_OR_RETURN(PlanPtr second, ProjectNode::Make(child, {{"y", Expr::Column("a")}}));
    return UnionNode::Make({std::move(first), std::move(second)});
  });
  Rows expected;
  for (int twice = 0; twice < 2; ++twice) {
    for (const Row& row : in) expected.push_back({row[0]});
  }
  EXPECT_EQ(Texts(out), Texts(expected));
}

TEST(UnionTest, ALimitStopsAllChildren) {
  Random random(42);
  const auto [in, out] = RunOver(200, random, [&](const PlanPtr& child) -> Result<PlanPtr> {
    ASSIGN_OR_RETURN(PlanPtr both, UnionNode::Make({child, child}));
    return LimitNode::Make(std::move(both), 1);
  });
  EXPECT_EQ(out.size(), std::min<size_t>(in.size(), 1));
}

TEST(ExplodeTest, MakesARowOfEachElement) {
  Random random(RandomSeed());
  for (const bool keep_empty : {false, true}) {
    const auto [in, out] = RunOver(200, random, [&](const PlanPtr& child) {
      return ExplodeNode::Make(child, "l", keep_empty);
    });
    // The reference reads lists as texts: [1,null,3,].
    std::vector<std::string> expected;
    for (const Row& row : in) {
      const auto put = [&](const std::string& element) {
        expected.push_back(TextOf(row[0]) + " | " + TextOf(row[1]) + " | " + element + " | ");
      };
      const std::string list = IsNull(row[2]) ? "[]" : std::get<std::string>(row[2]);
      if (list == "[]" && keep_empty) put("null");
      for (size_t at = 1; at + 1 < list.size();) {
        const size_t comma = list.find(',', at);
        put(list.substr(at, comma - at));
        at = comma + 1;
      }
    }
    EXPECT_EQ(Texts(out), expected);
  }
}

}  // namespace
}  // namespace tusk::df
