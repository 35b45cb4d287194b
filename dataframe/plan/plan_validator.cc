#include "dataframe/plan/plan_validator.h"

#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/plan/plan_printer.h"
#include "dataframe/plan/plan_visitor.h"

namespace tusk::df {
namespace {

Status Broken(const PlanNode& node, std::string_view what) {
  return Status::Error(StatusCode::kInternal, "a step of a plan is broken: {}: {}", what,
                       NodeText(node));
}

// Names and types; what can be null is not compared.
bool SameColumns(const arrow::Schema& a, const arrow::Schema& b) {
  if (a.num_fields() != b.num_fields()) return false;
  for (int i = 0; i < a.num_fields(); ++i) {
    if (a.field(i)->name() != b.field(i)->name()) return false;
    if (!a.field(i)->type()->Equals(*b.field(i)->type())) return false;
  }
  return true;
}

Status ValidateNode(const PlanPtr& node) {
  for (const PlanPtr& child : node->children()) {
    if (child == nullptr) return Broken(*node, "a child is missing");
  }
  const Result<PlanPtr> again = node->WithChildren(node->children());
  if (!again.ok()) return Broken(*node, again.status().message());
  if (!(*again)->schema()->Equals(*node->schema())) {
    return Broken(*node, "the schema is not that of its expressions");
  }
  return Status::Ok();
}

}  // namespace

Status ValidatePlan(const PlanPtr& plan) {
  Status status;
  VisitPlan(plan, [&](const PlanPtr& node) {
    if (!status.ok()) return;
    status = ValidateNode(node);
  });
  return status;
}

Status ValidatePlan(const PlanPtr& plan, const arrow::Schema& schema) {
  RETURN_IF_ERROR(ValidatePlan(plan));
  if (SameColumns(*plan->schema(), schema)) return Status::Ok();
  return Broken(*plan, fmt::format("the result has the columns ({}) instead of ({})",
                                   SchemaText(*plan->schema()), SchemaText(schema)));
}

}  // namespace tusk::df
