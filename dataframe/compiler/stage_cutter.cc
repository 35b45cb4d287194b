#include "dataframe/compiler/stage_cutter.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <arrow/type.h>
#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "dataframe/compiler/stage_estimate.h"
#include "dataframe/optimizer/statistics.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_printer.h"

namespace tusk::df {
namespace {

/// Whether what is made of the first rows of its one leaf are rows of the result, too.
bool IsRowByRow(const PlanNode& plan) {
  switch (plan.kind()) {
    case PlanKind::kScan:
      return true;
    case PlanKind::kProject:
    case PlanKind::kFilter:
    case PlanKind::kExplode:
    case PlanKind::kMapBatches:
      return IsRowByRow(*plan.child());
    default:
      return false;
  }
}

/// Whether these are maps that go row by row over more than so many bytes.
bool IsMoreThan(uint64_t bytes, const Pipeline& pipeline) {
  uint64_t sum = 0;
  for (const PlanPtr& branch : pipeline.branches()) {
    if (!IsRowByRow(*branch)) return false;
    sum += InputBytesOf(*branch).value_or(bytes + 1);
  }
  return pipeline.maps() && sum > bytes;
}

/// What a pipeline hands out when that is just the table of a stage that has run; else null.
std::shared_ptr<const TableSource> FinishedTable(const Pipeline& pipeline) {
  if (!pipeline.maps() || pipeline.branches().size() != 1) return nullptr;
  const PlanNode& plan = *pipeline.branches().front();
  if (plan.kind() != PlanKind::kScan) return nullptr;
  const ScanNode& scan = As<ScanNode>(plan);
  const bool all = scan.predicate() == nullptr && scan.schema()->Equals(*scan.source().schema);
  return all && scan.source().stage ? scan.shared_source() : nullptr;
}

/// The sort in whose order the rows of `plan` are, or null.
const PlanNode* LastSortOf(const PlanNode& plan) {
  switch (plan.kind()) {
    case PlanKind::kSort:
      return &plan;
    case PlanKind::kWrite:
    case PlanKind::kProject:
    case PlanKind::kFilter:
    case PlanKind::kLimit:
    case PlanKind::kExplode:
    case PlanKind::kMapBatches:
      return LastSortOf(*plan.child());
    default:
      return nullptr;
  }
}

/// Whether rows are moved, or moved twice, to make these: so much that what stands in a plan twice
/// is better kept.
bool IsCostly(const PlanNode& node) {
  switch (node.kind()) {
    case PlanKind::kAggregate:
    case PlanKind::kWindow:
      return true;
    case PlanKind::kJoin:
      return As<JoinNode>(node).spec().strategy == JoinStrategy::kPartitioned;
    default:
      return false;
  }
}

/// The steps of a plan, each by what it is: the fingerprint of a stage of it alone, which leaves
/// out where it was written. Below a step that was seen before nothing is visited again, for that
/// is not run again.
void VisitCostly(const PlanPtr& plan, std::map<std::string, std::vector<const PlanNode*>>* places) {
  if (IsCostly(*plan)) {
    Stage alone;
    alone.inputs.push_back({plan, {}, 0});
    std::vector<const PlanNode*>& nodes = (*places)[FingerprintOf(alone, "")];
    nodes.push_back(plan.get());
    if (nodes.size() > 1) return;
  }
  for (const PlanPtr& child : plan->children()) VisitCostly(child, places);
}

/// Whether two costly steps look alike: most plans have none, and need no fingerprints, which take
/// the names of all files.
bool HasAlike(const PlanNode& plan, std::set<std::string>* texts) {
  if (IsCostly(plan) && !texts->insert(NodeText(plan)).second) return true;
  return std::any_of(plan.children().begin(), plan.children().end(),
                     [texts](const PlanPtr& child) { return HasAlike(*child, texts); });
}

/// The costly steps that stand in a plan more than once, and what they are.
std::map<const PlanNode*, std::string> FindShared(const PlanPtr& plan) {
  std::map<const PlanNode*, std::string> shared;
  std::set<std::string> texts;
  if (!HasAlike(*plan, &texts)) return shared;
  std::map<std::string, std::vector<const PlanNode*>> places;
  VisitCostly(plan, &places);
  for (const auto& [key, nodes] : places) {
    if (nodes.size() < 2) continue;
    for (const PlanNode* node : nodes) shared[node] = key;
  }
  return shared;
}

void CollectTitle(const PlanNode& plan, std::vector<std::string>* verbs,
                  std::vector<std::string>* tables) {
  const auto add = [](std::vector<std::string>* words, std::string word) {
    if (std::find(words->begin(), words->end(), word) == words->end())
      words->push_back(std::move(word));
  };
  for (const PlanPtr& child : plan.children()) CollectTitle(*child, verbs, tables);
  switch (plan.kind()) {
    case PlanKind::kScan: {
      const TableSource& source = As<ScanNode>(plan).source();
      add(tables, source.stage ? fmt::format("stage {}", *source.stage) : source.name);
      break;
    }
    case PlanKind::kJoin:
      add(verbs, "join");
      break;
    case PlanKind::kAggregate:
      add(verbs, "group");
      break;
    case PlanKind::kSort:
      add(verbs, As<SortNode>(plan).limit() ? "top" : "sort");
      break;
    case PlanKind::kWindow:
      add(verbs, "window");
      break;
    case PlanKind::kLimit:
      add(verbs, "limit");
      break;
    case PlanKind::kWrite:
      add(verbs, "write");
      break;
    case PlanKind::kBloomBuild:
      add(verbs, "Bloom filter of");
      break;
    default:
      break;
  }
}

}  // namespace

std::string TitleOf(const Pipeline& pipeline) {
  std::vector<std::string> verbs;
  std::vector<std::string> tables;
  for (const StageInput& input : pipeline.inputs()) CollectTitle(*input.plan, &verbs, &tables);
  for (const PlanPtr& branch : pipeline.branches()) CollectTitle(*branch, &verbs, &tables);
  // What the reduces do names the stage; what its maps do besides is in the plan.
  if (!pipeline.maps()) verbs.clear();
  if (!pipeline.maps()) CollectTitle(*pipeline.reduce(), &verbs, &tables);
  if (verbs.empty()) verbs.emplace_back("scan");
  return fmt::format("{} {}", fmt::join(verbs, ", "), fmt::join(tables, ", "));
}

Result<std::shared_ptr<const TableSource>> StageCutter::Run(const PlanPtr& plan) {
  last_sort_ = LastSortOf(*plan);
  shared_ = FindShared(plan);
  if (plan->kind() != PlanKind::kWrite) {
    ASSIGN_OR_RETURN(const Pipeline pipeline, Lower(plan));
    if (auto table = FinishedTable(pipeline)) return table;
    return RunLast(pipeline);
  }
  ASSIGN_OR_RETURN(Pipeline pipeline, Lower(plan->child()));
  std::vector<ExprPtr> folders;
  for (const std::string& column : As<WriteNode>(*plan).spec().partition_by)
    folders.push_back(Expr::Column(column));
  // Else each of many maps would have a file in each folder.
  if (pipeline.maps() && !folders.empty()) {
    ASSIGN_OR_RETURN(pipeline, Shuffle(std::move(pipeline), std::move(folders)));
  }
  RETURN_IF_ERROR(
      pipeline.Append([&plan](const PlanPtr& below) { return plan->WithChildren({below}); }));
  return RunLast(pipeline);
}

Result<std::shared_ptr<const TableSource>> StageCutter::RunStage(const Pipeline& pipeline) {
  const Stage stage = pipeline.ToStage(TitleOf(pipeline));
  ASSIGN_OR_RETURN(const auto table, runner_.Run(stage));
  // Few rows that a filter has left are no table of few different keys.
  TableSource estimated = *table;
  estimated.base_rows = EstimateStage(stage).base_rows;
  return std::make_shared<const TableSource>(std::move(estimated));
}

Result<std::shared_ptr<const TableSource>> StageCutter::RunLast(const Pipeline& pipeline) {
  Stage stage = pipeline.ToStage(TitleOf(pipeline));
  stage.last = true;
  return runner_.Run(stage);
}

Result<Pipeline> StageCutter::Lower(const PlanPtr& plan) {
  const auto shared = shared_.find(plan.get());
  return shared == shared_.end() ? LowerStep(plan) : LowerShared(plan, shared->second);
}

Result<Pipeline> StageCutter::LowerStep(const PlanPtr& plan) {
  switch (plan->kind()) {
    case PlanKind::kScan:
    case PlanKind::kValues:
      return Pipeline::OfMaps({plan});
    case PlanKind::kFilter:
    case PlanKind::kProject:
    case PlanKind::kExplode:
    case PlanKind::kMapBatches: {
      ASSIGN_OR_RETURN(Pipeline pipeline, Lower(plan->child()));
      RETURN_IF_ERROR(
          pipeline.Append([&plan](const PlanPtr& below) { return plan->WithChildren({below}); }));
      return pipeline;
    }
    case PlanKind::kUnion:
      return LowerUnion(plan);
    case PlanKind::kAggregate:
      return LowerAggregate(plan);
    case PlanKind::kJoin:
      return LowerJoin(plan);
    case PlanKind::kSort:
      return LowerSort(plan);
    case PlanKind::kLimit:
      return LowerLimit(plan);
    case PlanKind::kWindow:
      return LowerWindow(plan);
    case PlanKind::kShuffleRead:
    case PlanKind::kBloomBuild:
    case PlanKind::kBloomProbe:
    case PlanKind::kWrite:
      break;
  }
  return Status::Error(StatusCode::kInternal, "a plan with {} inside cannot be cut into stages",
                       PlanKindName(plan->kind()));
}

Result<Pipeline> StageCutter::LowerUnion(const PlanPtr& plan) {
  std::vector<PlanPtr> branches;
  for (const PlanPtr& child : plan->children()) {
    ASSIGN_OR_RETURN(Pipeline pipeline, Lower(child));
    ASSIGN_OR_RETURN(pipeline, AsMaps(std::move(pipeline)));
    for (const PlanPtr& branch : pipeline.branches()) {
      if (branch->schema()->Equals(*plan->schema())) {
        branches.push_back(branch);
        continue;
      }
      std::vector<NamedExpr> columns;
      for (int i = 0; i < plan->schema()->num_fields(); ++i) {
        columns.push_back(
            {plan->schema()->field(i)->name(), Expr::Column(branch->schema()->field(i)->name())});
      }
      ASSIGN_OR_RETURN(branches.emplace_back(), ProjectNode::Make(branch, std::move(columns)));
    }
  }
  return Pipeline::OfMaps(std::move(branches));
}

Result<Pipeline> StageCutter::LowerShared(const PlanPtr& plan, const std::string& key) {
  std::shared_ptr<const TableSource>& table = shared_tables_[key];
  if (table == nullptr) {
    ASSIGN_OR_RETURN(const Pipeline pipeline, LowerStep(plan));
    ASSIGN_OR_RETURN(table, RunStage(pipeline));
  }
  ASSIGN_OR_RETURN(PlanPtr scan, ScanNode::Make(table));
  return Pipeline::OfMaps({std::move(scan)});
}

Result<Pipeline> StageCutter::LowerAggregate(const PlanPtr& plan) {
  const AggregateNode& node = As<AggregateNode>(*plan);
  ASSIGN_OR_RETURN(Pipeline pipeline, Lower(plan->child()));
  std::vector<ExprPtr> keys;
  std::vector<NamedExpr> key_columns;
  for (const NamedExpr& key : node.keys()) {
    keys.push_back(key.expr);
    key_columns.push_back({key.name, Expr::Column(key.name)});
  }
  if (pipeline.CoLocates(keys)) {
    // Rows of a group are together already. Follow the partitioning by hand: a key may have got a
    // new name.
    Pipeline::Partitioning partitioning;
    for (const std::set<std::string>& names : pipeline.partitioning()) {
      std::set<std::string>& kept = partitioning.emplace_back();
      for (const NamedExpr& key : node.keys()) {
        if (key.expr->kind() == ExprKind::kColumn && names.contains(key.expr->name()))
          kept.insert(key.name);
      }
    }
    RETURN_IF_ERROR(
        pipeline.Append([&plan](const PlanPtr& below) { return plan->WithChildren({below}); }));
    pipeline.SetPartitioning(std::move(partitioning));
    return pipeline;
  }
  RETURN_IF_ERROR(pipeline.Append([&node](const PlanPtr& below) {
    return AggregateNode::Make(below, node.keys(), node.aggregates(), AggregateMode::kPartial);
  }));
  std::vector<ExprPtr> spread_by;
  for (const NamedExpr& key : key_columns) spread_by.push_back(key.expr);
  ASSIGN_OR_RETURN(pipeline, Shuffle(std::move(pipeline), spread_by));
  const Pipeline::Partitioning partitioning = pipeline.partitioning();
  RETURN_IF_ERROR(pipeline.Append([&](const PlanPtr& below) {
    return AggregateNode::Make(below, key_columns, node.aggregates(), AggregateMode::kFinal);
  }));
  pipeline.SetPartitioning(partitioning);
  return pipeline;
}

Result<Pipeline> StageCutter::LowerSort(const PlanPtr& plan) {
  const SortNode& node = As<SortNode>(*plan);
  ASSIGN_OR_RETURN(Pipeline pipeline, Lower(plan->child()));
  if (!pipeline.single()) {
    if (node.limit()) {
      RETURN_IF_ERROR(pipeline.Append([&node](const PlanPtr& below) {
        return SortNode::Make(below, node.keys(), *node.limit() + node.offset());
      }));
    }
    if (!node.limit() && node.offset() == 0 && plan.get() == last_sort_) {
      ASSIGN_OR_RETURN(pipeline, ShuffleByRange(std::move(pipeline)));
    } else {
      ASSIGN_OR_RETURN(pipeline, Shuffle(std::move(pipeline), {}));
    }
  }
  RETURN_IF_ERROR(
      pipeline.Append([&plan](const PlanPtr& below) { return plan->WithChildren({below}); }));
  return pipeline;
}

Result<Pipeline> StageCutter::LowerLimit(const PlanPtr& plan) {
  const LimitNode& node = As<LimitNode>(*plan);
  ASSIGN_OR_RETURN(Pipeline pipeline, Lower(plan->child()));
  const bool try_first = node.limit() && IsMoreThan(options_.first_bytes, pipeline);
  if (!pipeline.single()) {
    if (node.limit()) {
      RETURN_IF_ERROR(pipeline.Append([&node](const PlanPtr& below) {
        return LimitNode::Make(below, *node.limit() + node.offset());
      }));
    }
    ASSIGN_OR_RETURN(pipeline, Shuffle(std::move(pipeline), {}));
  }
  RETURN_IF_ERROR(
      pipeline.Append([&plan](const PlanPtr& below) { return plan->WithChildren({below}); }));
  if (try_first) {
    ASSIGN_OR_RETURN(std::optional<Pipeline> first, FirstRows(pipeline, *node.limit()));
    if (first) return std::move(*first);
  }
  return pipeline;
}

Result<std::optional<Pipeline>> StageCutter::FirstRows(const Pipeline& pipeline, int64_t rows) {
  Stage stage = pipeline.ToStage(TitleOf(pipeline));
  stage.first_bytes = options_.first_bytes;
  ASSIGN_OR_RETURN(const auto table, runner_.Run(stage));
  if (table->TotalRows().value_or(0) < rows) return std::optional<Pipeline>();
  ASSIGN_OR_RETURN(PlanPtr scan, ScanNode::Make(table));
  return std::optional<Pipeline>(Pipeline::OfMaps({std::move(scan)}));
}

Result<Pipeline> StageCutter::LowerWindow(const PlanPtr& plan) {
  const WindowNode& node = As<WindowNode>(*plan);
  ASSIGN_OR_RETURN(Pipeline pipeline, Lower(plan->child()));
  if (!pipeline.CoLocates(node.partition_by())) {
    ASSIGN_OR_RETURN(pipeline, Shuffle(std::move(pipeline), node.partition_by()));
  }
  RETURN_IF_ERROR(
      pipeline.Append([&plan](const PlanPtr& below) { return plan->WithChildren({below}); }));
  return pipeline;
}

Result<Pipeline> StageCutter::AsMaps(Pipeline pipeline) {
  if (pipeline.maps()) return pipeline;
  ASSIGN_OR_RETURN(const auto table, RunStage(pipeline));
  ASSIGN_OR_RETURN(PlanPtr scan, ScanNode::Make(table));
  return Pipeline::OfMaps({std::move(scan)});
}

Result<Pipeline> StageCutter::Shuffle(Pipeline pipeline, std::vector<ExprPtr> keys) {
  ASSIGN_OR_RETURN(pipeline, AsMaps(std::move(pipeline)));
  const uint32_t reduces = keys.empty() ? 1 : ReducesFor(EstimatedBytes(pipeline));
  return Pipeline::OfReduces(InputsOf(pipeline, keys, 0),
                             ShuffleReadNode::Make(0, pipeline.schema()), reduces,
                             Pipeline::PartitionedBy(keys));
}

Result<Pipeline> StageCutter::ShuffleByRange(Pipeline pipeline) {
  ASSIGN_OR_RETURN(pipeline, AsMaps(std::move(pipeline)));
  return Pipeline::OfRanges(InputsOf(pipeline, {}, 0), ShuffleReadNode::Make(0, pipeline.schema()),
                            ReducesFor(EstimatedBytes(pipeline)));
}

std::vector<StageInput> StageCutter::InputsOf(const Pipeline& maps,
                                              const std::vector<ExprPtr>& keys,
                                              uint32_t tag) const {
  std::vector<StageInput> inputs;
  for (const PlanPtr& branch : maps.branches()) inputs.push_back({branch, keys, tag});
  return inputs;
}

uint32_t StageCutter::ReducesFor(int64_t bytes) const {
  if (options_.reduces > 0) return options_.reduces;
  const int64_t wanted = bytes / options_.reduce_bytes + 1;
  return static_cast<uint32_t>(
      std::clamp<int64_t>(wanted, 1, std::max<int64_t>(1, options_.slots)));
}

}  // namespace tusk::df
