#include <cmath>
#include <limits>

#include <arrow/compute/cast.h>
#include <arrow/util/bitmap_generate.h>
#include <arrow/util/decimal.h>

#include "dataframe/expr/cast/cast_kernels.h"
#include "dataframe/expr/function/arrow_kernel.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

using ArrayPtr = std::shared_ptr<arrow::Array>;

const arrow::Decimal128Type& AsDecimal(const arrow::DataType& type) {
  return static_cast<const arrow::Decimal128Type&>(type);
}

/// Calls `function` with a value of the C++ type of an integer type.
template <typename Function>
auto WithInteger(const arrow::DataType& type, const Function& function) {
  switch (type.id()) {
    case arrow::Type::INT8:
      return function(int8_t{});
    case arrow::Type::INT16:
      return function(int16_t{});
    case arrow::Type::INT32:
      return function(int32_t{});
    case arrow::Type::UINT8:
      return function(uint8_t{});
    case arrow::Type::UINT16:
      return function(uint16_t{});
    case arrow::Type::UINT32:
      return function(uint32_t{});
    case arrow::Type::UINT64:
      return function(uint64_t{});
    default:
      return function(int64_t{});
  }
}

/// Arrow's cast without checks of ranges.
ColumnCast Unchecked(const TypePtr& to) {
  return [options =
              arrow::compute::CastOptions::Unsafe(to)](const ArrayPtr& column) -> Result<ArrayPtr> {
    const arrow::Datum datum(column);
    ASSIGN_OR_RETURN(arrow::Datum result, CallArrow("cast", {&datum, 1}, &options));
    return result.make_array();
  };
}

/// Divides by a power of ten, half away from zero.
Int128 DivideRounded(Int128 value, Int128 power) {
  Int128 quotient = value / power;
  const Int128 rest = value % power;
  if (rest >= power - rest && rest > 0) ++quotient;
  if (-rest >= power + rest && rest < 0) --quotient;
  return quotient;
}

template <typename From, typename To>
ColumnCast IntegerToInteger(const TypePtr& to, bool or_null) {
  return [to, or_null](const ArrayPtr& column) {
    const arrow::Datum datum(column);
    const ColumnValues<From> values(datum);
    return ConvertRows<To>(column, to, or_null, [&](int64_t row, To* out) {
      const From value = values[row];
      *out = static_cast<To>(value);
      return std::in_range<To>(value);
    });
  };
}

ColumnCast CastInteger(const TypePtr& from, const TypePtr& to, bool or_null) {
  return WithInteger(*from, [&](auto from_value) {
    return WithInteger(*to, [&](auto to_value) {
      return IntegerToInteger<decltype(from_value), decltype(to_value)>(to, or_null);
    });
  });
}

/// Whole numbers of another kind, through the integers of 64 bits.
template <typename Wide>
ColumnCast ThenInteger(ColumnCast first, const TypePtr& wide, const TypePtr& to, bool or_null) {
  if (wide->Equals(*to)) return first;
  return [first = std::move(first),
          second = CastInteger(wide, to, or_null)](const ArrayPtr& column) -> Result<ArrayPtr> {
    ASSIGN_OR_RETURN(const ArrayPtr whole, first(column));
    return second(whole);
  };
}

template <typename Float, typename Wide>
ColumnCast FloatToWide(const TypePtr& wide, bool or_null) {
  return [wide, or_null](const ArrayPtr& column) {
    const arrow::Datum datum(column);
    const ColumnValues<Float> values(datum);
    // Both bounds are powers of two and thus exact, the upper one is just outside.
    constexpr double kLeast = static_cast<double>(std::numeric_limits<Wide>::min());
    constexpr double kBeyond = std::is_signed_v<Wide> ? 0x1p63 : 0x1p64;
    return ConvertRows<Wide>(column, wide, or_null, [&](int64_t row, Wide* out) {
      const double value = std::nearbyint(static_cast<double>(values[row]));
      if (!(value >= kLeast && value < kBeyond)) return false;
      *out = static_cast<Wide>(value);
      return true;
    });
  };
}

template <typename Wide>
ColumnCast DecimalToWide(const TypePtr& from, const TypePtr& wide, bool or_null) {
  return [power = PowerOfTen(AsDecimal(*from).scale()), wide, or_null](const ArrayPtr& column) {
    const arrow::Datum datum(column);
    const ColumnValues<Int128> values(datum);
    return ConvertRows<Wide>(column, wide, or_null, [&](int64_t row, Wide* out) {
      const Int128 value = DivideRounded(values[row], power);
      if (value < std::numeric_limits<Wide>::min() || value > std::numeric_limits<Wide>::max()) {
        return false;
      }
      *out = static_cast<Wide>(value);
      return true;
    });
  };
}

template <typename Wide>
ColumnCast ToInteger(const TypePtr& from, const TypePtr& wide, const TypePtr& to, bool or_null) {
  ColumnCast first;
  if (IsDecimalType(*from)) {
    first = DecimalToWide<Wide>(from, wide, or_null);
  } else if (from->id() == arrow::Type::FLOAT) {
    first = FloatToWide<float, Wide>(wide, or_null);
  } else {
    first = FloatToWide<double, Wide>(wide, or_null);
  }
  return ThenInteger<Wide>(std::move(first), wide, to, or_null);
}

ColumnCast IntegerToDecimal(const TypePtr& from, const TypePtr& to, bool or_null) {
  return WithInteger(*from, [&](auto zero) -> ColumnCast {
    using From = decltype(zero);
    const Int128 power = PowerOfTen(AsDecimal(*to).scale());
    // The greatest whole part that has room.
    const Int128 limit = PowerOfTen(AsDecimal(*to).precision() - AsDecimal(*to).scale());
    return [power, limit, to, or_null](const ArrayPtr& column) {
      const arrow::Datum datum(column);
      const ColumnValues<From> values(datum);
      return ConvertRows<Int128>(column, to, or_null, [&](int64_t row, Int128* out) {
        const Int128 value = values[row];
        if (value >= limit || value <= -limit) return false;
        *out = value * power;
        return true;
      });
    };
  });
}

ColumnCast DecimalToDecimal(const TypePtr& from, const TypePtr& to, bool or_null) {
  const int up = AsDecimal(*to).scale() - AsDecimal(*from).scale();
  const Int128 power = PowerOfTen(std::abs(up));
  const Int128 limit = PowerOfTen(AsDecimal(*to).precision());
  return [up, power, limit, to, or_null](const ArrayPtr& column) {
    const arrow::Datum datum(column);
    const ColumnValues<Int128> values(datum);
    return ConvertRows<Int128>(column, to, or_null, [&](int64_t row, Int128* out) {
      Int128 value = values[row];
      if (up < 0) {
        value = DivideRounded(value, power);
      } else if (__builtin_mul_overflow(value, power, &value)) {
        return false;
      }
      *out = value;
      return value < limit && value > -limit;
    });
  };
}

template <typename Float>
ColumnCast FloatToDecimal(const TypePtr& to, bool or_null) {
  return [to, or_null](const ArrayPtr& column) {
    const arrow::Datum datum(column);
    const ColumnValues<Float> values(datum);
    const int32_t precision = AsDecimal(*to).precision(), scale = AsDecimal(*to).scale();
    return ConvertRows<Int128>(column, to, or_null, [&](int64_t row, Int128* out) {
      const Float value = values[row];
      if (!std::isfinite(value)) return false;
      const auto decimal = arrow::Decimal128::FromReal(value, precision, scale);
      if (!decimal.ok()) return false;
      *out = LoadValue<Int128>(decimal->native_endian_bytes());
      return true;
    });
  };
}

template <typename Float>
ColumnCast DecimalToFloat(const TypePtr& from, const TypePtr& to) {
  return [scale = AsDecimal(*from).scale(), to](const ArrayPtr& column) {
    const arrow::Datum datum(column);
    const ColumnValues<Int128> values(datum);
    // With both sides exact a division rounds once, which is right; beyond that Arrow knows how.
    constexpr Int128 kExact = Int128{1} << 53;
    constexpr int kExactPower = 22;
    const double power = scale <= kExactPower ? static_cast<double>(PowerOfTen(scale)) : 0;
    return ConvertRows<Float>(column, to, false, [&](int64_t row, Float* out) {
      const Int128 value = values[row];
      if (power != 0 && value <= kExact && value >= -kExact) {
        *out = static_cast<Float>(static_cast<double>(static_cast<int64_t>(value)) / power);
      } else {
        const arrow::Decimal128 decimal(static_cast<int64_t>(value >> 64),
                                        static_cast<uint64_t>(value));
        *out = static_cast<Float>(decimal.ToDouble(scale));
      }
      return true;
    });
  };
}

ColumnCast DecimalToBool() {
  return [](const ArrayPtr& column) -> Result<ArrayPtr> {
    const arrow::Datum datum(column);
    const ColumnValues<Int128> values(datum);
    const int64_t rows = column->length();
    ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> bits, NewBitmap(rows));
    int64_t row = 0;
    arrow::internal::GenerateBitsUnrolled(bits->mutable_data(), 0, rows,
                                          [&]() -> bool { return values[row++] != 0; });
    ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> validity, CommonValidity({&datum, 1}, rows));
    return MakeColumn(arrow::boolean(), rows, std::move(validity), std::move(bits)).make_array();
  };
}

ColumnCast ToDecimal(const TypePtr& from, const TypePtr& to, bool or_null) {
  if (IsIntegerType(*from)) return IntegerToDecimal(from, to, or_null);
  if (IsDecimalType(*from)) return DecimalToDecimal(from, to, or_null);
  if (from->id() == arrow::Type::FLOAT) return FloatToDecimal<float>(to, or_null);
  return FloatToDecimal<double>(to, or_null);
}

}  // namespace

Result<ColumnCast> CastNumber(const TypePtr& from, const TypePtr& to, bool or_null) {
  const bool from_bool = from->id() == arrow::Type::BOOL, to_bool = to->id() == arrow::Type::BOOL;
  if (to_bool) return IsDecimalType(*from) ? DecimalToBool() : Unchecked(to);
  if (from_bool && IsDecimalType(*to)) {
    return ColumnCast(
        [first = Unchecked(arrow::int8()), second = IntegerToDecimal(arrow::int8(), to, or_null)](
            const ArrayPtr& column) -> Result<ArrayPtr> {
          ASSIGN_OR_RETURN(const ArrayPtr whole, first(column));
          return second(whole);
        });
  }
  if (IsDecimalType(*to)) return ToDecimal(from, to, or_null);
  if (IsDecimalType(*from) && to->id() == arrow::Type::FLOAT)
    return DecimalToFloat<float>(from, to);
  if (IsDecimalType(*from) && IsFloatType(*to)) return DecimalToFloat<double>(from, to);
  if (IsIntegerType(*to) && IsIntegerType(*from) && CastCanFail(*from, *to)) {
    return CastInteger(from, to, or_null);
  }
  if (IsIntegerType(*to) && !IsIntegerType(*from) && !from_bool) {
    return to->id() == arrow::Type::UINT64 ? ToInteger<uint64_t>(from, arrow::uint64(), to, or_null)
                                           : ToInteger<int64_t>(from, arrow::int64(), to, or_null);
  }
  return Unchecked(to);
}

}  // namespace tusk::df
