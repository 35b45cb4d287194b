#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include <arrow/api.h>
#include <fmt/ranges.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/aggregate.h"
#include "dataframe/expr/function/civil_time.h"
#include "dataframe/expr/function_registry.h"
#include "dataframe/sql/bind_expression.h"
#include "dataframe/sql/literal.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df::sql {

namespace {

/// The length of an interval without months, if it is not negative and there is a number for it.
std::optional<int64_t> MicrosOf(const arrow::MonthDayNanoIntervalType::MonthDayNanos& interval) {
  constexpr int64_t kNanosOfMicro = 1000;
  const __int128 micros =
      static_cast<__int128>(interval.days) * kMicrosOfDay + interval.nanoseconds / kNanosOfMicro;
  if (micros < 0 || micros > std::numeric_limits<int64_t>::max()) return std::nullopt;
  return static_cast<int64_t>(micros);
}

using Renaming = std::pair<std::string_view, std::string_view>;

/// Bits of the parser's mask of a window's frame, as PostgreSQL's parsenodes.h numbers them.
enum FrameOption : int64_t {
  kFrameRows = 0x4,
  kFrameGroups = 0x8,
  kFrameNonDefault = 0x1,
  kFrameStartUnbounded = 0x20,
  kFrameEndUnbounded = 0x100,
  kFrameStartPreceding = 0x800,
  kFrameEndPreceding = 0x1000,
  kFrameStartFollowing = 0x2000,
  kFrameEndFollowing = 0x4000,
  kFrameExclusion = 0x8000 | 0x10000 | 0x20000,
};

constexpr std::string_view kWindowOnly[] = {
    "row_number", "rank", "dense_rank",  "percent_rank", "cume_dist", "ntile",
    "lag",        "lead", "first_value", "last_value",   "nth_value"};

/// Aggregates whose result depends on the order of the rows.
constexpr std::string_view kOrdered[] = {"first", "last", "list", "string_agg"};

/// The parts of dates that have functions of their own.
constexpr Renaming kDateParts[] = {{"year", "year"},
                                   {"quarter", "quarter"},
                                   {"month", "month"},
                                   {"week", "week"},
                                   {"day", "day"},
                                   {"dow", "dayofweek"},
                                   {"isodow", "isodow"},
                                   {"doy", "dayofyear"},
                                   {"hour", "hour"},
                                   {"minute", "minute"},
                                   {"second", "second"},
                                   {"millisecond", "millisecond"},
                                   {"milliseconds", "millisecond"},
                                   {"microsecond", "microsecond"},
                                   {"microseconds", "microsecond"},
                                   {"epoch", "epoch"}};

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

std::vector<std::string> AllFunctionNames() {
  std::vector<std::string> names(std::begin(kWindowOnly), std::end(kWindowOnly));
  for (const ScalarFunction* function : FunctionRegistry::Get().All()) {
    names.push_back(function->name);
  }
  for (const AggregateInfo& aggregate : AllAggregates()) names.push_back(aggregate.name);
  return names;
}

}  // namespace

std::string_view OwnFunctionName(std::string_view name) {
  static constexpr Renaming kNames[] = {
      {"mean", "avg"},
      {"average", "avg"},
      {"stddev_samp", "stddev"},
      {"std", "stddev"},
      {"var_samp", "variance"},
      {"var", "variance"},
      {"every", "bool_and"},
      {"array_agg", "list"},
      {"collect_list", "list"},
      {"group_concat", "string_agg"},
      {"listagg", "string_agg"},
      {"approx_distinct", "approx_count_distinct"},
      {"percentile_approx", "approx_quantile"},
      {"btrim", "trim"},
      {"substr", "substring"},
      {"char_length", "length"},
      {"character_length", "length"},
      {"len", "length"},
      {"ucase", "upper"},
      {"lcase", "lower"},
      {"instr", "strpos"},
      {"position", "strpos"},
      {"ceiling", "ceil"},
      {"pow", "power"},
      {"mod", "%"},
      {"ifnull", "coalesce"},
      {"nvl", "coalesce"},
      {"iff", "if"},
      {"regexp_like", "regexp_matches"},
      {"string_split", "split"},
      {"dayofmonth", "day"},
      {"weekofyear", "week"},
      {"datediff", "date_diff"},
      {"datetrunc", "date_trunc"},
      {"datepart", "date_part"},
      {"isnan", "is_nan"},
      {"starts_with", "starts_with"},
      {"startswith", "starts_with"},
      {"endswith", "ends_with"},
      {"current_timestamp", "now"},
      {"today", "current_date"},
  };
  for (const auto& [theirs, ours] : kNames) {
    if (name == theirs) return ours;
  }
  return name;
}

bool IsWindowOnly(std::string_view name) {
  return std::find(std::begin(kWindowOnly), std::end(kWindowOnly), name) != std::end(kWindowOnly);
}

Result<ExprPtr> ExpressionBinder::BindFunction(const Tree& node, Clause clause) {
  const std::vector<std::string> names = node.Names("funcname");
  if (names.empty() || (names.size() > 1 && names.front() != "pg_catalog")) {
    return context_.Unsupported(
        node, fmt::format("there are no functions in schemas: {}", fmt::join(names, ".")));
  }
  if (node.Flag("func_variadic")) return context_.Unsupported(node, "VARIADIC is not supported");
  const std::vector<Tree> args = node.List("args");
  for (const Tree& arg : args) {
    if (arg.Is("NamedArgExpr")) {
      return context_.Unsupported(arg, "arguments with names are not supported");
    }
  }
  const std::string name(OwnFunctionName(Lower(names.back())));
  if (node.Child("over")) return BindWindow(node, name, clause);
  if (IsWindowOnly(name)) {
    return context_.Invalid(node, fmt::format("{} needs OVER (...)", name));
  }
  if (node.Flag("agg_within_group")) return BindOrderedSet(node, name, clause);
  if (IsAggregate(name)) return BindAggregate(node, name, clause);
  if (node.Flag("agg_star") || node.Flag("agg_distinct") || node.Child("agg_filter") ||
      node.Has("agg_order")) {
    return context_.Invalid(node, fmt::format("{} is not an aggregate", name));
  }
  ASSIGN_OR_RETURN(std::vector<ExprPtr> bound, BindAll(args, clause));
  return BindScalarFunction(node, name, std::move(bound));
}

Result<ExprPtr> ExpressionBinder::BindScalarFunction(const Tree& node, std::string name,
                                                     std::vector<ExprPtr> args) {
  const SourcePlace place = context_.PlaceOf(node);
  if (name == "extract" || name == "date_part") return BindDatePart(node, std::move(args));
  if (name == "try_cast" && args.size() == 2) {
    const std::optional<std::string> text = LiteralText(*args[1]);
    Result<TypePtr> type = ParseType(text.value_or(""));
    if (!type.ok()) return context_.Invalid(node, type.status().message());
    return Expr::Cast(args[0], *type, true, place);
  }
  if (name == "is_distinct_from" || name == "and" || name == "or" || name == "in") {
    return context_.Invalid(node, fmt::format("{} is an operator, not a function", name));
  }
  const Result<const ScalarFunction*> known = FunctionRegistry::Get().Find(name);
  if (!known.ok()) {
    return context_.Invalid(node, fmt::format("there is no function {}", name),
                            NearestHint(AllFunctionNames(), name));
  }
  ExprPtr call = Expr::Call(name, std::move(args), place);
  if (name != "now" && name != "current_date") return call;
  // One time for the whole query, whatever task asks, and whenever.
  Result<std::shared_ptr<arrow::Scalar>> value = EvaluateConstant(call);
  if (!value.ok()) return context_.Located(value.status(), node);
  return Expr::Literal(*value, place);
}

Result<ExprPtr> ExpressionBinder::BindDatePart(const Tree& node, std::vector<ExprPtr> args) {
  const std::optional<std::string> part =
      args.size() == 2 ? LiteralText(*args[0]) : std::optional<std::string>();
  if (!part) return context_.Invalid(node, "EXTRACT needs the name of a part and a date");
  const std::string wanted = Lower(*part);
  for (const auto& [name, function] : kDateParts) {
    if (wanted == name) {
      return Expr::Call(std::string(function), {args[1]}, context_.PlaceOf(node));
    }
  }
  std::vector<std::string> known;
  for (const auto& [name, function] : kDateParts) known.emplace_back(name);
  return context_.Invalid(node, fmt::format("there is no part {} of dates", wanted),
                          NearestHint(known, wanted));
}

Result<ExprPtr> ExpressionBinder::BindAggregate(const Tree& node, const std::string& name,
                                                Clause clause) {
  if (clause == Clause::kAggregate) {
    return context_.Invalid(node, "an aggregate inside of an aggregate",
                            "aggregate in a subquery first");
  }
  if (clause != Clause::kSelect && clause != Clause::kHaving && clause != Clause::kOrderBy &&
      clause != Clause::kWindow) {
    return context_.Invalid(node, fmt::format("no aggregates in {}: {}", ClauseName(clause), name),
                            clause == Clause::kWhere ? "put the condition into HAVING" : "");
  }
  const bool ordered =
      std::find(std::begin(kOrdered), std::end(kOrdered), name) != std::end(kOrdered);
  if (node.Has("agg_order") && ordered) {
    return context_.Unsupported(node, fmt::format("ORDER BY inside {} is not supported", name));
  }
  // The order does not matter to the others.
  ASSIGN_OR_RETURN(std::vector<ExprPtr> args, BindAll(node.List("args"), Clause::kAggregate));
  ExprPtr filter;
  if (node.Child("agg_filter")) {
    ASSIGN_OR_RETURN(filter, Bind(node.Child("agg_filter"), Clause::kAggregate));
  }
  if (node.Flag("agg_star") && name != "count") {
    return context_.Invalid(node, fmt::format("{}(*): only count takes *", name));
  }
  return Expr::Aggregate(name, std::move(args), node.Flag("agg_distinct"), std::move(filter),
                         context_.PlaceOf(node));
}

Result<ExprPtr> ExpressionBinder::BindOrderedSet(const Tree& node, const std::string& name,
                                                 Clause clause) {
  if (clause != Clause::kSelect && clause != Clause::kHaving && clause != Clause::kOrderBy) {
    return context_.Invalid(node, fmt::format("no aggregates in {}: {}", ClauseName(clause), name));
  }
  std::vector<Tree> order = node.List("agg_order");
  ASSIGN_OR_RETURN(const std::vector<SortKey> keys, BindSortKeys(order, Clause::kAggregate));
  ASSIGN_OR_RETURN(std::vector<ExprPtr> args, BindAll(node.List("args"), Clause::kAggregate));
  ExprPtr filter;
  if (node.Child("agg_filter")) {
    ASSIGN_OR_RETURN(filter, Bind(node.Child("agg_filter"), Clause::kAggregate));
  }
  const bool quantile = name == "percentile_cont" && args.size() == 1;
  if (keys.size() != 1 || (!quantile && !(name == "mode" && args.empty()))) {
    return context_.Unsupported(
        node, fmt::format("{} WITHIN GROUP is not supported", name),
        "take percentile_cont(fraction) or mode() WITHIN GROUP (ORDER BY one expression)");
  }
  args.insert(args.begin(), keys[0].expr);
  if (quantile && keys[0].descending) {
    // The fraction from above is the rest of it from below.
    const std::vector<ExprPtr> operands{Expr::Of(1.0), args[1]};
    Result<std::shared_ptr<arrow::Scalar>> rest = EvaluateConstant(Expr::Call("-", operands));
    if (!rest.ok()) return context_.Located(rest.status(), node);
    args[1] = Expr::Literal(*rest);
  }
  return Expr::Aggregate(quantile ? "quantile" : "mode", std::move(args), false, std::move(filter),
                         context_.PlaceOf(node));
}

Result<ExprPtr> ExpressionBinder::BindWindow(const Tree& node, const std::string& name,
                                             Clause clause) {
  if (clause != Clause::kSelect && clause != Clause::kOrderBy) {
    return context_.Invalid(node, fmt::format("no window functions in {}", ClauseName(clause)),
                            "compute it in a subquery first");
  }
  if (!IsWindowOnly(name) && !IsAggregate(name)) {
    return context_.Invalid(node, fmt::format("there is no window function {}", name),
                            NearestHint(AllFunctionNames(), name));
  }
  if (node.Flag("agg_distinct") || node.Has("agg_order")) {
    return context_.Unsupported(node, "DISTINCT and ORDER BY inside a window function");
  }
  ASSIGN_OR_RETURN(std::vector<ExprPtr> args, BindAll(node.List("args"), Clause::kWindow));
  if (node.Child("agg_filter")) RETURN_IF_ERROR(FilterWindow(node, name, args));
  Tree window = node.Child("over");
  Tree base;
  const std::string base_name =
      window.Text("name").empty() ? window.Text("refname") : window.Text("name");
  if (!base_name.empty()) {
    ASSIGN_OR_RETURN(base, host_.FindWindow(base_name, node));
    // OVER w is the window itself, OVER (w ...) adds to it.
    if (!window.Text("name").empty()) window = base;
  }
  std::vector<Tree> partition = window.List("partitionClause");
  std::vector<Tree> order = window.List("orderClause");
  if (partition.empty()) partition = base.List("partitionClause");
  if (order.empty()) order = base.List("orderClause");
  ASSIGN_OR_RETURN(std::vector<ExprPtr> partition_by, BindAll(partition, Clause::kWindow));
  ASSIGN_OR_RETURN(std::vector<SortKey> order_by, BindSortKeys(order, Clause::kWindow));
  ASSIGN_OR_RETURN(const WindowFrame frame, BindFrame(window, !order_by.empty()));
  return Expr::Window(name, std::move(args), std::move(partition_by), std::move(order_by), frame,
                      context_.PlaceOf(node));
}

Status ExpressionBinder::FilterWindow(const Tree& node, const std::string& name,
                                      std::vector<ExprPtr>& args) {
  // Most aggregates pass over null, so a row that is left out is one with null.
  const bool takes_null =
      name == "list" || name == "first" || name == "last" || name == "any_value";
  if (IsWindowOnly(name) || takes_null) {
    return context_.Unsupported(node, fmt::format("FILTER with {} OVER a window", name),
                                "filter in a subquery first");
  }
  ASSIGN_OR_RETURN(const ExprPtr filter, Bind(node.Child("agg_filter"), Clause::kWindow));
  if (args.empty()) args.push_back(Expr::Of(int64_t{1}));
  args[0] = Expr::Call("case", {filter, args[0], Expr::Null()}, context_.PlaceOf(node));
  return Status::Ok();
}

Result<WindowFrame> ExpressionBinder::BindFrame(const Tree& window, bool ordered) {
  const int64_t options = window.Number("frameOptions");
  WindowFrame frame;
  if ((options & kFrameNonDefault) == 0) {
    // Without an order all rows of the partition are peers of the current one.
    if (!ordered) frame.end.reset();
    return frame;
  }
  if ((options & (kFrameGroups | kFrameExclusion)) != 0) {
    return context_.Unsupported(window, "GROUPS and EXCLUDE are not supported in a window's frame",
                                "take ROWS or RANGE");
  }
  const bool rows = (options & kFrameRows) != 0;
  FrameOffset start, end;
  if ((options & (kFrameStartPreceding | kFrameStartFollowing)) != 0) {
    ASSIGN_OR_RETURN(start, BindFrameOffset(window, "startOffset", rows));
  }
  if ((options & (kFrameEndPreceding | kFrameEndFollowing)) != 0) {
    ASSIGN_OR_RETURN(end, BindFrameOffset(window, "endOffset", rows));
  }
  if (start.distance != 0 && end.distance != 0 && start.interval != end.interval)
    return context_.Invalid(window, "one end of the frame is a number, the other an INTERVAL");
  frame.unit = rows                             ? WindowFrame::Unit::kRows
               : start.interval || end.interval ? WindowFrame::Unit::kInterval
                                                : WindowFrame::Unit::kRange;
  frame.start = (options & kFrameStartPreceding) != 0 ? -start.distance : start.distance;
  frame.end = (options & kFrameEndPreceding) != 0 ? -end.distance : end.distance;
  if ((options & kFrameStartUnbounded) != 0) frame.start.reset();
  if ((options & kFrameEndUnbounded) != 0) frame.end.reset();
  return frame;
}

Result<ExpressionBinder::FrameOffset> ExpressionBinder::BindFrameOffset(const Tree& window,
                                                                        std::string_view field,
                                                                        bool rows) {
  ASSIGN_OR_RETURN(const ExprPtr offset, Bind(window.Child(field), Clause::kValues));
  const auto value = EvaluateConstant(offset);
  if (!value.ok()) return context_.Located(value.status(), window);
  const arrow::Scalar& scalar = **value;
  if (!rows && scalar.is_valid && scalar.type->id() == arrow::Type::INTERVAL_MONTH_DAY_NANO) {
    const auto& interval = static_cast<const arrow::MonthDayNanoIntervalScalar&>(scalar).value;
    if (interval.months != 0) {
      return context_.Unsupported(window, "months and years differ in length: no offset of RANGE",
                                  "take an INTERVAL of days");
    }
    const auto micros = MicrosOf(interval);
    if (micros) return FrameOffset{*micros, true};
  }
  if (scalar.is_valid && IsIntegerType(*scalar.type)) {
    const auto whole = EvaluateConstant(Expr::Cast(offset, arrow::int64()));
    const int64_t number =
        whole.ok() ? static_cast<const arrow::Int64Scalar&>(**whole).value : int64_t{-1};
    if (number >= 0) return FrameOffset{number, false};
  }
  return context_.Invalid(window, rows ? "a frame's offset is a whole number of rows from 0"
                                       : "the offset of RANGE is a whole number from 0, or an "
                                         "INTERVAL that is not negative");
}

}  // namespace tusk::df::sql
