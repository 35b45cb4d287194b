#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dataframe/compiler/group_store.h"
#include "dataframe/compiler/query_trace.h"
#include "dataframe/compiler/stage_job.h"
#include "dataframe/compiler/stage_runner.h"
#include "mapreduce/client/job_runner.h"

namespace tusk::df {

/// How stages are run.
struct StageRunOptions {
  /// Holds the intermediates: a folder for each fingerprint.
  std::string stage_directory;
  /// Take what an earlier query has left.
  bool reuse = true;
  int64_t task_memory = int64_t{512} << 20;
  /// An existing local directory, for what this process itself spills.
  std::string local_directory = "/tmp";
  /// A stage that reads at most so many bytes runs in this process.
  uint64_t small_bytes = 0;
  /// Tasks that run at once.
  uint32_t slots = 1;
  /// Stands for the code that runs stages: what another one has left is not taken.
  std::string program;
  /// A join with at least so many bytes of input is looked at for hot keys (hot_keys.h).
  uint64_t skew_bytes = uint64_t{256} << 20;
  /// Tasks count what the nodes of their plans do, for StageReport::nodes.
  bool count_nodes = false;
  /// In front of the titles of jobs.
  std::string query_name;
  /// The query for people: jobs of a query with a name tell the jobtracker's pages of it.
  std::string query_text;
  /// Called behind each stage; may be empty.
  std::function<void(const StageReport&)> ended;
};

/// Runs each stage as a job and keeps its output under the fingerprint of the stage: a folder of
/// that name is there whole or not at all (a rename puts it there), so a query that was cut off
/// goes on from its last finished stage by being run again, and any query takes what is there for
/// its own. Where a stage's groups can be merged with those of further files, they are kept as
/// well, and a later run of the stage over more files reads the added ones alone
/// (compiler/kept_groups.h).
class JobStageRunner final : public StageRunner {
 public:
  /// `small_jobs` runs in this process, on the same files. All must outlive the runner. `trace` is
  /// added to.
  JobStageRunner(mapreduce::JobRunner& jobs, mapreduce::JobRunner& small_jobs,
                 StageRunOptions options, QueryTrace* trace)
      : jobs_(jobs),
        small_jobs_(small_jobs),
        options_(std::move(options)),
        groups_(jobs.files(), options_.stage_directory),
        trace_(trace) {}

  Result<std::shared_ptr<const TableSource>> Run(const Stage& stage) override;

 private:
  /// What a job keeps of its groups.
  struct GroupReuse {
    /// Where; empty: nowhere.
    std::string run;
    std::vector<SourceFile> covered;
  };

  Result<std::shared_ptr<const TableSource>> FindFinished(const Stage& stage,
                                                          const std::string& directory,
                                                          StageReport* report);
  Status RunJob(Stage stage, const std::string& output, StageReport* report);
  /// Takes what is kept of the stage's groups into `stage`, and tells its job where to keep them.
  Result<GroupReuse> ReuseGroups(Stage* stage, StageJobOptions* job_options, StageReport* report);
  /// What to do with the groups that a job has kept. Keeping is a favour: no error.
  void SettleGroups(const GroupReuse& reuse, uint32_t reduces, bool succeeded);
  Status RunWrite(const Stage& stage, StageReport* report);
  void Keep(StageReport report);
  Status CountWritten(const std::string& directory, StageReport* report);
  Result<std::shared_ptr<const TableSource>> TableOf(const Stage& stage,
                                                     const std::string& directory,
                                                     StageReport* report);

  mapreduce::JobRunner& jobs_;
  mapreduce::JobRunner& small_jobs_;
  const StageRunOptions options_;
  GroupStore groups_;
  QueryTrace* const trace_;
};

}  // namespace tusk::df
