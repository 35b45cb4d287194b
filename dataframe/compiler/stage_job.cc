#include "dataframe/compiler/stage_job.h"

#include <malloc.h>

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>

#include "common/base/status_macros.h"
#include "dataframe/compiler/group_file.h"
#include "dataframe/compiler/node_report.h"
#include "dataframe/compiler/shuffle_sink.h"
#include "dataframe/compiler/stage_input.h"
#include "dataframe/compiler/table_batch.h"
#include "dataframe/compiler/table_output.h"
#include "dataframe/compiler/task_leaves.h"
#include "dataframe/exec/memory_budget.h"
#include "dataframe/exec/operator.h"
#include "dataframe/exec/range_partitioner.h"
#include "dataframe/exec/skew_partitioner.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/type/arrow_runtime.h"
#include "mapreduce/api/mapper.h"
#include "mapreduce/api/partitioner.h"
#include "mapreduce/api/reducer.h"
#include "mapreduce/model/part_of_query.h"

namespace tusk::df {
namespace {

using mapreduce::TaskContext;
using mapreduce::TaskFailure;

/// Operators that have held more leave nothing of it to their process, which may wait for the job
/// of another query or run a task that is to be content with less. Of less, the next task is glad:
/// fresh pages cost more than the work done in them.
constexpr int64_t kKeptBytes = int64_t{128} << 20;

/// Runs fragments in a task and counts what that took.
class TaskRun {
 public:
  /// `fragment`: the name of the plan for whom its nodes are counted.
  TaskRun(TaskContext& context, std::string fragment)
      : context_(context),
        fragment_(std::move(fragment)),
        budget_(context.Parameter<int64_t>(kTaskMemoryParameter, 0)) {
    InitializeArrow();
    exec_.budget = &budget_;
    exec_.spill_directory = context.local_directory();
    if (context.FindParameter(kCountNodesParameter)) exec_.node_counts = &nodes_;
    exec_.check = [&context] {
      return context.reporter().ShouldStop()
                 ? Status(StatusCode::kCancelled, "the task was told to stop")
                 : Status::Ok();
    };
  }

  ~TaskRun() {
    if (budget_.peak() < kKeptBytes) return;
    arrow::default_memory_pool()->ReleaseUnused();
    malloc_trim(0);
  }
  TaskRun(const TaskRun&) = delete;
  TaskRun& operator=(const TaskRun&) = delete;

  /// Before Run; `keeper` must outlive it.
  void SetKeeper(GroupKeeper* keeper) { exec_.keeper = keeper; }

  /// Throws TaskFailure.
  void Run(const PlanPtr& plan, LeafOpener& leaves, BatchSink& sink) {
    TaskFailure::ThrowIf(RunFragment(plan, leaves, exec_, sink));
    context_.Count(kCounterGroup, kSpilledBytesCounter, exec_.spilled_bytes);
    context_.counters().Add(mapreduce::BuiltinCounter::kSpilledRecords, exec_.spilled_rows);
    TellNodes(fragment_, nodes_, &context_.counters());
  }

 private:
  TaskContext& context_;
  const std::string fragment_;
  std::vector<NodeCounts> nodes_;
  MemoryBudget budget_;
  ExecContext exec_;
};

/// Hands batches to the writer of the output.
template <typename Output>
class TableSink final : public BatchSink {
 public:
  TableSink(Output& out, TaskContext& context) : out_(out), context_(context) {}
  Status Push(const BatchPtr& batch) override {
    out_.Emit(0, TableBatch{batch});
    context_.Count(mapreduce::kQueryCounterGroup, mapreduce::kQueryRowsCounter, batch->num_rows());
    return out_.status();
  }
  Status Finish() override { return out_.status(); }

 private:
  Output& out_;
  TaskContext& context_;
};

/// The fragment over the files of a split.
Result<PlanPtr> OverSplit(const PlanPtr& fragment, const StageSplit& split) {
  if (DrivingLeaf(*fragment).kind() == PlanKind::kScan) return OverFiles(fragment, split.files);
  return WithOwnDrivingLeaf(fragment);
}

/// Runs the map fragment of the task's split into `sink`, which is made from the input.
template <typename MakeSink>
void RunMap(TaskContext& context, const Stage& stage, const mapreduce::InputSplit& split,
            const MakeSink& make_sink) {
  Result<StageSplit> decoded = StageSplit::Decode(split.opaque);
  TaskFailure::ThrowIf(decoded.status());
  if (decoded->input >= stage.inputs.size()) {
    throw TaskFailure(Status(StatusCode::kCorruption, "a split of an input that is not there"));
  }
  const StageInput& input = stage.inputs[decoded->input];
  const Result<PlanPtr> fragment = FragmentOf(input.plan);
  TaskFailure::ThrowIf(fragment.status());
  const Result<PlanPtr> plan = OverSplit(*fragment, *decoded);
  TaskFailure::ThrowIf(plan.status());
  ScanCounters scanned;
  MapLeaves leaves(DrivingLeaf(**plan), decoded->parts, context, &scanned);
  const auto sink = make_sink(input, decoded->place);
  TaskRun run(context, FragmentName(decoded->input));
  run.Run(*plan, leaves, *sink);
  context.Count(kCounterGroup, kRowsReadCounter, scanned.rows);
  context.Count(kCounterGroup, kBytesReadCounter, static_cast<int64_t>(split.length));
}

Stage StageOrThrow(const TaskContext& context) {
  Result<Stage> stage = StageOf(context.job());
  TaskFailure::ThrowIf(stage.status());
  return std::move(*stage);
}

Result<std::unique_ptr<const Partitioner>> MakePartitioner(const Stage& stage,
                                                           const StageInput& input,
                                                           const TaskPlace& place) {
  const arrow::Schema& schema = *input.plan->schema();
  if (stage.by_range) {
    ASSIGN_OR_RETURN(BoundSortKeys keys,
                     BoundSortKeys::Make(RangeSortOf(*stage.reduce)->keys(), schema));
    return std::unique_ptr<const Partitioner>(
        std::make_unique<RangePartitioner>(std::move(keys), stage.bounds, place));
  }
  std::vector<BoundExprPtr> keys;
  for (const ExprPtr& key : input.partition_by) {
    ASSIGN_OR_RETURN(keys.emplace_back(), Bind(key, schema));
  }
  const std::optional<SkewJoin> skew = stage.hot_keys.empty() ? std::nullopt : SkewJoinOf(stage);
  if (skew && (input.tag == skew->spread_tag || input.tag == skew->copied_tag)) {
    const HotRows rows = input.tag == skew->spread_tag ? HotRows::kSpread : HotRows::kCopy;
    return std::unique_ptr<const Partitioner>(std::make_unique<SkewPartitioner>(
        std::move(keys), stage.reduces, stage.hot_keys, rows, place));
  }
  return std::unique_ptr<const Partitioner>(
      std::make_unique<HashPartitioner>(std::move(keys), stage.reduces));
}

/// The map of a stage with reduces.
class ShuffleMapper final
    : public mapreduce::Mapper<const mapreduce::InputSplit&, uint32_t, std::string> {
 public:
  void Map(const mapreduce::InputSplit& split, Output& out) override {
    const Stage stage = StageOrThrow(context());
    RunMap(context(), stage, split, [&](const StageInput& input, const TaskPlace& place) {
      auto partitioner = MakePartitioner(stage, input, place);
      TaskFailure::ThrowIf(partitioner.status());
      return std::make_unique<ShuffleSink>(
          std::move(*partitioner), static_cast<uint8_t>(input.tag),
          [&out](uint32_t partition, std::string_view record) { out.Emit(partition, record); });
    });
  }
};

/// The map of a stage without reduces.
class TableMapper final
    : public mapreduce::Mapper<const mapreduce::InputSplit&, uint32_t, TableBatch> {
 public:
  void Map(const mapreduce::InputSplit& split, Output& out) override {
    RunMap(context(), StageOrThrow(context()), split,
           [this, &out](const StageInput&, const TaskPlace&) {
             return std::make_unique<TableSink<Output>>(out, context());
           });
  }
};

/// The key of a record is its reduce.
class ByNumber final : public mapreduce::Partitioner<uint32_t> {
 public:
  uint32_t Partition(uint32_t key, uint32_t) const override { return key; }
};

/// Where a reduce keeps its groups, or null.
std::unique_ptr<GroupFile> KeptGroupsOf(const TaskContext& context) {
  const auto directory = context.FindParameter(kKeepGroupsParameter);
  if (!directory) return nullptr;
  const mapreduce::AttemptId& attempt = context.attempt();
  return std::make_unique<GroupFile>(context.files(), std::string(*directory), attempt.task.index,
                                     attempt.ToString(),
                                     context.Parameter<int64_t>(kKeepGroupsLimitParameter, 0));
}

/// The reduce of a stage. All records of a reduce have one key and so are one group.
class StageReducer final : public mapreduce::Reducer<uint32_t, std::string, uint32_t, TableBatch> {
 public:
  void Reduce(uint32_t, Values& values, Output& out) override { Run(&values, out); }
  void Cleanup(Output& out) override {
    // No record came, but an aggregate without keys has a row nevertheless.
    if (!ran_) Run(nullptr, out);
  }

 private:
  void Run(Values* values, Output& out) {
    ran_ = true;
    const Stage stage = StageOrThrow(context());
    ReduceLeaves leaves(values, context().files());
    TableSink<Output> sink(out, context());
    TaskRun run(context(), std::string(kReduceFragment));
    const std::unique_ptr<GroupFile> groups = KeptGroupsOf(context());
    run.SetKeeper(groups.get());
    const Result<PlanPtr> fragment = FragmentOf(stage.reduce);
    TaskFailure::ThrowIf(fragment.status());
    run.Run(*fragment, leaves, sink);
  }

  bool ran_ = false;
};

}  // namespace

mapreduce::Job MakeStageJob(const Stage& stage, const StageJobOptions& options) {
  mapreduce::Job named(stage.title);
  named.Set(std::string(kTaskMemoryParameter), options.task_memory);
  named.Set(std::string(kSplitBytesParameter), options.split_bytes);
  if (options.count_nodes) {
    named.Set(std::string(kCountNodesParameter), "true");
    named.Set(std::string(mapreduce::kTaskCountersParameter), "true");
  }
  if (!options.keep_groups.empty()) {
    named.Set(std::string(kKeepGroupsParameter), options.keep_groups);
    named.Set(std::string(kKeepGroupsLimitParameter), options.keep_groups_limit);
  }
  if (stage.reduce == nullptr) {
    return std::move(named).Read<StageInputFormat>(stage).Map<TableMapper>().Write<TableOutput>(
        options.output_path);
  }
  return std::move(named)
      .Read<StageInputFormat>(stage)
      .Map<ShuffleMapper>()
      .Partition<ByNumber>()
      .Unsorted()
      .Reduce<StageReducer>()
      .Write<TableOutput>(options.output_path)
      .NumReduces(stage.reduces);
}

}  // namespace tusk::df
