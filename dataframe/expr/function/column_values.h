#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

#include <arrow/array/data.h>
#include <arrow/datum.h>
#include <arrow/scalar.h>

#include "common/base/result.h"

namespace tusk::df {

/// The number behind a decimal: its value times 10 to the power of the scale.
using Int128 = __int128;

/// 10 to the power of `exponent`, which is 0 to 38.
Int128 PowerOfTen(int exponent);

/// Arrow promises 8 bytes of alignment and `__int128` asks for 16, so values go through memcpy,
/// which costs nothing.
template <typename T>
T LoadValue(const uint8_t* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof(T));
  return value;
}

template <typename T>
void StoreValue(T value, uint8_t* bytes) {
  std::memcpy(bytes, &value, sizeof(T));
}

/// The bytes of a scalar of fixed width that is no bool.
inline const uint8_t* ScalarBytes(const arrow::Scalar& scalar) {
  if (scalar.type->id() == arrow::Type::DECIMAL128) {
    return static_cast<const arrow::Decimal128Scalar&>(scalar).value.native_endian_bytes();
  }
  return static_cast<const uint8_t*>(
      static_cast<const arrow::internal::PrimitiveScalarBase&>(scalar).data());
}

/// The values of a column of fixed width (no bools), null slots included; or a scalar's, the same
/// in each row. Views the datum.
template <typename T>
class ColumnValues {
 public:
  explicit ColumnValues(const arrow::Datum& datum) {
    if (datum.is_scalar()) {
      base_ = ScalarBytes(*datum.scalar());
    } else {
      const arrow::ArrayData& data = *datum.array();
      base_ = data.buffers[1] == nullptr ? nullptr : data.buffers[1]->data();
      if (base_ != nullptr) base_ += data.offset * static_cast<int64_t>(sizeof(T));
      stride_ = sizeof(T);
    }
  }
  T operator[](int64_t row) const { return LoadValue<T>(base_ + row * stride_); }
  bool constant() const { return stride_ == 0; }

 private:
  const uint8_t* base_ = nullptr;
  int64_t stride_ = 0;
};

/// The rows in which no array among `args` is null, as a bitmap from bit 0 on; nullptr when those
/// are all. Scalars count as valid.
Result<std::shared_ptr<arrow::Buffer>> CommonValidity(std::span<const arrow::Datum> args,
                                                      int64_t rows);

/// Uninitialised memory for so many bytes, or for bits, of which those behind the last are zero.
Result<std::shared_ptr<arrow::Buffer>> NewBuffer(int64_t bytes);
Result<std::shared_ptr<arrow::Buffer>> NewBitmap(int64_t bits);

/// A column of one buffer of values.
arrow::Datum MakeColumn(const std::shared_ptr<arrow::DataType>& type, int64_t rows,
                        std::shared_ptr<arrow::Buffer> validity,
                        std::shared_ptr<arrow::Buffer> values);

}  // namespace tusk::df
