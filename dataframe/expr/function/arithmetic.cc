#include <cmath>
#include <utility>
#include <vector>

#include <arrow/scalar.h>
#include <arrow/type.h>
#include <arrow/util/bit_util.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/function/arrow_kernel.h"
#include "dataframe/expr/function/column_values.h"
#include "dataframe/expr/function/decimal_kernels.h"
#include "dataframe/expr/function/families.h"
#include "dataframe/expr/function/meeting_type.h"
#include "dataframe/expr/function/temporal_arithmetic.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

using Types = std::span<const TypePtr>;
using Datums = std::span<const arrow::Datum>;

bool IsNull(const TypePtr& type) { return type->id() == arrow::Type::NA; }
bool IsDuration(const TypePtr& type) { return type->id() == arrow::Type::DURATION; }
bool IsInterval(const TypePtr& type) { return type->id() == arrow::Type::INTERVAL_MONTH_DAY_NANO; }

/// The checked kernel of Arrow's, or for floats the plain one.
std::string KernelName(char op, bool floats) {
  const std::string name = op == '+'   ? "add"
                           : op == '-' ? "subtract"
                           : op == '*' ? "multiply"
                                       : "divide";
  return floats ? name : name + "_checked";
}

/// The rest of a division of integers or floats, with the sign of the left side.
template <typename Number>
Result<arrow::Datum> Modulo(Datums args, int64_t rows, const TypePtr& type) {
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> validity, CommonValidity(args, rows));
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> values,
                   NewBuffer(rows * static_cast<int64_t>(sizeof(Number))));
  const ColumnValues<Number> left(args[0]), right(args[1]);
  uint8_t* out = values->mutable_data();
  for (int64_t row = 0; row < rows; ++row, out += sizeof(Number)) {
    const Number x = left[row], y = right[row];
    Number rest = 0;
    if constexpr (std::is_floating_point_v<Number>) {
      rest = std::fmod(x, y);
    } else if (y == 0) {
      if (validity == nullptr || arrow::bit_util::GetBit(validity->data(), row)) {
        return Status(StatusCode::kInvalidArgument, "division by zero");
      }
    } else if (std::is_unsigned_v<Number> || y != static_cast<Number>(-1)) {
      rest = static_cast<Number>(x % y);
    }
    StoreValue(rest, out);
  }
  return MakeColumn(type, rows, std::move(validity), std::move(values));
}

template <typename Number>
ScalarKernel ModuloOf(const TypePtr& type) {
  return [type](Datums args, int64_t rows) { return Modulo<Number>(args, rows, type); };
}

ScalarKernel ModuloKernel(const TypePtr& type) {
  switch (type->id()) {
    case arrow::Type::INT8:
      return ModuloOf<int8_t>(type);
    case arrow::Type::INT16:
      return ModuloOf<int16_t>(type);
    case arrow::Type::INT32:
      return ModuloOf<int32_t>(type);
    case arrow::Type::UINT8:
      return ModuloOf<uint8_t>(type);
    case arrow::Type::UINT16:
      return ModuloOf<uint16_t>(type);
    case arrow::Type::UINT32:
      return ModuloOf<uint32_t>(type);
    case arrow::Type::UINT64:
      return ModuloOf<uint64_t>(type);
    case arrow::Type::FLOAT:
      return ModuloOf<float>(type);
    case arrow::Type::DOUBLE:
      return ModuloOf<double>(type);
    default:
      return ModuloOf<int64_t>(type);
  }
}

const arrow::Decimal128Type& AsDecimal(const TypePtr& type) {
  return static_cast<const arrow::Decimal128Type&>(*type);
}

TypePtr ExactAsDecimal(const TypePtr& type) {
  return IsIntegerType(*type) ? DecimalOfInteger(*type) : type;
}

Overload ResolveDecimals(char op, const TypePtr& left, const TypePtr& right,
                         const TypePtr& result) {
  const TypePtr x = ExactAsDecimal(left), y = ExactAsDecimal(right);
  return {.arg_types = {x, y},
          .result = result,
          .kernel = DecimalArithmetic(op, x, y, result),
          .may_fail = DecimalArithmeticCanFail(op, AsDecimal(x), AsDecimal(y))};
}

Overload ResolveNumbers(char op, const TypePtr& left, const TypePtr& right, const TypePtr& result) {
  if (IsDecimalType(*result)) return ResolveDecimals(op, left, right, result);
  const bool floats = IsFloatType(*left) || IsFloatType(*right);
  if (op == '%') {
    return {.arg_types = {result, result},
            .result = result,
            .kernel = ModuloKernel(result),
            .may_fail = !floats};
  }
  // Division of exact numbers is one of doubles that refuses zero.
  return {.arg_types = {result, result},
          .result = result,
          .kernel = ArrowKernel(KernelName(op, floats)),
          .may_fail = !floats};
}

/// Literals beside a column: a text is a number or a date if that is one, an integer beside a
/// decimal has just its digits.
TypePtr AdaptedType(Types types, LiteralArgs literals, size_t i) {
  const TypePtr& type = types[i];
  const TypePtr& other = types[1 - i];
  if (IsTextLiteral(type, literals[i]) && (IsNumeric(*other) || IsTemporalType(*other))) {
    return other;
  }
  if (IsDecimalType(*other)) return NarrowLiteralType(type, literals[i]);
  return type;
}

/// A literal that is added to a decimal of a greater scale has that scale from the start, so that
/// no row is multiplied for it.
TypePtr ScaledLiteralType(const TypePtr& type, const std::shared_ptr<arrow::Scalar>& literal,
                          const TypePtr& other) {
  if (literal == nullptr || !IsDecimalType(*type) || !IsDecimalType(*other)) return type;
  const int more = AsDecimal(other).scale() - AsDecimal(type).scale();
  if (more <= 0 || AsDecimal(type).precision() + more > 38) return type;
  return arrow::decimal128(AsDecimal(type).precision() + more, AsDecimal(other).scale());
}

Result<Overload> ResolveArithmetic(char op, Types types, LiteralArgs literals) {
  if (types.size() != 2) {
    return Status::Error(StatusCode::kInvalidArgument, "{} takes two values, not {}", op,
                         types.size());
  }
  TypePtr left = AdaptedType(types, literals, 0), right = AdaptedType(types, literals, 1);
  if (op == '+' || op == '-') {
    left = ScaledLiteralType(left, literals[0], right);
    right = ScaledLiteralType(right, literals[1], left);
  }
  ASSIGN_OR_RETURN(const TypePtr result, ArithmeticType(op, left, right));
  // Nulls are cast to what stands beside them; which type that is changes nothing.
  const bool nulls = IsNull(left) || IsNull(right);
  if (nulls) {
    return Overload{.arg_types = {left, right},
                    .result = result,
                    .kernel = [result](Datums, int64_t) -> Result<arrow::Datum> {
                      return arrow::Datum(arrow::MakeNullScalar(result));
                    },
                    .nulls = Overload::Nulls::kMaybe,
                    .may_fail = false};
  }
  if (IsNumeric(*left) && IsNumeric(*right)) return ResolveNumbers(op, left, right, result);
  return ResolveTemporalArithmetic(op, left, right, literals);
}

/// Whole quotient, cut towards zero.
Result<Overload> ResolveDiv(Types types, LiteralArgs literals) {
  if (types.size() != 2) {
    return Status(StatusCode::kInvalidArgument, "div takes two whole or decimal numbers");
  }
  TypePtr left = AdaptedType(types, literals, 0), right = AdaptedType(types, literals, 1);
  if (IsNull(left)) left = IsNull(right) ? arrow::int64() : right;
  if (IsNull(right)) right = left;
  const bool exact =
      IsNumeric(*left) && IsNumeric(*right) && !IsFloatType(*left) && !IsFloatType(*right);
  if (!exact) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "div takes two whole or decimal numbers, not {} and {}", TypeText(*left),
                         TypeText(*right));
  }
  ASSIGN_OR_RETURN(const TypePtr common, CommonType(left, right));
  if (!IsDecimalType(*common)) {
    return Overload{
        .arg_types = {common, common}, .result = common, .kernel = ArrowKernel("divide_checked")};
  }
  // The greatest quotient is that by the smallest step of the right side.
  const TypePtr x = ExactAsDecimal(left), y = ExactAsDecimal(right);
  const int whole = AsDecimal(x).precision() - AsDecimal(x).scale() + AsDecimal(y).scale();
  return ResolveDecimals('d', x, y, arrow::decimal128(std::clamp(whole, 1, 38), 0));
}

/// The least integer type with a sign that has all opposites.
TypePtr SignedType(const TypePtr& type) {
  switch (type->id()) {
    case arrow::Type::UINT8:
      return arrow::int16();
    case arrow::Type::UINT16:
      return arrow::int32();
    case arrow::Type::UINT32:
      return arrow::int64();
    case arrow::Type::UINT64:
      return DecimalOfInteger(*type);
    case arrow::Type::NA:
      return arrow::int64();
    default:
      return type;
  }
}

Result<Overload> ResolveNegation(Types types, LiteralArgs) {
  if (types.size() != 1) return Status(StatusCode::kInvalidArgument, "- takes one value here");
  const TypePtr type = SignedType(types[0]);
  if (IsDecimalType(*type)) {
    return Overload{
        .arg_types = {type}, .result = type, .kernel = DecimalNegation(type), .may_fail = false};
  }
  if (IsFloatType(*type)) {
    return Overload{
        .arg_types = {type}, .result = type, .kernel = ArrowKernel("negate"), .may_fail = false};
  }
  if (IsIntegerType(*type) || IsDuration(type)) {
    return Overload{.arg_types = {type}, .result = type, .kernel = ArrowKernel("negate_checked")};
  }
  if (IsInterval(type)) {
    ASSIGN_OR_RETURN(Overload times,
                     ResolveTemporalArithmetic('*', type, arrow::int64(),
                                               std::array<std::shared_ptr<arrow::Scalar>, 2>()));
    times.arg_types.pop_back();
    times.kernel = [kernel = std::move(times.kernel)](Datums args, int64_t rows) {
      const std::array<arrow::Datum, 2> both = {args[0], arrow::Datum(int64_t{-1})};
      return kernel(both, rows);
    };
    return times;
  }
  return Status::Error(StatusCode::kInvalidArgument, "there is no opposite of a {}",
                       TypeText(*type));
}

}  // namespace

void AddArithmeticFunctions(FunctionRegistry& registry) {
  const auto add = [&](char op, std::string summary) {
    registry.Add({.name = std::string(1, op),
                  .usage = fmt::format("a {} b", op),
                  .summary = std::move(summary),
                  .resolve = [op](Types types, LiteralArgs literals) {
                    return ResolveArithmetic(op, types, literals);
                  }});
  };
  add('+', "The sum; a date or timestamp that much later.");
  add('-', "The difference; a date or timestamp that much earlier.");
  add('*', "The product.");
  add('/', "The quotient, a double also of whole numbers.");
  add('%', "The rest of a division, with the sign of the left side.");
  registry.Add({.name = "div",
                .usage = "div(a, b)",
                .summary = "The whole quotient, cut towards zero.",
                .resolve = ResolveDiv});
  registry.Add({.name = "neg",
                .usage = "-a",
                .summary = "The opposite of a number or a span of time.",
                .resolve = ResolveNegation});
}

}  // namespace tusk::df
