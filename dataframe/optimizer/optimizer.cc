#include "dataframe/optimizer/optimizer.h"

#include <algorithm>

#include "common/base/nearest_name.h"
#include "common/base/status_macros.h"
#include "dataframe/optimizer/rule/rules.h"
#include "dataframe/plan/plan_printer.h"
#include "dataframe/plan/plan_validator.h"

namespace tusk::df {
namespace {

struct Pass {
  std::string_view name;
  std::string_view summary;
  Result<PlanPtr> (*run)(const PlanPtr&, const RuleContext&);
};

constexpr Pass kFoldConstants = {"fold_constants", "constant parts of expressions are computed",
                                 FoldConstants};
constexpr Pass kSimplify = {"simplify", "logic is made shorter, steps without rows are left out",
                            Simplify};
constexpr Pass kMergeNodes = {"merge_nodes", "adjacent filters and projections become one",
                              MergeNodes};
constexpr Pass kPushDownFilter = {"push_down_filter",
                                  "conditions move to scans, equalities become keys of joins",
                                  PushDownFilter};
constexpr Pass kOuterToInner = {"outer_to_inner",
                                "outer joins become inner where a filter takes out what they pad",
                                OuterToInner};
constexpr Pass kInferPredicates = {
    "infer_predicates", "conditions on a key hold for the key that is equal", InferPredicates};
constexpr Pass kRewriteDistinct = {
    "rewrite_distinct", "aggregates of distinct values become two aggregations", RewriteDistinct};
constexpr Pass kPruneColumns = {"prune_columns", "only columns that are needed are read",
                                PruneColumns};
constexpr Pass kReorderJoins = {"reorder_joins", "inner joins are carried out in the best order",
                                ReorderJoins};
constexpr Pass kPushDownSemiJoin = {"push_down_semi_join",
                                    "semi and anti joins move to the table that they ask about",
                                    PushDownSemiJoin};
constexpr Pass kPushDownLimit = {"push_down_limit", "limits meet sorts and move below projections",
                                 PushDownLimit};
constexpr Pass kNarrowColumns = {
    "narrow_columns", "columns that are needed no more are dropped early", NarrowColumns};
constexpr Pass kChooseJoin = {"choose_join", "joins are broadcast or partitioned, by their sizes",
                              ChooseJoin};

// In this order. Filters go down before and after outer joins have become inner, and after what
// is known of keys; tables are ordered once more when a semi join has made one of them smaller.
constexpr const Pass* kPasses[] = {
    &kFoldConstants,  &kSimplify,        &kMergeNodes,       &kPushDownFilter, &kOuterToInner,
    &kPushDownFilter, &kInferPredicates, &kPushDownFilter,   &kSimplify,       &kRewriteDistinct,
    &kPruneColumns,   &kReorderJoins,    &kPushDownSemiJoin, &kReorderJoins,   &kPushDownFilter,
    &kPushDownLimit,  &kNarrowColumns,   &kMergeNodes,       &kChooseJoin,     &kMergeNodes,
};

Status CheckDisabled(const std::set<std::string>& disabled) {
  std::vector<std::string_view> known;
  for (const Pass* pass : kPasses) known.push_back(pass->name);
  for (const std::string& name : disabled) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const std::string_view nearest = NearestName(known, name);
    return Status::Error(StatusCode::kInvalidArgument,
                         "the optimizer has no pass of this name{}: {}",
                         nearest.empty() ? "" : fmt::format(", did you mean {}?", nearest), name);
  }
  return Status::Ok();
}

}  // namespace

Result<PlanPtr> Optimize(const PlanPtr& plan, const OptimizerOptions& options,
                         const StatisticsSource* statistics, OptimizerTrace* trace) {
  RETURN_IF_ERROR(CheckDisabled(options.disabled));
  const RuleContext context{.options = options, .statistics = statistics};
  PlanPtr current = plan;
  for (const Pass* pass : kPasses) {
    if (options.disabled.contains(std::string(pass->name))) continue;
    Result<PlanPtr> next = pass->run(current, context);
    if (!next.ok()) {
      // A plan that was valid: no pass may fail for what the user wrote.
      return Status::Error(StatusCode::kInternal, "the optimizer's pass {} failed: {}", pass->name,
                           next.status().message());
    }
    const bool changed = *next != current;
    if (changed) {
      const Status valid = ValidatePlan(*next, *plan->schema());
      if (!valid.ok()) return valid.WithContext(fmt::format("pass {}", pass->name));
    }
    if (trace != nullptr) {
      trace->steps.push_back({.pass = std::string(pass->name),
                              .changed = changed && PlanText(*next) != PlanText(current),
                              .plan = *next});
    }
    current = std::move(*next);
  }
  return current;
}

std::vector<OptimizerPassInfo> OptimizerPasses() {
  std::vector<OptimizerPassInfo> passes;
  for (const Pass* pass : kPasses) {
    const bool known =
        std::any_of(passes.begin(), passes.end(),
                    [&](const OptimizerPassInfo& info) { return info.name == pass->name; });
    if (!known) {
      passes.push_back({.name = std::string(pass->name), .summary = std::string(pass->summary)});
    }
  }
  return passes;
}

}  // namespace tusk::df
