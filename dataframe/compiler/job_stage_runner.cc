#include "dataframe/compiler/job_stage_runner.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "dataframe/compiler/hot_keys.h"
#include "dataframe/compiler/node_report.h"
#include "dataframe/compiler/range_sample.h"
#include "dataframe/compiler/write_commit.h"
#include "dataframe/plan/nodes.h"
#include "dfs/client/file_system.h"
#include "mapreduce/io/manifest_reader.h"
#include "mapreduce/model/part_of_query.h"

namespace tusk::df {
namespace {

/// Splits of a map, at least so big unless that leaves slots idle: a task costs some milliseconds.
constexpr uint64_t kSplitBytes = uint64_t{64} << 20;

/// Groups are kept when they have at most so many bytes in memory, or this share of the files over
/// which they are: beyond, reading them costs about what reading the files costs.
constexpr int64_t kKeptGroupsAlways = int64_t{4} << 20;
constexpr uint64_t kKeptGroupsShare = 8;

int64_t CounterOf(const mapreduce::Counters& counters, const char* name) {
  return counters.Get(kCounterGroup, name);
}

}  // namespace

Result<std::shared_ptr<const TableSource>> JobStageRunner::Run(const Stage& stage) {
  StageReport report;
  report.stage = stage;
  if (stage.IsWrite()) {
    RETURN_IF_ERROR(RunWrite(stage, &report));
    Keep(std::move(report));
    return std::make_shared<const TableSource>();
  }
  report.fingerprint = FingerprintOf(stage, options_.program);
  const std::string directory = options_.stage_directory + "/" + report.fingerprint;
  dfs::FileSystem& files = jobs_.files();
  ASSIGN_OR_RETURN(std::shared_ptr<const TableSource> table,
                   FindFinished(stage, directory, &report));
  if (table == nullptr) {
    RETURN_IF_ERROR(files.MakeDirectories(options_.stage_directory));
    const std::string output = fmt::format("{}.{:016x}", directory, RandomSeed());
    RETURN_IF_ERROR(RunJob(stage, output, &report));
    const Status renamed = files.Rename(output, directory);
    if (!renamed.ok()) {
      // Another driver has finished the same stage meanwhile, or an old one must not be reused:
      // either way this output is as good under its own name.
      ASSIGN_OR_RETURN(table, TableOf(stage, output, &report));
    } else {
      ASSIGN_OR_RETURN(table, TableOf(stage, directory, &report));
    }
  }
  Keep(std::move(report));
  return table;
}

void JobStageRunner::Keep(StageReport report) {
  trace_->stages.push_back(std::move(report));
  if (options_.ended) options_.ended(trace_->stages.back());
}

Result<std::shared_ptr<const TableSource>> JobStageRunner::FindFinished(
    const Stage& stage, const std::string& directory, StageReport* report) {
  if (!options_.reuse) return std::shared_ptr<const TableSource>();
  ASSIGN_OR_RETURN(const bool exists, jobs_.files().Exists(directory));
  if (!exists) return std::shared_ptr<const TableSource>();
  report->reused = true;
  return TableOf(stage, directory, report);
}

Status JobStageRunner::RunJob(Stage stage, const std::string& output, StageReport* report) {
  const SampleOptions sampling{options_.task_memory, options_.local_directory};
  if (SkewJoinOf(stage) && InputBytesOf(stage).value_or(0) >= options_.skew_bytes) {
    ASSIGN_OR_RETURN(stage.hot_keys, SampleHotKeys(stage, jobs_.files(), sampling));
    report->stage.hot_keys = stage.hot_keys;
  }
  if (stage.by_range) {
    ASSIGN_OR_RETURN(stage.bounds, SampleBounds(stage, jobs_.files(), sampling));
    stage.reduces = static_cast<uint32_t>(stage.bounds.size()) + 1;
    report->stage.reduces = stage.reduces;
  }
  StageJobOptions job_options;
  job_options.output_path = output;
  job_options.task_memory = options_.task_memory;
  job_options.split_bytes = kSplitBytes;
  job_options.count_nodes = options_.count_nodes;
  ASSIGN_OR_RETURN(const GroupReuse reuse, ReuseGroups(&stage, &job_options, report));
  mapreduce::Job job = MakeStageJob(stage, job_options);
  if (!options_.query_name.empty()) {
    job.spec().name = fmt::format("{}: {}", options_.query_name, job.spec().name);
    const auto number = static_cast<uint32_t>(trace_->stages.size() + 1);
    mapreduce::SetPartOfQuery({options_.query_name, options_.query_text, number, stage.last},
                              &job.spec());
  }
  // What little is left behind a big stage is worth no job on the cluster.
  const std::optional<uint64_t> input_bytes = InputBytesOf(stage);
  const bool small = stage.first_bytes > 0 || (input_bytes && *input_bytes <= options_.small_bytes);
  const Result<mapreduce::JobResult> ran = (small ? small_jobs_ : jobs_).Run(std::move(job));
  SettleGroups(reuse, stage.reduces, ran.ok());
  RETURN_IF_ERROR(ran.status());
  const mapreduce::JobResult& result = *ran;
  report->job = result.id;
  report->seconds = result.seconds;
  report->maps = result.maps;
  report->reduces = result.reduces;
  const mapreduce::Counters& counters = result.counters;
  report->bytes_read =
      CounterOf(counters, kBytesReadCounter) - static_cast<int64_t>(report->kept_bytes);
  report->shuffled_bytes = counters.Get(mapreduce::BuiltinCounter::kReduceShuffleBytes);
  report->spilled_bytes = CounterOf(counters, kSpilledBytesCounter);
  if (options_.count_nodes) report->nodes = ReadNodes(stage.inputs.size(), result.tasks);
  report->peak_memory = counters.Get(mapreduce::BuiltinCounter::kPhysicalMemoryBytes);
  return Status::Ok();
}

Result<JobStageRunner::GroupReuse> JobStageRunner::ReuseGroups(Stage* stage,
                                                               StageJobOptions* job_options,
                                                               StageReport* report) {
  GroupReuse reuse;
  const std::optional<size_t> input =
      options_.reuse ? FindMergingInput(*stage) : std::optional<size_t>();
  if (!input) return reuse;
  const std::string family = GroupFamilyOf(stage->inputs[*input], options_.program);
  reuse.covered = DrivingFiles(stage->inputs[*input]);
  report->input_files = reuse.covered.size();
  ASSIGN_OR_RETURN(const std::vector<KeptGroups> kept, groups_.Find(family, reuse.covered));
  for (const KeptGroups& each : kept) {
    report->spared_files += each.covered.size();
    report->spared_bytes += each.CoveredBytes();
    report->kept_bytes += each.PartBytes();
  }
  uint64_t bytes = 0;
  for (const SourceFile& file : reuse.covered) bytes += file.length;
  if (!kept.empty()) {
    ASSIGN_OR_RETURN(*stage, WithKeptGroups(*stage, *input, kept));
  }
  // All of it is kept already.
  if (kept.size() == 1 && report->spared_files == report->input_files) return reuse;
  ASSIGN_OR_RETURN(reuse.run, groups_.NewRun(family));
  job_options->keep_groups = reuse.run;
  job_options->keep_groups_limit =
      std::max(kKeptGroupsAlways, static_cast<int64_t>(bytes / kKeptGroupsShare)) / stage->reduces;
  return reuse;
}

void JobStageRunner::SettleGroups(const GroupReuse& reuse, uint32_t reduces, bool succeeded) {
  if (reuse.run.empty()) return;
  // A run without its record is nobody's, and cleaned away by age.
  static_cast<void>(succeeded ? groups_.Complete(reuse.run, reduces, reuse.covered)
                              : groups_.Remove(reuse.run));
}

Result<std::shared_ptr<const TableSource>> JobStageRunner::TableOf(const Stage& stage,
                                                                   const std::string& directory,
                                                                   StageReport* report) {
  ASSIGN_OR_RETURN(const mapreduce::OutputManifest manifest,
                   mapreduce::ReadManifest(jobs_.files(), directory));
  auto table = std::make_shared<TableSource>();
  table->name = stage.title;
  table->format = TableFormat::kIpc;
  table->schema = stage.schema();
  table->stage = static_cast<uint32_t>(trace_->stages.size() + 1);
  for (const mapreduce::TaskOutput& task : manifest.tasks) {
    for (const mapreduce::OutputFile& file : task.files) {
      // Nothing is read from a file without rows, and many reduces may have none.
      if (file.records == 0) continue;
      SourceFile& added = table->files.emplace_back();
      added.path = directory + "/" + file.name;
      added.length = file.length;
      added.rows = static_cast<int64_t>(file.records);
      report->rows += added.rows;
      report->bytes += file.length;
    }
  }
  return std::shared_ptr<const TableSource>(std::move(table));
}

Status JobStageRunner::CountWritten(const std::string& directory, StageReport* report) {
  ASSIGN_OR_RETURN(const mapreduce::OutputManifest manifest,
                   mapreduce::ReadManifest(jobs_.files(), directory));
  for (const mapreduce::TaskOutput& task : manifest.tasks) {
    for (const mapreduce::OutputFile& file : task.files) {
      report->rows += static_cast<int64_t>(file.records);
      report->bytes += file.length;
    }
  }
  return Status::Ok();
}

Status JobStageRunner::RunWrite(const Stage& stage, StageReport* report) {
  const WriteNode& write = As<WriteNode>(*stage.root());
  return CommitWrite(jobs_.files(), write.spec(), write.child()->schema(),
                     [&](const std::string& folder) -> Status {
                       RETURN_IF_ERROR(RunJob(stage, folder, report));
                       return CountWritten(folder, report);
                     });
}

}  // namespace tusk::df
