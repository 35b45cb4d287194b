#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataframe/api/dataframe.h"
#include "dataframe/compiler/query_trace.h"
#include "dataframe/plan/batch_stream.h"
#include "dataframe/plan/plan_node.h"
#include "dataframe/plan/table_source.h"
#include "dataframe/source/table_discovery.h"

namespace tusk {
class Config;
}
namespace tusk::dfs {
class FileSystem;
}
namespace tusk::mapreduce {
class JobRunner;
class Program;
}  // namespace tusk::mapreduce

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

/// Where dataframes come from and where they run: on the configured cluster, or in this process on
/// this machine's files.
///
///   int main(int argc, char** argv) {
///     Session session(argc, argv);
///     return session.Exit(session.ReadCsv("/data/flights.csv").Show());
///   }
///
/// One thread.
class Session {
 public:
  /// Reads the command line as mapreduce::Program does (--local, -D, --conf, ..., --help; wrong
  /// usage ends the program). In a task process it runs the tasks and does not return: it must be
  /// the first thing in main. A cluster that cannot be reached is told by the first action.
  /// `usage`: names of arguments, two spaces, a sentence.
  Session(int argc, char** argv, std::string_view usage = "");
  /// `config` must outlive the session, and have the options of tusk.sql.* and of jobs.
  static Result<std::unique_ptr<Session>> Open(const Config& config, bool local);
  ~Session();

  /// What is left of the command line.
  const std::vector<std::string>& arguments() const;

  // Tables: a file, a folder with all that is below it, or a pattern. Names and types of columns
  // are found out at once, from footers and samples; rows are read when an action needs them.

  using Location = std::source_location;
  /// Of the format that the names of files tell.
  DataFrame Read(const std::string& path, const Location& where = Location::current());
  DataFrame ReadCsv(const std::string& path, const CsvFormat& csv = {}, SchemaPtr schema = nullptr,
                    const Location& where = Location::current());
  /// Lines of JSON objects. `on_bad` and `rejects` are as in CsvFormat.
  DataFrame ReadJson(const std::string& path, SchemaPtr schema = nullptr,
                     OnBad on_bad = OnBad::kFail, const std::string& rejects = "",
                     const Location& where = Location::current());
  DataFrame ReadParquet(const std::string& path, const Location& where = Location::current());
  DataFrame ReadIpc(const std::string& path, const Location& where = Location::current());
  /// One column of text, "line".
  DataFrame ReadText(const std::string& path, const Location& where = Location::current());
  /// One int64 column of `from`, from + 1, ... to - 1.
  DataFrame FromRange(int64_t from, int64_t to, const std::string& column = "id",
                      const Location& where = Location::current());
  /// Rows that the program has; the plan holds them, so there should be few.
  DataFrame FromTable(const arrow::Table& table, const Location& where = Location::current());

  /// The exit status of main: 0, or 1 with the error on stderr.
  int Exit(const Status& status) const;
  template <typename T>
  int Exit(const Result<T>& result) const {
    return Exit(result.status());
  }

  // For what stands on plans: SQL, tools, DataFrame itself.

  /// Ok, or why there is no cluster.
  const Status& status() const { return status_; }
  /// Only while status() is Ok.
  dfs::FileSystem& files();
  const Config& config() const { return config_; }

  /// Optimizes, cuts, runs. The error is the first cause.
  Result<QueryResult> Run(const PlanPtr& plan);
  /// The same, but every stage is run, whatever is there already, and the trace tells what each
  /// node of its plans did.
  Result<QueryResult> Analyze(const PlanPtr& plan);
  /// The rows of a result, in order.
  Result<std::unique_ptr<BatchStream>> Rows(const QueryResult& result);

  /// The plan as the optimizer leaves it.
  Result<PlanPtr> OptimizePlan(const PlanPtr& plan);
  /// Plan as written, plan as optimized, and the stages as they would be cut with estimated sizes.
  Result<std::string> Explain(const PlanPtr& plan);

  /// The queries to come: "q_0009", in front of job titles, and what was asked for; jobs tell the
  /// jobtracker's pages of them.
  void SetQuery(std::string name, std::string text) {
    query_name_ = std::move(name);
    query_text_ = std::move(text);
  }
  /// Is told of each stage of the queries to come, when it has ended.
  void SetStageObserver(std::function<void(const StageReport&)> observer) {
    stage_observer_ = std::move(observer);
  }
  /// Whether a query would run in this process because its input is small.
  Result<bool> IsSmall(const PlanPtr& plan);
  /// Where the intermediates of this user are.
  std::string StageDirectory();
  /// Makes that directory, or says why what is there cannot be believed. Done by Run; to be done
  /// before anything else reads or writes there.
  Status PrepareStageDirectory();

 private:
  Session(const Config& config, std::unique_ptr<mapreduce::JobRunner> jobs);
  DataFrame ReadTable(const std::string& path, const DiscoveryOptions& options,
                      const Location& where, std::string_view method);
  Result<QueryResult> RunPlan(const PlanPtr& plan, bool analyze);
  bool IsSmallPlan(const PlanNode& plan) const;
  mapreduce::JobRunner& SmallJobs();

  /// Of a program of the user's; holds the configuration.
  std::unique_ptr<mapreduce::Program> program_;
  const Config& config_;
  Status status_;
  std::unique_ptr<mapreduce::JobRunner> jobs_;
  /// For small queries and stages; on the same files. Made when first needed.
  std::unique_ptr<mapreduce::JobRunner> small_jobs_;
  bool stage_directory_ready_ = false;
  std::string query_name_;
  std::string query_text_;
  std::function<void(const StageReport&)> stage_observer_;
};

}  // namespace tusk::df
