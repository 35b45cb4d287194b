#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <type_traits>
#include <vector>

#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/function/arrow_kernel.h"
#include "dataframe/expr/function/families.h"
#include "dataframe/expr/function/row_kernel.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

// How digits are taken off: half away from zero, up, down, towards zero.
enum class Rounding { kNearest, kCeiling, kFloor, kTruncate };

template <Rounding rounding>
double RoundWhole(double x) {
  switch (rounding) {
    case Rounding::kNearest:
      return std::round(x);
    case Rounding::kCeiling:
      return std::ceil(x);
    case Rounding::kFloor:
      return std::floor(x);
    case Rounding::kTruncate:
      return std::trunc(x);
  }
  return x;
}

// Keeps so many digits behind the point; negative: makes tens, hundreds.
template <Rounding rounding>
double RoundDigits(double x, int64_t digits) {
  if (!std::isfinite(x) || digits > 308) return x;
  if (digits < -308) return 0;
  // Powers up to 10^22 are exact, so that dividing by one errs less than multiplying by 10^-n.
  const double unit = std::pow(10.0, static_cast<double>(std::abs(digits)));
  const double rounded =
      digits >= 0 ? RoundWhole<rounding>(x * unit) / unit : RoundWhole<rounding>(x / unit) * unit;
  return std::isfinite(rounded) ? rounded : x;
}

// The multiple of `unit` (more than 0) as a factor.
template <Rounding rounding>
Int128 DivideRounded(Int128 x, Int128 unit) {
  const Int128 quotient = x / unit, rest = x % unit;
  switch (rounding) {
    case Rounding::kNearest: {
      const Int128 size = rest < 0 ? -rest : rest;
      if (size < unit - size) return quotient;
      return quotient + (x < 0 ? -1 : 1);
    }
    case Rounding::kCeiling:
      return quotient + (rest > 0 ? 1 : 0);
    case Rounding::kFloor:
      return quotient - (rest < 0 ? 1 : 0);
    case Rounding::kTruncate:
      return quotient;
  }
  return quotient;
}

Int128 TenTo(int exponent) {
  Int128 power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

// Integers to tens, hundreds and so on.
template <Rounding rounding>
Status RoundInteger(int64_t x, int64_t digits, int64_t* result) {
  if (digits >= 0) {
    *result = x;
  } else if (digits < -19) {
    *result = 0;
  } else {
    const Int128 unit = TenTo(static_cast<int>(-digits));
    const Int128 rounded = DivideRounded<rounding>(x, unit) * unit;
    *result = static_cast<int64_t>(rounded);
    if (*result != rounded) {
      return Status::Error(StatusCode::kInvalidArgument, "integer overflow in rounding {}", x);
    }
  }
  return {};
}

// Decimals to `digits` (which is below the scale), as a decimal with as many digits behind the
// point as are left.
template <Rounding rounding>
Overload RoundDecimal(const TypePtr& type, int64_t digits) {
  const auto& decimal = static_cast<const arrow::Decimal128Type&>(*type);
  const int64_t kept = std::max<int64_t>(digits, -38);
  const auto scale = static_cast<int32_t>(std::max<int64_t>(kept, 0));
  // Taking a digit off leaves room for the one that rounding up may bring, but for whole numbers
  // rounded to tens and for decimals without digits before the point.
  const int32_t precision = std::min(38, decimal.precision() - decimal.scale() + scale + 1);
  const TypePtr result = arrow::decimal128(precision, scale);
  const auto dropped = static_cast<int>(decimal.scale() - kept);
  const Int128 unit = TenTo(std::min(dropped, 38)), back = TenTo(static_cast<int>(scale - kept));
  const Int128 bound = TenTo(precision);
  Overload overload;
  overload.arg_types = {type};
  overload.result = result;
  overload.kernel = RowKernel<Int128, Int128>(
      result, [unit, back, bound, dropped](Int128 x, auto& out) -> Status {
        const Int128 factor = dropped > 38 ? 0 : DivideRounded<rounding>(x, unit);
        Int128 value = 0;
        if (__builtin_mul_overflow(factor, back, &value) || value >= bound || value <= -bound) {
          return Status(StatusCode::kInvalidArgument, "decimal overflow in rounding");
        }
        out.Set(value);
        return {};
      });
  return overload;
}

Overload Same(const TypePtr& type) {
  Overload overload;
  overload.arg_types = {type};
  overload.result = type;
  overload.kernel = [](std::span<const arrow::Datum> args, int64_t) -> Result<arrow::Datum> {
    return args[0];
  };
  return overload;
}

Overload OneDouble(double (*function)(double)) {
  Overload overload;
  overload.arg_types = {arrow::float64()};
  overload.result = arrow::float64();
  overload.kernel = RowKernel<double, double>(
      arrow::float64(), [function](double x, auto& out) { out.Set(function(x)); });
  return overload;
}

// The value of an integer literal; nothing for other arguments.
std::optional<int64_t> LiteralInteger(LiteralArgs literals, size_t position) {
  if (position >= literals.size() || literals[position] == nullptr) return std::nullopt;
  if (!literals[position]->is_valid || !IsIntegerType(*literals[position]->type)) {
    return std::nullopt;
  }
  const auto cast = literals[position]->CastTo(arrow::int64());
  if (!cast.ok()) return std::nullopt;
  return static_cast<const arrow::Int64Scalar&>(**cast).value;
}

// A rounding of decimals with digits behind: those must be known, for the type depends on them.
template <Rounding rounding>
Result<Overload> RoundDecimalDigits(std::string_view name, const TypePtr& type,
                                    LiteralArgs literals, size_t count) {
  int64_t digits = 0;
  if (count == 2) {
    const std::optional<int64_t> given = LiteralInteger(literals, 1);
    if (!given) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "{} of a decimal takes a literal number of digits: cast the decimal to "
                           "double for others",
                           name);
    }
    digits = *given;
  }
  const int32_t scale = static_cast<const arrow::Decimal128Type&>(*type).scale();
  Overload overload = digits >= scale ? Same(type) : RoundDecimal<rounding>(type, digits);
  if (count == 2) {
    overload.arg_types.push_back(arrow::int64());
    overload.kernel = [kernel = std::move(overload.kernel)](std::span<const arrow::Datum> args,
                                                            int64_t rows) {
      return kernel(args.first(1), rows);
    };
  }
  return overload;
}

template <Rounding rounding>
Result<Overload> ResolveRounding(std::string_view name, std::string_view usage,
                                 std::span<const TypePtr> types, LiteralArgs literals) {
  const TypePtr type = types[0]->id() == arrow::Type::NA ? arrow::float64() : types[0];
  if (!IsNumeric(*type)) return WrongArgumentType(name, usage, 0, "a number", *type);
  const bool with_digits = types.size() == 2;
  if (with_digits && !IsIntegerType(*types[1]) && types[1]->id() != arrow::Type::NA) {
    return WrongArgumentType(name, usage, 1, "an integer", *types[1]);
  }
  if (IsDecimalType(*type)) {
    return RoundDecimalDigits<rounding>(name, type, literals, types.size());
  }
  if (!with_digits) {
    if (IsIntegerType(*type)) return Same(type);
    return OneDouble(&RoundWhole<rounding>);
  }
  Overload overload;
  overload.result = IsIntegerType(*type) ? arrow::int64() : arrow::float64();
  overload.arg_types = {overload.result, arrow::int64()};
  if (IsIntegerType(*type)) {
    overload.kernel = RowKernel<int64_t, int64_t, int64_t>(
        arrow::int64(), [](int64_t x, int64_t digits, auto& out) -> Status {
          int64_t result = 0;
          RETURN_IF_ERROR(RoundInteger<rounding>(x, digits, &result));
          out.Set(result);
          return {};
        });
  } else {
    overload.kernel = RowKernel<double, double, int64_t>(
        arrow::float64(),
        [](double x, int64_t digits, auto& out) { out.Set(RoundDigits<rounding>(x, digits)); });
  }
  return overload;
}

template <Rounding rounding>
void AddRounding(FunctionRegistry& registry, std::string name, bool digits, std::string summary) {
  const std::string usage = name + (digits ? "(x [, digits])" : "(x)");
  ScalarFunction function{name, usage, std::move(summary), {}};
  function.resolve = [name, usage, digits](std::span<const TypePtr> types,
                                           LiteralArgs literals) -> Result<Overload> {
    if (types.empty() || types.size() > (digits ? 2 : 1)) return WrongArgumentCount(name, usage);
    return ResolveRounding<rounding>(name, usage, types, literals);
  };
  registry.Add(std::move(function));
}

// A function of doubles that follows IEEE 754: NaN and infinities instead of errors.
void AddDouble(FunctionRegistry& registry, const char* name, const char* summary,
               double (*function)(double)) {
  AddSimple(registry, {name,
                       std::string(name) + "(x)",
                       summary,
                       {Takes::kNumber},
                       1,
                       arrow::float64(),
                       [function](LiteralArgs) -> Result<ScalarKernel> {
                         return OneDouble(function).kernel;
                       }});
}

void AddDouble2(FunctionRegistry& registry, const char* name, const char* usage,
                const char* summary, double (*function)(double, double)) {
  AddSimple(registry, {name,
                       usage,
                       summary,
                       {Takes::kNumber, Takes::kNumber},
                       2,
                       arrow::float64(),
                       [function](LiteralArgs) -> Result<ScalarKernel> {
                         return RowKernel<double, double, double>(
                             arrow::float64(), [function](double x, double y, auto& out) {
                               out.Set(function(x, y));
                             });
                       }});
}

void AddTest(FunctionRegistry& registry, const char* name, const char* summary,
             bool (*test)(double)) {
  AddSimple(registry, {name,
                       std::string(name) + "(x)",
                       summary,
                       {Takes::kNumber},
                       1,
                       arrow::boolean(),
                       [test](LiteralArgs) -> Result<ScalarKernel> {
                         return RowKernel<bool, double>(
                             arrow::boolean(), [test](double x, auto& out) { out.Set(test(x)); });
                       }});
}

Result<Overload> ResolveAbs(std::span<const TypePtr> types, LiteralArgs) {
  if (types.size() != 1) return WrongArgumentCount("abs", "abs(x)");
  const TypePtr type = types[0]->id() == arrow::Type::NA ? arrow::float64() : types[0];
  if (!IsNumeric(*type)) return WrongArgumentType("abs", "abs(x)", 0, "a number", *type);
  Overload overload;
  overload.arg_types = {type};
  overload.result = type;
  overload.kernel = ArrowKernel("abs_checked");
  return overload;
}

Result<Overload> ResolveSign(std::span<const TypePtr> types, LiteralArgs) {
  if (types.size() != 1) return WrongArgumentCount("sign", "sign(x)");
  const TypePtr& type = types[0];
  if (!IsNumeric(*type) && type->id() != arrow::Type::NA) {
    return WrongArgumentType("sign", "sign(x)", 0, "a number", *type);
  }
  Overload overload;
  overload.arg_types = {arrow::float64()};
  if (IsFloatType(*type)) {
    overload = OneDouble([](double x) { return x > 0 ? 1.0 : x < 0 ? -1.0 : x; });
  } else {
    // Of the doubles nearest to exact numbers the sign is right.
    overload.result = arrow::int32();
    overload.kernel = RowKernel<int32_t, double>(arrow::int32(), [](double x, auto& out) {
      out.Set(x > 0 ? 1 : x < 0 ? -1 : 0);
    });
  }
  return overload;
}

void AddExact(FunctionRegistry& registry) {
  registry.Add({"abs", "abs(x)", "The number without its sign.", &ResolveAbs});
  registry.Add(
      {"sign", "sign(x)", "-1, 0 or 1 as the number is negative, zero or positive.", &ResolveSign});
  AddRounding<Rounding::kNearest>(
      registry, "round", true,
      "The nearest number with so many digits behind the point (none), halves away from zero; "
      "negative digits round to tens, hundreds, ...");
  AddRounding<Rounding::kTruncate>(registry, "trunc", true,
                                   "The number with further digits behind the point cut off.");
  for (const char* name : {"ceil", "ceiling"}) {
    AddRounding<Rounding::kCeiling>(registry, name, false, "The least whole number not below x.");
  }
  AddRounding<Rounding::kFloor>(registry, "floor", false, "The greatest whole number not above x.");
}

void AddPowers(FunctionRegistry& registry) {
  AddDouble(registry, "sqrt", "The square root; NaN of negative numbers.", &std::sqrt);
  AddDouble(registry, "cbrt", "The cube root.", &std::cbrt);
  AddDouble(registry, "exp", "e to the power of x.", &std::exp);
  AddDouble(registry, "ln", "The natural logarithm; -inf of 0, NaN of negative numbers.",
            &std::log);
  AddDouble(registry, "log10", "The logarithm to the base 10.", &std::log10);
  AddDouble(registry, "log", "The logarithm to the base 10, as log10.", &std::log10);
  AddDouble(registry, "log2", "The logarithm to the base 2.", &std::log2);
  for (const char* name : {"power", "pow"}) {
    AddDouble2(registry, name, "power(x, y)", "x to the power of y, as a double.", &std::pow);
  }
}

void AddAngles(FunctionRegistry& registry) {
  AddDouble(registry, "sin", "The sine of an angle in radians.", &std::sin);
  AddDouble(registry, "cos", "The cosine of an angle in radians.", &std::cos);
  AddDouble(registry, "tan", "The tangent of an angle in radians.", &std::tan);
  AddDouble(registry, "asin", "The angle with that sine; NaN beyond 1.", &std::asin);
  AddDouble(registry, "acos", "The angle with that cosine; NaN beyond 1.", &std::acos);
  AddDouble(registry, "atan", "The angle with that tangent.", &std::atan);
  AddDouble2(registry, "atan2", "atan2(y, x)", "The angle of the point (x, y), from -pi to pi.",
             &std::atan2);
  AddDouble(registry, "degrees", "Radians as degrees.",
            [](double x) { return x * (180 / std::numbers::pi); });
  AddDouble(registry, "radians", "Degrees as radians.",
            [](double x) { return x * (std::numbers::pi / 180); });
  AddSimple(registry, {"pi",
                       "pi()",
                       "The number pi.",
                       {},
                       0,
                       arrow::float64(),
                       [](LiteralArgs) -> Result<ScalarKernel> {
                         return ScalarKernel(
                             [](std::span<const arrow::Datum>, int64_t) -> Result<arrow::Datum> {
                               return arrow::Datum(std::numbers::pi);
                             });
                       }});
}

}  // namespace

void AddMathFunctions(FunctionRegistry& registry) {
  AddExact(registry);
  AddPowers(registry);
  AddAngles(registry);
  AddTest(registry, "is_nan", "Whether the number is NaN.", [](double x) { return std::isnan(x); });
  AddTest(registry, "is_finite", "Whether the number is neither infinite nor NaN.",
          [](double x) { return std::isfinite(x); });
  AddTest(registry, "is_inf", "Whether the number is infinite.",
          [](double x) { return std::isinf(x); });
}

}  // namespace tusk::df
