#include "dataframe/type/type_rules.h"

#include <algorithm>

#include <arrow/extension_type.h>
#include <arrow/type.h>
#include <arrow/type_traits.h>

#include "common/base/status_macros.h"

namespace tusk::df {

namespace {

constexpr int32_t kMaxDigits = 38;

int Bits(const arrow::DataType& type) { return type.bit_width(); }

bool IsTimestamp(const arrow::DataType& type) { return type.id() == arrow::Type::TIMESTAMP; }

bool HasZone(const arrow::DataType& type) {
  return IsTimestamp(type) && !static_cast<const arrow::TimestampType&>(type).timezone().empty();
}

TypePtr Timestamp(bool zone) {
  return zone ? arrow::timestamp(arrow::TimeUnit::MICRO, "UTC")
              : arrow::timestamp(arrow::TimeUnit::MICRO);
}

/// Digits of the greatest value of an integer type.
int32_t DigitsOfInteger(const arrow::DataType& type) {
  switch (Bits(type)) {
    case 8:
      return 3;
    case 16:
      return 5;
    case 32:
      return 10;
    default:
      return type.id() == arrow::Type::UINT64 ? 20 : 19;
  }
}

/// The decimal of so many digits before and behind the point; the scale stays when 38 are too few.
TypePtr DecimalOfDigits(int32_t whole, int32_t scale) {
  return arrow::decimal128(std::clamp(whole + scale, 1, kMaxDigits), scale);
}

TypePtr CommonInteger(const TypePtr& a, const TypePtr& b) {
  const bool a_signed = arrow::is_signed_integer(a->id());
  if (a_signed == arrow::is_signed_integer(b->id())) return Bits(*a) >= Bits(*b) ? a : b;
  const TypePtr& with_sign = a_signed ? a : b;
  const TypePtr& without_sign = a_signed ? b : a;
  if (Bits(*with_sign) > Bits(*without_sign)) return with_sign;
  switch (Bits(*without_sign)) {
    case 8:
      return arrow::int16();
    case 16:
      return arrow::int32();
    case 32:
      return arrow::int64();
    default:
      return DecimalOfInteger(*without_sign);
  }
}

TypePtr CommonFloat(const TypePtr& a, const TypePtr& b) {
  const auto fits_float = [](const arrow::DataType& type) {
    return type.id() == arrow::Type::FLOAT || (IsIntegerType(type) && Bits(type) <= 16);
  };
  return fits_float(*a) && fits_float(*b) ? arrow::float32() : arrow::float64();
}

const arrow::Decimal128Type& AsDecimal(const TypePtr& type) {
  return static_cast<const arrow::Decimal128Type&>(*type);
}

/// Decimals as they are, integers as the decimal that holds them.
TypePtr ExactAsDecimal(const TypePtr& type) {
  return IsDecimalType(*type) ? type : DecimalOfInteger(*type);
}

TypePtr CommonDecimal(const TypePtr& a, const TypePtr& b) {
  const TypePtr left = ExactAsDecimal(a), right = ExactAsDecimal(b);
  const auto &x = AsDecimal(left), &y = AsDecimal(right);
  return DecimalOfDigits(std::max(x.precision() - x.scale(), y.precision() - y.scale()),
                         std::max(x.scale(), y.scale()));
}

TypePtr CommonNumber(const TypePtr& a, const TypePtr& b) {
  if (IsFloatType(*a) || IsFloatType(*b)) return CommonFloat(a, b);
  if (IsDecimalType(*a) || IsDecimalType(*b)) return CommonDecimal(a, b);
  return CommonInteger(a, b);
}

bool IsDateOrTimestamp(const arrow::DataType& type) {
  return type.id() == arrow::Type::DATE32 || IsTimestamp(type);
}

bool IsSpan(const arrow::DataType& type) {
  return type.id() == arrow::Type::DURATION || type.id() == arrow::Type::INTERVAL_MONTH_DAY_NANO;
}

Status NoArithmetic(char op, const TypePtr& left, const TypePtr& right) {
  return Status::Error(StatusCode::kInvalidArgument, "{} {} {} is not defined", TypeText(*left), op,
                       TypeText(*right));
}

Result<TypePtr> DecimalArithmetic(char op, const TypePtr& left, const TypePtr& right) {
  const TypePtr a = ExactAsDecimal(left), b = ExactAsDecimal(right);
  const auto &x = AsDecimal(a), &y = AsDecimal(b);
  const int32_t x_whole = x.precision() - x.scale(), y_whole = y.precision() - y.scale();
  const int32_t scale = std::max(x.scale(), y.scale());
  switch (op) {
    case '+':
    case '-':
      return DecimalOfDigits(std::max(x_whole, y_whole) + 1, scale);
    case '*':
      if (x.scale() + y.scale() > kMaxDigits) {
        return Status::Error(
            StatusCode::kInvalidArgument,
            "{} * {} has {} digits behind the point, more than 38: cast one to a smaller scale",
            TypeText(*left), TypeText(*right), x.scale() + y.scale());
      }
      return DecimalOfDigits(x_whole + y_whole, x.scale() + y.scale());
    case '%':
      return DecimalOfDigits(std::max(x_whole, y_whole), scale);
    default:
      return NoArithmetic(op, left, right);
  }
}

Result<TypePtr> NumberArithmetic(char op, const TypePtr& left, const TypePtr& right) {
  if (IsFloatType(*left) || IsFloatType(*right)) return CommonFloat(left, right);
  if (op == '/') return arrow::float64();
  const TypePtr common = CommonNumber(left, right);
  if (IsDecimalType(*common)) return DecimalArithmetic(op, left, right);
  return common;
}

Result<TypePtr> TimeArithmetic(char op, const TypePtr& left, const TypePtr& right) {
  const bool plus = op == '+', minus = op == '-';
  if (plus && !IsDateOrTimestamp(*left) && IsDateOrTimestamp(*right)) {
    return TimeArithmetic(op, right, left);
  }
  if (IsDateOrTimestamp(*left) && (plus || minus)) {
    const bool date = left->id() == arrow::Type::DATE32;
    if (date && IsIntegerType(*right)) return left;
    if (date && minus && right->id() == arrow::Type::DATE32) return arrow::int64();
    if (minus && IsDateOrTimestamp(*right)) return arrow::duration(arrow::TimeUnit::MICRO);
    if (IsSpan(*right)) return Timestamp(HasZone(*left));
  }
  if (IsSpan(*left) && left->Equals(*right) && (plus || minus)) return left;
  if (op == '*' && IsSpan(*left) && IsIntegerType(*right)) return left;
  if (op == '*' && IsIntegerType(*left) && IsSpan(*right)) return right;
  return NoArithmetic(op, left, right);
}

Result<TypePtr> AdmitDecimal(const arrow::DataType& type) {
  const auto& decimal = static_cast<const arrow::DecimalType&>(type);
  int32_t precision = decimal.precision(), scale = decimal.scale();
  if (scale < 0) {
    precision -= scale;
    scale = 0;
  }
  precision = std::max(precision, scale);
  if (precision > kMaxDigits) {
    return Status::Error(StatusCode::kUnsupported,
                         "{} has more than the 38 digits that a decimal holds", TypeText(type));
  }
  return arrow::decimal128(precision, scale);
}

Result<TypePtr> AdmitList(const TypePtr& values) {
  ASSIGN_OR_RETURN(TypePtr admitted, AdmitType(values));
  return arrow::list(std::move(admitted));
}

}  // namespace

bool IsIntegerType(const arrow::DataType& type) { return arrow::is_integer(type.id()); }

bool IsFloatType(const arrow::DataType& type) {
  return type.id() == arrow::Type::FLOAT || type.id() == arrow::Type::DOUBLE;
}

bool IsDecimalType(const arrow::DataType& type) { return type.id() == arrow::Type::DECIMAL128; }

bool IsNumeric(const arrow::DataType& type) {
  return IsIntegerType(type) || IsFloatType(type) || IsDecimalType(type);
}

bool IsTemporalType(const arrow::DataType& type) { return IsDateOrTimestamp(type) || IsSpan(type); }

bool IsAdmittedType(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::NA:
    case arrow::Type::BOOL:
    case arrow::Type::FLOAT:
    case arrow::Type::DOUBLE:
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
    case arrow::Type::DATE32:
    case arrow::Type::INTERVAL_MONTH_DAY_NANO:
      return true;
    case arrow::Type::DECIMAL128: {
      const auto& decimal = static_cast<const arrow::Decimal128Type&>(type);
      return decimal.scale() >= 0 && decimal.scale() <= decimal.precision();
    }
    case arrow::Type::TIMESTAMP:
      return type.Equals(*Timestamp(false)) || type.Equals(*Timestamp(true));
    case arrow::Type::DURATION:
      return type.Equals(*arrow::duration(arrow::TimeUnit::MICRO));
    case arrow::Type::LIST:
      return IsAdmittedType(*static_cast<const arrow::ListType&>(type).value_type());
    default:
      return IsIntegerType(type);
  }
}

Result<TypePtr> AdmitType(const TypePtr& type) {
  if (IsAdmittedType(*type)) return type;
  switch (type->id()) {
    case arrow::Type::HALF_FLOAT:
      return arrow::float32();
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW:
      return arrow::utf8();
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::BINARY_VIEW:
    case arrow::Type::FIXED_SIZE_BINARY:
      return arrow::binary();
    case arrow::Type::DATE64:
      return arrow::date32();
    case arrow::Type::TIMESTAMP:
      return Timestamp(HasZone(*type));
    case arrow::Type::DURATION:
      return arrow::duration(arrow::TimeUnit::MICRO);
    case arrow::Type::INTERVAL_MONTHS:
    case arrow::Type::INTERVAL_DAY_TIME:
      return arrow::month_day_nano_interval();
    case arrow::Type::DECIMAL32:
    case arrow::Type::DECIMAL64:
    case arrow::Type::DECIMAL128:
    case arrow::Type::DECIMAL256:
      return AdmitDecimal(*type);
    case arrow::Type::DICTIONARY:
      return AdmitType(static_cast<const arrow::DictionaryType&>(*type).value_type());
    case arrow::Type::RUN_END_ENCODED:
      return AdmitType(static_cast<const arrow::RunEndEncodedType&>(*type).value_type());
    case arrow::Type::EXTENSION:
      return AdmitType(static_cast<const arrow::ExtensionType&>(*type).storage_type());
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
    case arrow::Type::FIXED_SIZE_LIST:
    case arrow::Type::LIST_VIEW:
    case arrow::Type::LARGE_LIST_VIEW:
      return AdmitList(static_cast<const arrow::BaseListType&>(*type).value_type());
    default:
      return Status::Error(StatusCode::kUnsupported, "columns of type {} are not supported",
                           TypeText(*type));
  }
}

TypePtr DecimalOfInteger(const arrow::DataType& type) {
  return arrow::decimal128(DigitsOfInteger(type), 0);
}

Result<TypePtr> CommonType(const TypePtr& a, const TypePtr& b) {
  if (a->Equals(*b)) return a;
  if (a->id() == arrow::Type::NA) return b;
  if (b->id() == arrow::Type::NA) return a;
  if (IsNumeric(*a) && IsNumeric(*b)) return CommonNumber(a, b);
  if (IsDateOrTimestamp(*a) && IsDateOrTimestamp(*b)) return Timestamp(HasZone(*a) || HasZone(*b));
  if (IsSpan(*a) && IsSpan(*b)) return arrow::duration(arrow::TimeUnit::MICRO);
  if (a->id() == arrow::Type::LIST && b->id() == arrow::Type::LIST) {
    if (Result<TypePtr> values = CommonType(static_cast<const arrow::ListType&>(*a).value_type(),
                                            static_cast<const arrow::ListType&>(*b).value_type());
        values.ok()) {
      return arrow::list(*values);
    }
  }
  return Status::Error(StatusCode::kInvalidArgument, "{} and {} have no common type", TypeText(*a),
                       TypeText(*b));
}

Result<TypePtr> ArithmeticType(char op, const TypePtr& left, const TypePtr& right) {
  const bool left_null = left->id() == arrow::Type::NA, right_null = right->id() == arrow::Type::NA;
  // A null is taken for what fits: a number beside a number, days beside a date.
  if (left_null && right_null) return arrow::int64();
  if (left_null || right_null) {
    const TypePtr& known = left_null ? right : left;
    const bool days = known->id() == arrow::Type::DATE32;
    const TypePtr meant = days && (op == '+' || right_null) ? arrow::int64()
                          : IsTimestamp(*known) && !(op == '-' && left_null)
                              ? arrow::duration(arrow::TimeUnit::MICRO)
                          : IsSpan(*known) && op == '*' ? arrow::int64()
                                                        : known;
    return left_null ? ArithmeticType(op, meant, known) : ArithmeticType(op, known, meant);
  }
  if (IsNumeric(*left) && IsNumeric(*right)) return NumberArithmetic(op, left, right);
  return TimeArithmetic(op, left, right);
}

}  // namespace tusk::df
