#include "dataframe/exec/operator/bloom.h"

#include <set>
#include <string>

#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/dataframe/exec/table_rows.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

using ::testing::HasSubstr;

const SchemaPtr kKeys =
    arrow::schema({arrow::field("k", arrow::int64()), arrow::field("s", arrow::utf8())});
const SchemaPtr kRows =
    arrow::schema({arrow::field("n", arrow::int64()), arrow::field("a", arrow::int64()),
                   arrow::field("t", arrow::utf8())});

PlanPtr Values(const BatchPtr& rows) { return ValuesNode::Make(rows).value(); }

/// The filter of `keys` as a query makes it: parts of several tasks, merged.
PlanPtr FilterOf(const std::vector<BatchPtr>& keys, int64_t expected) {
  std::vector<PlanPtr> parts;
  for (const BatchPtr& some : keys)
    parts.push_back(BloomBuildNode::Make(Values(some), expected).value());
  return BloomBuildNode::MakeMerge(UnionNode::Make(parts).value(), expected).value();
}

std::string KeyText(const Value& number, const Value& text) { return TextOf(Row{number, text}); }

TEST(BloomProbeTest, KeepsEveryRowWithAKeyOfTheFilterInOrder) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  for (int round = 0; round < 20; ++round) {
    std::vector<BatchPtr> keys;
    std::set<std::string> in;
    for (uint64_t i = 0; i <= random.Below(3); ++i) {
      keys.push_back(RandomBatch(kKeys, static_cast<int64_t>(1 + random.Below(50)), 8, random));
      for (const Row& row : RowsOf(*keys.back())) in.insert(KeyText(row[0], row[1]));
    }
    const BatchPtr rows = RandomBatch(kRows, static_cast<int64_t>(random.Below(400)), 12, random);
    TestContext test(kAmple, static_cast<int64_t>(1 + random.Below(50)));
    ASSERT_OK_AND_ASSIGN(const PlanPtr plan,
                         BloomProbeNode::Make(Values(rows), FilterOf(keys, 100),
                                              {Expr::Column("a"), Expr::Column("t")}, 100));
    ASSERT_OK_AND_ASSIGN(const auto batches, RunPlan(plan, test.context, random));
    Rows expected;
    for (const Row& row : RowsOf(*rows)) {
      if (in.contains(KeyText(row[1], row[2]))) expected.push_back(row);
    }
    // With so few keys nothing else comes through but by a chance of one in millions.
    const Rows out = RowsOf(batches);
    ASSERT_EQ(out.size(), expected.size());
    for (size_t i = 0; i < out.size(); ++i) EXPECT_EQ(TextOf(out[i]), TextOf(expected[i]));
  }
}

TEST(BloomProbeTest, AnEmptyFilterLetsNothingThrough) {
  Random random(RandomSeed());
  TestContext test(kAmple);
  const BatchPtr none = RandomBatch(kKeys, 0, 5, random);
  const BatchPtr rows = RandomBatch(kRows, 100, 5, random);
  ASSERT_OK_AND_ASSIGN(const PlanPtr plan,
                       BloomProbeNode::Make(Values(rows), FilterOf({none}, 10),
                                            {Expr::Column("a"), Expr::Column("t")}, 10));
  ASSERT_OK_AND_ASSIGN(const auto batches, RunPlan(plan, test.context, random));
  EXPECT_TRUE(batches.empty());
}

TEST(BloomProbeTest, HoldsTheFilterInTheTasksBudget) {
  Random random(RandomSeed());
  TestContext test(kAmple);
  constexpr int64_t kMany = 1'000'000;
  const BatchPtr keys = RandomBatch(kKeys, 10, 5, random);
  const BatchPtr rows = RandomBatch(kRows, 100, 5, random);
  ASSERT_OK_AND_ASSIGN(const PlanPtr plan,
                       BloomProbeNode::Make(Values(rows), FilterOf({keys}, kMany),
                                            {Expr::Column("a"), Expr::Column("t")}, kMany));
  ASSERT_OK(RunPlan(plan, test.context, random));
  EXPECT_GT(test.budget.peak(), kMany);
  EXPECT_LT(test.budget.peak(), 2 * kMany);
}

TEST(BloomProbeTest, BytesThatAreNoFilterAreCorrupt) {
  Random random(RandomSeed());
  TestContext test(kAmple);
  arrow::Int64Builder segments;
  arrow::BinaryBuilder bits;
  ASSERT_TRUE(segments.Append(5).ok() && bits.Append("1234567").ok());
  const auto batch =
      arrow::RecordBatch::Make(BloomSchema(), 1, {*segments.Finish(), *bits.Finish()});
  const BatchPtr rows = RandomBatch(kRows, 100, 5, random);
  ASSERT_OK_AND_ASSIGN(const PlanPtr plan,
                       BloomProbeNode::Make(Values(rows), Values(batch), {Expr::Column("a")}, 10));
  const auto batches = RunPlan(plan, test.context, random);
  EXPECT_EQ(batches.status().code(), StatusCode::kCorruption);
  EXPECT_THAT(batches.status().message(), HasSubstr("Bloom filter"));
}

TEST(BloomNodesTest, WhatDoesNotFitIsRefused) {
  Random random(RandomSeed());
  const PlanPtr keys = Values(RandomBatch(kKeys, 3, 3, random));
  const PlanPtr filter = FilterOf({RandomBatch(kKeys, 3, 3, random)}, 3);
  EXPECT_FALSE(BloomBuildNode::Make(keys, -1).ok());
  EXPECT_FALSE(BloomBuildNode::MakeMerge(keys, 3).ok());
  EXPECT_FALSE(BloomProbeNode::Make(keys, keys, {Expr::Column("k")}, 3).ok());
  EXPECT_FALSE(BloomProbeNode::Make(keys, filter, {}, 3).ok());
  EXPECT_FALSE(BloomProbeNode::Make(keys, filter, {Expr::Column("unknown")}, 3).ok());
  EXPECT_TRUE(BloomProbeNode::Make(keys, filter, {Expr::Column("k")}, 3).ok());
}

}  // namespace
}  // namespace tusk::df
