#include "dataframe/exec/range_partitioner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tests/dataframe/exec/table_rows.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

SchemaPtr TableSchema() {
  return arrow::schema({arrow::field("i", arrow::int64()), arrow::field("s", arrow::utf8()),
                        arrow::field("f", arrow::float64())});
}

std::vector<SortKey> RandomKeys(Random& random) {
  std::vector<SortKey> keys;
  for (const char* name : {"i", "s", "f"}) {
    if (!keys.empty() && random.Chance(0.4)) continue;
    keys.push_back({Expr::Column(name), random.Chance(0.5), random.Chance(0.5)});
  }
  return keys;
}

std::vector<std::string> KeysOf(const BoundSortKeys& keys, const arrow::RecordBatch& batch) {
  RowKeys encoded;
  EXPECT_OK(keys.Encode(batch, &encoded));
  std::vector<std::string> texts;
  for (int64_t i = 0; i < encoded.rows(); ++i) texts.emplace_back(encoded[i]);
  return texts;
}

/// Rows of each part by the tasks that sent them, in order of tasks.
struct Divided {
  std::vector<std::vector<std::string>> keys;
  std::vector<Rows> rows;
};

Divided Divide(const std::vector<BatchPtr>& tasks, const BoundSortKeys& keys,
               const std::vector<std::string>& bounds) {
  Divided all;
  all.keys.resize(bounds.size() + 1);
  all.rows.resize(bounds.size() + 1);
  for (uint32_t t = 0; t < tasks.size(); ++t) {
    const RangePartitioner partitioner(keys, bounds, {t, static_cast<uint32_t>(tasks.size())});
    EXPECT_EQ(partitioner.parts(), bounds.size() + 1);
    std::vector<BatchPtr> parts;
    EXPECT_OK(partitioner.Partition(tasks[t], &parts));
    for (size_t p = 0; p < parts.size(); ++p) {
      if (parts[p] == nullptr) continue;
      for (std::string& key : KeysOf(keys, *parts[p])) all.keys[p].push_back(std::move(key));
      for (Row& row : RowsOf(*parts[p])) all.rows[p].push_back(std::move(row));
    }
  }
  return all;
}

// What the parts sort, one after the other, is what one task would have made of all rows.
TEST(RangePartitionerTest, PartsOneAfterTheOtherAreAStableSort) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  for (int round = 0; round < 60 && !HasFailure(); ++round) {
    ASSERT_OK_AND_ASSIGN(const BoundSortKeys keys,
                         BoundSortKeys::Make(RandomKeys(random), *TableSchema()));
    std::vector<BatchPtr> tasks;
    std::vector<std::string> sample;
    std::vector<std::pair<std::string, std::string>> expected;
    for (uint64_t t = 0; t < 1 + random.Below(5); ++t) {
      const uint64_t distinct = 1 + random.Below(round % 2 == 0 ? 3 : 1000);
      tasks.push_back(
          RandomBatch(TableSchema(), static_cast<int64_t>(random.Below(300)), distinct, random));
      const std::vector<std::string> own = KeysOf(keys, *tasks.back());
      const Rows rows = RowsOf(*tasks.back());
      for (size_t i = 0; i < own.size(); ++i) {
        expected.emplace_back(own[i], TextOf(rows[i]));
        if (random.Chance(0.2)) sample.push_back(own[i]);
      }
    }
    const auto parts = static_cast<uint32_t>(1 + random.Below(9));
    const Divided divided = Divide(tasks, keys, BoundsOf(sample, parts));
    std::vector<std::pair<std::string, std::string>> got;
    const auto sort_into = [](std::vector<std::pair<std::string, std::string>> rows) {
      std::vector<size_t> order(rows.size());
      std::iota(order.begin(), order.end(), size_t{0});
      std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
        return rows[a].first != rows[b].first ? rows[a].first < rows[b].first : a < b;
      });
      std::vector<std::pair<std::string, std::string>> sorted;
      for (const size_t i : order) sorted.push_back(rows[i]);
      return sorted;
    };
    for (size_t p = 0; p < divided.keys.size(); ++p) {
      std::vector<std::pair<std::string, std::string>> part;
      for (size_t i = 0; i < divided.keys[p].size(); ++i)
        part.emplace_back(divided.keys[p][i], TextOf(divided.rows[p][i]));
      for (auto& row : sort_into(std::move(part))) got.push_back(std::move(row));
    }
    EXPECT_EQ(got, sort_into(std::move(expected)));
  }
}

TEST(RangePartitionerTest, PartsAreAboutEqual) {
  Random random(7);
  const auto schema = arrow::schema({arrow::field("i", arrow::int64(), false)});
  ASSERT_OK_AND_ASSIGN(const BoundSortKeys keys,
                       BoundSortKeys::Make(std::vector<SortKey>{{Expr::Column("i")}}, *schema));
  const std::vector<BatchPtr> tasks = {RandomBatch(schema, 40'000, 1'000'000, random)};
  const BatchPtr some = RandomBatch(schema, 4'000, 1'000'000, random);
  const Divided divided = Divide(tasks, keys, BoundsOf(KeysOf(keys, *some), 4));
  ASSERT_EQ(divided.rows.size(), 4u);
  for (const Rows& rows : divided.rows) {
    EXPECT_GT(rows.size(), 8'500u);
    EXPECT_LT(rows.size(), 11'500u);
  }
}

TEST(RangePartitionerTest, RowsOfOneValueAreSpreadOverAllPartsInOrderOfTasks) {
  Random random(8);
  const auto schema = arrow::schema({arrow::field("i", arrow::int64(), false)});
  ASSERT_OK_AND_ASSIGN(const BoundSortKeys keys,
                       BoundSortKeys::Make(std::vector<SortKey>{{Expr::Column("i")}}, *schema));
  std::vector<BatchPtr> tasks;
  for (int t = 0; t < 8; ++t) tasks.push_back(RandomBatch(schema, 100, 1, random));
  const Divided divided = Divide(tasks, keys, BoundsOf(KeysOf(keys, *tasks[0]), 4));
  ASSERT_EQ(divided.rows.size(), 4u);
  for (const Rows& rows : divided.rows) EXPECT_EQ(rows.size(), 200u);
}

TEST(BoundsOfTest, AreFewerThanTheSampleAndShort) {
  EXPECT_TRUE(BoundsOf({}, 4).empty());
  EXPECT_TRUE(BoundsOf({"a"}, 4).empty());
  EXPECT_EQ(BoundsOf({"b", "a"}, 4), std::vector<std::string>{"b"});
  EXPECT_EQ(BoundsOf({"d", "b", "c", "a"}, 2), std::vector<std::string>{"c"});
  EXPECT_TRUE(BoundsOf({"a", "b"}, 1).empty());
  EXPECT_EQ(BoundsOf({std::string(5000, 'x'), std::string(5000, 'y')}, 2)[0].size(), 256u);
}

}  // namespace
}  // namespace tusk::df
