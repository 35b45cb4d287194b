#include "dataframe/exec/operator/sort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tests/dataframe/exec/table_rows.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

const std::vector<std::pair<std::string, TypePtr>> kColumns = {
    {"i", arrow::int64()},           {"s", arrow::utf8()},
    {"f", arrow::float64()},         {"b", arrow::boolean()},
    {"d", arrow::decimal128(20, 2)}, {"t", arrow::date32()},
};

SchemaPtr TableSchema() {
  arrow::FieldVector fields;
  for (const auto& [name, type] : kColumns) fields.push_back(arrow::field(name, type));
  return arrow::schema(std::move(fields));
}

struct KeyChoice {
  size_t column;
  bool descending;
  bool nulls_first;
};

std::vector<KeyChoice> RandomKeys(Random& random) {
  std::vector<KeyChoice> keys(1 + random.Below(3));
  for (KeyChoice& key : keys) {
    key = {random.Below(kColumns.size()), random.Chance(0.5), random.Chance(0.5)};
  }
  return keys;
}

bool Before(const std::vector<KeyChoice>& keys, const Row& a, const Row& b) {
  for (const KeyChoice& key : keys) {
    const Value& x = a[key.column];
    const Value& y = b[key.column];
    if (IsNull(x) && IsNull(y)) continue;
    if (IsNull(x) || IsNull(y)) return IsNull(x) == key.nulls_first;
    const int order = CompareValues(x, y);
    if (order != 0) return (order < 0) != key.descending;
  }
  return false;
}

// Sorts a random table as a plan and row by row. True when there was a spill.
bool RunCase(int64_t budget, int64_t most_rows, bool limited, Random& random) {
  const auto rows = static_cast<int64_t>(random.Below(static_cast<uint64_t>(most_rows) + 1));
  const BatchPtr table = RandomBatch(TableSchema(), rows, 1 + random.Below(100), random);
  const std::vector<KeyChoice> keys = RandomKeys(random);
  std::vector<SortKey> sort_keys;
  for (const KeyChoice& key : keys) {
    sort_keys.push_back(
        {Expr::Column(kColumns[key.column].first), key.descending, key.nulls_first});
  }
  std::optional<int64_t> limit;
  int64_t offset = 0;
  if (limited) {
    limit = static_cast<int64_t>(random.Below(random.Chance(0.5) ? 10 : 5000));
    offset = static_cast<int64_t>(random.Below(random.Chance(0.5) ? 1 : 100));
  }
  auto values = ValuesNode::Make(table);
  EXPECT_OK(values);
  const auto plan = SortNode::Make(*values, sort_keys, limit, offset);
  EXPECT_OK(plan);
  if (!plan.ok()) return false;
  TestContext test(budget, static_cast<int64_t>(1 + random.Below(2000)));
  const auto batches = RunPlan(*plan, test.context, random);
  EXPECT_OK(batches);
  if (!batches.ok()) return false;

  const Rows expected =
      SortedStably(RowsOf(*table), [&](const Row& a, const Row& b) { return Before(keys, a, b); });
  const auto begin = std::min<size_t>(static_cast<size_t>(offset), expected.size());
  const auto end = limit.has_value()
                       ? std::min<size_t>(begin + static_cast<size_t>(*limit), expected.size())
                       : expected.size();
  const Rows got = RowsOf(*batches);
  EXPECT_EQ(got.size(), end - begin);
  for (size_t i = 0; i < got.size() && !testing::Test::HasFailure(); ++i) {
    EXPECT_EQ(TextOf(got[i]), TextOf(expected[begin + i])) << "row " << i;
  }
  EXPECT_EQ(test.budget.used(), 0);
  return test.context.spilled_rows > 0;
}

TEST(SortTest, IsAStableSort) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  for (int round = 0; round < 40 && !HasFailure(); ++round) {
    EXPECT_FALSE(RunCase(kAmple, round < 10 ? 5 : 2000, false, random));
  }
}

TEST(SortTest, MergesWhatItSpills) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  bool spilled = false;
  for (int round = 0; round < 20 && !HasFailure(); ++round) {
    spilled |= RunCase(20'000, 5000, false, random);
  }
  EXPECT_TRUE(spilled);
}

TEST(SortTest, TheFirstRowsAreThoseOfTheWholeOrder) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  bool spilled = false;
  for (int round = 0; round < 40 && !HasFailure(); ++round) {
    EXPECT_FALSE(RunCase(kAmple, round < 10 ? 5 : 20'000, true, random));
    spilled |= RunCase(20'000, 10'000, true, random);
  }
  EXPECT_TRUE(spilled);
}

// More runs than are merged at once, and than are left lying about.
TEST(SortTest, MergesInSeveralPasses) {
  Random random(21);
  const SchemaPtr schema = arrow::schema({arrow::field("i", arrow::int64())});
  const BatchPtr table = RandomBatch(schema, 60'000, 1'000'000, random);
  ASSERT_OK_AND_ASSIGN(const PlanPtr values, ValuesNode::Make(table));
  ASSERT_OK_AND_ASSIGN(const PlanPtr plan, SortNode::Make(values, {{.expr = Expr::Column("i")}}));
  TestContext test(1000, 1000);
  CollectSink out(schema);
  ASSERT_OK_AND_ASSIGN(const auto sort, MakeSort(As<SortNode>(*plan), test.context, out));
  for (int64_t at = 0; at < table->num_rows(); at += 100) {
    ASSERT_OK(sort->Push(table->Slice(at, 100)));
  }
  ASSERT_OK(sort->Finish());
  EXPECT_GT(test.context.spilled_rows, 120'000);
  const Rows got = RowsOf(out.batches());
  ASSERT_EQ(got.size(), 60'000u);
  for (size_t i = 1; i < got.size(); ++i) {
    ASSERT_FALSE(IsNull(got[i - 1][0]) && !IsNull(got[i][0])) << i;
    if (!IsNull(got[i][0])) {
      ASSERT_LE(std::get<int64_t>(got[i - 1][0]), std::get<int64_t>(got[i][0])) << i;
    }
  }
}

TEST(SortTest, ALimitHoldsLittle) {
  Random random(22);
  const BatchPtr table = RandomBatch(TableSchema(), 200'000, 1'000'000, random);
  ASSERT_OK_AND_ASSIGN(const PlanPtr values, ValuesNode::Make(table));
  ASSERT_OK_AND_ASSIGN(const PlanPtr plan,
                       SortNode::Make(values, {{.expr = Expr::Column("i")}}, 10));
  TestContext test(kAmple, 1000);
  CollectSink out(plan->schema());
  ASSERT_OK_AND_ASSIGN(const auto sort, MakeSort(As<SortNode>(*plan), test.context, out));
  for (int64_t at = 0; at < table->num_rows(); at += 1000) {
    ASSERT_OK(sort->Push(table->Slice(at, 1000)));
  }
  ASSERT_OK(sort->Finish());
  EXPECT_EQ(RowsOf(out.batches()).size(), 10u);
  EXPECT_LT(test.budget.peak(), 2'000'000);
}

}  // namespace
}  // namespace tusk::df
