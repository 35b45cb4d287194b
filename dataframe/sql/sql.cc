#include "dataframe/sql/sql.h"

#include <memory>
#include <utility>
#include <vector>

#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "dataframe/api/plan_steps.h"
#include "dataframe/options/sql_options.h"
#include "dataframe/source/table_discovery.h"
#include "dataframe/sql/catalog.h"
#include "dataframe/sql/statement.h"
#include "dfs/client/file_system.h"

namespace tusk::df {
namespace {

/// Dataframes by name, and what there is in the session's file system.
class FrameCatalog final : public sql::Catalog {
 public:
  FrameCatalog(Session& session, const std::map<std::string, DataFrame>& tables)
      : session_(session), tables_(tables) {}

  Result<sql::CatalogTable> Find(const std::string& name) override {
    sql::CatalogTable table;
    const auto given = tables_.find(name);
    if (given != tables_.end()) {
      ASSIGN_OR_RETURN(table.plan, given->second.plan());
      return table;
    }
    if (name.empty() || name.find('/') != std::string::npos) return Unknown(name);
    const std::string path = session_.config().Get(kWarehouse) + "/" + name;
    ASSIGN_OR_RETURN(const bool exists, session_.files().Exists(path));
    if (!exists) return Unknown(name);
    ASSIGN_OR_RETURN(table.source, DiscoverTable(session_.files(), path));
    return table;
  }

  Result<std::shared_ptr<const TableSource>> OpenFiles(const std::string& path,
                                                       const DiscoveryOptions& options) override {
    return DiscoverTable(session_.files(), path, options);
  }

  std::vector<std::string> TableNames() override {
    std::vector<std::string> names;
    for (const auto& [name, frame] : tables_) names.push_back(name);
    return names;
  }

 private:
  static Status Unknown(const std::string& name) {
    return Status::Error(StatusCode::kNotFound, "there is no table \"{}\"", name);
  }

  Session& session_;
  const std::map<std::string, DataFrame>& tables_;
};

Result<PlanPtr> BindSelect(Session& session, std::string_view text,
                           const std::map<std::string, DataFrame>& tables) {
  RETURN_IF_ERROR(session.status());
  FrameCatalog catalog(session, tables);
  ASSIGN_OR_RETURN(const sql::Statement statement, sql::BindSql(text, catalog));
  if (const auto* query = statement.As<sql::QueryStatement>()) return query->plan;
  return Status(StatusCode::kUnsupported,
                "only a SELECT is a dataframe\n  do: give other statements to `tusk sql`");
}

}  // namespace

DataFrame Sql(Session& session, std::string_view text,
              const std::map<std::string, DataFrame>& tables, const std::source_location& where) {
  return DataFrame(&session, AtPlace(BindSelect(session, text, tables), PlaceOf(where), "Sql"));
}

}  // namespace tusk::df
