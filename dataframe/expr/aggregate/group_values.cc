#include "dataframe/expr/aggregate/group_values.h"

#include <limits>

#include <arrow/buffer.h>
#include <arrow/builder.h>

#include "common/base/status_macros.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {

Result<ArrayPtr> GroupValues<std::string>::Emit(const TypePtr& type,
                                                const GroupFlags* valid) const {
  const auto is_valid = [valid](size_t i) { return valid == nullptr || (*valid)[i] != 0; };
  std::vector<int32_t> ends;
  ends.reserve(values_.size());
  int64_t total = 0;
  for (size_t i = 0; i < values_.size(); ++i) {
    if (is_valid(i)) total += static_cast<int64_t>(values_[i].size());
    ends.push_back(static_cast<int32_t>(total));
  }
  if (total > std::numeric_limits<int32_t>::max()) {
    return Status::Error(StatusCode::kTooLarge,
                         "the texts of an aggregation have {} bytes together, at most 2147483647",
                         total);
  }
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> bytes, FromArrow(arrow::AllocateBuffer(total)));
  uint8_t* out = bytes->mutable_data();
  for (size_t i = 0; i < values_.size(); ++i) {
    if (!is_valid(i) || values_[i].empty()) continue;
    std::memcpy(out, values_[i].data(), values_[i].size());
    out += values_[i].size();
  }
  return TextArray(type, ends, std::move(bytes), valid);
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
