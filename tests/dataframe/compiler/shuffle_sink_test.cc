#include "dataframe/compiler/shuffle_sink.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <gtest/gtest.h>

#include "dataframe/exec/batch_codec.h"
#include "dataframe/type/arrow_runtime.h"

namespace tusk::df {
namespace {

BatchPtr Numbers(int64_t from, int64_t count) {
  arrow::Int64Builder builder;
  for (int64_t i = 0; i < count; ++i) EXPECT_TRUE(builder.Append(from + i).ok());
  return arrow::RecordBatch::Make(arrow::schema({arrow::field("n", arrow::int64())}), count,
                                  {builder.Finish().ValueOrDie()});
}

TEST(ShuffleSinkTest, EveryRowArrivesOnceAndEqualKeysTogether) {
  InitializeArrow();
  const SchemaPtr schema = arrow::schema({arrow::field("n", arrow::int64())});
  const BoundExprPtr key = Bind(Expr::Column("n"), *schema).value();
  std::map<int64_t, uint32_t> seen;
  size_t records = 0;
  auto partitioner = std::make_unique<const HashPartitioner>(std::vector<BoundExprPtr>{key}, 3);
  ShuffleSink sink(std::move(partitioner), 7, [&](uint32_t partition, std::string_view record) {
    ++records;
    ASSERT_EQ(record.front(), 7);
    const BatchPtr batch = DecodeBatch(AsBytes(record.substr(1)), schema).value();
    const auto& numbers = static_cast<const arrow::Int64Array&>(*batch->column(0));
    for (int64_t i = 0; i < numbers.length(); ++i) {
      const auto [at, added] = seen.emplace(numbers.Value(i), partition);
      EXPECT_TRUE(added) << numbers.Value(i);
    }
  });
  for (int64_t i = 0; i < 100; ++i) ASSERT_TRUE(sink.Push(Numbers(i * 1000, 1000)).ok());
  ASSERT_TRUE(sink.Finish().ok());
  EXPECT_EQ(seen.size(), 100'000U);
  // Pieces are gathered: 300 of them came in.
  EXPECT_LT(records, 30U);
}

TEST(ShuffleSinkTest, OfLongTextsARecordHasFewRows) {
  InitializeArrow();
  const auto schema = arrow::schema({arrow::field("s", arrow::utf8())});
  const std::string text(100'000, 'x');
  size_t longest = 0;
  ShuffleSink sink(
      std::make_unique<const HashPartitioner>(std::vector<BoundExprPtr>{}, 1), 7,
      [&](uint32_t, std::string_view record) { longest = std::max(longest, record.size()); });
  for (int i = 0; i < 200; ++i) {
    arrow::StringBuilder builder;
    ASSERT_TRUE(builder.Append(text).ok());
    ASSERT_TRUE(
        sink.Push(arrow::RecordBatch::Make(schema, 1, {builder.Finish().ValueOrDie()})).ok());
  }
  ASSERT_TRUE(sink.Finish().ok());
  EXPECT_GT(longest, 4'000'000U);
  EXPECT_LT(longest, 5'000'000U);
}

}  // namespace
}  // namespace tusk::df
