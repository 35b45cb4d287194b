#include <arrow/api.h>

#include "common/base/status_macros.h"
#include "dataframe/sql/bind_from.h"
#include "dataframe/sql/bind_select.h"

namespace tusk::df::sql {

namespace {

/// True when `expr` names columns, and none of `plan`'s.
bool ReadsNoneOf(const Expr& expr, const PlanNode& plan) {
  const std::vector<std::string> columns = ColumnsOf(expr);
  for (const std::string& column : columns) {
    if (plan.schema()->GetFieldIndex(column) >= 0) return false;
  }
  return !columns.empty();
}

/// The pair (outer, inner) of a conjunct that compares the two by =; false for others.
bool AsKey(const Expr& conjunct, const PlanNode& inner,
           std::vector<std::pair<ExprPtr, ExprPtr>>& keys) {
  if (conjunct.kind() != ExprKind::kCall || conjunct.name() != "=") return false;
  const ExprPtr& a = conjunct.args()[0];
  const ExprPtr& b = conjunct.args()[1];
  if (ColumnsOf(*a).empty() || ColumnsOf(*b).empty()) return false;
  if (ReadsNoneOf(*a, inner) && ReadsOnly(*b, inner)) {
    keys.emplace_back(a, b);
    return true;
  }
  if (ReadsNoneOf(*b, inner) && ReadsOnly(*a, inner)) {
    keys.emplace_back(b, a);
    return true;
  }
  return false;
}

}  // namespace

Result<Condition> SelectBinder::BindCondition(const Tree& node, Clause clause) {
  Condition condition;
  if (node) RETURN_IF_ERROR(BindConjunct(node, clause, condition));
  return condition;
}

Status SelectBinder::BindConjunct(const Tree& node, Clause clause, Condition& condition) {
  const BindContext::Level level(context_);
  RETURN_IF_ERROR(context_.CheckDepth(node));
  const std::string boolean = node.Is("BoolExpr") ? node.Text("boolop") : "";
  if (boolean == "AND_EXPR") {
    for (const Tree& part : node.List("args")) {
      RETURN_IF_ERROR(BindConjunct(part, clause, condition));
    }
    return Status::Ok();
  }
  Tree link = node;
  bool negated = false;
  while (link.Is("BoolExpr") && link.Text("boolop") == "NOT_EXPR") {
    link = link.List("args").front();
    negated = !negated;
  }
  const size_t pending = Pending(clause).size();
  const std::string kind = link.Is("SubLink") ? link.Text("subLinkType") : "";
  const bool exists = kind == "EXISTS_SUBLINK";
  if (exists || kind == "ANY_SUBLINK" || kind == "ALL_SUBLINK") {
    Result<SubqueryJoin> join =
        exists ? ExistenceJoin(link, negated) : ComparisonJoin(link, negated, clause);
    if (!join.ok()) return join.status();
    // One that compares with another subquery's value comes behind that one's join.
    const bool alone = Pending(clause).size() == pending;
    (alone ? condition.joins : Pending(clause)).push_back(std::move(*join));
    return Status::Ok();
  }
  ASSIGN_OR_RETURN(const ExprPtr expr, binder_.Bind(node, clause));
  const bool alone = Pending(clause).size() == pending;
  for (const ExprPtr& conjunct : SplitConjunction(expr)) {
    (alone ? condition.plain : condition.with_subqueries).push_back(conjunct);
  }
  return Status::Ok();
}

Status SelectBinder::Filter(const std::vector<ExprPtr>& conjuncts, const Tree& node) {
  if (conjuncts.empty()) return Status::Ok();
  ASSIGN_OR_RETURN(plan_, At(context_, node, FilterNode::Make(plan_, MakeConjunction(conjuncts))));
  return Status::Ok();
}

Status SelectBinder::Join(SubqueryJoin join) {
  bool known = true;
  for (const auto& [left, right] : join.spec.keys) known &= ReadsOnly(*left, *plan_);
  if (join.spec.residual != nullptr) {
    for (const std::string& column : ColumnsOf(*join.spec.residual)) {
      known &= plan_->schema()->GetFieldIndex(column) >= 0 ||
               join.right->schema()->GetFieldIndex(column) >= 0;
    }
  }
  if (!known) {
    return context_.Unsupported(
        join.node, "a subquery that is compared with a column of a query two levels further out",
        "join the tables in the query between");
  }
  ASSIGN_OR_RETURN(
      plan_, At(context_, join.node, JoinNode::Make(plan_, join.right, std::move(join.spec))));
  return Status::Ok();
}

Status SelectBinder::JoinAll(std::vector<SubqueryJoin>& joins) {
  for (SubqueryJoin& join : joins) RETURN_IF_ERROR(Join(std::move(join)));
  joins.clear();
  return Status::Ok();
}

Status SelectBinder::TakeOutCorrelated(std::vector<ExprPtr>& conjuncts) {
  std::vector<ExprPtr> own;
  for (const ExprPtr& conjunct : conjuncts) {
    if (ReadsOnly(*conjunct, *plan_)) {
      own.push_back(conjunct);
    } else if (!AsKey(*conjunct, *plan_, correlation_.keys)) {
      correlation_.residual.push_back(conjunct);
    }
  }
  conjuncts = std::move(own);
  return Status::Ok();
}

Status SelectBinder::ApplyWhere(Condition condition) {
  const Tree node = select_.Child("whereClause");
  RETURN_IF_ERROR(TakeOutCorrelated(condition.plain));
  RETURN_IF_ERROR(Filter(condition.plain, node));
  RETURN_IF_ERROR(JoinAll(condition.joins));
  RETURN_IF_ERROR(JoinAll(before_grouping_));
  RETURN_IF_ERROR(TakeOutCorrelated(condition.with_subqueries));
  return Filter(condition.with_subqueries, node);
}

Status SelectBinder::ApplyHaving(Condition condition) {
  const Tree node = select_.Child("havingClause");
  for (const std::vector<ExprPtr>* conjuncts : {&condition.plain, &condition.with_subqueries}) {
    for (const ExprPtr& conjunct : *conjuncts) {
      const bool own = conjuncts == &condition.with_subqueries || ReadsOnly(*conjunct, *plan_);
      if (!own) {
        return context_.Unsupported(node,
                                    "columns of the outer query in HAVING of a grouped subquery");
      }
    }
  }
  RETURN_IF_ERROR(Filter(condition.plain, node));
  RETURN_IF_ERROR(JoinAll(condition.joins));
  RETURN_IF_ERROR(JoinAll(after_grouping_));
  return Filter(condition.with_subqueries, node);
}

}  // namespace tusk::df::sql
