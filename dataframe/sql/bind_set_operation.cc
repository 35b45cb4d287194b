#include <arrow/api.h>

#include "common/base/status_macros.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/sql/bind_expression.h"
#include "dataframe/sql/bind_query.h"
#include "dataframe/sql/scope_host.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df::sql {

namespace {

/// The operands of a chain of the same operation, in order: the tree of UNION ALL of a hundred
/// tables is a hundred levels deep to the left.
std::vector<Tree> Operands(const Tree& select) {
  std::vector<Tree> operands{select.Child("rarg")};
  Tree left = select.Child("larg");
  const auto plain = [](const Tree& node) {
    return !node.Has("sortClause") && !node.Has("limitCount") && !node.Has("limitOffset") &&
           !node.Has("withClause") && !node.Has("lockingClause");
  };
  while (left.Text("op") == select.Text("op") && left.Flag("all") == select.Flag("all") &&
         select.Text("op") == "SETOP_UNION" && plain(left)) {
    operands.push_back(left.Child("rarg"));
    left = left.Child("larg");
  }
  operands.push_back(left);
  return {operands.rbegin(), operands.rend()};
}

/// A place to point to: the first expression of a query.
Tree FirstTarget(Tree select) {
  while (select.Child("larg")) select = select.Child("larg");
  const std::vector<Tree> targets = select.List("targetList");
  if (!targets.empty()) return targets.front();
  const std::vector<Tree> rows = select.List("valuesLists");
  return rows.empty() || rows.front().List("items").empty() ? select
                                                            : rows.front().List("items").front();
}

Result<std::vector<TypePtr>> CommonTypes(const BindContext& context, const std::vector<Tree>& nodes,
                                         const std::vector<BoundQuery>& queries) {
  std::vector<TypePtr> types;
  for (size_t q = 0; q < queries.size(); ++q) {
    const BoundQuery& query = queries[q];
    if (query.columns.size() != queries.front().columns.size()) {
      return context.Invalid(FirstTarget(nodes[q]),
                             fmt::format("a set operation of {} and {} columns",
                                         queries.front().columns.size(), query.columns.size()));
    }
    for (size_t i = 0; i < query.columns.size(); ++i) {
      const TypePtr type = query.plan->schema()->GetFieldByName(query.columns[i].column)->type();
      if (q == 0) {
        types.push_back(type);
        continue;
      }
      Result<TypePtr> common = CommonType(types[i], type);
      if (!common.ok()) {
        return context.Invalid(
            FirstTarget(nodes[q]),
            fmt::format("column {} of the set operation: {}", i + 1, common.status().message()));
      }
      types[i] = *common;
    }
  }
  return types;
}

/// The query's columns under the names of the set operation's operand `table`, cast to `types`.
Result<BoundQuery> Uniform(BindContext& context, const BoundQuery& query,
                           const std::vector<TypePtr>& types, const OutputNaming& naming) {
  OutputNamer namer(context, naming);
  BoundQuery uniform;
  std::vector<NamedExpr> exprs;
  for (size_t i = 0; i < query.columns.size(); ++i) {
    uniform.columns.push_back(namer.Next(query.columns[i].name));
    ExprPtr column = Expr::Column(query.columns[i].column);
    const TypePtr type = query.plan->schema()->GetFieldByName(query.columns[i].column)->type();
    if (!type->Equals(*types[i])) column = Expr::Cast(std::move(column), types[i]);
    exprs.push_back({uniform.columns.back().column, std::move(column)});
  }
  ASSIGN_OR_RETURN(uniform.plan, ProjectNode::Make(query.plan, std::move(exprs)));
  return uniform;
}

Result<PlanPtr> Distinct(const PlanPtr& plan, const std::vector<OutputColumn>& columns) {
  std::vector<NamedExpr> keys;
  for (const OutputColumn& column : columns) {
    keys.push_back({column.column, Expr::Column(column.column)});
  }
  return AggregateNode::Make(plan, std::move(keys), {});
}

/// Numbers equal rows, so that the n-th on the left meets the n-th on the right.
Result<PlanPtr> NumberEqualRows(BindContext& context, const BoundQuery& query,
                                std::string& number) {
  number = context.NewColumn("row_number");
  std::vector<ExprPtr> partition;
  for (const OutputColumn& column : query.columns) {
    partition.push_back(Expr::Column(column.column));
  }
  WindowFrame all;
  all.end.reset();
  return WindowNode::Make(query.plan, std::move(partition), {},
                          {WindowCall{"row_number", {}, all, number}});
}

/// INTERSECT and EXCEPT: the left rows with or without an equal one on the right.
Result<PlanPtr> MatchRows(BindContext& context, BoundQuery left, BoundQuery right, bool intersect,
                          bool all) {
  JoinSpec spec;
  spec.type = intersect ? JoinType::kSemi : JoinType::kAnti;
  spec.nulls_match = true;
  for (size_t i = 0; i < left.columns.size(); ++i) {
    spec.keys.emplace_back(Expr::Column(left.columns[i].column),
                           Expr::Column(right.columns[i].column));
  }
  if (all) {
    std::string left_number;
    std::string right_number;
    ASSIGN_OR_RETURN(left.plan, NumberEqualRows(context, left, left_number));
    ASSIGN_OR_RETURN(right.plan, NumberEqualRows(context, right, right_number));
    spec.keys.emplace_back(Expr::Column(left_number), Expr::Column(right_number));
  } else {
    ASSIGN_OR_RETURN(left.plan, Distinct(left.plan, left.columns));
  }
  return JoinNode::Make(left.plan, right.plan, std::move(spec));
}

Result<BoundQuery> Combine(BindContext& context, const Tree& select,
                           const std::vector<BoundQuery>& queries,
                           const std::vector<TypePtr>& types, const OutputNaming& naming) {
  // Column names of the whole are the first query's.
  std::vector<BoundQuery> uniform;
  for (const BoundQuery& query : queries) {
    OutputNaming own = naming;
    if (!uniform.empty()) own = {false, context.NewTable("operand"), {}};
    ASSIGN_OR_RETURN(BoundQuery cast, Uniform(context, query, types, own));
    uniform.push_back(std::move(cast));
  }
  BoundQuery whole;
  whole.columns = uniform.front().columns;
  if (select.Text("op") != "SETOP_UNION") {
    ASSIGN_OR_RETURN(whole.plan,
                     MatchRows(context, uniform[0], uniform[1],
                               select.Text("op") == "SETOP_INTERSECT", select.Flag("all")));
    std::vector<NamedExpr> columns;
    for (const OutputColumn& column : whole.columns) {
      columns.push_back({column.column, Expr::Column(column.column)});
    }
    if (select.Flag("all")) {
      ASSIGN_OR_RETURN(whole.plan, ProjectNode::Make(whole.plan, std::move(columns)));
    }
    return whole;
  }
  std::vector<PlanPtr> plans;
  for (const BoundQuery& query : uniform) plans.push_back(query.plan);
  ASSIGN_OR_RETURN(whole.plan, UnionNode::Make(std::move(plans)));
  if (!select.Flag("all")) {
    ASSIGN_OR_RETURN(whole.plan, Distinct(whole.plan, whole.columns));
  }
  return whole;
}

/// ORDER BY of a set operation: by names and numbers of its columns, or expressions over them.
Result<std::vector<SortKey>> BindOrder(BindContext& context, const Tree& select,
                                       const std::vector<OutputColumn>& columns) {
  Scope scope;
  for (const OutputColumn& column : columns)
    scope.columns.push_back({"", column.name, column.column});
  ScopeHost host(context, scope);
  ExpressionBinder binder(context, host);
  std::vector<SortKey> keys;
  for (const Tree& node : select.List("sortClause")) {
    const Tree by = node.Child("node");
    ASSIGN_OR_RETURN(std::vector<SortKey> key, binder.BindSortKeys({node}, Clause::kOrderBy));
    if (by.Is("A_Const") && by.Has("ival")) {
      const int64_t number = by.Child("ival").Number("ival");
      if (number < 1 || number > static_cast<int64_t>(columns.size())) {
        return context.Invalid(by, fmt::format("there is no column {} to order by", number));
      }
      key.front().expr = Expr::Column(columns[static_cast<size_t>(number - 1)].column);
    }
    keys.push_back(std::move(key.front()));
  }
  return keys;
}

}  // namespace

Result<BoundQuery> BindSetOperation(BindContext& context, const QueryEnvironment& environment,
                                    const Tree& select, const OutputNaming& naming) {
  // What the operands are for does not matter to them, but they see no outer row.
  const QueryEnvironment inner{environment.common_tables, nullptr};
  const std::vector<Tree> operands = Operands(select);
  std::vector<BoundQuery> queries;
  for (const Tree& operand : operands) {
    const OutputNaming own{false, context.NewTable("operand"), {}};
    ASSIGN_OR_RETURN(BoundQuery query, BindQuery(context, inner, operand, QueryUse::kTable, own));
    queries.push_back(std::move(query));
  }
  ASSIGN_OR_RETURN(const std::vector<TypePtr> types, CommonTypes(context, operands, queries));
  ASSIGN_OR_RETURN(BoundQuery whole, At(context, FirstTarget(select),
                                        Combine(context, select, queries, types, naming)));
  ASSIGN_OR_RETURN(std::vector<SortKey> keys, BindOrder(context, select, whole.columns));
  ASSIGN_OR_RETURN(const RowRange range, BindLimit(context, select));
  if (!keys.empty()) {
    ASSIGN_OR_RETURN(whole.plan,
                     At(context, select.List("sortClause").front(),
                        SortNode::Make(whole.plan, std::move(keys), range.limit, range.offset)));
  } else if (!range.all()) {
    ASSIGN_OR_RETURN(whole.plan, LimitNode::Make(whole.plan, range.limit, range.offset));
  }
  return whole;
}

}  // namespace tusk::df::sql
