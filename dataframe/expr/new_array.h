#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <arrow/array.h>
#include <arrow/type.h>

#include "common/base/result.h"
#include "dataframe/type/type_text.h"

namespace tusk::df {

using ArrayPtr = std::shared_ptr<arrow::Array>;

/// A byte per value, 0 or 1.
using ByteFlags = std::vector<uint8_t>;

/// Arrow's arrays from plain memory, which is copied. A value is null where `valid` says 0; a null
/// pointer: no nulls.

/// Of a type whose values have `width` bytes each.
Result<ArrayPtr> FixedWidthArray(const TypePtr& type, const void* values, int width, int64_t length,
                                 const ByteFlags* valid);
/// Booleans.
Result<ArrayPtr> BooleanArray(const ByteFlags& values, const ByteFlags* valid);
/// Text or bytes, one behind the other: value i from ends[i - 1], or 0, to ends[i].
Result<ArrayPtr> TextArray(const TypePtr& type, const std::vector<int32_t>& ends,
                           std::shared_ptr<arrow::Buffer> bytes, const ByteFlags* valid);
/// Lists: list i has the values of `child` from offsets[i] to offsets[i + 1]. kTooLarge when there
/// are more values than lists can count.
Result<ArrayPtr> ListArrayOf(const std::vector<int64_t>& offsets, const ArrayPtr& child,
                             const ByteFlags* valid);

}  // namespace tusk::df
