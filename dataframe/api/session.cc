#include "dataframe/api/session.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "common/time/system_clock.h"
#include "dataframe/compiler/job_stage_runner.h"
#include "dataframe/compiler/stage_cutter.h"
#include "dataframe/compiler/stage_text.h"
#include "dataframe/compiler/task_leaves.h"
#include "dataframe/optimizer/optimizer.h"
#include "dataframe/options/sql_options.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_printer.h"
#include "dataframe/type/arrow_runtime.h"
#include "dfs/client/file_system.h"
#include "mapreduce/client/local_job_runner.h"
#include "mapreduce/client/open_job_runner.h"

namespace tusk::df {
namespace {

uint64_t InputBytes(const PlanNode& plan) {
  if (plan.kind() == PlanKind::kScan) return As<ScanNode>(plan).source().TotalBytes();
  uint64_t bytes = 0;
  for (const PlanPtr& child : plan.children()) bytes += InputBytes(*child);
  return bytes;
}

/// A range has no bytes, but its rows have to be made.
bool HasRange(const PlanNode& plan) {
  if (plan.kind() == PlanKind::kScan)
    return As<ScanNode>(plan).source().format == TableFormat::kRange;
  for (const PlanPtr& child : plan.children()) {
    if (HasRange(*child)) return true;
  }
  return false;
}

CutOptions CutOptionsOf(const Config& config, uint32_t slots) {
  CutOptions options;
  options.broadcast_bytes = static_cast<int64_t>(config.Get(kBroadcastBytes).bytes);
  options.reduces = static_cast<uint32_t>(config.Get(kSqlReduces));
  options.slots = slots;
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
    const PlanEstimate estimate = EstimatePlan(*stage.root());
    file.path = "(not run)";
    file.length = static_cast<uint64_t>(estimate.bytes);
    file.rows = static_cast<int64_t>(estimate.rows);
    return std::shared_ptr<const TableSource>(std::move(table));
  }
  const std::vector<Stage>& stages() const { return stages_; }

 private:
  std::vector<Stage> stages_;
};

}  // namespace

Session::Session(const Config& config, std::unique_ptr<mapreduce::JobRunner> jobs)
    : config_(config), jobs_(std::move(jobs)) {}

Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::Open(const Config& config, bool local) {
  InitializeArrow();
  ASSIGN_OR_RETURN(auto jobs, mapreduce::OpenJobRunner(config, local));
  return std::unique_ptr<Session>(new Session(config, std::move(jobs)));
}

dfs::FileSystem& Session::files() { return jobs_->files(); }

Result<mapreduce::JobRunner*> Session::RunnerFor(const PlanPtr& plan, bool* small) {
  *small = InputBytes(*plan) <= config_.Get(kSmallQueryBytes).bytes && !HasRange(*plan);
  if (!*small) return jobs_.get();
  if (small_jobs_ == nullptr) {
    small_jobs_ = std::make_unique<mapreduce::LocalJobRunner>(config_, jobs_->shared_files());
  }
  return small_jobs_.get();
}

Result<PlanPtr> Session::OptimizePlan(const PlanPtr& plan) {
  OptimizerOptions options;
  for (const std::string& name : config_.Get(kDisabledPasses)) options.disabled.insert(name);
  options.broadcast_bytes = static_cast<int64_t>(config_.Get(kBroadcastBytes).bytes);
  return Optimize(plan, options);
}

Result<QueryResult> Session::Run(const PlanPtr& plan) {
  const auto start = SystemClock::Get().SteadyNow();
  QueryResult result;
  ASSIGN_OR_RETURN(const PlanPtr optimized, OptimizePlan(plan));
  ASSIGN_OR_RETURN(mapreduce::JobRunner* const jobs, RunnerFor(optimized, &result.small));
  StageRunOptions options;
  options.stage_directory = config_.Get(kStageDirectory) + "/" + files().UserName();
  options.reuse = config_.Get(kReuseStages);
  options.task_memory = static_cast<int64_t>(config_.Get(kTaskMemory).bytes);
  options.query_name = query_name_;
  JobStageRunner runner(*jobs, std::move(options), &result.trace);
  StageCutter cutter(CutOptionsOf(config_, jobs->slots()), runner);
  ASSIGN_OR_RETURN(result.table, cutter.Run(optimized));
  result.seconds = std::chrono::duration<double>(SystemClock::Get().SteadyNow() - start).count();
  return result;
}

Result<std::unique_ptr<BatchStream>> Session::Rows(const QueryResult& result) {
  ASSIGN_OR_RETURN(PlanPtr scan, ScanNode::Make(result.table));
  return OpenTable(std::move(scan), files());
}

Result<std::string> Session::Explain(const PlanPtr& plan) {
  ASSIGN_OR_RETURN(const PlanPtr optimized, OptimizePlan(plan));
  std::string text = "plan as written:\n" + PlanText(plan);
  text += "\nplan as optimized:\n" + PlanText(optimized);
  PretendedRunner runner;
  StageCutter cutter(CutOptionsOf(config_, jobs_->slots()), runner);
  RETURN_IF_ERROR(cutter.Run(optimized).status());
  bool small = false;
  RETURN_IF_ERROR(RunnerFor(optimized, &small).status());
  text +=
      small ? "\nstages, run in this process (the input is small):\n" : "\nstages, a job each:\n";
  size_t number = 0;
  for (const Stage& stage : runner.stages()) text += StageText(stage, ++number);
  return text;
}

}  // namespace tusk::df
