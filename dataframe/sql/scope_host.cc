#include "dataframe/sql/scope_host.h"

#include <fmt/ranges.h>

#include "common/base/status_macros.h"

namespace tusk::df::sql {

namespace {

// So many names of columns are told when none is near.
constexpr size_t kNamesTold = 8;

}  // namespace

Result<ColumnName> NameOfColumn(const BindContext& context, const Tree& reference) {
  ColumnName name;
  const std::vector<Tree> fields = reference.List("fields");
  if (fields.empty() || fields.size() > 3) {
    return context.Invalid(reference, "a column is named by its table and its name");
  }
  if (fields.size() > 1) name.table = fields[fields.size() - 2].sval();
  name.star = fields.back().Is("A_Star");
  if (!name.star) name.name = fields.back().sval();
  return name;
}

Status NoSuchColumn(const BindContext& context, const Scope& scope, const ColumnName& name,
                    const Tree& node) {
  if (!name.table.empty() && !scope.HasTable(name.table)) {
    const std::vector<std::string> tables = scope.TableNames();
    std::string hint = NearestHint(tables, name.table);
    if (hint.empty() && !tables.empty()) {
      hint = fmt::format("here are: {}", fmt::join(tables, ", "));
    }
    return context.Invalid(node, fmt::format("there is no table \"{}\" in FROM", name.table), hint);
  }
  std::vector<std::string> names = scope.ColumnNames(name.table);
  std::string hint = NearestHint(names, name.name);
  if (hint.empty() && !names.empty()) {
    const size_t more = names.size() > kNamesTold ? names.size() - kNamesTold : 0;
    names.resize(names.size() - more);
    hint = fmt::format("here are: {}{}", fmt::join(names, ", "),
                       more > 0 ? fmt::format(", ... {} more", more) : "");
  }
  return context.Invalid(node, fmt::format("there is no column \"{}\"", name.name), hint);
}

Result<ExprPtr> ScopeHost::BindColumn(const Tree& reference, Clause clause) {
  ASSIGN_OR_RETURN(const ColumnName name, NameOfColumn(context_, reference));
  if (name.star) return context_.Invalid(reference, "* is no value here");
  if (clause == Clause::kValues) {
    return context_.Invalid(reference, fmt::format("no columns in {}", ClauseName(clause)));
  }
  ASSIGN_OR_RETURN(const ScopeColumn* column,
                   scope_.Find(context_, name.table, name.name, reference));
  if (column == nullptr) return NoSuchColumn(context_, scope_, name, reference);
  return Expr::Column(column->column, context_.PlaceOf(reference));
}

Result<ExprPtr> ScopeHost::BindSubquery(const Tree& link, Clause clause) {
  return context_.Unsupported(link, fmt::format("no subqueries in {}", ClauseName(clause)),
                              clause == Clause::kJoin ? "put the condition into WHERE" : "");
}

Result<Tree> ScopeHost::FindWindow(const std::string& name, const Tree& node) {
  return context_.Invalid(node, fmt::format("there is no window \"{}\"", name));
}

}  // namespace tusk::df::sql
