#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/aggregate.h"
#include "dataframe/expr/bind.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_checks.h"
#include "dataframe/plan/resolve_call.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {
namespace {

constexpr std::string_view kNode = "Window";

// The functions that are not aggregates: how many arguments they take, and what they give.
struct PureWindowFunction {
  std::string_view name;
  size_t min_args;
  size_t max_args;
  // The type of the result; null: the first argument's.
  TypePtr (*result)();
};

constexpr PureWindowFunction kPureWindowFunctions[] = {
    {"row_number", 0, 0, [] { return arrow::int64(); }},
    {"rank", 0, 0, [] { return arrow::int64(); }},
    {"dense_rank", 0, 0, [] { return arrow::int64(); }},
    {"percent_rank", 0, 0, [] { return arrow::float64(); }},
    {"cume_dist", 0, 0, [] { return arrow::float64(); }},
    {"ntile", 1, 1, [] { return arrow::int64(); }},
    {"lag", 1, 3, nullptr},
    {"lead", 1, 3, nullptr},
    {"first_value", 1, 1, nullptr},
    {"last_value", 1, 1, nullptr},
    {"nth_value", 2, 2, nullptr},
};

const PureWindowFunction* FindPure(std::string_view name) {
  for (const PureWindowFunction& function : kPureWindowFunctions) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

Result<TypePtr> PureResult(const PureWindowFunction& function, const std::vector<TypePtr>& args) {
  if (args.size() < function.min_args || args.size() > function.max_args) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "{}: {} takes {} to {} arguments, and was given {}", kNode, function.name,
                         function.min_args, function.max_args, args.size());
  }
  if (function.result != nullptr) {
    if (args.size() == 1 && !IsIntegerType(*args[0])) {
      return Status::Error(StatusCode::kInvalidArgument, "{}: {} takes an integer, not {}", kNode,
                           function.name, TypeText(*args[0]));
    }
    return function.result();
  }
  if (args.size() > 1 && !IsIntegerType(*args[1])) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "{}: {} takes an integer as second argument, not {}", kNode, function.name,
                         TypeText(*args[1]));
  }
  // lag and lead: what stands in where there is no such row.
  if (args.size() == 3) return CommonType(args[0], args[2]);
  return args[0];
}

// The field that a call makes.
Result<std::shared_ptr<arrow::Field>> CallField(const WindowCall& call,
                                                const arrow::Schema& schema) {
  std::vector<TypePtr> types;
  for (const ExprPtr& arg : call.args) {
    if (arg == nullptr) {
      return Status::Error(StatusCode::kInvalidArgument, "{}: an argument is missing", kNode);
    }
    ASSIGN_OR_RETURN(const BoundExprPtr bound, Bind(arg, schema));
    types.push_back(bound->type());
  }
  if (FindPure(call.function) == nullptr && IsAggregate(call.function)) {
    // With the real parameters, which decide what is allowed.
    AggregateCall aggregate;
    aggregate.function = call.function;
    aggregate.args = call.args;
    const size_t columns = AggregateColumnArguments(call.function, call.args.size());
    aggregate.arg_types.assign(types.begin(), types.begin() + std::min(columns, types.size()));
    ASSIGN_OR_RETURN(const AggregateFunction function, ResolveCall(aggregate));
    return arrow::field(call.name, function.result);
  }
  ASSIGN_OR_RETURN(TypePtr type, WindowResultType(call.function, types));
  const PureWindowFunction* pure = FindPure(call.function);
  return arrow::field(call.name, std::move(type), pure == nullptr || pure->result == nullptr);
}

bool IsTime(const arrow::DataType& type) {
  return type.id() == arrow::Type::DATE32 || type.id() == arrow::Type::TIMESTAMP ||
         type.id() == arrow::Type::DURATION;
}

// Distances are added to the values of the one order key.
Status CheckDistances(const WindowFrame& frame, const std::vector<SortKey>& order_by,
                      const arrow::Schema& schema) {
  const bool distances = frame.start.value_or(0) != 0 || frame.end.value_or(0) != 0;
  if (frame.unit == WindowFrame::Unit::kRows || !distances) return Status::Ok();
  if (order_by.size() != 1) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "{}: a RANGE frame with distances needs one key to order by", kNode);
  }
  ASSIGN_OR_RETURN(const BoundExprPtr key, Bind(order_by[0].expr, schema));
  const arrow::DataType& type = *key->type();
  const bool number = IsIntegerType(type) || IsDecimalType(type) || IsFloatType(type);
  const bool by_interval = frame.unit == WindowFrame::Unit::kInterval;
  if (IsTime(type) || (number && !by_interval)) return Status::Ok();
  return Status::Error(
      StatusCode::kInvalidArgument, "{}: a RANGE frame {} needs {} to order by, not {}", kNode,
      by_interval ? "with an INTERVAL" : "with distances",
      by_interval ? "a date, timestamp or duration" : "a number or a date", TypeText(type));
}

Status CheckFrame(const WindowCall& call, const std::vector<SortKey>& order_by,
                  const arrow::Schema& schema) {
  const WindowFrame& frame = call.frame;
  if (frame.start.has_value() && frame.end.has_value() && *frame.start > *frame.end) {
    return Status::Error(StatusCode::kInvalidArgument, "{}: the frame of {} ends before it starts",
                         kNode, call.name);
  }
  return CheckDistances(frame, order_by, schema);
}

}  // namespace

Result<TypePtr> WindowResultType(const std::string& function, const std::vector<TypePtr>& args) {
  if (const PureWindowFunction* pure = FindPure(function)) return PureResult(*pure, args);
  if (!IsAggregate(function)) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "there is no window function of this name; there are row_number, rank, "
                         "dense_rank, percent_rank, cume_dist, ntile, lag, lead, first_value, "
                         "last_value, nth_value and all aggregates: {}",
                         function);
  }
  const size_t columns = std::min(AggregateColumnArguments(function, args.size()), args.size());
  // The type does not depend on the parameters' values; a half suits all of them.
  const std::vector<double> parameters(args.size() - columns, 0.5);
  ASSIGN_OR_RETURN(const AggregateFunction resolved,
                   ResolveAggregate(function, std::span(args).first(columns), parameters));
  return resolved.result;
}

Result<PlanPtr> WindowNode::Make(PlanPtr child, std::vector<ExprPtr> partition_by,
                                 std::vector<SortKey> order_by, std::vector<WindowCall> calls) {
  RETURN_IF_ERROR(CheckChildren(kNode, {child}));
  const arrow::Schema& input = *child->schema();
  for (const ExprPtr& key : partition_by) {
    if (key == nullptr) return Status(StatusCode::kInvalidArgument, "Window: a key is missing");
    RETURN_IF_ERROR(Bind(key, input).status());
  }
  RETURN_IF_ERROR(CheckSortKeys(kNode, order_by, input));
  arrow::FieldVector fields = input.fields();
  for (const WindowCall& call : calls) {
    RETURN_IF_ERROR(CheckFrame(call, order_by, input));
    ASSIGN_OR_RETURN(auto field, CallField(call, input));
    fields.push_back(std::move(field));
  }
  auto schema = arrow::schema(std::move(fields));
  RETURN_IF_ERROR(CheckUniqueNames(kNode, *schema));
  return PlanPtr(new WindowNode(std::move(schema), std::move(child), std::move(partition_by),
                                std::move(order_by), std::move(calls)));
}

WindowNode::WindowNode(SchemaPtr schema, PlanPtr child, std::vector<ExprPtr> partition_by,
                       std::vector<SortKey> order_by, std::vector<WindowCall> calls)
    : PlanNode(PlanKind::kWindow, std::move(schema), {std::move(child)}),
      partition_by_(std::move(partition_by)),
      order_by_(std::move(order_by)),
      calls_(std::move(calls)) {}

Result<PlanPtr> WindowNode::WithChildren(std::vector<PlanPtr> children) const {
  RETURN_IF_ERROR(CheckChildCount(kNode, children, 1));
  return Make(std::move(children[0]), partition_by_, order_by_, calls_);
}

}  // namespace tusk::df
