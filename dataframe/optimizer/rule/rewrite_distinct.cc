#include <algorithm>

#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/aggregate.h"
#include "dataframe/optimizer/condition.h"
#include "dataframe/optimizer/rule/rules.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_visitor.h"

namespace tusk::df {
namespace {

bool IsOneOf(const std::string& name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Functions for which it does not matter how often a value is there.
bool IgnoresRepeats(const std::string& function) {
  return IsOneOf(function,
                 {"min", "max", "bool_and", "bool_or", "any_value", "approx_count_distinct"});
}

// Functions that see nulls: a filter cannot be said as a null argument.
bool SeesNulls(const std::string& function) {
  return IsOneOf(function, {"list", "first", "last", "mode"});
}

// The calls over the distinct values of one expression.
struct DistinctSet {
  ExprPtr arg;
  std::vector<AggregateCall> calls;
};

// The calls of an aggregation, sorted.
struct Calls {
  std::vector<AggregateCall> plain;
  std::vector<DistinctSet> sets;
};

// Nothing when a call cannot be rewritten: it is left for the run to refuse.
std::optional<Calls> Sort(const AggregateNode& aggregate) {
  Calls calls;
  for (AggregateCall call : aggregate.aggregates()) {
    if (call.distinct && IgnoresRepeats(call.function)) call.distinct = false;
    if (!call.distinct) {
      calls.plain.push_back(std::move(call));
      continue;
    }
    if (AggregateColumnArguments(call.function, call.args.size()) != 1 || call.args.empty()) {
      return std::nullopt;
    }
    if (call.filter != nullptr) {
      if (SeesNulls(call.function)) return std::nullopt;
      call.args[0] = Expr::Call("case", {call.filter, call.args[0], Expr::Null()});
      call.filter = nullptr;
    }
    const auto known =
        std::find_if(calls.sets.begin(), calls.sets.end(),
                     [&](const DistinctSet& set) { return set.arg->Equals(*call.args[0]); });
    if (known != calls.sets.end()) {
      known->calls.push_back(std::move(call));
    } else {
      const ExprPtr arg = call.args[0];
      calls.sets.push_back({.arg = arg, .calls = {std::move(call)}});
    }
  }
  return calls;
}

AggregateCall CallOf(std::string function, std::vector<ExprPtr> args, std::string name,
                     ExprPtr filter = nullptr) {
  AggregateCall call;
  call.function = std::move(function);
  call.args = std::move(args);
  call.name = std::move(name);
  call.filter = std::move(filter);
  return call;
}

std::vector<NamedExpr> KeyColumns(const std::vector<NamedExpr>& keys) {
  std::vector<NamedExpr> columns;
  for (const NamedExpr& key : keys) {
    columns.push_back({.name = key.name, .expr = Expr::Column(key.name)});
  }
  return columns;
}

// An aggregation in two steps: by the keys and the distinct values, then by the keys. Plain calls
// go along where they can be computed from parts.
class TwoSteps {
 public:
  TwoSteps(const std::vector<NamedExpr>& keys, FreshNames* names) : keys_(keys), names_(*names) {}

  void AddSet(const DistinctSet& set) {
    value_ = names_.Make("value");
    inner_keys_ = keys_;
    inner_keys_.push_back({.name = value_, .expr = set.arg});
    for (AggregateCall call : set.calls) {
      call.args[0] = Expr::Column(value_);
      call.distinct = false;
      results_.push_back({.name = call.name, .expr = Expr::Column(call.name)});
      outer_.push_back(std::move(call));
    }
  }

  // False when it cannot be computed from parts.
  bool AddPlain(const AggregateCall& call) {
    const std::string& function = call.function;
    if (IsOneOf(function, {"sum", "min", "max", "bool_and", "bool_or", "any_value"})) {
      const std::string part = AddInner(function, call.args, call.filter);
      outer_.push_back(CallOf(function, {Expr::Column(part)}, call.name));
      results_.push_back({.name = call.name, .expr = Expr::Column(call.name)});
      return true;
    }
    if (IsOneOf(function, {"count", "count_if"})) {
      const ExprPtr sum = AddSum(function, call.args, call.filter);
      results_.push_back(
          {.name = call.name, .expr = Expr::Call("coalesce", {sum, Expr::Of(int64_t{0})})});
      return true;
    }
    if (IsOneOf(function, {"avg", "mean"}) && call.args.size() == 1) {
      const ExprPtr value = Expr::Cast(call.args[0], arrow::float64());
      const ExprPtr sum = AddSum("sum", {value}, call.filter);
      const ExprPtr count = AddSum("count", call.args, call.filter);
      results_.push_back({.name = call.name, .expr = Expr::Call("/", {sum, count})});
      return true;
    }
    return false;
  }

  Result<PlanPtr> Build(const PlanPtr& child) const {
    ASSIGN_OR_RETURN(PlanPtr inner, AggregateNode::Make(child, inner_keys_, inner_));
    ASSIGN_OR_RETURN(PlanPtr outer,
                     AggregateNode::Make(std::move(inner), KeyColumns(keys_), outer_));
    std::vector<NamedExpr> columns = KeyColumns(keys_);
    columns.insert(columns.end(), results_.begin(), results_.end());
    return ProjectNode::Make(std::move(outer), std::move(columns));
  }

 private:
  std::string AddInner(const std::string& function, const std::vector<ExprPtr>& args,
                       const ExprPtr& filter) {
    std::string part = names_.Make("part");
    inner_.push_back(CallOf(function, args, part, filter));
    return part;
  }
  // The sum over the parts that `function` makes.
  ExprPtr AddSum(const std::string& function, const std::vector<ExprPtr>& args,
                 const ExprPtr& filter) {
    const std::string part = AddInner(function, args, filter);
    const std::string sum = names_.Make("total");
    outer_.push_back(CallOf("sum", {Expr::Column(part)}, sum));
    return Expr::Column(sum);
  }

  const std::vector<NamedExpr>& keys_;
  FreshNames& names_;
  std::string value_;
  std::vector<NamedExpr> inner_keys_;
  std::vector<AggregateCall> inner_;
  std::vector<AggregateCall> outer_;
  std::vector<NamedExpr> results_;
};

// All in one pass over the rows; null when a plain call cannot go along.
Result<PlanPtr> InOnePass(const AggregateNode& aggregate, const Calls& calls, FreshNames* names) {
  TwoSteps steps(aggregate.keys(), names);
  steps.AddSet(calls.sets.front());
  for (const AggregateCall& call : calls.plain) {
    if (!steps.AddPlain(call)) return PlanPtr();
  }
  return steps.Build(aggregate.child());
}

// `part` with other names for its keys, which `renamed` gets.
Result<PlanPtr> WithFreshKeys(PlanPtr part, const std::vector<NamedExpr>& keys, FreshNames* names,
                              std::vector<std::string>* renamed) {
  std::vector<NamedExpr> columns;
  const int key_count = static_cast<int>(keys.size());
  for (int i = 0; i < part->schema()->num_fields(); ++i) {
    const std::string& name = part->schema()->field(i)->name();
    columns.push_back(
        {.name = i < key_count ? names->Make(name) : name, .expr = Expr::Column(name)});
    if (i < key_count) renamed->push_back(columns.back().name);
  }
  return ProjectNode::Make(std::move(part), std::move(columns));
}

// Each set of distinct values and the plain calls apart, joined by the keys: all have the same
// groups, of the same rows.
Result<PlanPtr> InParts(const AggregateNode& aggregate, const Calls& calls, FreshNames* names) {
  PlanPtr whole;
  if (!calls.plain.empty()) {
    ASSIGN_OR_RETURN(whole, AggregateNode::Make(aggregate.child(), aggregate.keys(), calls.plain));
  }
  for (const DistinctSet& set : calls.sets) {
    TwoSteps steps(aggregate.keys(), names);
    steps.AddSet(set);
    ASSIGN_OR_RETURN(PlanPtr part, steps.Build(aggregate.child()));
    if (whole == nullptr) {
      whole = std::move(part);
      continue;
    }
    std::vector<std::string> renamed;
    ASSIGN_OR_RETURN(part, WithFreshKeys(std::move(part), aggregate.keys(), names, &renamed));
    JoinSpec spec;
    spec.nulls_match = true;
    for (size_t i = 0; i < renamed.size(); ++i) {
      spec.keys.emplace_back(Expr::Column(aggregate.keys()[i].name), Expr::Column(renamed[i]));
    }
    ASSIGN_OR_RETURN(whole, JoinNode::Make(std::move(whole), std::move(part), std::move(spec)));
  }
  return whole;
}

Result<PlanPtr> Rewrite(const PlanPtr& node, FreshNames* names) {
  const auto& aggregate = As<AggregateNode>(*node);
  const std::optional<Calls> calls = Sort(aggregate);
  if (!calls.has_value()) return node;
  if (calls->sets.empty()) {
    return AggregateNode::Make(aggregate.child(), aggregate.keys(), calls->plain);
  }
  PlanPtr plan;
  if (calls->sets.size() == 1) {
    ASSIGN_OR_RETURN(plan, InOnePass(aggregate, *calls, names));
  }
  if (plan == nullptr) {
    ASSIGN_OR_RETURN(plan, InParts(aggregate, *calls, names));
  }
  return WithColumns(std::move(plan), NamesOf(*node->schema()));
}

}  // namespace

Result<PlanPtr> RewriteDistinct(const PlanPtr& plan, const RuleContext& /*context*/) {
  FreshNames names(plan);
  return RewriteBottomUp(plan, [&](const PlanPtr& node) -> Result<PlanPtr> {
    if (node->kind() != PlanKind::kAggregate) return node;
    const auto& aggregate = As<AggregateNode>(*node);
    const bool distinct = aggregate.mode() == AggregateMode::kComplete &&
                          std::any_of(aggregate.aggregates().begin(), aggregate.aggregates().end(),
                                      [](const AggregateCall& call) { return call.distinct; });
    return distinct ? Rewrite(node, &names) : Result<PlanPtr>(node);
  });
}

}  // namespace tusk::df
