#pragma once

#include "common/base/result.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/source/table_discovery.h"
#include "dataframe/sql/bind_query.h"
#include "dataframe/sql/scope.h"
#include "dataframe/sql/tree.h"

namespace tusk::df::sql {

/// A table, subquery or join of a FROM clause: its rows, and what expressions may name.
struct FromItem {
  PlanPtr plan;
  Scope scope;
};

/// Binds the items of FROM clauses.
class FromBinder {
 public:
  FromBinder(BindContext& context, const CommonTables* common_tables)
      : context_(context), common_tables_(common_tables) {}

  /// All items of a clause, crossed.
  Result<FromItem> BindAll(const std::vector<Tree>& items);
  Result<FromItem> BindItem(const Tree& item);
  /// A node RangeVar.
  Result<FromItem> BindTable(const Tree& item);

 private:
  Result<FromItem> BindSubquery(const Tree& item);
  Result<FromItem> BindFunction(const Tree& item);
  Result<FromItem> BindJoin(const Tree& item);
  /// The files of a path; errors are shown at `place`.
  Result<FromItem> BindFiles(const Tree& place, const Tree& item, const std::string& path,
                             const DiscoveryOptions& options);
  Result<FromItem> BindSource(const Tree& item, const std::shared_ptr<const TableSource>& source,
                              const std::string& name);
  /// The columns of a query as those of a table of the item's alias or of `name`.
  Result<FromItem> Named(const Tree& item, const std::string& name, const PlanPtr& plan,
                         const std::vector<OutputColumn>& columns);
  Status CheckAliases(const Tree& item, size_t columns) const;
  Status NoSuchTable(const Tree& item, const std::string& name) const;

  Result<FromItem> Cross(FromItem left, FromItem right, const Tree& node);
  Status SplitCondition(const Tree& item, const FromItem& left, const FromItem& right,
                        JoinSpec& spec);
  Result<FromItem> JoinUsing(const Tree& item, FromItem left, FromItem right, JoinSpec spec,
                             const std::vector<std::string>& names);
  Status CheckTablesDiffer(const Tree& node, const Scope& left, const Scope& right) const;

  BindContext& context_;
  const CommonTables* common_tables_;
};

/// True when all columns that `expr` reads are in `plan`.
bool ReadsOnly(const Expr& expr, const PlanNode& plan);

}  // namespace tusk::df::sql
