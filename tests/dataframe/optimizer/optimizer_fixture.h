#pragma once

#include <string>

#include "dataframe/optimizer/optimizer.h"
#include "dataframe/optimizer/rule/rules.h"
#include "dataframe/plan/plan_printer.h"
#include "dataframe/plan/plan_validator.h"
#include "tests/dataframe/plan/plan_builder.h"
#include "tests/support/status_matchers.h"

namespace tusk::df {

using Rule = Result<PlanPtr> (*)(const PlanPtr&, const RuleContext&);

/// The plan that a pass alone makes, which must be valid and have the same columns.
inline PlanPtr Apply(Rule rule, const PlanPtr& plan, const OptimizerOptions& options = {}) {
  const PlanPtr after = Made(rule(plan, {.options = options, .statistics = nullptr}));
  EXPECT_THAT(ValidatePlan(after, *plan->schema()), IsOk()) << PlanText(after);
  return after;
}
inline std::string TextAfter(Rule rule, const PlanPtr& plan) { return PlanText(Apply(rule, plan)); }

}  // namespace tusk::df
