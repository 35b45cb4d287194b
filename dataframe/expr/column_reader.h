#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/array.h>
#include <arrow/scalar.h>
#include <arrow/type.h>
#include <arrow/util/bit_run_reader.h>
#include <arrow/util/bit_util.h>

namespace tusk::df {

/// Decimals as aggregates compute with them; in memory as Arrow stores them (little-endian).
using Int128 = __int128;

/// Values of types for which there is no C++ type, lists for instance: one object each, slow.
struct NestedValue {};

/// Reads the values of an array by position. T is how they are stored: a number (also for dates and
/// timestamps), bool, Int128 for decimals, std::string for text and bytes, NestedValue for the
/// rest. A null has an unspecified value. The array must outlive the reader.
template <typename T>
class ColumnReader {
 public:
  using View = T;
  explicit ColumnReader(const arrow::Array& array)
      : values_(array.data()->template GetValues<T>(1)) {}
  T operator[](int64_t i) const { return values_[i]; }

 private:
  const T* values_;
};

template <>
class ColumnReader<bool> {
 public:
  using View = bool;
  explicit ColumnReader(const arrow::Array& array)
      : bits_(array.data()->GetValues<uint8_t>(1, 0)), offset_(array.offset()) {}
  bool operator[](int64_t i) const { return arrow::bit_util::GetBit(bits_, offset_ + i); }

 private:
  const uint8_t* bits_;
  int64_t offset_;
};

template <>
class ColumnReader<Int128> {
 public:
  using View = Int128;
  explicit ColumnReader(const arrow::Array& array)
      : bytes_(array.data()->GetValues<uint8_t>(1, array.offset() * 16)) {}
  Int128 operator[](int64_t i) const {
    Int128 value;  // buffers may be aligned to 8 bytes only
    std::memcpy(&value, bytes_ + 16 * i, sizeof value);
    return value;
  }
  /// The value of one that is known to fit.
  int64_t Low(int64_t i) const {
    int64_t value;
    std::memcpy(&value, bytes_ + 16 * i, sizeof value);
    return value;
  }

 private:
  const uint8_t* bytes_;
};

template <>
class ColumnReader<std::string> {
 public:
  using View = std::string_view;
  explicit ColumnReader(const arrow::Array& array)
      : offsets_(array.data()->GetValues<int32_t>(1)),
        bytes_(array.data()->GetValues<char>(2, 0)) {}
  std::string_view operator[](int64_t i) const {
    return {bytes_ + offsets_[i], static_cast<size_t>(offsets_[i + 1] - offsets_[i])};
  }

 private:
  const int32_t* offsets_;
  const char* bytes_;
};

template <>
class ColumnReader<NestedValue> {
 public:
  using View = std::shared_ptr<arrow::Scalar>;
  explicit ColumnReader(const arrow::Array& array) : array_(array) {}
  View operator[](int64_t i) const { return array_.GetScalar(i).ValueOr(nullptr); }

 private:
  const arrow::Array& array_;
};

/// Calls visit(i) for each position of `array` that is not null, in order.
template <typename Visit>
void VisitValid(const arrow::Array& array, Visit&& visit) {
  if (array.type_id() == arrow::Type::NA) return;
  const int64_t length = array.length();
  if (array.null_count() == 0) {
    for (int64_t i = 0; i < length; ++i) visit(i);
    return;
  }
  arrow::internal::VisitSetBitRunsVoid(array.null_bitmap_data(), array.offset(), length,
                                       [&](int64_t start, int64_t run) {
                                         for (int64_t i = start; i < start + run; ++i) visit(i);
                                       });
}

}  // namespace tusk::df
