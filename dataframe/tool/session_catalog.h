#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "dataframe/sql/catalog.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::df {

/// What names mean in a session, in this order: views that were made in it; files and folders of
/// the folder that
/// --tables names, without their endings; folders of the warehouse. Tables are looked at when they
/// are first named, and once. One thread.
class SessionCatalog final : public sql::Catalog {
 public:
  /// `files` must outlive the catalog.
  SessionCatalog(dfs::FileSystem& files, std::string warehouse)
      : files_(files), warehouse_(std::move(warehouse)) {}

  /// Takes every entry of a folder as a table. kNotFound; kInvalidArgument when two entries have
  /// one name.
  Status AddFolder(const std::string& folder);

  /// kAlreadyExists unless `replace`.
  Status AddView(const std::string& name, PlanPtr plan, bool replace);
  /// kNotFound unless `if_exists`.
  Status DropView(const std::string& name, bool if_exists);
  /// Deletes a table of the warehouse. kNotFound unless `if_exists`.
  Status DropTable(const std::string& name, bool if_exists);
  /// Where a table of the warehouse is; kInvalidArgument for a name that cannot be a folder's.
  Result<std::string> WarehousePath(const std::string& name) const;
  /// What was found under the name is looked at anew.
  void Forget(const std::string& name) { opened_.erase(name); }

  Result<sql::CatalogTable> Find(const std::string& name) override;
  Result<std::shared_ptr<const TableSource>> OpenFiles(const std::string& path,
                                                       const DiscoveryOptions& options) override;
  std::vector<std::string> TableNames() override;

 private:
  Result<std::string> PathOf(const std::string& name);

  dfs::FileSystem& files_;
  const std::string warehouse_;
  std::map<std::string, PlanPtr> views_;
  std::map<std::string, std::string> folder_tables_;  // name -> path
  std::map<std::string, std::shared_ptr<const TableSource>> opened_;
};

}  // namespace tusk::df
