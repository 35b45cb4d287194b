#include "dataframe/exec/operator/hash_aggregate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>

#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "dataframe/exec/group_keeper.h"
#include "tests/dataframe/exec/table_rows.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

const SchemaPtr kSchema = arrow::schema(
    {arrow::field("i", arrow::int64()), arrow::field("s", arrow::utf8()),
     arrow::field("f", arrow::float64()), arrow::field("l", arrow::list(arrow::int64())),
     arrow::field("v", arrow::int64()), arrow::field("d", arrow::decimal128(20, 2))});
constexpr size_t kKeyColumns = 4;
constexpr size_t kValue = 4;
constexpr size_t kDecimal = 5;

std::vector<AggregateCall> Calls() {
  const ExprPtr v = Expr::Column("v");
  const ExprPtr d = Expr::Column("d");
  const auto call = [](std::string function, std::vector<ExprPtr> args, std::string name,
                       ExprPtr filter = nullptr) {
    AggregateCall made;
    made.function = std::move(function);
    made.args = std::move(args);
    made.name = std::move(name);
    made.filter = std::move(filter);
    return made;
  };
  return {call("count", {}, "rows"),
          call("count", {v}, "values"),
          call("sum", {v}, "sum"),
          call("sum", {d}, "decimals"),
          call("min", {v}, "least"),
          call("max", {v}, "most"),
          call("count", {}, "positive", Expr::Call(">", {v, Expr::Of(int64_t{0})}))};
}

// The groups, row by row.
Rows Reference(const Rows& table, const std::vector<size_t>& keys) {
  struct Group {
    Row key;
    int64_t rows = 0;
    int64_t values = 0;
    int64_t positive = 0;
    Value sum;
    Value decimals;
    Value least;
    Value most;
  };
  std::map<std::string, Group> groups;
  if (keys.empty()) groups[""];
  for (const Row& row : table) {
    Row key;
    for (const size_t column : keys) key.push_back(row[column]);
    Group& group = groups[TextOf(key)];
    group.key = key;
    ++group.rows;
    if (const auto* d = std::get_if<DecimalValue>(&row[kDecimal])) {
      const __int128 before =
          IsNull(group.decimals) ? 0 : std::get<DecimalValue>(group.decimals).digits;
      group.decimals = DecimalValue{before + d->digits};
    }
    const auto* v = std::get_if<int64_t>(&row[kValue]);
    if (v == nullptr) continue;
    ++group.values;
    group.positive += *v > 0 ? 1 : 0;
    group.sum = (IsNull(group.sum) ? 0 : std::get<int64_t>(group.sum)) + *v;
    if (IsNull(group.least) || *v < std::get<int64_t>(group.least)) group.least = *v;
    if (IsNull(group.most) || *v > std::get<int64_t>(group.most)) group.most = *v;
  }
  Rows rows;
  for (const auto& [text, group] : groups) {
    Row row = group.key;
    row.insert(row.end(), {group.rows, group.values, group.sum, group.decimals, group.least,
                           group.most, group.positive});
    rows.push_back(row);
  }
  return rows;
}

// The calls as a partial aggregation over `table` has them: with the types of their arguments.
std::vector<AggregateCall> BoundCalls(const BatchPtr& table) {
  const PlanPtr values = ValuesNode::Make(table).value();
  return As<AggregateNode>(*AggregateNode::Make(values, {}, Calls()).value()).aggregates();
}

struct AggregateCase {
  std::vector<size_t> keys;
  bool two_phases = false;
  int64_t budget = kAmple;
  GroupKeeper* keeper = nullptr;
};

// Keeps groups in memory.
class CollectGroups final : public GroupKeeper {
 public:
  explicit CollectGroups(int64_t limit = kAmple) : left_(limit) {}
  bool Wants(int64_t bytes) override {
    left_ -= bytes;
    return left_ >= 0;
  }
  void Keep(const BatchPtr& states) override { batches_.push_back(states); }
  void Finish() override { finished_ = true; }
  const std::vector<BatchPtr>& batches() const { return batches_; }
  bool finished() const { return finished_; }

 private:
  int64_t left_;
  std::vector<BatchPtr> batches_;
  bool finished_ = false;
};

// True when there was a spill.
bool RunCase(const AggregateCase& wanted, const BatchPtr& table, Random& random) {
  std::vector<NamedExpr> keys;
  for (const size_t column : wanted.keys) {
    const std::string& name = kSchema->field(static_cast<int>(column))->name();
    keys.push_back({"key " + name, Expr::Column(name)});
  }
  auto plan = ValuesNode::Make(table);
  EXPECT_OK(plan);
  if (wanted.two_phases) {
    plan = AggregateNode::Make(*plan, keys, Calls(), AggregateMode::kPartial);
    EXPECT_OK(plan);
    if (!plan.ok()) return false;
    const auto calls = As<AggregateNode>(**plan).aggregates();
    for (NamedExpr& key : keys) key.expr = Expr::Column(key.name);
    plan = AggregateNode::Make(*plan, keys, calls, AggregateMode::kFinal);
  } else {
    plan = AggregateNode::Make(*plan, keys, Calls());
  }
  EXPECT_OK(plan);
  if (!plan.ok()) return false;
  TestContext test(wanted.budget, static_cast<int64_t>(1 + random.Below(500)));
  test.context.keeper = wanted.keeper;
  const auto batches = RunPlan(*plan, test.context, random);
  EXPECT_OK(batches);
  if (!batches.ok()) return false;
  EXPECT_EQ(SortedTexts(RowsOf(*batches)), SortedTexts(Reference(RowsOf(*table), wanted.keys)));
  for (const BatchPtr& batch : *batches) EXPECT_LE(batch->num_rows(), test.context.batch_rows);
  EXPECT_EQ(test.budget.used(), 0);
  return test.context.spilled_rows > 0;
}

std::vector<size_t> RandomKeys(Random& random) {
  std::vector<size_t> keys;
  for (size_t column = 0; column < kKeyColumns; ++column) {
    if (random.Chance(0.4)) keys.push_back(column);
  }
  return keys;
}

TEST(HashAggregateTest, MatchesGroupsMadeRowByRow) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  for (int round = 0; round < 60 && !HasFailure(); ++round) {
    const auto rows = static_cast<int64_t>(random.Below(round < 20 ? 4 : 1500));
    const BatchPtr table = RandomBatch(kSchema, rows, 1 + random.Below(60), random);
    EXPECT_FALSE(RunCase({RandomKeys(random), random.Chance(0.5)}, table, random));
  }
}

TEST(HashAggregateTest, MatchesWhenItSpills) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  int spills = 0;
  for (int round = 0; round < 30 && !HasFailure(); ++round) {
    const BatchPtr table = RandomBatch(kSchema, 3000, 1 + random.Below(3000), random);
    const bool spilled = RunCase({RandomKeys(random), random.Chance(0.5), 20'000}, table, random);
    spills += spilled ? 1 : 0;
  }
  EXPECT_GT(spills, 5);
}

// Kept groups of a table, merged with the states of nothing, are its groups once more.
TEST(HashAggregateTest, KeptGroupsAreWorthTheRowsThatTheyWereMadeOf) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  for (int round = 0; round < 40 && !HasFailure(); ++round) {
    const BatchPtr table = RandomBatch(kSchema, static_cast<int64_t>(random.Below(2000)),
                                       1 + random.Below(900), random);
    const std::vector<size_t> keys = RandomKeys(random);
    CollectGroups kept;
    RunCase({keys, true, round % 2 == 0 ? kAmple : 20'000, &kept}, table, random);
    ASSERT_TRUE(kept.finished());
    std::vector<NamedExpr> named;
    for (const size_t column : keys) {
      const std::string name = "key " + kSchema->field(static_cast<int>(column))->name();
      named.push_back({name, Expr::Column(name)});
    }
    std::vector<PlanPtr> pieces;
    for (const BatchPtr& batch : kept.batches()) {
      ASSERT_OK_AND_ASSIGN(pieces.emplace_back(), ValuesNode::Make(batch));
    }
    if (pieces.empty()) continue;
    ASSERT_OK_AND_ASSIGN(const PlanPtr states, UnionNode::Make(pieces));
    ASSERT_OK_AND_ASSIGN(const auto plan, AggregateNode::Make(states, named, BoundCalls(table),
                                                              AggregateMode::kFinal));
    TestContext test(kAmple);
    ASSERT_OK_AND_ASSIGN(const auto batches, RunPlan(plan, test.context, random));
    EXPECT_EQ(SortedTexts(RowsOf(batches)), SortedTexts(Reference(RowsOf(*table), keys)));
  }
}

TEST(HashAggregateTest, AKeeperThatWantsNoMoreChangesNothing) {
  Random random(35);
  const BatchPtr table = RandomBatch(kSchema, 2000, 900, random);
  CollectGroups kept(1);
  RunCase({{0, 1}, true, 20'000, &kept}, table, random);
  EXPECT_TRUE(kept.batches().empty());
}

// Nobody wants rows any more, but the groups are wanted.
TEST(HashAggregateTest, GroupsAreKeptBehindALimit) {
  Random random(36);
  const BatchPtr table = RandomBatch(kSchema, 2000, 900, random);
  ASSERT_OK_AND_ASSIGN(const PlanPtr values, ValuesNode::Make(table));
  ASSERT_OK_AND_ASSIGN(PlanPtr plan, AggregateNode::Make(values, {{"k", Expr::Column("i")}},
                                                         Calls(), AggregateMode::kPartial));
  ASSERT_OK_AND_ASSIGN(plan, AggregateNode::Make(plan, {{"k", Expr::Column("k")}},
                                                 BoundCalls(table), AggregateMode::kFinal));
  ASSERT_OK_AND_ASSIGN(plan, LimitNode::Make(plan, 0));
  CollectGroups kept;
  TestContext test(kAmple);
  test.context.keeper = &kept;
  ASSERT_OK_AND_ASSIGN(const auto batches, RunPlan(plan, test.context, random));
  EXPECT_TRUE(batches.empty());
  EXPECT_TRUE(kept.finished());
  EXPECT_EQ(RowsOf(kept.batches()).size(), Reference(RowsOf(*table), {0}).size());
}

TEST(HashAggregateTest, OneGroupDoesNotSpill) {
  Random random(31);
  const BatchPtr table = RandomBatch(kSchema, 2000, 100, random);
  EXPECT_FALSE(RunCase({{}, false, 1}, table, random));
  EXPECT_FALSE(RunCase({{}, true, 1}, table, random));
}

// Partial groups over the budget are handed on, and come together behind.
TEST(HashAggregateTest, PartialGroupsNeverSpill) {
  Random random(32);
  const BatchPtr table = RandomBatch(kSchema, 5000, 5000, random);
  ASSERT_OK_AND_ASSIGN(const PlanPtr values, ValuesNode::Make(table));
  ASSERT_OK_AND_ASSIGN(const PlanPtr plan, AggregateNode::Make(values, {{"k", Expr::Column("i")}},
                                                               Calls(), AggregateMode::kPartial));
  TestContext test(10'000, 1000);
  ASSERT_OK_AND_ASSIGN(const auto batches, RunPlan(plan, test.context, random));
  EXPECT_EQ(test.context.spilled_rows, 0);
  EXPECT_GT(RowsOf(batches).size(), 3200u);  // more than the distinct keys
}

// When nearly every row is a group of its own, grouping in the map is given up.
TEST(HashAggregateTest, GroupingThatDoesNotPayIsGivenUp) {
  const SchemaPtr schema = arrow::schema({arrow::field("i", arrow::int64())});
  arrow::Int64Builder builder;
  constexpr int64_t kRows = 400'000;
  for (int64_t i = 0; i < kRows; ++i) ASSERT_TRUE(builder.Append(i % 300'000).ok());
  const BatchPtr table = arrow::RecordBatch::Make(schema, kRows, {*builder.Finish()});
  ASSERT_OK_AND_ASSIGN(const PlanPtr values, ValuesNode::Make(table));
  AggregateCall count;
  count.function = "count";
  count.name = "n";
  ASSERT_OK_AND_ASSIGN(
      const PlanPtr partial,
      AggregateNode::Make(values, {{"k", Expr::Column("i")}}, {count}, AggregateMode::kPartial));
  TestContext test(kAmple, 10'000);
  CollectSink out(partial->schema());
  ASSERT_OK_AND_ASSIGN(const auto step,
                       MakeHashAggregate(As<AggregateNode>(*partial), test.context, out));
  for (int64_t at = 0; at < kRows; at += 10'000) ASSERT_OK(step->Push(table->Slice(at, 10'000)));
  ASSERT_OK(step->Finish());
  int64_t rows = 0;
  int64_t counted = 0;
  for (const Row& row : RowsOf(out.batches())) {
    ++rows;
    counted += std::get<int64_t>(row[1]);
  }
  EXPECT_EQ(counted, kRows);
  EXPECT_EQ(rows, kRows);  // no key is met twice within the rows that are grouped at first
  EXPECT_LT(test.budget.peak(), 20'000'000);
}

}  // namespace
}  // namespace tusk::df
