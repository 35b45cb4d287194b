#include "dataframe/sink/cell_text.h"

#include <charconv>
#include <cmath>
#include <string_view>

#include <arrow/api.h>
#include <arrow/util/decimal.h>
#include <arrow/util/formatting.h>

namespace tusk::df {
namespace {

template <typename Type>
auto ValueOf(const arrow::Array& array, int64_t row) {
  return static_cast<const typename arrow::TypeTraits<Type>::ArrayType&>(array).Value(row);
}

template <typename Type>
void AppendInteger(const arrow::Array& array, int64_t row, std::string& out) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof(text), ValueOf<Type>(array, row)).ptr;
  out.append(text, end);
}

template <typename Type>
void AppendFloat(const arrow::Array& array, int64_t row, std::string& out) {
  const auto value = ValueOf<Type>(array, row);
  if (std::isnan(value)) {
    out += "nan";
    return;
  }
  char text[48];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  const std::string_view digits(text, static_cast<size_t>(end - text));
  out += digits;
  // Whole numbers keep a point, so that they are read as floats again.
  if (digits.find_first_of(".ein") == std::string_view::npos) out += ".0";
}

template <typename Type>
void AppendDecimal(const arrow::Array& array, int64_t row, std::string& out) {
  out += static_cast<const typename arrow::TypeTraits<Type>::ArrayType&>(array).FormatValue(row);
}

template <typename Type>
void AppendTemporal(const arrow::Array& array, int64_t row, std::string& out) {
  // Without the zone, which the formatter would put behind the fraction.
  const arrow::TimestampType plain(arrow::TimeUnit::MICRO);
  arrow::internal::StringFormatter<Type> formatter(
      array.type_id() == arrow::Type::TIMESTAMP ? &plain : array.type().get());
  formatter(ValueOf<Type>(array, row), [&out](std::string_view text) {
    // A fraction is written only as far as there is one.
    const size_t point = text.rfind('.');
    if (point != std::string_view::npos) {
      while (text.ends_with('0')) text.remove_suffix(1);
      if (text.ends_with('.')) text.remove_suffix(1);
    }
    out += text;
  });
}

}  // namespace

bool HasCellText(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::NA:
    case arrow::Type::BOOL:
    case arrow::Type::INT8:
    case arrow::Type::INT16:
    case arrow::Type::INT32:
    case arrow::Type::INT64:
    case arrow::Type::UINT8:
    case arrow::Type::UINT16:
    case arrow::Type::UINT32:
    case arrow::Type::UINT64:
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
    case arrow::Type::DECIMAL128:
    case arrow::Type::DATE32:
    case arrow::Type::TIMESTAMP:
    case arrow::Type::DURATION:
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return true;
    default:
      return false;
  }
}

void AppendCell(const arrow::Array& array, int64_t row, std::string& out) {
  switch (array.type_id()) {
    case arrow::Type::BOOL:
      out += ValueOf<arrow::BooleanType>(array, row) ? "true" : "false";
      break;
    case arrow::Type::INT8:
      return AppendInteger<arrow::Int8Type>(array, row, out);
    case arrow::Type::INT16:
      return AppendInteger<arrow::Int16Type>(array, row, out);
    case arrow::Type::INT32:
      return AppendInteger<arrow::Int32Type>(array, row, out);
    case arrow::Type::INT64:
      return AppendInteger<arrow::Int64Type>(array, row, out);
    case arrow::Type::UINT8:
      return AppendInteger<arrow::UInt8Type>(array, row, out);
    case arrow::Type::UINT16:
      return AppendInteger<arrow::UInt16Type>(array, row, out);
    case arrow::Type::UINT32:
      return AppendInteger<arrow::UInt32Type>(array, row, out);
    case arrow::Type::UINT64:
      return AppendInteger<arrow::UInt64Type>(array, row, out);
    case arrow::Type::DURATION:
      return AppendInteger<arrow::DurationType>(array, row, out);
    case arrow::Type::FLOAT:
      return AppendFloat<arrow::FloatType>(array, row, out);
    case arrow::Type::DOUBLE:
      return AppendFloat<arrow::DoubleType>(array, row, out);
    case arrow::Type::DECIMAL128:
      return AppendDecimal<arrow::Decimal128Type>(array, row, out);
    case arrow::Type::DATE32:
      return AppendTemporal<arrow::Date32Type>(array, row, out);
    case arrow::Type::TIMESTAMP:
      AppendTemporal<arrow::TimestampType>(array, row, out);
      if (!static_cast<const arrow::TimestampType&>(*array.type()).timezone().empty()) out += 'Z';
      break;
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      out += static_cast<const arrow::BinaryArray&>(array).GetView(row);
      break;
    default:
      break;
  }
}

}  // namespace tusk::df
