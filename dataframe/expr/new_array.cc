#include "dataframe/expr/new_array.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include <arrow/array/util.h>
#include <arrow/buffer.h>

#include "common/base/status_macros.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {

namespace {

// Bytes 0 or 1 as bits.
Result<std::shared_ptr<arrow::Buffer>> Bits(const ByteFlags& flags, int64_t* ones) {
  const auto length = static_cast<int64_t>(flags.size());
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> buffer,
                   FromArrow(arrow::AllocateEmptyBitmap(length)));
  uint8_t* bits = buffer->mutable_data();
  int64_t count = 0;
  for (int64_t i = 0; i < length; ++i) {
    bits[i / 8] |= static_cast<uint8_t>(flags[i] << (i % 8));
    count += flags[i];
  }
  *ones = count;
  return buffer;
}

// The validity bitmap of `valid`; null when nothing is null.
Result<std::shared_ptr<arrow::Buffer>> Validity(const ByteFlags* valid, int64_t* null_count) {
  *null_count = 0;
  if (valid == nullptr) return std::shared_ptr<arrow::Buffer>();
  int64_t ones = 0;
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> bits, Bits(*valid, &ones));
  *null_count = static_cast<int64_t>(valid->size()) - ones;
  if (*null_count == 0) return std::shared_ptr<arrow::Buffer>();
  return bits;
}

}  // namespace

Result<ArrayPtr> FixedWidthArray(const TypePtr& type, const void* values, int width, int64_t length,
                                 const ByteFlags* valid) {
  int64_t null_count = 0;
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> validity, Validity(valid, &null_count));
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> buffer,
                   FromArrow(arrow::AllocateBuffer(length * width)));
  if (length > 0) std::memcpy(buffer->mutable_data(), values, length * width);
  return arrow::MakeArray(
      arrow::ArrayData::Make(type, length, {std::move(validity), std::move(buffer)}, null_count));
}

Result<ArrayPtr> BooleanArray(const ByteFlags& values, const ByteFlags* valid) {
  int64_t null_count = 0, ones = 0;
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> validity, Validity(valid, &null_count));
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> bits, Bits(values, &ones));
  return arrow::MakeArray(
      arrow::ArrayData::Make(arrow::boolean(), static_cast<int64_t>(values.size()),
                             {std::move(validity), std::move(bits)}, null_count));
}

Result<ArrayPtr> ListArrayOf(const std::vector<int64_t>& offsets, const ArrayPtr& child,
                             const ByteFlags* valid) {
  if (offsets.back() > std::numeric_limits<int32_t>::max()) {
    return Status::Error(StatusCode::kTooLarge,
                         "the lists of an aggregation hold {} values together, at most 2147483647",
                         offsets.back());
  }
  int64_t null_count = 0;
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> validity, Validity(valid, &null_count));
  const std::vector<int32_t> narrow(offsets.begin(), offsets.end());
  std::shared_ptr<arrow::Buffer> buffer = arrow::Buffer::FromVector(narrow);
  const auto length = static_cast<int64_t>(offsets.size()) - 1;
  return arrow::MakeArray(arrow::ArrayData::Make(arrow::list(child->type()), length,
                                                 {std::move(validity), std::move(buffer)},
                                                 {child->data()}, null_count));
}

Result<ArrayPtr> TextArray(const TypePtr& type, const std::vector<int32_t>& ends,
                           std::shared_ptr<arrow::Buffer> bytes, const ByteFlags* valid) {
  int64_t null_count = 0;
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> validity, Validity(valid, &null_count));
  std::vector<int32_t> offsets(ends.size() + 1);
  std::copy(ends.begin(), ends.end(), offsets.begin() + 1);
  return arrow::MakeArray(arrow::ArrayData::Make(
      type, static_cast<int64_t>(ends.size()),
      {std::move(validity), arrow::Buffer::FromVector(std::move(offsets)), std::move(bytes)},
      null_count));
}

}  // namespace tusk::df
