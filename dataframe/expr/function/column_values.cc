#include "dataframe/expr/function/column_values.h"

#include <array>

#include <arrow/memory_pool.h>
#include <arrow/util/bit_util.h>
#include <arrow/util/bitmap_ops.h>

#include "common/base/status_macros.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {

namespace {

constexpr std::array<Int128, 39> MakePowers() {
  std::array<Int128, 39> powers{};
  powers[0] = 1;
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}

constexpr std::array<Int128, 39> kPowers = MakePowers();

}  // namespace

Int128 PowerOfTen(int exponent) { return kPowers[static_cast<size_t>(exponent)]; }

Result<std::shared_ptr<arrow::Buffer>> CommonValidity(std::span<const arrow::Datum> args,
                                                      int64_t rows) {
  std::shared_ptr<arrow::Buffer> common;
  for (const arrow::Datum& arg : args) {
    if (arg.is_scalar()) continue;
    const arrow::ArrayData& data = *arg.array();
    if (data.GetNullCount() == 0 || data.buffers[0] == nullptr) continue;
    if (common == nullptr) {
      ASSIGN_OR_RETURN(
          common, FromArrow(arrow::internal::CopyBitmap(
                      arrow::default_memory_pool(), data.buffers[0]->data(), data.offset, rows)));
    } else {
      ASSIGN_OR_RETURN(common, FromArrow(arrow::internal::BitmapAnd(
                                   arrow::default_memory_pool(), common->data(), 0,
                                   data.buffers[0]->data(), data.offset, rows, 0)));
    }
  }
  return common;
}

Result<std::shared_ptr<arrow::Buffer>> NewBuffer(int64_t bytes) {
  ASSIGN_OR_RETURN(std::unique_ptr<arrow::Buffer> buffer, FromArrow(arrow::AllocateBuffer(bytes)));
  return std::shared_ptr<arrow::Buffer>(std::move(buffer));
}

Result<std::shared_ptr<arrow::Buffer>> NewBitmap(int64_t bits) {
  const int64_t bytes = arrow::bit_util::BytesForBits(bits);
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> buffer, NewBuffer(bytes));
  if (bytes > 0) buffer->mutable_data()[bytes - 1] = 0;
  return buffer;
}

arrow::Datum MakeColumn(const std::shared_ptr<arrow::DataType>& type, int64_t rows,
                        std::shared_ptr<arrow::Buffer> validity,
                        std::shared_ptr<arrow::Buffer> values) {
  const int64_t nulls = validity == nullptr ? 0 : arrow::kUnknownNullCount;
  return arrow::ArrayData::Make(type, rows, {std::move(validity), std::move(values)}, nulls);
}

}  // namespace tusk::df
