#include "mapreduce/sort/combine_table.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "mapreduce/sort/arena.h"
#include "tests/support/status_matchers.h"

namespace tusk::mapreduce {
namespace {

using Counts = std::map<std::string, int64_t>;

class CombineTableTest : public testing::Test {
 protected:
  void Reset(size_t memory, FoldKind kind, uint64_t expected_keys) {
    ASSERT_OK(arena_.Reserve(memory));
    table_.Reset({arena_.data(), memory}, kind, expected_keys);
  }

  /// What the table holds; checks that sorting its entries gives the order of keys.
  Counts Drain() {
    const std::span<SortEntry> entries = table_.Collect();
    SortEntries(entries, table_);
    Counts counts;
    std::string last;
    for (const SortEntry& entry : entries) {
      table_.Prefetch(entry.reference);
      std::string key(AsText(table_.KeyOf(entry.reference)));
      EXPECT_TRUE(counts.empty() || last < key);
      counts[key] = static_cast<int64_t>(table_.ValueOf(entry.reference));
      last = std::move(key);
    }
    table_.Clear();
    return counts;
  }

  Arena arena_;
  CombineTable table_;
};

/// A key of any length from 0 to `longest`, with zeros among its bytes: padding must not count.
std::string RandomKey(Random& random, uint64_t different, size_t longest) {
  Random of_key(random.Below(different));
  std::string key(of_key.Below(longest + 1), '\0');
  for (char& c : key) c = static_cast<char>(of_key.Below(3) == 0 ? 0 : of_key.Below(256));
  return key;
}

TEST_F(CombineTableTest, SumsAgreeWithAMap) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(seed);
  Random random(seed);
  for (int round = 0; round < 12; ++round) {
    Reset(size_t{1} << 20, FoldKind::kSumInt64, random.Below(5000));
    const uint64_t different = 1 + random.Below(20'000);
    Counts expected, found;
    const auto add_all = [&found](const Counts& part) {
      for (const auto& [key, count] : part) found[key] += count;
    };
    for (int i = 0; i < 20'000; ++i) {
      const std::string key = RandomKey(random, different, 24);
      const auto operand = static_cast<int64_t>(random.Below(2000)) - 1000;
      expected[key] += operand;
      if (table_.full() && !table_.Grow()) add_all(Drain());
      if (key.size() <= CombineTable::kShortKeyBytes) {
        table_.AddShort(AsBytes(key), ToFoldWord(operand));
      } else if (!table_.AddLong(AsBytes(key), ToFoldWord(operand))) {
        add_all(Drain());
        ASSERT_TRUE(table_.AddLong(AsBytes(key), ToFoldWord(operand)));
      }
    }
    add_all(Drain());
    ASSERT_EQ(found, expected);
  }
}

TEST_F(CombineTableTest, EveryKindFolds) {
  const auto fold = [this](FoldKind kind, std::vector<FoldWord> operands) {
    Reset(size_t{1} << 20, kind, 10);
    for (const FoldWord operand : operands)
      table_.AddShort(AsBytes(std::string_view("k")), operand);
    return table_.ValueOf(table_.Collect()[0].reference);
  };
  const auto i = [](int64_t value) { return ToFoldWord(value); };
  const auto d = [](double value) { return ToFoldWord(value); };
  EXPECT_EQ(fold(FoldKind::kSumInt64, {i(2), i(-5), i(1)}), i(-2));
  EXPECT_EQ(fold(FoldKind::kMinInt64, {i(2), i(-5), i(1)}), i(-5));
  EXPECT_EQ(fold(FoldKind::kMaxInt64, {i(-2), i(-5), i(-1)}), i(-1));
  EXPECT_EQ(fold(FoldKind::kSumDouble, {d(0.5), d(-2)}), d(-1.5));
  EXPECT_EQ(fold(FoldKind::kMinDouble, {d(0.5), d(-2)}), d(-2));
  EXPECT_EQ(fold(FoldKind::kMaxDouble, {d(-0.5), d(-2)}), d(-0.5));
}

TEST_F(CombineTableTest, FullWithinTheMemoryGiven) {
  Reset(size_t{64} << 10, FoldKind::kSumInt64, 1);
  uint64_t added = 0;
  while (!table_.full() || table_.Grow()) {
    const std::string key = std::to_string(added++);
    table_.AddShort(AsBytes(key), 1);
  }
  EXPECT_GE(added, 512U);
  EXPECT_EQ(Drain().size(), added);
  EXPECT_FALSE(table_.full());
}

}  // namespace
}  // namespace tusk::mapreduce
