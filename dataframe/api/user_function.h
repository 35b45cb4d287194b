#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/type_traits.h>

#include "common/base/result.h"
#include "common/base/status_macros.h"
#include "dataframe/exec/batch_function.h"
#include "dataframe/type/arrow_status.h"
#include "dataframe/type/type_text.h"

namespace tusk::df::internal {

/// Lambdas of a program as functions over batches. A task is the same program and finds the lambda
/// by its type; what it captured would stay behind.
template <typename F>
concept Travels = std::is_empty_v<F> && std::is_default_constructible_v<F>;

/// The call of a batch lambda: it may give a batch, or a Result of ours or of Arrow's.
template <typename F>
Result<std::shared_ptr<arrow::RecordBatch>> CallWithBatch(
    const std::shared_ptr<arrow::RecordBatch>& batch) {
  auto made = F{}(batch);
  if constexpr (requires { made.ValueOrDie(); }) {
    return FromArrow(std::move(made));
  } else {
    return made;
  }
}

/// A type of a parameter or a result of a row lambda, without `std::optional`.
template <typename T>
struct RowType {
  using Plain = T;
  static constexpr bool kOptional = false;
};
template <typename T>
struct RowType<std::optional<T>> {
  using Plain = T;
  static constexpr bool kOptional = true;
};

template <typename T>
using PlainRowType = typename RowType<std::remove_cvref_t<T>>::Plain;

template <typename T>
concept RowText = std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view>;

/// bool, numbers of C++, texts.
template <typename T>
concept RowValue = std::is_arithmetic_v<T> || RowText<T>;

template <RowValue T>
struct RowArrow {
  using Arrow = typename arrow::CTypeTraits<T>::ArrowType;
};
template <RowText T>
struct RowArrow<T> {
  using Arrow = arrow::StringType;
};

template <typename T>
using ArrowTypeOf = typename RowArrow<PlainRowType<T>>::Arrow;

template <typename T>
TypePtr RowTypePtr() {
  return arrow::TypeTraits<ArrowTypeOf<T>>::type_singleton();
}

/// One argument of a row.
template <typename T>
std::remove_cvref_t<T> ArgumentAt(const arrow::Array& column, int64_t row) {
  using Array = typename arrow::TypeTraits<ArrowTypeOf<T>>::ArrayType;
  if constexpr (RowType<std::remove_cvref_t<T>>::kOptional) {
    if (column.IsNull(row)) return std::nullopt;
  }
  return PlainRowType<T>(static_cast<const Array&>(column).GetView(row));
}

/// A row lambda: what it takes and gives.
template <typename Signature>
struct RowSignature;
template <typename C, typename R, typename... Args>
struct RowSignature<R (C::*)(Args...) const> {
  static_assert((RowValue<PlainRowType<Args>> && ...) && RowValue<PlainRowType<R>>,
                "a function over rows takes and gives bool, numbers, std::string, "
                "std::string_view, or std::optional of these");
  using Given = std::remove_cvref_t<R>;
  static constexpr size_t kArguments = sizeof...(Args);

  static std::vector<TypePtr> Types() { return {RowTypePtr<Args>()...}; }

  /// True when the row makes null without a call: a null where the lambda has no optional.
  template <size_t... I>
  static bool MakesNull([[maybe_unused]] const arrow::RecordBatch& batch,
                        [[maybe_unused]] int first, [[maybe_unused]] int64_t row,
                        std::index_sequence<I...>) {
    return ((!RowType<std::remove_cvref_t<Args>>::kOptional &&
             batch.column(first + static_cast<int>(I))->IsNull(row)) ||
            ...);
  }

  template <size_t... I>
  static Given Call(const C& function, [[maybe_unused]] const arrow::RecordBatch& batch,
                    [[maybe_unused]] int first, [[maybe_unused]] int64_t row,
                    std::index_sequence<I...>) {
    return function(ArgumentAt<Args>(*batch.column(first + static_cast<int>(I)), row)...);
  }
};

/// The name of the result's column, until it gets its own.
inline constexpr const char* kRowResult = "row function#";

/// The columns of a batch but the last ones, which are the arguments, and behind them the result.
template <typename F>
Result<std::shared_ptr<arrow::RecordBatch>> CallWithRows(
    const std::shared_ptr<arrow::RecordBatch>& batch) {
  using Signature = RowSignature<decltype(&F::operator())>;
  using Given = typename Signature::Given;
  constexpr auto kIndices = std::make_index_sequence<Signature::kArguments>();
  const int first = batch->num_columns() - static_cast<int>(Signature::kArguments);
  typename arrow::TypeTraits<ArrowTypeOf<Given>>::BuilderType builder;
  RETURN_IF_ERROR(FromArrow(builder.Reserve(batch->num_rows())));
  const F function{};
  for (int64_t row = 0; row < batch->num_rows(); ++row) {
    if (Signature::MakesNull(*batch, first, row, kIndices)) {
      RETURN_IF_ERROR(FromArrow(builder.AppendNull()));
      continue;
    }
    Given given = Signature::Call(function, *batch, first, row, kIndices);
    if constexpr (RowType<Given>::kOptional) {
      RETURN_IF_ERROR(FromArrow(given ? builder.Append(*given) : builder.AppendNull()));
    } else {
      RETURN_IF_ERROR(FromArrow(builder.Append(given)));
    }
  }
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Array> made, FromArrow(builder.Finish()));
  arrow::ArrayVector columns = batch->columns();
  arrow::FieldVector fields = batch->schema()->fields();
  columns.resize(static_cast<size_t>(first));
  fields.resize(static_cast<size_t>(first));
  fields.push_back(arrow::field(kRowResult, made->type()));
  columns.push_back(std::move(made));
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), batch->num_rows(),
                                  std::move(columns));
}

}  // namespace tusk::df::internal
