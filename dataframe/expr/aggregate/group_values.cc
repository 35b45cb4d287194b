#include "dataframe/expr/aggregate/group_values.h"

#include <limits>

#include <arrow/array/util.h>
#include <arrow/buffer.h>
#include <arrow/builder.h>

#include "common/base/status_macros.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {

namespace {

// Bytes 0 or 1 as bits.
Result<std::shared_ptr<arrow::Buffer>> Bits(const GroupFlags& flags, int64_t* ones) {
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
Result<std::shared_ptr<arrow::Buffer>> Validity(const GroupFlags* valid, int64_t* null_count) {
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
                                 const GroupFlags* valid) {
  int64_t null_count = 0;
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> validity, Validity(valid, &null_count));
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> buffer,
                   FromArrow(arrow::AllocateBuffer(length * width)));
  if (length > 0) std::memcpy(buffer->mutable_data(), values, length * width);
  return arrow::MakeArray(
      arrow::ArrayData::Make(type, length, {std::move(validity), std::move(buffer)}, null_count));
}

Result<ArrayPtr> BooleanArray(const GroupFlags& values, const GroupFlags* valid) {
  int64_t null_count = 0, ones = 0;
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> validity, Validity(valid, &null_count));
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> bits, Bits(values, &ones));
  return arrow::MakeArray(
      arrow::ArrayData::Make(arrow::boolean(), static_cast<int64_t>(values.size()),
                             {std::move(validity), std::move(bits)}, null_count));
}

Result<ArrayPtr> ListArrayOf(const std::vector<int64_t>& offsets, const ArrayPtr& child,
                             const GroupFlags* valid) {
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

Result<ArrayPtr> GroupValues<std::string>::Emit(const TypePtr& type,
                                                const GroupFlags* valid) const {
  const auto length = static_cast<int64_t>(values_.size());
  const auto is_valid = [valid](size_t i) { return valid == nullptr || (*valid)[i] != 0; };
  std::vector<int32_t> offsets = {0};
  offsets.reserve(values_.size() + 1);
  int64_t total = 0;
  for (size_t i = 0; i < values_.size(); ++i) {
    if (is_valid(i)) total += static_cast<int64_t>(values_[i].size());
    offsets.push_back(static_cast<int32_t>(total));
  }
  if (total > std::numeric_limits<int32_t>::max()) {
    return Status::Error(StatusCode::kTooLarge,
                         "the texts of an aggregation have {} bytes together, at most 2147483647",
                         total);
  }
  int64_t null_count = 0;
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> validity, Validity(valid, &null_count));
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> bytes, FromArrow(arrow::AllocateBuffer(total)));
  for (size_t i = 0; i < values_.size(); ++i) {
    if (!is_valid(i) || values_[i].empty()) continue;
    std::memcpy(bytes->mutable_data() + offsets[i], values_[i].data(), values_[i].size());
  }
  return arrow::MakeArray(arrow::ArrayData::Make(
      type, length,
      {std::move(validity), arrow::Buffer::FromVector(std::move(offsets)), std::move(bytes)},
      null_count));
}

Result<ArrayPtr> GroupValues<NestedValue>::Emit(const TypePtr& type,
                                                const GroupFlags* valid) const {
  ASSIGN_OR_RETURN(auto builder, FromArrow(arrow::MakeBuilder(type)));
  for (size_t i = 0; i < values_.size(); ++i) {
    if (values_[i] == nullptr || (valid != nullptr && (*valid)[i] == 0)) {
      RETURN_IF_ERROR(FromArrow(builder->AppendNull()));
    } else {
      RETURN_IF_ERROR(FromArrow(builder->AppendScalar(*values_[i])));
    }
  }
  ASSIGN_OR_RETURN(ArrayPtr array, FromArrow(builder->Finish()));
  return array;
}

}  // namespace tusk::df
