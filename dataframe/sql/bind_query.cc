#include "dataframe/sql/bind_query.h"

#include <algorithm>

#include <arrow/api.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/bind.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/sql/bind_expression.h"
#include "dataframe/sql/bind_from.h"
#include "dataframe/sql/bind_select.h"
#include "dataframe/sql/literal.h"
#include "dataframe/sql/scope_host.h"
#include "dataframe/type/arrow_status.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df::sql {

namespace {

/// The whole number of LIMIT or OFFSET; nothing for NULL and ALL.
Result<std::optional<int64_t>> BindCount(BindContext& context, const Tree& node) {
  if (!node) return std::optional<int64_t>();
  const Scope no_columns;
  ScopeHost host(context, no_columns);
  ASSIGN_OR_RETURN(const ExprPtr expr, ExpressionBinder(context, host).Bind(node, Clause::kValues));
  const auto value = EvaluateConstant(Expr::Cast(expr, arrow::int64()));
  if (!value.ok()) return context.Located(value.status(), node);
  if (!(*value)->is_valid) return std::optional<int64_t>();
  const int64_t count = static_cast<const arrow::Int64Scalar&>(**value).value;
  if (count < 0) return context.Invalid(node, "LIMIT and OFFSET are numbers of rows from 0");
  return std::optional<int64_t>(count);
}

Status BindCommonTables(BindContext& context, const QueryEnvironment& environment, const Tree& with,
                        CommonTables& tables) {
  if (with.Flag("recursive")) {
    return context.Unsupported(with, "WITH RECURSIVE is not supported");
  }
  const QueryEnvironment inner{&tables, nullptr};
  tables.outer = environment.common_tables;
  for (const Tree& table : with.List("ctes")) {
    const std::string name = table.Text("ctename");
    const Tree query = table.Child("ctequery");
    if (!query.Is("SelectStmt")) {
      return context.Unsupported(table, "WITH takes queries only");
    }
    for (const auto& [known, bound] : tables.tables) {
      if (known == name) {
        return context.Invalid(table, fmt::format("WITH has \"{}\" twice", name));
      }
    }
    OutputNaming naming{false, context.NewTable(name), table.Names("aliascolnames")};
    ASSIGN_OR_RETURN(BoundQuery bound, BindQuery(context, inner, query, QueryUse::kTable, naming));
    if (naming.aliases.size() > bound.columns.size()) {
      return context.Invalid(table, fmt::format("\"{}\" has {} columns, but {} names", name,
                                                bound.columns.size(), naming.aliases.size()));
    }
    tables.tables.emplace_back(name, std::move(bound));
  }
  return Status::Ok();
}

/// The common type of a column of VALUES; null when there are only nulls.
Result<TypePtr> TypeOfValues(const BindContext& context, const std::vector<Tree>& rows,
                             const std::vector<std::shared_ptr<arrow::Scalar>>& values) {
  TypePtr type = arrow::null();
  for (size_t row = 0; row < values.size(); ++row) {
    Result<TypePtr> common = CommonType(type, values[row]->type);
    if (!common.ok()) return context.Located(common.status(), rows[row].List("items").front());
    type = *common;
  }
  return type;
}

Result<std::shared_ptr<arrow::Array>> ColumnOfValues(
    const TypePtr& type, const std::vector<std::shared_ptr<arrow::Scalar>>& values) {
  std::unique_ptr<arrow::ArrayBuilder> builder;
  RETURN_IF_ERROR(FromArrow(arrow::MakeBuilder(arrow::default_memory_pool(), type, &builder)));
  for (const std::shared_ptr<arrow::Scalar>& value : values) {
    if (!value->is_valid) {
      RETURN_IF_ERROR(FromArrow(builder->AppendNull()));
      continue;
    }
    std::shared_ptr<arrow::Scalar> cast = value;
    if (!value->type->Equals(*type)) {
      ASSIGN_OR_RETURN(cast, EvaluateConstant(Expr::Cast(Expr::Literal(value), type)));
    }
    RETURN_IF_ERROR(FromArrow(builder->AppendScalar(*cast)));
  }
  std::shared_ptr<arrow::Array> array;
  RETURN_IF_ERROR(FromArrow(builder->Finish(&array)));
  return array;
}

}  // namespace

const BoundQuery* CommonTables::Find(const std::string& name) const {
  for (const auto& [known, query] : tables) {
    if (known == name) return &query;
  }
  return outer == nullptr ? nullptr : outer->Find(name);
}

OutputColumn OutputNamer::Next(const std::string& name) {
  const size_t index = given_++;
  const std::string& own = index < naming_.aliases.size() ? naming_.aliases[index] : name;
  if (naming_.is_result) return {own, UniqueIn(used_, own)};
  return {own, context_.NewColumn(naming_.prefix + "." + own)};
}

Result<RowRange> BindLimit(BindContext& context, const Tree& select) {
  RowRange range;
  if (select.Text("limitOption") == "LIMIT_OPTION_WITH_TIES") {
    return context.Unsupported(select.Child("limitCount"), "WITH TIES is not supported");
  }
  ASSIGN_OR_RETURN(range.limit, BindCount(context, select.Child("limitCount")));
  ASSIGN_OR_RETURN(const std::optional<int64_t> offset,
                   BindCount(context, select.Child("limitOffset")));
  range.offset = offset.value_or(0);
  return range;
}

Result<BoundQuery> RenameColumns(BindContext& context, const PlanPtr& plan,
                                 const std::vector<OutputColumn>& columns,
                                 const OutputNaming& naming) {
  OutputNamer namer(context, naming);
  BoundQuery renamed;
  std::vector<NamedExpr> exprs;
  for (const OutputColumn& column : columns) {
    renamed.columns.push_back(namer.Next(column.name));
    exprs.push_back({renamed.columns.back().column, Expr::Column(column.column)});
  }
  ASSIGN_OR_RETURN(renamed.plan, ProjectNode::Make(plan, std::move(exprs)));
  return renamed;
}

Result<BoundQuery> BindTable(BindContext& context, const Tree& relation) {
  ASSIGN_OR_RETURN(FromItem item, FromBinder(context, nullptr).BindTable(relation));
  BoundQuery bound;
  bound.plan = std::move(item.plan);
  for (ScopeColumn& column : item.scope.columns) {
    bound.columns.push_back({std::move(column.name), std::move(column.column)});
  }
  return bound;
}

Result<PlanPtr> OneRow(BindContext& context) {
  // A batch without columns would lose its number of rows on the way through files.
  const auto schema = arrow::schema({arrow::field(context.NewColumn("one_row"), arrow::boolean())});
  ASSIGN_OR_RETURN(auto column,
                   FromArrow(arrow::MakeArrayFromScalar(arrow::BooleanScalar(true), 1)));
  return ValuesNode::Make(arrow::RecordBatch::Make(schema, 1, {std::move(column)}));
}

Result<BoundQuery> BindValues(BindContext& context, const Tree& select,
                              const OutputNaming& naming) {
  const std::vector<Tree> rows = select.List("valuesLists");
  const Scope no_columns;
  ScopeHost host(context, no_columns);
  ExpressionBinder binder(context, host);
  const size_t width = rows.front().List("items").size();
  std::vector<std::vector<std::shared_ptr<arrow::Scalar>>> columns(width);
  for (const Tree& row : rows) {
    const std::vector<Tree> items = row.List("items");
    if (items.size() != width) {
      return context.Invalid(
          items.front(), fmt::format("a row of {} values among rows of {}", items.size(), width));
    }
    for (size_t i = 0; i < width; ++i) {
      ASSIGN_OR_RETURN(const ExprPtr expr, binder.Bind(items[i], Clause::kValues));
      Result<std::shared_ptr<arrow::Scalar>> value = EvaluateConstant(expr);
      if (!value.ok()) return context.Located(value.status(), items[i]);
      columns[i].push_back(std::move(*value));
    }
  }
  OutputNamer namer(context, naming);
  BoundQuery bound;
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (size_t i = 0; i < width; ++i) {
    bound.columns.push_back(namer.Next(fmt::format("column{}", i + 1)));
    ASSIGN_OR_RETURN(const TypePtr type, TypeOfValues(context, rows, columns[i]));
    ASSIGN_OR_RETURN(auto array, ColumnOfValues(type, columns[i]));
    fields.push_back(arrow::field(bound.columns.back().column, type));
    arrays.push_back(std::move(array));
  }
  ASSIGN_OR_RETURN(bound.plan, ValuesNode::Make(arrow::RecordBatch::Make(
                                   arrow::schema(fields), static_cast<int64_t>(rows.size()),
                                   std::move(arrays))));
  return bound;
}

Result<BoundQuery> BindQuery(BindContext& context, const QueryEnvironment& environment,
                             const Tree& select, QueryUse use, const OutputNaming& naming) {
  const BindContext::Level level(context);
  RETURN_IF_ERROR(context.CheckDepth(select));
  CommonTables tables;
  QueryEnvironment inner = environment;
  if (select.Child("withClause")) {
    RETURN_IF_ERROR(BindCommonTables(context, environment, select.Child("withClause"), tables));
    inner.common_tables = &tables;
  }
  if (select.Has("lockingClause")) {
    return context.Unsupported(select.List("lockingClause").front(), "FOR UPDATE is not supported");
  }
  if (select.Child("intoClause")) {
    return context.Unsupported(select.Child("intoClause").Child("rel"),
                               "SELECT INTO is not supported", "take CREATE TABLE name AS SELECT");
  }
  const std::string operation = select.Text("op");
  if (operation != "SETOP_NONE" && !operation.empty()) {
    return BindSetOperation(context, inner, select, naming);
  }
  if (select.Has("valuesLists") && !select.Has("sortClause") && !select.Has("limitCount") &&
      !select.Has("limitOffset")) {
    return BindValues(context, select, naming);
  }
  if (select.Has("valuesLists")) {
    return context.Unsupported(select.List("valuesLists").front().List("items").front(),
                               "ORDER BY and LIMIT behind VALUES are not supported",
                               "take SELECT * FROM (VALUES ...) AS v ORDER BY ...");
  }
  return SelectBinder(context, inner, select, use, naming).Bind();
}

}  // namespace tusk::df::sql
