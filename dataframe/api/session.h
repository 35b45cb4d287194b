#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/result.h"
#include "dataframe/compiler/query_trace.h"
#include "dataframe/plan/batch_stream.h"
#include "dataframe/plan/plan_node.h"
#include "dataframe/plan/table_source.h"

namespace tusk {
class Config;
}
namespace tusk::dfs {
class FileSystem;
}
namespace tusk::mapreduce {
class JobRunner;
}

namespace tusk::df {

/// What a query has come to.
struct QueryResult {
  /// The rows, in files of the session's stage directory; of a query that writes: nothing.
  std::shared_ptr<const TableSource> table;
  QueryTrace trace;
  double seconds = 0;
  /// True when it ran in this process because its input is small.
  bool small = false;
};

/// Runs queries: on the configured cluster, or in this process on this machine's files. One thread.
class Session {
 public:
  /// `config` must outlive the session, and have the options of tusk.sql.* and of jobs.
  static Result<std::unique_ptr<Session>> Open(const Config& config, bool local);
  ~Session();

  dfs::FileSystem& files();
  const Config& config() const { return config_; }

  /// Optimizes, cuts, runs. The error is the first cause.
  Result<QueryResult> Run(const PlanPtr& plan);
  /// The rows of a result, in order.
  Result<std::unique_ptr<BatchStream>> Rows(const QueryResult& result);

  /// The plan as the optimizer leaves it.
  Result<PlanPtr> OptimizePlan(const PlanPtr& plan);
  /// Plan as written, plan as optimized, and the stages as they would be cut with estimated sizes.
  Result<std::string> Explain(const PlanPtr& plan);

  /// In front of job titles: "q9".
  void SetQueryName(std::string name) { query_name_ = std::move(name); }

 private:
  Session(const Config& config, std::unique_ptr<mapreduce::JobRunner> jobs);
  Result<mapreduce::JobRunner*> RunnerFor(const PlanPtr& plan, bool* small);

  const Config& config_;
  const std::unique_ptr<mapreduce::JobRunner> jobs_;
  /// For small queries; on the same files. Made when first needed.
  std::unique_ptr<mapreduce::JobRunner> small_jobs_;
  std::string query_name_;
};

}  // namespace tusk::df
