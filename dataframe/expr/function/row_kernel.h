#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/array/util.h>
#include <arrow/datum.h>
#include <arrow/scalar.h>

#include "common/base/result.h"
#include "common/base/status_macros.h"
#include "dataframe/expr/column_reader.h"
#include "dataframe/expr/function_registry.h"
#include "dataframe/expr/new_array.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {

/// Functions that compute one row at a time, as kernels of columns. The types are those of
/// ColumnReader: int64_t, double, bool, Int128 for decimals, std::string for text.

/// An argument as rows: an array, or a scalar that holds for all of them.
template <typename T>
class Argument {
 public:
  static Result<Argument> Of(const arrow::Datum& datum) {
    if (datum.is_array()) return Argument(datum.make_array(), 1);
    ASSIGN_OR_RETURN(ArrayPtr array, FromArrow(arrow::MakeArrayFromScalar(*datum.scalar(), 1)));
    return Argument(std::move(array), 0);
  }

  typename ColumnReader<T>::View operator[](int64_t row) const { return reader_[row * stride_]; }
  bool IsValid(int64_t row) const { return all_valid_ || array_->IsValid(row * stride_); }
  bool all_valid() const { return all_valid_; }
  bool is_scalar() const { return stride_ == 0; }
  const ArrayPtr& array() const { return array_; }

 private:
  Argument(ArrayPtr array, int64_t stride)
      : array_(std::move(array)),
        reader_(*array_),
        stride_(stride),
        all_valid_(array_->null_count() == 0) {}

  ArrayPtr array_;
  ColumnReader<T> reader_;
  int64_t stride_;
  bool all_valid_;
};

/// The rows of a result as a row function makes them: `Set` once a row, or `SetNull`.
template <typename T>
class RowWriter {
 public:
  explicit RowWriter(int64_t rows) : values_(rows) {}
  void Set(T value) { values_[row_] = value; }
  void SetNull() {
    if (valid_.empty()) valid_.resize(values_.size(), 1);
    valid_[row_] = 0;
  }
  Status NextRow() {
    ++row_;
    return {};
  }
  Result<ArrayPtr> Finish(const TypePtr& type) {
    const ByteFlags* valid = valid_.empty() ? nullptr : &valid_;
    if constexpr (std::is_same_v<T, bool>) {
      return BooleanArray(values_, valid);
    } else {
      return FixedWidthArray(type, values_.data(), sizeof(T), row_, valid);
    }
  }

 private:
  using Stored = std::conditional_t<std::is_same_v<T, bool>, uint8_t, T>;
  std::vector<Stored> values_;
  ByteFlags valid_;
  int64_t row_ = 0;
};

/// Of text: a row's text is all that was written in it.
template <>
class RowWriter<std::string> {
 public:
  explicit RowWriter(int64_t rows) : rows_(rows) { ends_.reserve(rows); }
  void Set(std::string_view text) { Write(text); }
  void Write(std::string_view text) {
    const size_t end = used_ + text.size();
    if (end > capacity_) Grow(end);
    std::copy(text.begin(), text.end(), bytes_.get() + used_);
    used_ = end;
  }
  void SetNull() {
    if (valid_.empty()) valid_.resize(rows_, 1);
    valid_[ends_.size()] = 0;
  }
  /// kTooLarge when the column is beyond what Arrow's offsets can count.
  Status NextRow();
  Result<ArrayPtr> Finish(const TypePtr& type);

 private:
  void Grow(size_t need);

  const int64_t rows_;
  std::vector<int32_t> ends_;
  std::unique_ptr<char[]> bytes_;
  size_t used_ = 0;
  size_t capacity_ = 0;
  ByteFlags valid_;
};

/// Marks a result that is a list of texts.
struct TextList {};

/// Of lists of texts: a row's list is all that was added in it.
template <>
class RowWriter<TextList> {
 public:
  explicit RowWriter(int64_t rows) : rows_(rows), items_(0) {}
  Status Add(std::string_view text) {
    items_.Write(text);
    ++count_;
    return items_.NextRow();
  }
  void SetNull() {
    if (valid_.empty()) valid_.resize(rows_, 1);
    valid_[offsets_.size() - 1] = 0;
  }
  Status NextRow() {
    offsets_.push_back(count_);
    return {};
  }
  Result<ArrayPtr> Finish(const TypePtr& type);

 private:
  const int64_t rows_;
  RowWriter<std::string> items_;
  int64_t count_ = 0;
  std::vector<int64_t> offsets_ = {0};
  ByteFlags valid_;
};

/// How many rows a kernel has to compute: one when all arguments are scalars.
inline bool AllScalars(std::span<const arrow::Datum> args) {
  return std::all_of(args.begin(), args.end(), [](const auto& arg) { return arg.is_scalar(); });
}

/// The result of a kernel: an array, or its only value as a scalar.
inline Result<arrow::Datum> ArrayOrScalar(ArrayPtr array, bool scalar) {
  if (!scalar) return arrow::Datum(std::move(array));
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Scalar> value, FromArrow(array->GetScalar(0)));
  return arrow::Datum(std::move(value));
}

namespace internal {

template <typename Out, typename... In, typename Function, size_t... index>
Result<arrow::Datum> RunRows(const TypePtr& type, Function& function,
                             std::span<const arrow::Datum> args, int64_t rows,
                             std::index_sequence<index...>) {
  const bool scalar = AllScalars(args);
  if (scalar) rows = 1;
  std::tuple<Result<Argument<In>>...> inputs{Argument<In>::Of(args[index])...};
  Status failed;
  ((std::get<index>(inputs).ok() ? void() : void(failed = std::get<index>(inputs).status())), ...);
  RETURN_IF_ERROR(failed);
  const auto run = [&](const Argument<In>&... in) -> Result<ArrayPtr> {
    RowWriter<Out> out(rows);
    const bool all_valid = (in.all_valid() && ...);
    for (int64_t row = 0; row < rows; ++row) {
      if (!all_valid && !(in.IsValid(row) && ...)) {
        out.SetNull();
      } else if constexpr (std::is_void_v<decltype(function(in[row]..., out))>) {
        function(in[row]..., out);
      } else {
        RETURN_IF_ERROR(function(in[row]..., out));
      }
      RETURN_IF_ERROR(out.NextRow());
    }
    return out.Finish(type);
  };
  ASSIGN_OR_RETURN(ArrayPtr array, run(*std::get<index>(inputs)...));
  return ArrayOrScalar(std::move(array), scalar);
}

}  // namespace internal

/// A kernel that calls function(values..., RowWriter<Out>&) for each row in which no argument is
/// null; the other rows are null. The function returns nothing, or the Status that ends it all. It
/// must be callable by any thread.
template <typename Out, typename... In, typename Function>
ScalarKernel RowKernel(TypePtr type, Function function) {
  return [type = std::move(type), function = std::move(function)](
             std::span<const arrow::Datum> args, int64_t rows) {
    return internal::RunRows<Out, In...>(type, function, args, rows,
                                         std::index_sequence_for<In...>());
  };
}

/// What an argument may be. Nulls may be anything.
enum class Takes : uint8_t {
  kText,      ///< string
  kInteger,   ///< any integer, becomes int64
  kNumber,    ///< any number, becomes double
  kAnything,  ///< any value that has a text, becomes string
};

/// A function with one kernel for each number of arguments.
struct SimpleFunction {
  std::string name;
  std::string usage;
  std::string summary;
  std::vector<Takes> takes;
  size_t required = 0;  ///< arguments that must be there; those behind are optional
  TypePtr result;
  /// Makes the kernel; `literals` are as many as arguments. An error is the user's.
  std::function<Result<ScalarKernel>(LiteralArgs literals)> make;
};

/// Adds it with a `resolve` that checks number and types of the arguments.
void AddSimple(FunctionRegistry& registry, SimpleFunction function);

/// kInvalidArgument: "wrong number of arguments: it is used as USAGE".
Status WrongArgumentCount(std::string_view name, std::string_view usage);
/// kInvalidArgument: "NAME takes WANTS as argument 2, not int64: it is used as USAGE".
Status WrongArgumentType(std::string_view name, std::string_view usage, size_t position,
                         std::string_view wants, const arrow::DataType& got);

/// The text of a literal; nothing when the argument is no literal, no text, or null.
std::optional<std::string> LiteralText(LiteralArgs literals, size_t position);

}  // namespace tusk::df
