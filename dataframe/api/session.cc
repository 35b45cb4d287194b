#include "dataframe/api/session.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include <arrow/table.h>
#include <fmt/format.h>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "common/config/config_loader.h"
#include "common/time/system_clock.h"
#include "dataframe/api/plan_steps.h"
#include "dataframe/api/stage_directory.h"
#include "dataframe/compiler/job_stage_runner.h"
#include "dataframe/compiler/reject_tables.h"
#include "dataframe/compiler/reuse_preview.h"
#include "dataframe/compiler/stage_cutter.h"
#include "dataframe/compiler/stage_estimate.h"
#include "dataframe/compiler/stage_text.h"
#include "dataframe/compiler/task_leaves.h"
#include "dataframe/optimizer/optimizer.h"
#include "dataframe/options/sql_options.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_printer.h"
#include "dataframe/type/arrow_runtime.h"
#include "dataframe/type/arrow_status.h"
#include "dfs/client/file_system.h"
#include "mapreduce/client/job_options.h"
#include "mapreduce/client/local_job_runner.h"
#include "mapreduce/client/open_job_runner.h"
#include "mapreduce/client/program.h"

namespace tusk::df {
namespace {

CutOptions CutOptionsOf(const Config& config, uint32_t slots) {
  CutOptions options;
  options.broadcast_bytes = static_cast<int64_t>(config.Get(kBroadcastBytes).bytes);
  options.bloom_bytes = static_cast<int64_t>(config.Get(kBloomBytes).bytes);
  options.reduces = static_cast<uint32_t>(config.Get(kSqlReduces));
  options.slots = slots;
  options.most_pairs = config.Get(kMostPairs);
  return options;
}

/// Pretends to run stages: their tables have the size that is estimated.
class PretendedRunner final : public StageRunner {
 public:
  Result<std::shared_ptr<const TableSource>> Run(const Stage& stage) override {
    stages_.push_back(stage);
    auto table = std::make_shared<TableSource>();
    table->name = stage.title;
    table->format = TableFormat::kIpc;
    table->schema = stage.schema();
    table->stage = static_cast<uint32_t>(stages_.size());
    SourceFile& file = table->files.emplace_back();
    const PlanEstimate estimate = EstimateStage(stage);
    file.path = "(not run)";
    file.length = static_cast<uint64_t>(estimate.bytes);
    file.rows = static_cast<int64_t>(estimate.rows);
    return std::shared_ptr<const TableSource>(std::move(table));
  }
  const std::vector<Stage>& stages() const { return stages_; }

 private:
  std::vector<Stage> stages_;
};

/// Length and time of the running program: other code may compute other values from equal plans.
std::string MarkOfProgram() {
  struct stat facts = {};
  if (stat("/proc/self/exe", &facts) != 0) return std::string();
  return fmt::format("{} {}.{}", facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec);
}

}  // namespace

Session::Session(const Config& config, std::unique_ptr<mapreduce::JobRunner> jobs)
    : config_(config), jobs_(std::move(jobs)) {}

Session::Session(int argc, char** argv, std::string_view usage)
    : program_(std::make_unique<mapreduce::Program>(argc, argv, usage, SqlOptions())),
      config_(program_->config()) {
  InitializeArrow();
  auto jobs = mapreduce::OpenJobRunner(config_, program_->local());
  status_ = jobs.status();
  if (jobs.ok()) jobs_ = std::move(*jobs);
}

Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::Open(const Config& config, bool local) {
  InitializeArrow();
  ASSIGN_OR_RETURN(auto jobs, mapreduce::OpenJobRunner(config, local));
  return std::unique_ptr<Session>(new Session(config, std::move(jobs)));
}

const std::vector<std::string>& Session::arguments() const {
  static const std::vector<std::string> kNone;
  return program_ == nullptr ? kNone : program_->arguments();
}

dfs::FileSystem& Session::files() {
  CHECK(jobs_ != nullptr);
  return jobs_->files();
}

DataFrame Session::ReadTable(const std::string& path, const DiscoveryOptions& options,
                             const Location& where, std::string_view method) {
  const auto discover = [&]() -> Result<PlanPtr> {
    RETURN_IF_ERROR(status_);
    ASSIGN_OR_RETURN(const auto source, DiscoverTable(files(), path, options));
    return ScanNode::Make(source);
  };
  return DataFrame(this, AtPlace(discover(), PlaceOf(where), method));
}

DataFrame Session::Read(const std::string& path, const Location& where) {
  return ReadTable(path, {}, where, "Read");
}

DataFrame Session::ReadCsv(const std::string& path, const CsvFormat& csv, SchemaPtr schema,
                           const Location& where) {
  return ReadTable(path, {.format = TableFormat::kCsv, .csv = csv, .schema = std::move(schema)},
                   where, "ReadCsv");
}

DataFrame Session::ReadJson(const std::string& path, SchemaPtr schema, OnBad on_bad,
                            const std::string& rejects, const Location& where) {
  DiscoveryOptions options{.format = TableFormat::kJson, .schema = std::move(schema)};
  options.csv.on_bad = on_bad;
  options.csv.rejects = rejects;
  return ReadTable(path, options, where, "ReadJson");
}

DataFrame Session::ReadParquet(const std::string& path, const Location& where) {
  return ReadTable(path, {.format = TableFormat::kParquet}, where, "ReadParquet");
}

DataFrame Session::ReadIpc(const std::string& path, const Location& where) {
  return ReadTable(path, {.format = TableFormat::kIpc}, where, "ReadIpc");
}

DataFrame Session::ReadText(const std::string& path, const Location& where) {
  return ReadTable(path, {.format = TableFormat::kText}, where, "ReadText");
}

DataFrame Session::FromRange(int64_t from, int64_t to, const std::string& column,
                             const Location& where) {
  auto source = std::make_shared<TableSource>();
  source->name = "range";
  source->format = TableFormat::kRange;
  source->schema = arrow::schema({arrow::field(column, arrow::int64(), false)});
  source->range_from = from;
  source->range_to = std::max(from, to);
  return DataFrame(this, AtPlace(ScanNode::Make(std::move(source)), PlaceOf(where), "FromRange"));
}

DataFrame Session::FromTable(const arrow::Table& table, const Location& where) {
  const auto hold = [&table]() -> Result<PlanPtr> {
    ASSIGN_OR_RETURN(auto rows, FromArrow(table.CombineChunksToBatch()));
    return ValuesNode::Make(std::move(rows));
  };
  return DataFrame(this, AtPlace(hold(), PlaceOf(where), "FromTable"));
}

int Session::Exit(const Status& status) const {
  if (status.ok()) return 0;
  std::fflush(stdout);
  fmt::print(stderr, "error: {}\n", status.message());
  return 1;
}

bool Session::IsSmallPlan(const PlanNode& plan) const {
  const std::optional<uint64_t> bytes = InputBytesOf(plan);
  return bytes && *bytes <= config_.Get(kSmallQueryBytes).bytes;
}

mapreduce::JobRunner& Session::SmallJobs() {
  if (small_jobs_ == nullptr) {
    small_jobs_ = std::make_unique<mapreduce::LocalJobRunner>(config_, jobs_->shared_files());
  }
  return *small_jobs_;
}

Result<PlanPtr> Session::OptimizePlan(const PlanPtr& plan) {
  OptimizerOptions options;
  for (const std::string& name : config_.Get(kDisabledPasses)) options.disabled.insert(name);
  options.broadcast_bytes = static_cast<int64_t>(config_.Get(kBroadcastBytes).bytes);
  return Optimize(plan, options);
}

Status Session::PrepareStageDirectory() {
  RETURN_IF_ERROR(status_);
  if (stage_directory_ready_) return Status::Ok();
  RETURN_IF_ERROR(df::PrepareStageDirectory(files(), StageDirectory()));
  stage_directory_ready_ = true;
  return Status::Ok();
}

std::string Session::StageDirectory() {
  return StageDirectoryOf(config_, files(), ProcessEnvironment());
}

Result<bool> Session::IsSmall(const PlanPtr& plan) {
  RETURN_IF_ERROR(status_);
  return IsSmallPlan(*plan);
}

Result<QueryResult> Session::Run(const PlanPtr& plan) { return RunPlan(plan, false); }

Result<QueryResult> Session::Analyze(const PlanPtr& plan) { return RunPlan(plan, true); }

Result<QueryResult> Session::RunPlan(const PlanPtr& plan, bool analyze) {
  RETURN_IF_ERROR(PrepareStageDirectory());
  const auto start = SystemClock::Get().SteadyNow();
  QueryResult result;
  ASSIGN_OR_RETURN(const PlanPtr optimized, OptimizePlan(plan));
  result.small = IsSmallPlan(*optimized);
  mapreduce::JobRunner& jobs = result.small ? SmallJobs() : *jobs_;
  StageRunOptions options;
  options.stage_directory = StageDirectory();
  options.reuse = config_.Get(kReuseStages) && !analyze;
  options.count_nodes = analyze;
  options.task_memory = static_cast<int64_t>(config_.Get(kTaskMemory).bytes);
  options.skew_bytes = config_.Get(kSkewBytes).bytes;
  options.local_directory = config_.Get(mapreduce::kLocalDir);
  options.program = MarkOfProgram();
  options.query_name = query_name_;
  options.query_text = query_text_;
  options.ended = stage_observer_;
  options.small_bytes = config_.Get(kSmallQueryBytes).bytes;
  JobStageRunner runner(jobs, SmallJobs(), std::move(options), &result.trace);
  StageCutter cutter(CutOptionsOf(config_, jobs.slots()), runner);
  // First: should one of them fail, the query has written nothing.
  ASSIGN_OR_RETURN(const std::vector<PlanPtr> rejects, RejectWrites(plan, files()));
  for (const PlanPtr& write : rejects) RETURN_IF_ERROR(cutter.Run(write).status());
  ASSIGN_OR_RETURN(result.table, cutter.Run(optimized));
  result.seconds = std::chrono::duration<double>(SystemClock::Get().SteadyNow() - start).count();
  return result;
}

Result<std::unique_ptr<BatchStream>> Session::Rows(const QueryResult& result) {
  ASSIGN_OR_RETURN(PlanPtr scan, ScanNode::Make(result.table));
  return OpenTable(std::move(scan), files());
}

Result<std::string> Session::Explain(const PlanPtr& plan) {
  RETURN_IF_ERROR(status_);
  ASSIGN_OR_RETURN(const PlanPtr optimized, OptimizePlan(plan));
  std::string text = "plan as written:\n" + PlanText(plan);
  text += "\nplan as optimized:\n" + PlanText(optimized);
  PretendedRunner runner;
  StageCutter cutter(CutOptionsOf(config_, jobs_->slots()), runner);
  RETURN_IF_ERROR(cutter.Run(optimized).status());
  text += IsSmallPlan(*optimized)
              ? "\nstages, run in this process (the input is small):\n"
              : "\nstages, a job each (in this process where the input is small):\n";
  size_t number = 0;
  for (const Stage& stage : runner.stages()) {
    text += StageText(stage, ++number);
    if (!config_.Get(kReuseStages)) continue;
    ASSIGN_OR_RETURN(const std::string reused,
                     ReusePreview(stage, files(), StageDirectory(), MarkOfProgram()));
    text += reused;
  }
  return text;
}

}  // namespace tusk::df
