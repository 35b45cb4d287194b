#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataframe/sql/bind_context.h"

namespace tusk::df::sql {

/// A column that expressions of a SELECT may name.
struct ScopeColumn {
  /// The alias of its table; empty for the merged column of a USING.
  std::string table;
  /// What the user calls it; several may be called the same.
  std::string name;
  /// What the plan calls it.
  std::string column;
  /// One of two that USING has merged: found only with the table's name, and not by `*`.
  bool merged_away = false;
};

/// The columns of a FROM clause in their order, and how names find them: exactly, else without
/// regard to the case of letters. A plain value.
class Scope {
 public:
  std::vector<ScopeColumn> columns;

  /// The column of a name; `table` may be empty. Null when there is none; kInvalidArgument with the
  /// candidates when there are several.
  Result<const ScopeColumn*> Find(const BindContext& context, std::string_view table,
                                  std::string_view name, const Tree& node) const;

  bool HasTable(std::string_view table) const;
  std::vector<std::string> TableNames() const;
  /// What may be written in this scope, qualified when `table` is not empty.
  std::vector<std::string> ColumnNames(std::string_view table) const;
};

/// Equal, or equal but for the case of letters. The parser cuts names at 63 bytes: so long a name
/// also stands for any that begins with it.
bool SameName(std::string_view written, std::string_view known);
bool SameNameAnyCase(std::string_view written, std::string_view known);

}  // namespace tusk::df::sql
