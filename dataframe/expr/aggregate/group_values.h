#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>

#include "common/base/result.h"
#include "dataframe/expr/column_reader.h"
#include "dataframe/expr/new_array.h"
#include "dataframe/type/type_text.h"

namespace tusk::df {

/// A byte per group, 0 or 1: which groups have a value.
using GroupFlags = ByteFlags;

/// A value for each group, stored as T (ColumnReader says which T is for which types). New groups
/// have the zero of T.
template <typename T>
class GroupValues {
 public:
  void Resize(int64_t groups) { values_.resize(groups); }
  T& operator[](size_t group) { return values_[group]; }
  T operator[](size_t group) const { return values_[group]; }
  void Set(size_t group, T value) { values_[group] = value; }
  T* data() { return values_.data(); }
  int64_t size() const { return static_cast<int64_t>(values_.size()); }
  Result<ArrayPtr> Emit(const TypePtr& type, const GroupFlags* valid) const {
    return FixedWidthArray(type, values_.data(), sizeof(T), size(), valid);
  }
  int64_t bytes() const { return static_cast<int64_t>(values_.capacity() * sizeof(T)); }

 private:
  std::vector<T> values_;
};

template <>
class GroupValues<bool> {
 public:
  void Resize(int64_t groups) { values_.resize(groups); }
  bool operator[](size_t group) const { return values_[group] != 0; }
  void Set(size_t group, bool value) { values_[group] = value ? 1 : 0; }
  Result<ArrayPtr> Emit(const TypePtr&, const GroupFlags* valid) const {
    return BooleanArray(values_, valid);
  }
  int64_t bytes() const { return static_cast<int64_t>(values_.capacity()); }

 private:
  GroupFlags values_;
};

template <>
class GroupValues<std::string> {
 public:
  void Resize(int64_t groups) { values_.resize(groups); }
  std::string_view operator[](size_t group) const { return values_[group]; }
  void Set(size_t group, std::string_view value) {
    heap_bytes_ -= HeapBytes(values_[group]);
    values_[group].assign(value);
    heap_bytes_ += HeapBytes(values_[group]);
  }
  void Append(size_t group, std::string_view value) {
    heap_bytes_ -= HeapBytes(values_[group]);
    values_[group].append(value);
    heap_bytes_ += HeapBytes(values_[group]);
  }
  Result<ArrayPtr> Emit(const TypePtr& type, const GroupFlags* valid) const;
  int64_t bytes() const {
    return static_cast<int64_t>(values_.capacity() * sizeof(std::string)) + heap_bytes_;
  }

 private:
  static int64_t HeapBytes(const std::string& text) {
    constexpr size_t kInside = 15;  // shorter ones need no memory of their own
    return text.capacity() > kInside ? static_cast<int64_t>(text.capacity()) + 1 : 0;
  }
  std::vector<std::string> values_;
  int64_t heap_bytes_ = 0;
};

template <>
class GroupValues<NestedValue> {
 public:
  void Resize(int64_t groups) { values_.resize(groups); }
  void Set(size_t group, std::shared_ptr<arrow::Scalar> value) {
    values_[group] = std::move(value);
  }
  Result<ArrayPtr> Emit(const TypePtr& type, const GroupFlags* valid) const;
  int64_t bytes() const {
    constexpr int64_t kScalarBytes = 256;  // a guess at a scalar and what it holds
    return static_cast<int64_t>(values_.capacity()) * kScalarBytes;
  }

 private:
  std::vector<std::shared_ptr<arrow::Scalar>> values_;
};

/// Calls `visitor.template operator()<T>()` with the T that stores values of `type`.
template <typename Visitor>
auto WithStorage(const arrow::DataType& type, Visitor&& visitor) {
  switch (type.id()) {
    case arrow::Type::BOOL:
      return visitor.template operator()<bool>();
    case arrow::Type::INT8:
      return visitor.template operator()<int8_t>();
    case arrow::Type::INT16:
      return visitor.template operator()<int16_t>();
    case arrow::Type::INT32:
    case arrow::Type::DATE32:
      return visitor.template operator()<int32_t>();
    case arrow::Type::INT64:
    case arrow::Type::TIMESTAMP:
    case arrow::Type::DURATION:
      return visitor.template operator()<int64_t>();
    case arrow::Type::UINT8:
      return visitor.template operator()<uint8_t>();
    case arrow::Type::UINT16:
      return visitor.template operator()<uint16_t>();
    case arrow::Type::UINT32:
      return visitor.template operator()<uint32_t>();
    case arrow::Type::UINT64:
      return visitor.template operator()<uint64_t>();
    case arrow::Type::FLOAT:
      return visitor.template operator()<float>();
    case arrow::Type::DOUBLE:
      return visitor.template operator()<double>();
    case arrow::Type::DECIMAL128:
      return visitor.template operator()<Int128>();
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return visitor.template operator()<std::string>();
    default:
      return visitor.template operator()<NestedValue>();
  }
}

/// The total order of grouping and sorting: as numbers and bytes compare, NaN equal to itself and
/// behind all others.
struct TotalLess {
  using is_transparent = void;
  template <typename A, typename B>
  bool operator()(const A& a, const B& b) const {
    if constexpr (std::is_floating_point_v<A>) {
      return a < b || (b != b && a == a);
    } else {
      return a < b;
    }
  }
};

/// Values of a double column in one long row with the group of each; for aggregates that need all
/// values of a group at the end.
template <typename T>
struct GroupedLog {
  std::vector<uint32_t> groups;
  std::vector<T> values;

  void Add(uint32_t group, T value) {
    groups.push_back(group);
    values.push_back(value);
  }
  int64_t bytes() const {
    return static_cast<int64_t>(groups.capacity() * sizeof(uint32_t) +
                                values.capacity() * sizeof(T));
  }
  /// Where each group's values begin when all are put in order of groups; one more at the end.
  static std::vector<int64_t> Offsets(const std::vector<uint32_t>& groups, int64_t group_count) {
    std::vector<int64_t> offsets(group_count + 1);
    for (const uint32_t group : groups) ++offsets[group + 1];
    for (int64_t g = 0; g < group_count; ++g) offsets[g + 1] += offsets[g];
    return offsets;
  }
  /// The values in order of groups, of one group as they came.
  std::vector<T> Ordered(std::vector<int64_t> offsets) const {
    std::vector<T> ordered(values.size());
    for (size_t i = 0; i < values.size(); ++i) ordered[offsets[groups[i]]++] = values[i];
    return ordered;
  }
};

}  // namespace tusk::df
