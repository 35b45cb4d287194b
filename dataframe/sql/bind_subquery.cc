#include <arrow/api.h>

#include "common/base/status_macros.h"
#include "dataframe/sql/bind_select.h"

namespace tusk::df::sql {

namespace {

ExprPtr Equal(std::string_view op, const std::pair<ExprPtr, ExprPtr>& pair) {
  return Expr::Call(std::string(op), {pair.first, pair.second}, pair.first->place());
}

/// True also where the comparison is unknown: what keeps a row from passing NOT IN.
ExprPtr TrueOrUnknown(ExprPtr condition) {
  return Expr::Call("coalesce", {std::move(condition), Expr::Of(true)});
}

ExprPtr FalseIfUnknown(ExprPtr condition) {
  return Expr::Call("coalesce", {std::move(condition), Expr::Of(false)});
}

ExprPtr And(std::vector<ExprPtr> conjuncts, ExprPtr last) {
  if (last != nullptr) conjuncts.push_back(std::move(last));
  return MakeConjunction(conjuncts);
}

}  // namespace

/// x op ANY (query), x op ALL (query), and IN as = ANY.
struct SelectBinder::Comparison {
  BoundQuery query;
  /// What is compared: of this query, of the subquery.
  std::vector<std::pair<ExprPtr, ExprPtr>> pairs;
  bool any = true;
  /// The condition on a row of the subquery that decides: for ANY that the comparison holds, for
  /// ALL that it does not.
  ExprPtr decides;
  /// `decides` says no more than that all pairs are equal.
  bool equality = false;

  /// One pair and nothing else: joins know IN's three-valued logic themselves.
  bool IsPlainIn() const { return equality && pairs.size() == 1 && query.correlation.empty(); }
};

std::vector<SubqueryJoin>& SelectBinder::Pending(Clause clause) {
  switch (clause) {
    case Clause::kHaving:
    case Clause::kSelect:
    case Clause::kOrderBy:
    case Clause::kWindow:
      return after_grouping_;
    default:
      return before_grouping_;
  }
}

Result<BoundQuery> SelectBinder::BindInner(const Tree& link, QueryUse use) {
  const QueryEnvironment environment{environment_.common_tables, this};
  const OutputNaming naming{false, context_.NewTable("subquery"), {}};
  return BindQuery(context_, environment, link.Child("subselect"), use, naming);
}

Result<ExprPtr> SelectBinder::BindSubquery(const Tree& link, Clause clause) {
  const std::string kind = link.Text("subLinkType");
  if (kind == "EXPR_SUBLINK") return ScalarValue(link, clause);
  if (kind == "EXISTS_SUBLINK") return ExistenceValue(link, clause);
  if (kind == "ANY_SUBLINK" || kind == "ALL_SUBLINK") return ComparisonValue(link, clause);
  return context_.Unsupported(link, "this form of a subquery is not supported");
}

Result<ExprPtr> SelectBinder::ScalarValue(const Tree& link, Clause clause) {
  ASSIGN_OR_RETURN(BoundQuery query, BindInner(link, QueryUse::kScalar));
  if (query.columns.size() != 1) {
    return context_.Invalid(link, fmt::format("a subquery as a value has one column, this one {}",
                                              query.columns.size()));
  }
  SubqueryJoin join{query.plan, {}, link};
  join.spec.type = query.value == nullptr ? JoinType::kSingle : JoinType::kLeft;
  join.spec.keys = query.correlation.keys;
  join.spec.residual = MakeConjunction(query.correlation.residual);
  Pending(clause).push_back(std::move(join));
  if (query.value != nullptr) return query.value;
  return Expr::Column(query.columns.front().column, context_.PlaceOf(link));
}

Result<SubqueryJoin> SelectBinder::ExistenceJoin(const Tree& link, bool negated) {
  ASSIGN_OR_RETURN(BoundQuery query, BindInner(link, QueryUse::kExistence));
  SubqueryJoin join{query.plan, {}, link};
  if (query.correlation.empty()) {
    // One row says as much as all.
    ASSIGN_OR_RETURN(join.right, LimitNode::Make(query.plan, 1));
  }
  join.spec.type = negated ? JoinType::kAnti : JoinType::kSemi;
  join.spec.keys = query.correlation.keys;
  join.spec.residual = MakeConjunction(query.correlation.residual);
  return join;
}

ExprPtr SelectBinder::AddMark(const PlanPtr& right, JoinSpec spec, const Tree& link,
                              Clause clause) {
  spec.type = JoinType::kMark;
  spec.mark = context_.NewColumn("found");
  ExprPtr mark = Expr::Column(spec.mark, context_.PlaceOf(link));
  Pending(clause).push_back({right, std::move(spec), link});
  return mark;
}

Result<ExprPtr> SelectBinder::ExistenceValue(const Tree& link, Clause clause) {
  ASSIGN_OR_RETURN(SubqueryJoin join, ExistenceJoin(link, false));
  // A mark is unknown where a key is null; EXISTS is false there.
  return FalseIfUnknown(AddMark(join.right, std::move(join.spec), link, clause));
}

Result<SelectBinder::Comparison> SelectBinder::BindComparison(const Tree& link, Clause clause) {
  Comparison comparison;
  comparison.any = link.Text("subLinkType") == "ANY_SUBLINK";
  const std::vector<std::string> names = link.Names("operName");
  const std::string op = names.empty() ? "=" : names.back();
  const Tree test = link.Child("testexpr");
  const std::vector<Tree> tested = test.Is("RowExpr") ? test.List("args") : std::vector<Tree>{test};
  ASSIGN_OR_RETURN(std::vector<ExprPtr> left, binder_.BindAll(tested, clause));
  ASSIGN_OR_RETURN(comparison.query, BindInner(link, QueryUse::kMembers));
  if (comparison.query.columns.size() != left.size()) {
    return context_.Invalid(
        link, fmt::format("{} values are compared with a subquery of {} columns", left.size(),
                          comparison.query.columns.size()));
  }
  const bool known = op == "=" || op == "<>" || op == "<" || op == "<=" || op == ">" || op == ">=";
  comparison.equality = comparison.any ? op == "=" : op == "<>";
  if (!known || (!comparison.equality && left.size() > 1)) {
    return context_.Unsupported(link, fmt::format("{} with a subquery is not supported", op));
  }
  std::vector<ExprPtr> conjuncts;
  for (size_t i = 0; i < left.size(); ++i) {
    comparison.pairs.emplace_back(left[i], Expr::Column(comparison.query.columns[i].column));
    conjuncts.push_back(Equal(comparison.equality ? "=" : op, comparison.pairs.back()));
  }
  comparison.decides = Balanced("and", conjuncts);
  if (!comparison.any && !comparison.equality) comparison.decides = Negate(comparison.decides);
  return comparison;
}

Result<SubqueryJoin> SelectBinder::ComparisonJoin(const Tree& link, bool negated, Clause clause) {
  ASSIGN_OR_RETURN(Comparison comparison, BindComparison(link, clause));
  const Correlation& correlation = comparison.query.correlation;
  SubqueryJoin join{comparison.query.plan, {}, link};
  join.spec.keys = correlation.keys;
  if (comparison.any != negated) {
    // A row that decides must be there.
    join.spec.type = JoinType::kSemi;
    if (comparison.equality) {
      join.spec.keys.insert(join.spec.keys.begin(), comparison.pairs.begin(),
                            comparison.pairs.end());
      join.spec.residual = MakeConjunction(correlation.residual);
    } else {
      join.spec.residual = And(correlation.residual, comparison.decides);
    }
    return join;
  }
  if (comparison.IsPlainIn()) {
    join.spec.type = JoinType::kNullAwareAnti;
    join.spec.keys = comparison.pairs;
    return join;
  }
  join.spec.type = JoinType::kAnti;
  join.spec.residual = And(correlation.residual, TrueOrUnknown(comparison.decides));
  return join;
}

Result<ExprPtr> SelectBinder::ComparisonValue(const Tree& link, Clause clause) {
  ASSIGN_OR_RETURN(Comparison comparison, BindComparison(link, clause));
  const Correlation& correlation = comparison.query.correlation;
  ExprPtr value;
  if (comparison.IsPlainIn()) {
    JoinSpec spec;
    spec.keys = comparison.pairs;
    value = AddMark(comparison.query.plan, std::move(spec), link, clause);
  } else {
    JoinSpec decided;
    decided.keys = correlation.keys;
    JoinSpec unknown = decided;
    if (comparison.equality) {
      decided.keys.insert(decided.keys.begin(), comparison.pairs.begin(), comparison.pairs.end());
    }
    decided.residual =
        And(correlation.residual, comparison.equality ? nullptr : comparison.decides);
    unknown.residual = And(correlation.residual, Expr::Call("is_null", {comparison.decides}));
    const PlanPtr& plan = comparison.query.plan;
    ExprPtr found = FalseIfUnknown(AddMark(plan, std::move(decided), link, clause));
    ExprPtr perhaps = FalseIfUnknown(AddMark(plan, std::move(unknown), link, clause));
    value = Expr::Call("case", {std::move(found), Expr::Of(true), std::move(perhaps),
                                Expr::Cast(Expr::Null(), arrow::boolean()), Expr::Of(false)});
  }
  return comparison.any ? value : Negate(value);
}

}  // namespace tusk::df::sql
