#include "dataframe/tool/session_catalog.h"

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "dataframe/source/table_discovery.h"
#include "dfs/client/file_system.h"

namespace tusk::df {
namespace {

/// "/data/flights.csv.gz" -> "flights".
std::string TableNameOf(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  return name.substr(0, name.find('.', 1));
}

}  // namespace

Status SessionCatalog::AddFolder(const std::string& folder) {
  ASSIGN_OR_RETURN(const std::vector<dfs::FileStatus> entries, files_.List(folder));
  for (const dfs::FileStatus& entry : entries) {
    const std::string base = entry.path.substr(entry.path.rfind('/') + 1);
    if (base.starts_with('_') || base.starts_with('.')) continue;
    const auto [at, added] = folder_tables_.emplace(TableNameOf(entry.path), entry.path);
    if (added) continue;
    return Status::Error(
        StatusCode::kInvalidArgument,
        "two tables have the name \"{}\": {} and {}\n  do: put them into different "
        "folders, or name files in FROM '...'",
        at->first, at->second, entry.path);
  }
  return Status::Ok();
}

Status SessionCatalog::AddView(const std::string& name, PlanPtr plan, bool replace) {
  if (!replace && views_.contains(name)) {
    return Status::Error(StatusCode::kAlreadyExists,
                         "view \"{}\" exists already\n  do: say CREATE OR REPLACE VIEW", name);
  }
  views_[name] = std::move(plan);
  return Status::Ok();
}

Status SessionCatalog::DropView(const std::string& name, bool if_exists) {
  if (views_.erase(name) > 0 || if_exists) return Status::Ok();
  return Status::Error(StatusCode::kNotFound, "there is no view \"{}\"", name);
}

Status SessionCatalog::DropTable(const std::string& name, bool if_exists) {
  ASSIGN_OR_RETURN(const std::string path, WarehousePath(name));
  ASSIGN_OR_RETURN(const bool deleted, files_.Delete(path, true));
  Forget(name);
  if (deleted || if_exists) return Status::Ok();
  return Status::Error(StatusCode::kNotFound, "there is no table \"{}\" in {}", name, warehouse_);
}

Result<std::string> SessionCatalog::WarehousePath(const std::string& name) const {
  const bool bad = name.empty() || name.find('/') != std::string::npos || name.starts_with('_') ||
                   name.starts_with('.');
  if (bad) {
    return Status::Error(
        StatusCode::kInvalidArgument,
        "\"{}\" cannot be the name of a table: it has a '/', or begins with '_' or '.'", name);
  }
  return warehouse_ + "/" + name;
}

Result<std::string> SessionCatalog::PathOf(const std::string& name) {
  const auto found = folder_tables_.find(name);
  if (found != folder_tables_.end()) return found->second;
  ASSIGN_OR_RETURN(std::string path, WarehousePath(name));
  ASSIGN_OR_RETURN(const bool exists, files_.Exists(path));
  if (exists) return path;
  return Status::Error(StatusCode::kNotFound, "there is no table \"{}\"", name);
}

Result<sql::CatalogTable> SessionCatalog::Find(const std::string& name) {
  sql::CatalogTable table;
  const auto view = views_.find(name);
  if (view != views_.end()) {
    table.plan = view->second;
    return table;
  }
  std::shared_ptr<const TableSource>& opened = opened_[name];
  if (opened == nullptr) {
    Result<std::string> path = PathOf(name);
    if (!path.ok()) {
      opened_.erase(name);
      return path.status();
    }
    ASSIGN_OR_RETURN(const auto discovered, DiscoverTable(files_, *path));
    auto named = std::make_shared<TableSource>(*discovered);
    named->name = name;
    opened = std::move(named);
  }
  table.source = opened;
  return table;
}

Result<std::shared_ptr<const TableSource>> SessionCatalog::OpenFiles(
    const std::string& path, const DiscoveryOptions& options) {
  return DiscoverTable(files_, path, options);
}

std::vector<std::string> SessionCatalog::TableNames() {
  std::vector<std::string> names;
  for (const auto& [name, plan] : views_) names.push_back(name);
  for (const auto& [name, path] : folder_tables_) names.push_back(name);
  const Result<std::vector<dfs::FileStatus>> warehouse = files_.List(warehouse_);
  if (warehouse.ok()) {
    for (const dfs::FileStatus& entry : *warehouse)
      names.push_back(entry.path.substr(entry.path.rfind('/') + 1));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace tusk::df
