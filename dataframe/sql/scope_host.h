#pragma once

#include <string>

#include "dataframe/sql/bind_expression.h"
#include "dataframe/sql/scope.h"

namespace tusk::df::sql {

/// The host of expressions that see the columns of one scope and nothing else: conditions of joins,
/// orders of set operations, values. Subqueries are refused.
class ScopeHost final : public ExpressionHost {
 public:
  ScopeHost(BindContext& context, const Scope& scope) : context_(context), scope_(scope) {}

  Result<ExprPtr> BindColumn(const Tree& reference, Clause clause) override;
  Result<ExprPtr> BindSubquery(const Tree& link, Clause clause) override;
  Result<Tree> FindWindow(const std::string& name, const Tree& node) override;

 private:
  BindContext& context_;
  const Scope& scope_;
};

/// The parts of a node ColumnRef.
struct ColumnName {
  std::string table;
  std::string name;
  bool star = false;
};
Result<ColumnName> NameOfColumn(const BindContext& context, const Tree& reference);

/// kInvalidArgument: there is no such column in `scope`, with what the user may have meant.
Status NoSuchColumn(const BindContext& context, const Scope& scope, const ColumnName& name,
                    const Tree& node);

}  // namespace tusk::df::sql
