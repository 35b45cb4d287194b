#include "dataframe/type/scalar_number.h"

#include <arrow/scalar.h>
#include <arrow/type.h>

namespace tusk::df {
namespace {

template <typename ScalarType>
double Number(const arrow::Scalar& value) {
  return static_cast<double>(static_cast<const ScalarType&>(value).value);
}

}  // namespace

std::optional<double> ScalarNumber(const arrow::Scalar& value) {
  if (!value.is_valid) return std::nullopt;
  switch (value.type->id()) {
    case arrow::Type::INT8:
      return Number<arrow::Int8Scalar>(value);
    case arrow::Type::INT16:
      return Number<arrow::Int16Scalar>(value);
    case arrow::Type::INT32:
      return Number<arrow::Int32Scalar>(value);
    case arrow::Type::INT64:
      return Number<arrow::Int64Scalar>(value);
    case arrow::Type::UINT8:
      return Number<arrow::UInt8Scalar>(value);
    case arrow::Type::UINT16:
      return Number<arrow::UInt16Scalar>(value);
    case arrow::Type::UINT32:
      return Number<arrow::UInt32Scalar>(value);
    case arrow::Type::UINT64:
      return Number<arrow::UInt64Scalar>(value);
    case arrow::Type::FLOAT:
      return Number<arrow::FloatScalar>(value);
    case arrow::Type::DOUBLE:
      return Number<arrow::DoubleScalar>(value);
    case arrow::Type::DATE32:
      return Number<arrow::Date32Scalar>(value);
    case arrow::Type::TIMESTAMP:
      return Number<arrow::TimestampScalar>(value);
    case arrow::Type::DECIMAL128:
      return static_cast<const arrow::Decimal128Scalar&>(value).value.ToDouble(
          static_cast<const arrow::Decimal128Type&>(*value.type).scale());
    default:
      return std::nullopt;
  }
}

}  // namespace tusk::df
