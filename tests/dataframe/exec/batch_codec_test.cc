#include "dataframe/exec/batch_codec.h"

#include <gtest/gtest.h>

#include <string>

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tests/dataframe/exec/table_rows.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {
namespace {

const SchemaPtr kSchema = arrow::schema(
    {arrow::field("b", arrow::boolean()), arrow::field("i", arrow::int32()),
     arrow::field("f", arrow::float64()), arrow::field("s", arrow::utf8()),
     arrow::field("d", arrow::decimal128(20, 2)), arrow::field("l", arrow::list(arrow::int64())),
     arrow::field("n", arrow::int64(), false)});

TEST(BatchCodecTest, BringsBackSlices) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  for (int round = 0; round < 50; ++round) {
    const BatchPtr whole =
        RandomBatch(kSchema, static_cast<int64_t>(random.Below(200)), 30, random);
    const auto at =
        static_cast<int64_t>(random.Below(static_cast<uint64_t>(whole->num_rows()) + 1));
    const BatchPtr batch = whole->Slice(at, static_cast<int64_t>(random.Below(100)));
    std::string bytes = "in front";
    const auto compression = random.Chance(0.5) ? BatchCompression::kLz4 : BatchCompression::kNone;
    ASSERT_OK(EncodeBatch(*batch, compression, &bytes));
    ASSERT_OK_AND_ASSIGN(const BatchPtr back, DecodeBatch(AsBytes(bytes).subspan(8), kSchema));
    EXPECT_TRUE(back->ValidateFull().ok());
    EXPECT_EQ(SortedTexts(RowsOf(*back)), SortedTexts(RowsOf(*batch)));
    EXPECT_EQ(RowsOf(*back).size(), RowsOf(*batch).size());
  }
}

TEST(BatchCodecTest, SlicesCarryTheirRowsAlone) {
  Random random(1);
  const BatchPtr whole = RandomBatch(kSchema, 10'000, 30, random);
  std::string all;
  ASSERT_OK(EncodeBatch(*whole, BatchCompression::kNone, &all));
  std::string part;
  ASSERT_OK(EncodeBatch(*whole->Slice(5000, 100), BatchCompression::kNone, &part));
  EXPECT_LT(part.size(), all.size() / 20);
}

TEST(BatchCodecTest, SharesMemory) {
  Random random(1);
  const SchemaPtr schema = arrow::schema({arrow::field("n", arrow::int64(), false)});
  std::string bytes;
  ASSERT_OK(EncodeBatch(*RandomBatch(schema, 1000, 30, random), BatchCompression::kNone, &bytes));
  const auto buffer = arrow::Buffer::FromString(bytes);
  ASSERT_OK_AND_ASSIGN(const BatchPtr back, DecodeBatch(buffer, schema));
  const uint8_t* values = back->column_data(0)->buffers[1]->data();
  EXPECT_GE(values, buffer->data());
  EXPECT_LT(values, buffer->data() + buffer->size());
}

TEST(BatchCodecTest, BatchesWithoutColumnsKeepTheirRows) {
  const SchemaPtr none = arrow::schema(arrow::FieldVector());
  std::string bytes;
  ASSERT_OK(EncodeBatch(*arrow::RecordBatch::Make(none, 17, arrow::ArrayVector()),
                        BatchCompression::kNone, &bytes));
  ASSERT_OK_AND_ASSIGN(const BatchPtr back, DecodeBatch(AsBytes(bytes), none));
  EXPECT_EQ(back->num_rows(), 17);
}

// Whatever is damaged: an error, or a batch all of whose values can be read.
TEST(BatchCodecTest, DamagedBytesAreHarmless) {
  const uint64_t seed = RandomSeed();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  Random random(seed);
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    const auto compression = random.Chance(0.3) ? BatchCompression::kLz4 : BatchCompression::kNone;
    std::string bytes;
    ASSERT_OK(EncodeBatch(*RandomBatch(kSchema, 20, 30, random), compression, &bytes));
    for (uint64_t i = 0; i < 1 + random.Below(3); ++i) {
      bytes[random.Below(bytes.size())] = static_cast<char>(random.Next());
    }
    if (random.Chance(0.2)) bytes.resize(random.Below(bytes.size()));
    const auto back = DecodeBatch(AsBytes(bytes), kSchema);
    if (!back.ok()) {
      EXPECT_THAT(back, StatusIs(StatusCode::kCorruption));
      ++refused;
      continue;
    }
    if ((*back)->num_rows() < 10'000) RowsOf(**back);
  }
  EXPECT_GT(refused, 300);
}

TEST(BatchCodecTest, RefusesOffsetsOutOfOrder) {
  const SchemaPtr schema = arrow::schema({arrow::field("s", arrow::utf8())});
  const int32_t offsets[] = {0, 1000, 1, 2};
  const auto array = std::make_shared<arrow::StringArray>(3, arrow::Buffer::Wrap(offsets, 4),
                                                          arrow::Buffer::FromString("ab"));
  std::string bytes;
  ASSERT_OK(
      EncodeBatch(*arrow::RecordBatch::Make(schema, 3, {array}), BatchCompression::kNone, &bytes));
  EXPECT_THAT(DecodeBatch(AsBytes(bytes), schema), StatusIs(StatusCode::kCorruption, "offsets"));
}

}  // namespace
}  // namespace tusk::df
