#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "common/time/system_clock.h"
#include "dataframe/expr/function/civil_time.h"
#include "dataframe/expr/function/families.h"
#include "dataframe/expr/function/row_kernel.h"
#include "dataframe/expr/function/temporal_arithmetic.h"
#include "dataframe/expr/function/time_format.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

using Text = std::string_view;

TypePtr Timestamp() { return arrow::timestamp(arrow::TimeUnit::MICRO); }
TypePtr TimestampUtc() { return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"); }

bool IsDate(const arrow::DataType& type) { return type.id() == arrow::Type::DATE32; }
bool IsTime(const arrow::DataType& type) { return type.id() == arrow::Type::TIMESTAMP; }

// The type to which a date or time is cast; null when it is none. A null counts as a date; a
// literal text as the timestamp that it is cast to.
TypePtr DateOrTime(const TypePtr& type, const std::shared_ptr<arrow::Scalar>& literal) {
  if (IsDate(*type) || IsTime(*type)) return type;
  if (type->id() == arrow::Type::NA) return arrow::date32();
  if (type->id() == arrow::Type::STRING && literal != nullptr) return Timestamp();
  return nullptr;
}

constexpr std::string_view kDateOrTime = "a date or timestamp";

std::shared_ptr<arrow::Scalar> LiteralAt(LiteralArgs literals, size_t position) {
  return position < literals.size() ? literals[position] : nullptr;
}

// A kernel function(micros) -> Out of a date or a timestamp.
template <typename Out, typename Function>
ScalarKernel OfInstant(const arrow::DataType& argument, TypePtr result, Function function) {
  if (IsDate(argument)) {
    return RowKernel<Out, int32_t>(
        std::move(result), [function](int32_t days, auto& out) -> Status {
          constexpr int32_t kMaxDays = 106'000'000;  // what microseconds can count
          if (days > kMaxDays || days < -kMaxDays) {
            return Status(StatusCode::kInvalidArgument, "a date is out of the range of timestamps");
          }
          out.Set(function(days * kMicrosOfDay));
          return {};
        });
  }
  return RowKernel<Out, int64_t>(
      std::move(result), [function](int64_t micros, auto& out) { out.Set(function(micros)); });
}

// A function that has exactly `count` arguments and the rule `resolve`.
void Add(FunctionRegistry& registry, std::string name, std::string usage, std::string summary,
         size_t least, size_t most,
         std::function<Result<Overload>(std::span<const TypePtr>, LiteralArgs)> resolve) {
  ScalarFunction function{name, usage, std::move(summary), {}};
  function.resolve = [=](std::span<const TypePtr> types, LiteralArgs literals) -> Result<Overload> {
    if (types.size() < least || types.size() > most) return WrongArgumentCount(name, usage);
    return resolve(types, literals);
  };
  registry.Add(std::move(function));
}

// The kernel of a part; epoch is a double, all others are int64.
Overload PartOf(TimeUnit unit, const TypePtr& type) {
  Overload overload;
  overload.arg_types = {type};
  if (unit == TimeUnit::kEpoch) {
    overload.result = arrow::float64();
    overload.kernel = OfInstant<double>(*type, arrow::float64(), [](int64_t micros) {
      return static_cast<double>(micros) / static_cast<double>(kMicrosOfSecond);
    });
  } else if (IsDate(*type)) {
    overload.result = arrow::int64();
    overload.kernel = RowKernel<int64_t, int32_t>(arrow::int64(), [unit](int32_t days, auto& out) {
      out.Set(IsWithinDay(unit) ? 0 : DatePart(unit, days));
    });
  } else {
    overload.result = arrow::int64();
    overload.kernel = OfInstant<int64_t>(*type, arrow::int64(),
                                         [unit](int64_t micros) { return TimePart(unit, micros); });
  }
  return overload;
}

// The unit that a literal names.
Result<TimeUnit> UnitArgument(std::string_view name, std::string_view usage, LiteralArgs literals,
                              bool length) {
  const std::optional<std::string> text = LiteralText(literals, 0);
  if (!text) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "{} takes the literal name of a unit as its first argument: it is used as "
                         "{}",
                         name, usage);
  }
  ASSIGN_OR_RETURN(const TimeUnit unit, ParseTimeUnit(*text));
  if (length && !IsLength(unit)) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "{} takes a unit that is a length of time, as day or month, not {}", name,
                         *text);
  }
  return unit;
}

// Puts a first argument that is known already in front of a kernel that does not want it.
Overload BehindUnit(Overload overload) {
  overload.arg_types.insert(overload.arg_types.begin(), arrow::utf8());
  overload.kernel = [kernel = std::move(overload.kernel)](std::span<const arrow::Datum> args,
                                                          int64_t rows) {
    return kernel(args.subspan(1), rows);
  };
  return overload;
}

void AddParts(FunctionRegistry& registry) {
  const std::vector<std::tuple<const char*, TimeUnit, const char*>> parts = {
      {"year", TimeUnit::kYear, "The year."},
      {"quarter", TimeUnit::kQuarter, "The quarter of the year, 1 to 4."},
      {"month", TimeUnit::kMonth, "The month, 1 to 12."},
      {"week", TimeUnit::kWeek, "The number of the ISO 8601 week, 1 to 53."},
      {"weekofyear", TimeUnit::kWeek, "The number of the ISO 8601 week, 1 to 53."},
      {"day", TimeUnit::kDay, "The day of the month."},
      {"dayofmonth", TimeUnit::kDay, "The day of the month."},
      {"dayofweek", TimeUnit::kDayOfWeek, "The day of the week: Sunday is 0."},
      {"isodow", TimeUnit::kIsoDayOfWeek, "The day of the week: Monday is 1, Sunday 7."},
      {"dayofyear", TimeUnit::kDayOfYear, "The day of the year, from 1."},
      {"hour", TimeUnit::kHour, "The hour of the day."},
      {"minute", TimeUnit::kMinute, "The minute of the hour."},
      {"second", TimeUnit::kSecond, "The second of the minute, without its fraction."},
      {"millisecond", TimeUnit::kMillisecond, "The milliseconds since the start of the minute."},
      {"microsecond", TimeUnit::kMicrosecond, "The microseconds since the start of the minute."},
      {"epoch", TimeUnit::kEpoch, "The seconds since 1970-01-01 00:00, as a double."}};
  for (const auto& [name, unit, summary] : parts) {
    const std::string usage = std::string(name) + "(date)";
    Add(registry, name, usage, summary, 1, 1,
        [name = std::string(name), usage, unit = unit](std::span<const TypePtr> types,
                                                       LiteralArgs literals) -> Result<Overload> {
          const TypePtr type = DateOrTime(types[0], LiteralAt(literals, 0));
          if (type == nullptr) return WrongArgumentType(name, usage, 0, kDateOrTime, *types[0]);
          return PartOf(unit, type);
        });
  }
  Add(registry, "date_part", "date_part(unit, date)",
      "The part of a date or timestamp with that name: year, month, dow, hour, epoch, ...", 2, 2,
      [](std::span<const TypePtr> types, LiteralArgs literals) -> Result<Overload> {
        constexpr std::string_view kUsage = "date_part(unit, date)";
        const TypePtr type = DateOrTime(types[1], LiteralAt(literals, 1));
        if (type == nullptr) {
          return WrongArgumentType("date_part", kUsage, 1, kDateOrTime, *types[1]);
        }
        ASSIGN_OR_RETURN(const TimeUnit unit, UnitArgument("date_part", kUsage, literals, false));
        return BehindUnit(PartOf(unit, type));
      });
}

Result<Overload> ResolveTruncation(std::span<const TypePtr> types, LiteralArgs literals) {
  constexpr std::string_view kUsage = "date_trunc(unit, date)";
  const TypePtr type = DateOrTime(types[1], LiteralAt(literals, 1));
  if (type == nullptr) return WrongArgumentType("date_trunc", kUsage, 1, kDateOrTime, *types[1]);
  ASSIGN_OR_RETURN(const TimeUnit unit, UnitArgument("date_trunc", kUsage, literals, true));
  Overload overload;
  overload.arg_types = {type};
  overload.result = type;
  if (IsDate(*type) && !IsWithinDay(unit)) {
    overload.kernel = OfInstant<int32_t>(*type, type, [unit](int64_t micros) {
      return static_cast<int32_t>(TruncateTime(unit, micros) / kMicrosOfDay);
    });
  } else {
    if (IsDate(*type)) overload.arg_types[0] = overload.result = Timestamp();
    overload.kernel = OfInstant<int64_t>(*overload.result, overload.result, [unit](int64_t micros) {
      return TruncateTime(unit, micros);
    });
  }
  return BehindUnit(std::move(overload));
}

Result<Overload> ResolveDifference(std::span<const TypePtr> types, LiteralArgs literals) {
  constexpr std::string_view kUsage = "date_diff(unit, from, to)";
  Overload overload;
  for (const size_t i : {1, 2}) {
    const TypePtr type = DateOrTime(types[i], LiteralAt(literals, i));
    if (type == nullptr) return WrongArgumentType("date_diff", kUsage, i, kDateOrTime, *types[i]);
    // Both are counted as instants without a zone.
    overload.arg_types.push_back(IsDate(*type) ? Timestamp() : type);
  }
  ASSIGN_OR_RETURN(const TimeUnit unit, UnitArgument("date_diff", kUsage, literals, true));
  overload.result = arrow::int64();
  overload.kernel = RowKernel<int64_t, int64_t, int64_t>(
      arrow::int64(),
      [unit](int64_t from, int64_t to, auto& out) { out.Set(TimeDifference(unit, from, to)); });
  return BehindUnit(std::move(overload));
}

Result<Overload> ResolveDateAdd(std::span<const TypePtr> types, LiteralArgs literals) {
  constexpr std::string_view kUsage = "date_add(date, interval)";
  const TypePtr type = DateOrTime(types[0], LiteralAt(literals, 0));
  if (type == nullptr) return WrongArgumentType("date_add", kUsage, 0, kDateOrTime, *types[0]);
  return ResolveTemporalArithmetic('+', type, types[1], literals);
}

void AddCalculations(FunctionRegistry& registry) {
  Add(registry, "date_trunc", "date_trunc(unit, date)",
      "The start of the year, month, week, hour, ... in which a date or timestamp lies.", 2, 2,
      &ResolveTruncation);
  for (const char* name : {"date_diff", "datediff"}) {
    Add(registry, name, std::string(name) + "(unit, from, to)",
        "How many starts of the unit lie between two dates or timestamps.", 3, 3,
        &ResolveDifference);
  }
  Add(registry, "date_add", "date_add(date, interval)",
      "The date or timestamp so much later; a date and a number: so many days.", 2, 2,
      &ResolveDateAdd);
  Add(registry, "last_day", "last_day(date)", "The last day of the month, as a date.", 1, 1,
      [](std::span<const TypePtr> types, LiteralArgs literals) -> Result<Overload> {
        const TypePtr type = DateOrTime(types[0], LiteralAt(literals, 0));
        if (type == nullptr) {
          return WrongArgumentType("last_day", "last_day(date)", 0, kDateOrTime, *types[0]);
        }
        Overload overload;
        overload.arg_types = {type};
        overload.result = arrow::date32();
        overload.kernel = OfInstant<int32_t>(*type, arrow::date32(), [](int64_t micros) {
          CivilDate date = CivilFromDays(FloorDivide(micros, kMicrosOfDay));
          date.day = DaysOfMonth(date.year, date.month);
          return static_cast<int32_t>(DaysFromCivil(date));
        });
        return overload;
      });
  AddSimple(registry,
            {"make_date",
             "make_date(year, month, day)",
             "The date of these numbers.",
             {Takes::kInteger, Takes::kInteger, Takes::kInteger},
             3,
             arrow::date32(),
             [](LiteralArgs) -> Result<ScalarKernel> {
               return RowKernel<int32_t, int64_t, int64_t, int64_t>(
                   arrow::date32(),
                   [](int64_t year, int64_t month, int64_t day, auto& out) -> Status {
                     const bool exists = year >= -290'000 && year <= 290'000 && month >= 1 &&
                                         month <= 12 && day >= 1 &&
                                         day <= DaysOfMonth(year, static_cast<int>(month));
                     if (!exists) {
                       return Status::Error(StatusCode::kInvalidArgument,
                                            "there is no date {}-{:02}-{:02}", year, month, day);
                     }
                     out.Set(static_cast<int32_t>(
                         DaysFromCivil({year, static_cast<int>(month), static_cast<int>(day)})));
                     return {};
                   });
             }});
}

// Formats that are compiled once: of a literal when it is seen, else the last one of the rows.
class FormatCache {
 public:
  static Result<FormatCache> Make(LiteralArgs literals) {
    FormatCache cache;
    if (const std::optional<std::string> text = LiteralText(literals, 1)) {
      ASSIGN_OR_RETURN(cache.current_, TimeFormat::Compile(*text));
    }
    return cache;
  }
  Result<const TimeFormat*> Get(Text format) {
    if (!current_ || current_->text() != format) {
      ASSIGN_OR_RETURN(current_, TimeFormat::Compile(format));
    }
    return &*current_;
  }

 private:
  std::optional<TimeFormat> current_;
};

// Reads the texts of a column as instants and hands them to `convert`, which makes the result.
template <typename Out, typename Convert>
Result<ScalarKernel> ReadingKernel(const TypePtr& result, LiteralArgs literals, const char* what,
                                   Convert convert) {
  ASSIGN_OR_RETURN(const FormatCache made, FormatCache::Make(literals));
  if (literals.size() < 2) {
    return RowKernel<Out, std::string>(result, [convert, what](Text text, auto& out) -> Status {
      int64_t micros = 0;
      if (!ReadIsoTime(text, &micros)) {
        return Status::Error(StatusCode::kInvalidArgument,
                             "this is no {} such as 2024-12-31; say its format: '{}'", what, text);
      }
      out.Set(convert(micros));
      return {};
    });
  }
  return ScalarKernel([=](std::span<const arrow::Datum> args, int64_t rows) {
    FormatCache cache = made;
    const ScalarKernel kernel = RowKernel<Out, std::string, std::string>(
        result, [&](Text text, Text format, auto& out) -> Status {
          ASSIGN_OR_RETURN(const TimeFormat* reader, cache.Get(format));
          int64_t micros = 0;
          if (!reader->Read(text, &micros)) {
            return Status::Error(StatusCode::kInvalidArgument,
                                 "this is no {} of the format {}: '{}'", what, format, text);
          }
          out.Set(convert(micros));
          return {};
        });
    return kernel(args, rows);
  });
}

// to_timestamp of seconds since 1970.
Overload TimestampOfSeconds() {
  Overload overload;
  overload.arg_types = {arrow::float64()};
  overload.result = TimestampUtc();
  overload.kernel =
      RowKernel<int64_t, double>(TimestampUtc(), [](double seconds, auto& out) -> Status {
        constexpr double kMax = 9.2e12;
        if (!(seconds >= -kMax && seconds <= kMax)) {
          return Status::Error(StatusCode::kInvalidArgument,
                               "{} seconds since 1970 are out of the range of timestamps", seconds);
        }
        out.Set(std::llround(seconds * static_cast<double>(kMicrosOfSecond)));
        return {};
      });
  return overload;
}

void AddReading(FunctionRegistry& registry) {
  Add(registry, "to_date", "to_date(text [, format])",
      "The date of a text: ISO form, or a format as of strftime; of a timestamp: its date.", 1, 2,
      [](std::span<const TypePtr> types, LiteralArgs literals) -> Result<Overload> {
        Overload overload;
        overload.result = arrow::date32();
        const auto date = [](int64_t micros) {
          return static_cast<int32_t>(FloorDivide(micros, kMicrosOfDay));
        };
        if (types.size() == 1 && (IsDate(*types[0]) || IsTime(*types[0]))) {
          overload.arg_types = {types[0]};
          overload.kernel = OfInstant<int32_t>(*types[0], arrow::date32(), date);
          return overload;
        }
        for (size_t i = 0; i < types.size(); ++i) {
          if (types[i]->id() != arrow::Type::STRING && types[i]->id() != arrow::Type::NA) {
            return WrongArgumentType("to_date", "to_date(text [, format])", i, "text", *types[i]);
          }
        }
        overload.arg_types.assign(types.size(), arrow::utf8());
        ASSIGN_OR_RETURN(overload.kernel,
                         ReadingKernel<int32_t>(arrow::date32(), literals, "date", date));
        return overload;
      });
  for (const char* name : {"to_timestamp", "strptime"}) {
    const std::string usage = std::string(name) + "(text [, format])";
    Add(registry, name, usage,
        "The timestamp of a text: ISO form, or a format as of strftime; of a number: so many "
        "seconds after 1970-01-01 in UTC.",
        1, 2,
        [name, usage](std::span<const TypePtr> types, LiteralArgs literals) -> Result<Overload> {
          if (types.size() == 1 && IsNumeric(*types[0])) return TimestampOfSeconds();
          for (size_t i = 0; i < types.size(); ++i) {
            if (types[i]->id() != arrow::Type::STRING && types[i]->id() != arrow::Type::NA) {
              return WrongArgumentType(name, usage, i, "text", *types[i]);
            }
          }
          Overload overload;
          overload.arg_types.assign(types.size(), arrow::utf8());
          overload.result = Timestamp();
          ASSIGN_OR_RETURN(overload.kernel,
                           ReadingKernel<int64_t>(Timestamp(), literals, "timestamp",
                                                  [](int64_t micros) { return micros; }));
          return overload;
        });
  }
}

Result<Overload> ResolveStrftime(std::span<const TypePtr> types, LiteralArgs literals) {
  constexpr std::string_view kUsage = "strftime(date, format)";
  const TypePtr type = DateOrTime(types[0], LiteralAt(literals, 0));
  if (type == nullptr) return WrongArgumentType("strftime", kUsage, 0, kDateOrTime, *types[0]);
  if (types[1]->id() != arrow::Type::STRING && types[1]->id() != arrow::Type::NA) {
    return WrongArgumentType("strftime", kUsage, 1, "text", *types[1]);
  }
  ASSIGN_OR_RETURN(const FormatCache made, FormatCache::Make(literals));
  Overload overload;
  overload.arg_types = {IsDate(*type) ? Timestamp() : type, arrow::utf8()};
  overload.result = arrow::utf8();
  overload.kernel = [made](std::span<const arrow::Datum> args, int64_t rows) {
    FormatCache cache = made;
    std::string text;
    const ScalarKernel kernel = RowKernel<std::string, int64_t, std::string>(
        arrow::utf8(), [&](int64_t micros, Text format, auto& out) -> Status {
          ASSIGN_OR_RETURN(const TimeFormat* writer, cache.Get(format));
          text.clear();
          writer->Write(micros, text);
          out.Set(text);
          return {};
        });
    return kernel(args, rows);
  };
  return overload;
}

// The time of day in microseconds, from the system's clock: a plan puts the value in once, so that
// all tasks see the same.
int64_t MicrosNow() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             SystemClock::Get().WallNow().time_since_epoch())
      .count();
}

void AddNow(FunctionRegistry& registry) {
  const auto add = [&](std::string name, std::string summary, TypePtr type,
                       std::function<std::shared_ptr<arrow::Scalar>()> value) {
    Add(registry, name, name + "()", std::move(summary), 0, 0,
        [=](std::span<const TypePtr>, LiteralArgs) -> Result<Overload> {
          Overload overload;
          overload.result = type;
          overload.nulls = Overload::Nulls::kNever;
          overload.kernel = [value](std::span<const arrow::Datum>,
                                    int64_t) -> Result<arrow::Datum> {
            return arrow::Datum(value());
          };
          return overload;
        });
  };
  add("current_date", "Today's date in UTC.", arrow::date32(), [] {
    return std::make_shared<arrow::Date32Scalar>(
        static_cast<int32_t>(FloorDivide(MicrosNow(), kMicrosOfDay)));
  });
  for (const char* name : {"now", "current_timestamp"}) {
    add(name, "The present instant.", TimestampUtc(),
        [] { return std::make_shared<arrow::TimestampScalar>(MicrosNow(), TimestampUtc()); });
  }
}

}  // namespace

void AddDateFunctions(FunctionRegistry& registry) {
  AddParts(registry);
  AddCalculations(registry);
  AddReading(registry);
  Add(registry, "strftime", "strftime(date, format)",
      "The date or timestamp as a text by a format such as %Y-%m-%d %H:%M:%S or %d %b %Y.", 2, 2,
      &ResolveStrftime);
  AddNow(registry);
}

}  // namespace tusk::df
