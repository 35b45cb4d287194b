#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/aggregate.h"
#include "dataframe/expr/bind.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_checks.h"
#include "dataframe/plan/resolve_call.h"

namespace tusk::df {
namespace {

constexpr std::string_view kNode = "Aggregate";

// Checks a call over rows and fills in the types of its arguments.
Status BindCall(const arrow::Schema& schema, AggregateCall* call) {
  const size_t columns = AggregateColumnArguments(call->function, call->args.size());
  if (columns > call->args.size()) {
    return Status::Error(StatusCode::kInvalidArgument, "{}: {} lacks an argument", kNode,
                         call->function);
  }
  call->arg_types.clear();
  for (size_t i = 0; i < columns; ++i) {
    ASSIGN_OR_RETURN(const BoundExprPtr bound, Bind(call->args[i], schema));
    call->arg_types.push_back(bound->type());
  }
  if (call->filter == nullptr) return Status::Ok();
  return CheckCondition(kNode, call->filter, schema);
}

// Of kFinal: the states are there, as kPartial makes them.
Status CheckStates(const AggregateCall& call, const AggregateFunction& function,
                   const arrow::Schema& schema) {
  for (size_t i = 0; i < function.state_types.size(); ++i) {
    const std::string name = AggregateNode::StateColumn(call.name, i);
    const auto field = schema.GetFieldByName(name);
    if (field == nullptr || !field->type()->Equals(*function.state_types[i])) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "{}: the state of an aggregate is missing or of another type: {}", kNode,
                           name);
    }
  }
  return Status::Ok();
}

Status CheckPresent(const std::vector<NamedExpr>& keys, const std::vector<AggregateCall>& calls) {
  const auto bad = [](std::string_view what) {
    return Status::Error(StatusCode::kInvalidArgument, "{}: {}", kNode, what);
  };
  if (keys.empty() && calls.empty()) return bad("needs a key or an aggregate");
  for (const NamedExpr& key : keys) {
    if (key.expr == nullptr) return bad("a key is missing");
  }
  for (const AggregateCall& call : calls) {
    for (const ExprPtr& arg : call.args) {
      if (arg == nullptr) return bad("an argument is missing");
    }
  }
  return Status::Ok();
}

}  // namespace

Result<AggregateFunction> ResolveCall(const AggregateCall& call) {
  std::vector<double> parameters;
  for (size_t i = AggregateColumnArguments(call.function, call.args.size()); i < call.args.size();
       ++i) {
    ASSIGN_OR_RETURN(const double parameter, ConstantNumber(call.args[i]));
    parameters.push_back(parameter);
  }
  return ResolveAggregate(call.function, call.arg_types, parameters);
}

std::string AggregateNode::StateColumn(const std::string& name, size_t index) {
  return fmt::format("{}#{}", name, index);
}

Result<PlanPtr> AggregateNode::Make(PlanPtr child, std::vector<NamedExpr> keys,
                                    std::vector<AggregateCall> aggregates, AggregateMode mode) {
  RETURN_IF_ERROR(CheckChildren(kNode, {child}));
  RETURN_IF_ERROR(CheckPresent(keys, aggregates));
  const arrow::Schema& input = *child->schema();
  arrow::FieldVector fields;
  for (const NamedExpr& key : keys) {
    ASSIGN_OR_RETURN(auto field, FieldOf(key, input));
    fields.push_back(std::move(field));
  }
  for (AggregateCall& call : aggregates) {
    if (mode != AggregateMode::kFinal) RETURN_IF_ERROR(BindCall(input, &call));
    if (mode != AggregateMode::kComplete && call.distinct) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "{}: distinct values cannot be counted in parts: {}", kNode, call.name);
    }
    ASSIGN_OR_RETURN(const AggregateFunction function, ResolveCall(call));
    if (mode == AggregateMode::kFinal) RETURN_IF_ERROR(CheckStates(call, function, input));
    if (mode != AggregateMode::kPartial) {
      fields.push_back(arrow::field(call.name, function.result, function.result_nullable));
      continue;
    }
    for (size_t i = 0; i < function.state_types.size(); ++i) {
      fields.push_back(arrow::field(StateColumn(call.name, i), function.state_types[i]));
    }
  }
  auto schema = arrow::schema(std::move(fields));
  RETURN_IF_ERROR(CheckUniqueNames(kNode, *schema));
  return PlanPtr(new AggregateNode(std::move(schema), std::move(child), std::move(keys),
                                   std::move(aggregates), mode));
}

AggregateNode::AggregateNode(SchemaPtr schema, PlanPtr child, std::vector<NamedExpr> keys,
                             std::vector<AggregateCall> aggregates, AggregateMode mode)
    : PlanNode(PlanKind::kAggregate, std::move(schema), {std::move(child)}),
      keys_(std::move(keys)),
      aggregates_(std::move(aggregates)),
      mode_(mode) {}

Result<PlanPtr> AggregateNode::WithChildren(std::vector<PlanPtr> children) const {
  RETURN_IF_ERROR(CheckChildCount(kNode, children, 1));
  return Make(std::move(children[0]), keys_, aggregates_, mode_);
}

}  // namespace tusk::df
