#pragma once

#include <functional>
#include <memory>
#include <string>

#include <arrow/array.h>
#include <arrow/util/bit_util.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/cast.h"
#include "dataframe/expr/function/column_values.h"

namespace tusk::df {

/// From texts to all types but binary and lists.
Result<ColumnCast> CastFromText(const TypePtr& to, bool or_null);
/// From all types but binary to texts.
ColumnCast CastToText();
/// Between bools and numbers.
Result<ColumnCast> CastNumber(const TypePtr& from, const TypePtr& to, bool or_null);

/// Writes a value of a column as text, behind what is in the string; "null" for none.
using TextAppender = std::function<void(int64_t row, std::string& out)>;
TextAppender MakeTextAppender(const std::shared_ptr<arrow::Array>& column);

/// "cannot cast 300 to int8"; texts are quoted.
Status CastError(const std::shared_ptr<arrow::Array>& column, int64_t row,
                 const arrow::DataType& to);

/// Makes a column of fixed width, row by row: `convert(row, Out* value)` is called for rows that
/// are not null and says whether there is a value.
template <typename Out, typename Convert>
Result<std::shared_ptr<arrow::Array>> ConvertRows(const std::shared_ptr<arrow::Array>& column,
                                                  const TypePtr& to, bool or_null,
                                                  const Convert& convert) {
  const int64_t rows = column->length();
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> values,
                   NewBuffer(rows * static_cast<int64_t>(sizeof(Out))));
  const arrow::Datum datum(column);
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> validity, CommonValidity({&datum, 1}, rows));
  uint8_t* out = values->mutable_data();
  for (int64_t row = 0; row < rows; ++row, out += sizeof(Out)) {
    Out value{};
    if (validity == nullptr || arrow::bit_util::GetBit(validity->data(), row)) {
      if (!convert(row, &value)) [[unlikely]] {
        if (!or_null) return CastError(column, row, *to);
        if (validity == nullptr) {
          ASSIGN_OR_RETURN(validity, NewBitmap(rows));
          arrow::bit_util::SetBitsTo(validity->mutable_data(), 0, rows, true);
        }
        arrow::bit_util::ClearBit(validity->mutable_data(), row);
        value = Out{};
      }
    }
    StoreValue(value, out);
  }
  return MakeColumn(to, rows, std::move(validity), std::move(values)).make_array();
}

}  // namespace tusk::df
