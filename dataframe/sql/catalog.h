#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "dataframe/plan/plan_node.h"
#include "dataframe/plan/table_source.h"
#include "dataframe/source/table_discovery.h"

namespace tusk::df::sql {

/// A table by name: files, or a view's plan. Exactly one of both is set.
struct CatalogTable {
  std::shared_ptr<const TableSource> source;
  PlanPtr plan;
};

/// What FROM finds. Called by one thread, while a statement is bound.
class Catalog {
 public:
  virtual ~Catalog() = default;

  /// The table or view of a name; kNotFound when there is none. Names that SQL's text had without
  /// quotes are in lower case.
  virtual Result<CatalogTable> Find(const std::string& name) = 0;

  /// The table of a path or pattern: FROM '/data/flights/*.csv', read_csv('/data/f', delim => ';').
  /// Its errors reach the user with the place in the statement.
  virtual Result<std::shared_ptr<const TableSource>> OpenFiles(const std::string& path,
                                                               const DiscoveryOptions& options) = 0;

  /// All names that `Find` knows, for the nearest one in errors.
  virtual std::vector<std::string> TableNames() = 0;
};

}  // namespace tusk::df::sql
