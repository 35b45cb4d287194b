#include "dataframe/expr/cast.h"

#include <utility>

#include <arrow/array.h>
#include <arrow/array/array_nested.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/util.h>
#include <arrow/compute/cast.h>

#include "dataframe/expr/cast/cast_kernels.h"
#include "dataframe/expr/function/arrow_kernel.h"
#include "dataframe/type/arrow_status.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

using ArrayPtr = std::shared_ptr<arrow::Array>;

bool IsBoolOrNumber(const arrow::DataType& type) {
  return type.id() == arrow::Type::BOOL || IsNumeric(type);
}

bool IsDateOrTimestamp(const arrow::DataType& type) {
  return type.id() == arrow::Type::DATE32 || type.id() == arrow::Type::TIMESTAMP;
}

ColumnCast CastNulls(const TypePtr& to) {
  return [to](const ArrayPtr& column) {
    return FromArrow(arrow::MakeArrayOfNull(to, column->length()));
  };
}

/// By Arrow; times of day are cut.
ColumnCast CastByArrow(const TypePtr& to) {
  arrow::compute::CastOptions options = arrow::compute::CastOptions::Safe(to);
  options.allow_time_truncate = true;
  return [options](const ArrayPtr& column) -> Result<ArrayPtr> {
    const arrow::Datum datum(column);
    ASSIGN_OR_RETURN(const arrow::Datum result, CallArrow("cast", {&datum, 1}, &options));
    return result.make_array();
  };
}

/// Bytes as text when they are UTF-8, each row on its own.
ColumnCast CastBinaryToText(bool or_null) {
  ColumnCast all = CastByArrow(arrow::utf8());
  if (!or_null) return all;
  return [all = std::move(all)](const ArrayPtr& column) -> Result<ArrayPtr> {
    if (Result<ArrayPtr> whole = all(column); whole.ok()) return whole;
    arrow::StringBuilder builder;
    const auto& bytes = static_cast<const arrow::BinaryArray&>(*column);
    for (int64_t row = 0; row < column->length(); ++row) {
      const bool text = bytes.IsValid(row) && all(column->Slice(row, 1)).ok();
      RETURN_IF_ERROR(FromArrow(text ? builder.Append(bytes.GetView(row)) : builder.AppendNull()));
    }
    return FromArrow(builder.Finish());
  };
}

Result<ColumnCast> CastLists(const TypePtr& from, const TypePtr& to, bool or_null) {
  ASSIGN_OR_RETURN(ColumnCast values,
                   MakeCast(static_cast<const arrow::ListType&>(*from).value_type(),
                            static_cast<const arrow::ListType&>(*to).value_type(), or_null));
  return ColumnCast([to, values = std::move(values)](const ArrayPtr& column) -> Result<ArrayPtr> {
    const auto& list = static_cast<const arrow::ListArray&>(*column);
    ASSIGN_OR_RETURN(const ArrayPtr cast, values(list.values()));
    const std::shared_ptr<arrow::ArrayData> data = list.data()->Copy();
    data->type = to;
    data->child_data = {cast->data()};
    return arrow::MakeArray(data);
  });
}

/// Days have 24 hours; months have no length.
ColumnCast CastIntervalToDuration(const TypePtr& to, bool or_null) {
  return [to, or_null](const ArrayPtr& column) {
    const auto& intervals = static_cast<const arrow::MonthDayNanoIntervalArray&>(*column);
    return ConvertRows<int64_t>(column, to, or_null, [&](int64_t row, int64_t* out) {
      const auto interval = intervals.Value(row);
      return interval.months == 0 &&
             !__builtin_mul_overflow(int64_t{interval.days}, int64_t{86'400'000'000}, out) &&
             !__builtin_add_overflow(*out, interval.nanoseconds / 1000, out);
    });
  };
}

ColumnCast CastDurationToInterval(const TypePtr& to, bool or_null) {
  return [to, or_null](const ArrayPtr& column) {
    using MonthDayNanos = arrow::MonthDayNanoIntervalType::MonthDayNanos;
    const arrow::Datum datum(column);
    const ColumnValues<int64_t> micros(datum);
    return ConvertRows<MonthDayNanos>(column, to, or_null, [&](int64_t row, MonthDayNanos* out) {
      *out = {};
      return !__builtin_mul_overflow(micros[row], int64_t{1000}, &out->nanoseconds);
    });
  };
}

}  // namespace

Status CastError(const ArrayPtr& column, int64_t row, const arrow::DataType& to) {
  std::string value;
  MakeTextAppender(column)(row, value);
  const bool text = column->type_id() == arrow::Type::STRING;
  return Status::Error(StatusCode::kInvalidArgument, "cannot cast {1}{0}{1} to {2}", value,
                       text ? "\"" : "", TypeText(to));
}

Result<ColumnCast> MakeCast(const TypePtr& from, const TypePtr& to, bool or_null) {
  if (from->Equals(*to)) {
    return ColumnCast([](const ArrayPtr& column) -> Result<ArrayPtr> { return column; });
  }
  if (from->id() == arrow::Type::NA) return CastNulls(to);
  if (from->id() == arrow::Type::STRING) {
    return to->id() == arrow::Type::BINARY ? CastByArrow(to) : CastFromText(to, or_null);
  }
  if (to->id() == arrow::Type::STRING) {
    // Arrow writes these as we do, and faster.
    if (IsIntegerType(*from) || from->id() == arrow::Type::BOOL) return CastByArrow(to);
    return from->id() == arrow::Type::BINARY ? CastBinaryToText(or_null) : CastToText();
  }
  if (IsBoolOrNumber(*from) && IsBoolOrNumber(*to)) return CastNumber(from, to, or_null);
  if (IsDateOrTimestamp(*from) && IsDateOrTimestamp(*to)) return CastByArrow(to);
  if (from->id() == arrow::Type::LIST && to->id() == arrow::Type::LIST) {
    return CastLists(from, to, or_null);
  }
  if (from->id() == arrow::Type::DURATION && to->id() == arrow::Type::INTERVAL_MONTH_DAY_NANO) {
    return CastDurationToInterval(to, or_null);
  }
  if (from->id() == arrow::Type::INTERVAL_MONTH_DAY_NANO && to->id() == arrow::Type::DURATION) {
    return CastIntervalToDuration(to, or_null);
  }
  return Status::Error(StatusCode::kInvalidArgument, "{} cannot be cast to {}", TypeText(*from),
                       TypeText(*to));
}

bool CastCanFail(const arrow::DataType& from, const arrow::DataType& to) {
  if (from.Equals(to) || from.id() == arrow::Type::NA) return false;
  if (to.id() == arrow::Type::STRING) return from.id() == arrow::Type::BINARY;
  if (from.id() == arrow::Type::STRING) return to.id() != arrow::Type::BINARY;
  if (to.id() == arrow::Type::BOOL || IsFloatType(to)) return false;
  if (from.id() == arrow::Type::BOOL) return IsDecimalType(to);
  if (IsIntegerType(from) && IsIntegerType(to)) {
    const bool from_signed = arrow::is_signed_integer(from.id());
    if (from_signed == arrow::is_signed_integer(to.id())) return from.bit_width() > to.bit_width();
    return from_signed || from.bit_width() >= to.bit_width();
  }
  if (IsDecimalType(to) && (IsIntegerType(from) || IsDecimalType(from))) {
    const TypePtr exact = IsIntegerType(from) ? DecimalOfInteger(from) : nullptr;
    const auto& source =
        static_cast<const arrow::Decimal128Type&>(exact == nullptr ? from : *exact);
    const auto& target = static_cast<const arrow::Decimal128Type&>(to);
    // One digit less to round up into where digits are cut.
    const int cut = source.scale() > target.scale() ? 1 : 0;
    return source.precision() - source.scale() + cut > target.precision() - target.scale();
  }
  // Dates beyond what 64 bits of microseconds hold do fail.
  return !(from.id() == arrow::Type::TIMESTAMP && IsDateOrTimestamp(to));
}

Result<std::shared_ptr<arrow::Scalar>> CastScalar(const std::shared_ptr<arrow::Scalar>& value,
                                                  const TypePtr& to, bool or_null) {
  if (value->type->Equals(*to)) return value;
  ASSIGN_OR_RETURN(const ColumnCast cast, MakeCast(value->type, to, or_null));
  if (!value->is_valid) return arrow::MakeNullScalar(to);
  ASSIGN_OR_RETURN(const ArrayPtr column, FromArrow(arrow::MakeArrayFromScalar(*value, 1)));
  ASSIGN_OR_RETURN(const ArrayPtr result, cast(column));
  return FromArrow(result->GetScalar(0));
}

std::string ScalarText(const std::shared_ptr<arrow::Scalar>& value) {
  if (!value->is_valid) return "null";
  arrow::Result<ArrayPtr> column = arrow::MakeArrayFromScalar(*value, 1);
  if (!column.ok() || !IsAdmittedType(*value->type)) return value->ToString();
  std::string text;
  MakeTextAppender (*column)(0, text);
  return text;
}

}  // namespace tusk::df
