#include "dataframe/expr/function/temporal_arithmetic.h"

#include <limits>

#include "common/base/status_macros.h"
#include "dataframe/expr/function/civil_time.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

Status OutOfRange() {
  return Status(StatusCode::kInvalidArgument, "a date or time is out of range");
}

// Ok, or the error for a result that did not fit.
Status Fit(bool fits) { return fits ? Status() : OutOfRange(); }

bool Negated(const Interval& interval, Interval* result) {
  return !__builtin_sub_overflow(0, interval.months, &result->months) &&
         !__builtin_sub_overflow(0, interval.days, &result->days) &&
         !__builtin_sub_overflow(int64_t{0}, interval.nanoseconds, &result->nanoseconds);
}

bool Sum(const Interval& a, const Interval& b, Interval* result) {
  return !__builtin_add_overflow(a.months, b.months, &result->months) &&
         !__builtin_add_overflow(a.days, b.days, &result->days) &&
         !__builtin_add_overflow(a.nanoseconds, b.nanoseconds, &result->nanoseconds);
}

bool Product(const Interval& interval, int64_t factor, Interval* result) {
  return !__builtin_mul_overflow(interval.months, factor, &result->months) &&
         !__builtin_mul_overflow(interval.days, factor, &result->days) &&
         !__builtin_mul_overflow(interval.nanoseconds, factor, &result->nanoseconds);
}

bool IsDate(const arrow::DataType& type) { return type.id() == arrow::Type::DATE32; }
bool IsInterval(const arrow::DataType& type) {
  return type.id() == arrow::Type::INTERVAL_MONTH_DAY_NANO;
}
bool IsDuration(const arrow::DataType& type) { return type.id() == arrow::Type::DURATION; }

Overload Make(TypePtr left, TypePtr right, TypePtr result, ScalarKernel kernel) {
  Overload overload;
  overload.arg_types = {std::move(left), std::move(right)};
  overload.result = std::move(result);
  overload.kernel = std::move(kernel);
  return overload;
}

// The same with the arguments the other way round.
Overload Swapped(Overload overload) {
  std::swap(overload.arg_types[0], overload.arg_types[1]);
  overload.kernel = [kernel = std::move(overload.kernel)](std::span<const arrow::Datum> args,
                                                          int64_t rows) {
    const std::vector<arrow::Datum> swapped = {args[1], args[0]};
    return kernel(swapped, rows);
  };
  return overload;
}

// date +- days.
Overload DateAndDays(char op) {
  return Make(arrow::date32(), arrow::int64(), arrow::date32(),
              RowKernel<int32_t, int32_t, int64_t>(
                  arrow::date32(), [op](int32_t date, int64_t days, auto& out) {
                    int32_t result = 0;
                    const bool fits = op == '+' ? !__builtin_add_overflow(date, days, &result)
                                                : !__builtin_sub_overflow(date, days, &result);
                    out.Set(result);
                    return Fit(fits);
                  }));
}

// date - date.
Overload DateAndDate() {
  return Make(arrow::date32(), arrow::date32(), arrow::int64(),
              RowKernel<int64_t, int32_t, int32_t>(
                  arrow::int64(),
                  [](int32_t left, int32_t right, auto& out) { out.Set(int64_t{left} - right); }));
}

// Microseconds +- microseconds: timestamps and durations.
Overload MicrosAndMicros(char op, TypePtr left, TypePtr right, const TypePtr& result) {
  return Make(std::move(left), std::move(right), result,
              RowKernel<int64_t, int64_t, int64_t>(result, [op](int64_t a, int64_t b, auto& out) {
                int64_t micros = 0;
                const bool fits = op == '+'   ? !__builtin_add_overflow(a, b, &micros)
                                  : op == '-' ? !__builtin_sub_overflow(a, b, &micros)
                                              : !__builtin_mul_overflow(a, b, &micros);
                out.Set(micros);
                return Fit(fits);
              }));
}

Overload DateAndInterval(char op) {
  return Make(arrow::date32(), arrow::month_day_nano_interval(), arrow::date32(),
              RowKernel<int32_t, int32_t, Interval>(
                  arrow::date32(), [op](int32_t date, Interval interval, auto& out) {
                    int32_t result = 0;
                    const bool fits = (op == '+' || Negated(interval, &interval)) &&
                                      AddToDate(date, interval, &result);
                    out.Set(result);
                    return Fit(fits);
                  }));
}

Overload TimestampAndInterval(char op, const TypePtr& timestamp) {
  return Make(timestamp, arrow::month_day_nano_interval(), timestamp,
              RowKernel<int64_t, int64_t, Interval>(
                  timestamp, [op](int64_t micros, Interval interval, auto& out) {
                    int64_t result = 0;
                    const bool fits = (op == '+' || Negated(interval, &interval)) &&
                                      AddToTimestamp(micros, interval, &result);
                    out.Set(result);
                    return Fit(fits);
                  }));
}

Overload IntervalAndInterval(char op) {
  const TypePtr type = arrow::month_day_nano_interval();
  return Make(
      type, type, type,
      RowKernel<Interval, Interval, Interval>(type, [op](Interval a, Interval b, auto& out) {
        Interval result{};
        const bool fits = (op == '+' || Negated(b, &b)) && Sum(a, b, &result);
        out.Set(result);
        return Fit(fits);
      }));
}

Overload IntervalTimes() {
  const TypePtr type = arrow::month_day_nano_interval();
  return Make(type, arrow::int64(), type,
              RowKernel<Interval, Interval, int64_t>(
                  type, [](Interval interval, int64_t factor, auto& out) {
                    Interval result{};
                    const bool fits = Product(interval, factor, &result);
                    out.Set(result);
                    return Fit(fits);
                  }));
}

// Whether the literal is an interval of whole months and days.
bool IsWholeDays(const std::shared_ptr<arrow::Scalar>& literal) {
  if (literal == nullptr || !literal->is_valid || !IsInterval(*literal->type)) return false;
  return static_cast<const arrow::MonthDayNanoIntervalScalar&>(*literal).value.nanoseconds == 0;
}

// What stands for a null, which may be of any type: see ArithmeticType.
TypePtr TypeOfNull(char op, const TypePtr& known, bool null_is_left) {
  if (IsDate(*known) && (op == '+' || !null_is_left)) return arrow::int64();
  if (known->id() == arrow::Type::TIMESTAMP && !(op == '-' && null_is_left)) {
    return arrow::duration(arrow::TimeUnit::MICRO);
  }
  return op == '*' ? arrow::int64() : known;
}

}  // namespace

Result<Overload> ResolveTemporalArithmetic(char op, const TypePtr& left, const TypePtr& right,
                                           LiteralArgs literals) {
  if (left->id() == arrow::Type::NA) {
    return ResolveTemporalArithmetic(op, TypeOfNull(op, right, true), right, literals);
  }
  if (right->id() == arrow::Type::NA) {
    return ResolveTemporalArithmetic(op, left, TypeOfNull(op, left, false), literals);
  }
  ASSIGN_OR_RETURN(const TypePtr result, ArithmeticType(op, left, right));
  const bool number_first = IsIntegerType(*left) && !IsIntegerType(*right);
  const bool span_first = (IsInterval(*left) || IsDuration(*left)) &&
                          (IsDate(*right) || right->id() == arrow::Type::TIMESTAMP);
  if (number_first || span_first) {
    std::vector<std::shared_ptr<arrow::Scalar>> swapped(literals.rbegin(), literals.rend());
    ASSIGN_OR_RETURN(Overload overload, ResolveTemporalArithmetic(op, right, left, swapped));
    return Swapped(std::move(overload));
  }
  if (IsDate(*left) && IsIntegerType(*right)) return DateAndDays(op);
  if (IsDate(*left) && IsDate(*right)) return DateAndDate();
  if (IsInterval(*right) && IsDate(*left) && literals.size() == 2 && IsWholeDays(literals[1])) {
    return DateAndInterval(op);
  }
  if (IsInterval(*left) && IsInterval(*right)) return IntervalAndInterval(op);
  if (IsInterval(*left)) return IntervalTimes();
  if (IsInterval(*right)) return TimestampAndInterval(op, result);
  if (IsDuration(*left)) {
    return MicrosAndMicros(op, left, op == '*' ? arrow::int64() : right, result);
  }
  if (IsDuration(*right)) return MicrosAndMicros(op, result, right, result);
  // What is left are differences of instants, one of them perhaps a date.
  const TypePtr& instant = IsDate(*left) ? right : left;
  return MicrosAndMicros(op, instant, instant, result);
}

bool AddToDate(int32_t days, const Interval& interval, int32_t* result) {
  int64_t sum = days;
  if (interval.months != 0) sum = DaysFromCivil(AddMonths(CivilFromDays(days), interval.months));
  sum += interval.days;
  *result = static_cast<int32_t>(sum);
  return *result == sum;
}

bool AddToTimestamp(int64_t micros, const Interval& interval, int64_t* result) {
  if (interval.months != 0) {
    const int64_t days = FloorDivide(micros, kMicrosOfDay);
    const int64_t of_day = micros - days * kMicrosOfDay;
    const int64_t moved = DaysFromCivil(AddMonths(CivilFromDays(days), interval.months));
    if (__builtin_mul_overflow(moved, kMicrosOfDay, &micros) ||
        __builtin_add_overflow(micros, of_day, &micros)) {
      return false;
    }
  }
  int64_t shift = 0;
  return !__builtin_mul_overflow(int64_t{interval.days}, kMicrosOfDay, &shift) &&
         !__builtin_add_overflow(micros, shift, &micros) &&
         !__builtin_add_overflow(micros, interval.nanoseconds / 1000, result);
}

}  // namespace tusk::df
