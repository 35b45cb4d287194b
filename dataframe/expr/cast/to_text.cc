#include <cmath>

#include <arrow/array.h>
#include <arrow/builder.h>

#include "dataframe/expr/cast/cast_kernels.h"
#include "dataframe/expr/function/civil_time.h"
#include "dataframe/type/arrow_status.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

void AppendFraction(int64_t fraction, int digits, std::string& out) {
  if (fraction == 0) return;
  std::string text = fmt::format(".{:0{}}", fraction, digits);
  text.erase(text.find_last_not_of('0') + 1);
  out += text;
}

/// "04:05:06.789" of a part of a day, or of any number of hours.
void AppendClock(uint64_t micros, std::string& out) {
  const uint64_t seconds = micros / kMicrosOfSecond;
  fmt::format_to(std::back_inserter(out), "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60,
                 seconds % 60);
  AppendFraction(static_cast<int64_t>(micros % kMicrosOfSecond), 6, out);
}

void AppendDate(int64_t days, std::string& out) {
  const CivilDate date = CivilFromDays(days);
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

void AppendTimestamp(int64_t micros, bool zone, std::string& out) {
  const int64_t days = FloorDivide(micros, kMicrosOfDay);
  AppendDate(days, out);
  out += ' ';
  AppendClock(static_cast<uint64_t>(micros - days * kMicrosOfDay), out);
  if (zone) out += "+00";
}

void AppendDecimal(Int128 value, int scale, std::string& out) {
  const bool negative = value < 0;
  auto rest = static_cast<unsigned __int128>(value);
  if (negative) rest = 0 - rest;
  char digits[40];
  int length = 0;
  const auto add_digits = [&](auto number) {
    do {
      digits[length++] = static_cast<char>('0' + static_cast<int>(number % 10));
      number /= 10;
    } while (number != 0 || length <= scale);
  };
  // Most have 64 bits, which are divided much faster.
  if (rest == static_cast<uint64_t>(rest)) {
    add_digits(static_cast<uint64_t>(rest));
  } else {
    add_digits(rest);
  }
  if (negative) out += '-';
  for (int i = length - 1; i >= 0; --i) {
    out += digits[i];
    if (i == scale && scale > 0) out += '.';
  }
}

template <typename Float>
void AppendFloat(Float value, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value < 0 ? "-Infinity" : "Infinity";
  } else {
    fmt::format_to(std::back_inserter(out), "{}", value);
  }
}

/// "-1 days", with a space before all but the first.
void AppendUnits(int64_t count, std::string_view unit, size_t start, std::string& out) {
  if (count == 0) return;
  if (out.size() > start) out += ' ';
  fmt::format_to(std::back_inserter(out), "{} {}{}", count, unit,
                 count == 1 || count == -1 ? "" : "s");
}

/// "1 year 2 months 3 days 04:05:06.789".
void AppendInterval(const arrow::MonthDayNanoIntervalType::MonthDayNanos& interval,
                    std::string& out) {
  const size_t start = out.size();
  AppendUnits(interval.months / 12, "year", start, out);
  AppendUnits(interval.months % 12, "month", start, out);
  AppendUnits(interval.days, "day", start, out);
  if (interval.nanoseconds == 0 && out.size() > start) return;
  if (out.size() > start) out += ' ';
  auto nanos = static_cast<uint64_t>(interval.nanoseconds);
  if (interval.nanoseconds < 0) {
    out += '-';
    nanos = 0 - nanos;
  }
  const uint64_t seconds = nanos / 1'000'000'000;
  fmt::format_to(std::back_inserter(out), "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60,
                 seconds % 60);
  AppendFraction(static_cast<int64_t>(nanos % 1'000'000'000), 9, out);
}

void AppendDuration(int64_t value, std::string& out) {
  auto micros = static_cast<uint64_t>(value);
  if (value < 0) {
    out += '-';
    micros = 0 - micros;
  }
  AppendClock(micros, out);
}

/// Wraps `append(value, out)` for a column of such an array.
template <typename Array, typename Append>
TextAppender AppenderOf(const std::shared_ptr<arrow::Array>& column, Append append) {
  return [column, append](int64_t row, std::string& out) {
    const auto& array = static_cast<const Array&>(*column);
    if (array.IsNull(row)) {
      out += "null";
    } else {
      append(array, row, out);
    }
  };
}

template <typename Array>
TextAppender NumberAppender(const std::shared_ptr<arrow::Array>& column) {
  return AppenderOf<Array>(column, [](const Array& array, int64_t row, std::string& out) {
    fmt::format_to(std::back_inserter(out), "{}", array.Value(row));
  });
}

template <typename Array>
TextAppender FloatAppender(const std::shared_ptr<arrow::Array>& column) {
  return AppenderOf<Array>(column, [](const Array& array, int64_t row, std::string& out) {
    AppendFloat(array.Value(row), out);
  });
}

template <typename Array>
TextAppender BytesAppender(const std::shared_ptr<arrow::Array>& column) {
  return AppenderOf<Array>(
      column, [](const Array& array, int64_t row, std::string& out) { out += array.GetView(row); });
}

TextAppender TimestampAppender(const std::shared_ptr<arrow::Array>& column) {
  const bool zone = !static_cast<const arrow::TimestampType&>(*column->type()).timezone().empty();
  return AppenderOf<arrow::TimestampArray>(
      column, [zone](const arrow::TimestampArray& array, int64_t row, std::string& out) {
        AppendTimestamp(array.Value(row), zone, out);
      });
}

TextAppender DecimalAppender(const std::shared_ptr<arrow::Array>& column) {
  const int scale = static_cast<const arrow::Decimal128Type&>(*column->type()).scale();
  return AppenderOf<arrow::Decimal128Array>(
      column, [scale](const arrow::Decimal128Array& array, int64_t row, std::string& out) {
        AppendDecimal(LoadValue<Int128>(array.GetValue(row)), scale, out);
      });
}

TextAppender ListAppender(const std::shared_ptr<arrow::Array>& column) {
  const TextAppender value =
      MakeTextAppender(static_cast<const arrow::ListArray&>(*column).values());
  return AppenderOf<arrow::ListArray>(
      column, [value](const arrow::ListArray& array, int64_t row, std::string& out) {
        out += '[';
        for (int32_t i = 0; i < array.value_length(row); ++i) {
          if (i > 0) out += ", ";
          value(array.value_offset(row) + i, out);
        }
        out += ']';
      });
}

TextAppender IntegerAppender(const std::shared_ptr<arrow::Array>& column) {
  switch (column->type_id()) {
    case arrow::Type::INT8:
      return NumberAppender<arrow::Int8Array>(column);
    case arrow::Type::INT16:
      return NumberAppender<arrow::Int16Array>(column);
    case arrow::Type::INT32:
      return NumberAppender<arrow::Int32Array>(column);
    case arrow::Type::UINT8:
      return NumberAppender<arrow::UInt8Array>(column);
    case arrow::Type::UINT16:
      return NumberAppender<arrow::UInt16Array>(column);
    case arrow::Type::UINT32:
      return NumberAppender<arrow::UInt32Array>(column);
    case arrow::Type::UINT64:
      return NumberAppender<arrow::UInt64Array>(column);
    default:
      return NumberAppender<arrow::Int64Array>(column);
  }
}

TextAppender TimeAppender(const std::shared_ptr<arrow::Array>& column) {
  switch (column->type_id()) {
    case arrow::Type::DATE32:
      return AppenderOf<arrow::Date32Array>(
          column, [](const arrow::Date32Array& array, int64_t row, std::string& out) {
            AppendDate(array.Value(row), out);
          });
    case arrow::Type::TIMESTAMP:
      return TimestampAppender(column);
    case arrow::Type::DURATION:
      return AppenderOf<arrow::DurationArray>(
          column, [](const arrow::DurationArray& array, int64_t row, std::string& out) {
            AppendDuration(array.Value(row), out);
          });
    default:
      return AppenderOf<arrow::MonthDayNanoIntervalArray>(
          column, [](const arrow::MonthDayNanoIntervalArray& array, int64_t row, std::string& out) {
            AppendInterval(array.Value(row), out);
          });
  }
}

}  // namespace

TextAppender MakeTextAppender(const std::shared_ptr<arrow::Array>& column) {
  switch (column->type_id()) {
    case arrow::Type::NA:
      return [](int64_t, std::string& out) { out += "null"; };
    case arrow::Type::BOOL:
      return NumberAppender<arrow::BooleanArray>(column);
    case arrow::Type::FLOAT:
      return FloatAppender<arrow::FloatArray>(column);
    case arrow::Type::DOUBLE:
      return FloatAppender<arrow::DoubleArray>(column);
    case arrow::Type::DECIMAL128:
      return DecimalAppender(column);
    case arrow::Type::STRING:
      return BytesAppender<arrow::StringArray>(column);
    case arrow::Type::BINARY:
      return BytesAppender<arrow::BinaryArray>(column);
    case arrow::Type::LIST:
      return ListAppender(column);
    default:
      return IsIntegerType(*column->type()) ? IntegerAppender(column) : TimeAppender(column);
  }
}

ColumnCast CastToText() {
  return [](const std::shared_ptr<arrow::Array>& column) -> Result<std::shared_ptr<arrow::Array>> {
    const TextAppender append = MakeTextAppender(column);
    arrow::StringBuilder builder;
    RETURN_IF_ERROR(FromArrow(builder.Reserve(column->length())));
    std::string text;
    for (int64_t row = 0; row < column->length(); ++row) {
      if (column->IsNull(row)) {
        builder.UnsafeAppendNull();
        continue;
      }
      text.clear();
      append(row, text);
      RETURN_IF_ERROR(FromArrow(builder.Append(text)));
    }
    return FromArrow(builder.Finish());
  };
}

}  // namespace tusk::df
