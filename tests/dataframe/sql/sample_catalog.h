#pragma once

#include <map>
#include <string>
#include <vector>

#include "dataframe/sql/catalog.h"

namespace tusk::df::sql {

/// A catalog of tables without any file behind them, for binding: TPC-H's eight tables, t(a int32,
/// b int64, c string, d date, e double, f decimal(10,2), flag bool), u(a int64, k int32, c string),
/// "Mixed"("Id", "ID2", "id2", "iD2"), and the view v(a, total). The tables of db-benchmark are
/// added by `AddDbBenchmark`, their names are too short for all tests.
class SampleCatalog final : public Catalog {
 public:
  SampleCatalog();

  Result<CatalogTable> Find(const std::string& name) override;
  /// Any path gives the columns x int64, y string, but those with "missing" in them.
  Result<std::shared_ptr<const TableSource>> OpenFiles(const std::string& path,
                                                       const DiscoveryOptions& options) override;
  std::vector<std::string> TableNames() override;

  void AddDbBenchmark();

  /// The paths asked for so far, and how the last was.
  std::vector<std::string> opened;
  DiscoveryOptions options;

 private:
  void Add(const std::string& name, const std::string& columns);

  std::map<std::string, CatalogTable> tables_;
};

}  // namespace tusk::df::sql
