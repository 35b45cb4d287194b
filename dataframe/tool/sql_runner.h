#pragma once

#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataframe/api/result_printer.h"
#include "dataframe/api/session.h"
#include "dataframe/sql/statement.h"
#include "dataframe/tool/query_log.h"
#include "dataframe/tool/session_catalog.h"

namespace tusk::df {

/// How results are told.
struct SqlLook {
  ResultFormat format = ResultFormat::kTable;
  /// 0: all.
  int64_t max_rows = 0;
  /// A line for each stage, on stderr.
  bool stats = false;
  /// No closing line on stderr.
  bool quiet = false;
};

/// What a query's record holds of how the program was called.
struct SqlOrigin {
  /// The folder of --tables; may be empty.
  std::string tables;
  /// What -D said.
  std::map<std::string, std::string> settings;
  /// The record of a query that is taken up again; empty for a new one.
  std::string resumed;
};

/// Runs the statements of scripts in one session, with a record of each query that is not small
/// (query_log.h). One thread.
class SqlRunner {
 public:
  /// `session` must outlive the runner; rows go to `out`.
  SqlRunner(Session& session, const SqlLook& look, SqlOrigin origin, std::FILE* out);

  SessionCatalog& catalog() { return catalog_; }
  /// Statement by statement; the first error ends it.
  Status Run(std::string_view script);

 private:
  Status RunOne(const sql::Statement& statement, const std::string& text);
  /// Runs a plan under a record.
  Result<QueryResult> RunRecorded(const PlanPtr& plan);
  Status BeginRecord();
  Status RunQuery(const PlanPtr& plan);
  Status RunWrite(const PlanPtr& plan, const WriteSpec& spec);
  Status RunExplain(const sql::ExplainStatement& explain);
  Status RunCreateTable(const sql::CreateTableAsStatement& create);
  Status Describe(const PlanPtr& plan);
  Status ShowTables();
  Status PrintStrings(const std::vector<std::string>& names,
                      const std::vector<std::vector<std::string>>& rows);
  void Tell(const QueryResult& result, int64_t rows, std::string_view verb) const;

  Session& session_;
  const SqlLook look_;
  std::FILE* const out_;
  SessionCatalog catalog_;
  const SqlOrigin origin_;
  QueryLog log_;
  /// The texts of the views so far.
  std::string views_;
  /// Of the statement that runs.
  QueryRecord record_;
};

}  // namespace tusk::df
