#include <arrow/array.h>
#include <arrow/array/builder_primitive.h>

#include "dataframe/expr/cast/cast_kernels.h"
#include "dataframe/expr/cast/text_parser.h"
#include "dataframe/type/arrow_status.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

using ArrayPtr = std::shared_ptr<arrow::Array>;
using MonthDayNanos = arrow::MonthDayNanoIntervalType::MonthDayNanos;

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\n\r\f\v";
  const size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) + 1 - first);
}

/// The cast by a parser that gives optional values of the column's C++ type.
template <typename Out, typename Parse>
ColumnCast CastBy(const TypePtr& to, bool or_null, Parse parse) {
  return [to, or_null, parse](const ArrayPtr& column) {
    const auto& texts = static_cast<const arrow::StringArray&>(*column);
    return ConvertRows<Out>(column, to, or_null, [&](int64_t row, Out* out) {
      const auto value = parse(Trim(texts.GetView(row)));
      if (!value) return false;
      *out = *value;
      return true;
    });
  };
}

/// Integers below 64 bits, by their bounds.
template <typename Integer, typename Wide>
ColumnCast CastToInteger(const TypePtr& to, bool or_null,
                         std::optional<Wide> (*parse)(std::string_view)) {
  return CastBy<Integer>(to, or_null, [parse](std::string_view text) -> std::optional<Integer> {
    const std::optional<Wide> value = parse(text);
    if (!value || !std::in_range<Integer>(*value)) return std::nullopt;
    return static_cast<Integer>(*value);
  });
}

ColumnCast CastToDuration(const TypePtr& to, bool or_null) {
  return CastBy<int64_t>(to, or_null, [](std::string_view text) -> std::optional<int64_t> {
    const std::optional<MonthDayNanos> value = ParseInterval(text);
    if (!value || value->months != 0) return std::nullopt;
    int64_t micros = 0;
    if (__builtin_mul_overflow(int64_t{value->days}, int64_t{86'400'000'000}, &micros) ||
        __builtin_add_overflow(micros, value->nanoseconds / 1000, &micros)) {
      return std::nullopt;
    }
    return micros;
  });
}

ColumnCast CastToBool(bool or_null) {
  return [or_null](const ArrayPtr& column) -> Result<ArrayPtr> {
    const auto& texts = static_cast<const arrow::StringArray&>(*column);
    arrow::BooleanBuilder builder;
    RETURN_IF_ERROR(FromArrow(builder.Reserve(column->length())));
    for (int64_t row = 0; row < column->length(); ++row) {
      std::optional<bool> value;
      if (texts.IsValid(row)) {
        value = ParseBool(Trim(texts.GetView(row)));
        if (!value && !or_null) return CastError(column, row, *arrow::boolean());
      }
      if (value) {
        builder.UnsafeAppend(*value);
      } else {
        builder.UnsafeAppendNull();
      }
    }
    return FromArrow(builder.Finish());
  };
}

ColumnCast CastToDecimal(const TypePtr& to, bool or_null) {
  const auto& decimal = static_cast<const arrow::Decimal128Type&>(*to);
  return CastBy<Int128>(
      to, or_null,
      [precision = decimal.precision(), scale = decimal.scale()](std::string_view text) {
        return ParseDecimalText(text, precision, scale);
      });
}

Result<ColumnCast> CastToAnyInteger(const TypePtr& to, bool or_null) {
  switch (to->id()) {
    case arrow::Type::INT8:
      return CastToInteger<int8_t, int64_t>(to, or_null, ParseInt64);
    case arrow::Type::INT16:
      return CastToInteger<int16_t, int64_t>(to, or_null, ParseInt64);
    case arrow::Type::INT32:
      return CastToInteger<int32_t, int64_t>(to, or_null, ParseInt64);
    case arrow::Type::UINT8:
      return CastToInteger<uint8_t, int64_t>(to, or_null, ParseInt64);
    case arrow::Type::UINT16:
      return CastToInteger<uint16_t, int64_t>(to, or_null, ParseInt64);
    case arrow::Type::UINT32:
      return CastToInteger<uint32_t, int64_t>(to, or_null, ParseInt64);
    case arrow::Type::UINT64:
      return CastToInteger<uint64_t, uint64_t>(to, or_null, ParseUInt64);
    default:
      return CastToInteger<int64_t, int64_t>(to, or_null, ParseInt64);
  }
}

}  // namespace

Result<ColumnCast> CastFromText(const TypePtr& to, bool or_null) {
  if (IsIntegerType(*to)) return CastToAnyInteger(to, or_null);
  switch (to->id()) {
    case arrow::Type::BOOL:
      return CastToBool(or_null);
    case arrow::Type::FLOAT:
      return CastBy<float>(to, or_null, ParseFloat);
    case arrow::Type::DOUBLE:
      return CastBy<double>(to, or_null, ParseDouble);
    case arrow::Type::DECIMAL128:
      return CastToDecimal(to, or_null);
    case arrow::Type::DATE32:
      return CastBy<int32_t>(to, or_null, ParseDate);
    case arrow::Type::TIMESTAMP:
      return CastBy<int64_t>(to, or_null, ParseTimestamp);
    case arrow::Type::DURATION:
      return CastToDuration(to, or_null);
    case arrow::Type::INTERVAL_MONTH_DAY_NANO:
      return CastBy<MonthDayNanos>(to, or_null, ParseInterval);
    default:
      return Status::Error(StatusCode::kInvalidArgument, "string cannot be cast to {}",
                           TypeText(*to));
  }
}

}  // namespace tusk::df
