#include "dataframe/exec/batch_codec.h"

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_decimal.h>
#include <arrow/array/builder_nested.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "tests/dataframe/exec/table_rows.h"
#include "tests/fuzz/damaged_seed.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

const tusk::df::SchemaPtr& Schema() {
  static const tusk::df::SchemaPtr schema = arrow::schema(
      {arrow::field("b", arrow::boolean()), arrow::field("i", arrow::int32()),
       arrow::field("f", arrow::float64()), arrow::field("s", arrow::utf8()),
       arrow::field("d", arrow::decimal128(20, 2)), arrow::field("l", arrow::list(arrow::int64())),
       arrow::field("n", arrow::int64(), false)});
  return schema;
}

std::vector<std::string> WholeMessages() {
  tusk::Random random(1);
  std::vector<std::string> encoded;
  for (const int64_t rows : {1, 40, 500}) {
    const tusk::df::BatchPtr batch = tusk::df::RandomBatch(Schema(), rows, 30, random);
    for (const auto compression :
         {tusk::df::BatchCompression::kNone, tusk::df::BatchCompression::kLz4}) {
      CHECK(tusk::df::EncodeBatch(*batch, compression, &encoded.emplace_back()).ok());
    }
  }
  return encoded;
}

}  // namespace

// A value of the shuffle, or a frame of a spill: no array of what is decoded points outside, so
// that all of it can be read and written again.
FUZZ_TARGET(BatchCodec) {
  static const std::vector<std::string> seeds = WholeMessages();
  const auto batch = df::DecodeBatch(AsBytes(DamagedSeed(seeds, bytes)), Schema());
  if (!batch.ok()) return;
  CHECK((*batch)->schema()->Equals(*Schema()));
  std::string again;
  CHECK(df::EncodeBatch(**batch, df::BatchCompression::kNone, &again).ok());
  const auto back = df::DecodeBatch(AsBytes(again), Schema());
  CHECK(back.ok());
  CHECK((*back)->num_rows() == (*batch)->num_rows());
}
