#include "dataframe/exec/skew_partitioner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "dataframe/exec/key_hash.h"
#include "tests/dataframe/exec/table_rows.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

constexpr uint32_t kParts = 5;

/// Rows of one column with few values and nulls; the first row's value and null are hot.
class SkewPartitionerTest : public testing::Test {
 protected:
  SkewPartitionerTest() {
    Random random(4);
    batch_ = RandomBatch(arrow::schema({arrow::field("i", arrow::int64())}), 2000, 10, random);
    EXPECT_OK(HashRows(batch_->columns(), batch_->num_rows(), kShuffleSeed, &hashes_));
    const auto null_row = [this] {
      int64_t row = 0;
      while (batch_->column(0)->IsValid(row)) ++row;
      return static_cast<size_t>(row);
    }();
    hot_ = {std::min(hashes_[0], hashes_[null_row]), std::max(hashes_[0], hashes_[null_row])};
    keys_ = {Bind(Expr::Column("i"), *batch_->schema()).value()};
  }

  bool IsHot(uint64_t hash) const { return hash == hot_[0] || hash == hot_[1]; }
  std::vector<BatchPtr> Divide(const Partitioner& partitioner) const {
    std::vector<BatchPtr> divided;
    EXPECT_OK(partitioner.Partition(batch_, &divided));
    EXPECT_EQ(divided.size(), kParts);
    return divided;
  }
  /// How often each part has each hash.
  static std::vector<std::map<uint64_t, int64_t>> Counts(const std::vector<BatchPtr>& parts) {
    std::vector<std::map<uint64_t, int64_t>> counts;
    for (const BatchPtr& part : parts) {
      counts.emplace_back();
      if (part == nullptr) continue;
      std::vector<uint64_t> hashes;
      EXPECT_OK(HashRows(part->columns(), part->num_rows(), kShuffleSeed, &hashes));
      for (const uint64_t hash : hashes) ++counts.back()[hash];
    }
    return counts;
  }

  BatchPtr batch_;
  std::vector<uint64_t> hashes_;
  std::vector<uint64_t> hot_;
  std::vector<BoundExprPtr> keys_;
};

TEST_F(SkewPartitionerTest, HotRowsAreSpreadOnceOrCopiedToAllAndOthersStayWhereTheyAre) {
  std::map<uint64_t, int64_t> all;
  for (const uint64_t hash : hashes_) ++all[hash];
  const auto plain = Counts(Divide(HashPartitioner(keys_, kParts)));
  const auto spread =
      Counts(Divide(SkewPartitioner(keys_, kParts, hot_, HotRows::kSpread, {3, 4})));
  const auto copied = Counts(Divide(SkewPartitioner(keys_, kParts, hot_, HotRows::kCopy, {3, 4})));
  for (const auto& [hash, count] : all) {
    int64_t sum = 0;
    for (uint32_t part = 0; part < kParts; ++part) {
      const auto in = [&](const std::vector<std::map<uint64_t, int64_t>>& counts) {
        const auto found = counts[part].find(hash);
        return found == counts[part].end() ? 0 : found->second;
      };
      sum += in(spread);
      EXPECT_EQ(in(copied), IsHot(hash) ? count : in(plain));
      if (IsHot(hash)) {
        EXPECT_NEAR(static_cast<double>(in(spread)), static_cast<double>(count) / kParts, 20);
      } else {
        EXPECT_EQ(in(spread), in(plain));
      }
    }
    EXPECT_EQ(sum, count);
  }
}

TEST_F(SkewPartitionerTest, WithoutHotKeysItIsTheHash) {
  EXPECT_EQ(Counts(Divide(SkewPartitioner(keys_, kParts, {}, HotRows::kCopy, {0, 1}))),
            Counts(Divide(HashPartitioner(keys_, kParts))));
}

}  // namespace
}  // namespace tusk::df
