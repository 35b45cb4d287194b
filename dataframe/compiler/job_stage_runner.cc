#include "dataframe/compiler/job_stage_runner.h"

#include <fmt/format.h>

#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "dataframe/compiler/node_report.h"
#include "dataframe/compiler/range_sample.h"
#include "dataframe/compiler/stage_job.h"
#include "dataframe/compiler/write_commit.h"
#include "dataframe/plan/nodes.h"
#include "dfs/client/file_system.h"
#include "mapreduce/io/manifest_reader.h"
#include "mapreduce/model/part_of_query.h"

namespace tusk::df {
namespace {

/// Splits of a map, at least so big unless that leaves slots idle: a task costs some milliseconds.
constexpr uint64_t kSplitBytes = uint64_t{64} << 20;

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
  if (stage.by_range) {
    const SampleOptions sampling{options_.task_memory, options_.local_directory};
    ASSIGN_OR_RETURN(stage.bounds, SampleBounds(stage, jobs_.files(), sampling));
    stage.reduces = static_cast<uint32_t>(stage.bounds.size()) + 1;
    report->stage.reduces = stage.reduces;
  }
  StageJobOptions job_options;
  job_options.output_path = output;
  job_options.task_memory = options_.task_memory;
  job_options.split_bytes = kSplitBytes;
  job_options.count_nodes = options_.count_nodes;
  mapreduce::Job job = MakeStageJob(stage, job_options);
  if (!options_.query_name.empty()) {
    job.spec().name = fmt::format("{}: {}", options_.query_name, job.spec().name);
    const auto number = static_cast<uint32_t>(trace_->stages.size() + 1);
    mapreduce::SetPartOfQuery({options_.query_name, options_.query_text, number, stage.last},
                              &job.spec());
  }
  ASSIGN_OR_RETURN(const mapreduce::JobResult result, jobs_.Run(std::move(job)));
  report->job = result.id;
  report->seconds = result.seconds;
  report->maps = result.maps;
  report->reduces = result.reduces;
  const mapreduce::Counters& counters = result.counters;
  report->bytes_read = CounterOf(counters, kBytesReadCounter);
  report->shuffled_bytes = counters.Get(mapreduce::BuiltinCounter::kReduceShuffleBytes);
  report->spilled_bytes = CounterOf(counters, kSpilledBytesCounter);
  if (options_.count_nodes) report->nodes = ReadNodes(stage.inputs.size(), result.tasks);
  report->peak_memory = counters.Get(mapreduce::BuiltinCounter::kPhysicalMemoryBytes);
  return Status::Ok();
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
