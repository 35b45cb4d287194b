#include "dataframe/compiler/table_batch.h"

#include <vector>

#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <gtest/gtest.h>

namespace tusk::df {
namespace {

using Codec = mapreduce::ValueCodec<TableBatch>;

TEST(TableBatchTest, ComesBackFromItsBytes) {
  arrow::StringBuilder builder;
  ASSERT_TRUE(builder.AppendValues({"a", "", "ü"}).ok());
  ASSERT_TRUE(builder.AppendNull().ok());
  const TableBatch value{arrow::RecordBatch::Make(arrow::schema({arrow::field("s", arrow::utf8())}),
                                                  4, {builder.Finish().ValueOrDie()})};
  for (const bool last : {false, true}) {
    std::vector<uint8_t> bytes(Codec::Bound(value));
    const uint8_t* const end = Codec::Put(bytes.data(), value, last);
    TableBatch back;
    ASSERT_EQ(Codec::Get(bytes.data(), end, last, &back), end);
    EXPECT_TRUE(back.batch->Equals(*value.batch));
  }
}

TEST(TableBatchTest, OtherBytesAreRefused) {
  const std::vector<uint8_t> bytes(40, 17);
  TableBatch back;
  EXPECT_EQ(Codec::Get(bytes.data(), bytes.data() + bytes.size(), true, &back), nullptr);
}

}  // namespace
}  // namespace tusk::df
