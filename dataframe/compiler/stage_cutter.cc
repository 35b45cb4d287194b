#include "dataframe/compiler/stage_cutter.h"

#include <algorithm>
#include <map>
#include <utility>

#include <arrow/type.h>
#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "dataframe/compiler/pair_guard.h"
#include "dataframe/compiler/stage_estimate.h"
#include "dataframe/optimizer/statistics.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {
namespace {

/// How much greater than allowed an estimate must be for a reduce's result not to be looked at:
/// estimates are often wrong by so much.
constexpr int64_t kDoubt = 8;
/// How much smaller one side of a join must be for its keys to be held where the other is read, and
/// how much of the other may be left by that: else it costs more than it saves.
constexpr int64_t kMuchLess = 4;
constexpr double kWorthReducing = 0.5;

int64_t BytesOf(const Pipeline& pipeline) {
  return static_cast<int64_t>(EstimatePipeline(pipeline).bytes);
}

/// What is read by who runs all of `plan`.
int64_t FileBytesOf(const PlanNode& plan) {
  if (plan.kind() == PlanKind::kScan)
    return static_cast<int64_t>(As<ScanNode>(plan).source().TotalBytes());
  int64_t bytes = 0;
  for (const PlanPtr& child : plan.children()) bytes += FileBytesOf(*child);
  return bytes;
}

std::vector<ExprPtr> KeysOf(const JoinSpec& spec, bool left) {
  std::vector<ExprPtr> keys;
  for (const auto& [left_key, right_key] : spec.keys) keys.push_back(left ? left_key : right_key);
  return keys;
}

std::vector<ExprPtr> InOrder(const std::vector<ExprPtr>& keys, const std::vector<size_t>& order) {
  std::vector<ExprPtr> ordered;
  for (const size_t index : order) ordered.push_back(keys[index]);
  return ordered;
}

/// Whether a side's own columns still say where a row is after the join: not where nulls have been
/// put in.
bool KeepsLeft(JoinType type) { return type != JoinType::kRight && type != JoinType::kFull; }
bool KeepsRight(JoinType type) { return type == JoinType::kInner || type == JoinType::kRight; }

/// The right side, or the left one, may be held by every task: no decision needs to know of a held
/// row's matches in other tasks.
bool MayHoldRight(JoinType type) { return type != JoinType::kRight && type != JoinType::kFull; }
bool MayHoldLeft(JoinType type) { return type == JoinType::kInner || type == JoinType::kRight; }

/// Nulls of the right side decide over every left row, so every task must see all of it; and
/// without keys there is nothing to spread by.
bool MustHoldRight(const JoinSpec& spec) {
  return spec.keys.empty() || spec.type == JoinType::kNullAwareAnti || spec.type == JoinType::kMark;
}

/// Rows of the right side without a match are seen by nobody.
bool DropsUnmatchedRight(JoinType type) {
  return type == JoinType::kLeft || type == JoinType::kSemi || type == JoinType::kAnti ||
         type == JoinType::kSingle;
}

/// The join that keeps those rows of the right side that can have a match: it is the left one
/// there.
JoinSpec Reducing(const JoinSpec& spec, const std::vector<ExprPtr>& held_keys) {
  JoinSpec reducing = spec;
  reducing.type = JoinType::kSemi;
  reducing.strategy = JoinStrategy::kBroadcastRight;
  reducing.reason = "what can have a match";
  reducing.residual = nullptr;
  reducing.keys.clear();
  for (size_t i = 0; i < held_keys.size(); ++i)
    reducing.keys.emplace_back(spec.keys[i].second, held_keys[i]);
  return reducing;
}

/// The part of the right side's rows that can have a match.
Result<double> PartWithMatch(const Pipeline& left, const Pipeline& right, const JoinSpec& spec) {
  Estimator estimator;
  const PlanEstimate of_right = EstimatePipeline(right);
  estimator.SetShuffled(0, of_right);
  estimator.SetShuffled(1, EstimatePipeline(left));
  ASSIGN_OR_RETURN(const PlanPtr kept, JoinNode::Make(ShuffleReadNode::Make(0, right.schema()),
                                                      ShuffleReadNode::Make(1, left.schema()),
                                                      Reducing(spec, KeysOf(spec, true))));
  return estimator.Of(kept).rows / std::max(1.0, of_right.rows);
}

bool SameKeys(const std::vector<ExprPtr>& some, const std::vector<ExprPtr>& others) {
  return std::equal(
      some.begin(), some.end(), others.begin(), others.end(),
      [](const ExprPtr& one, const ExprPtr& other) { return ExprText(*one) == ExprText(*other); });
}

std::set<std::string> NameOf(const ExprPtr& key) {
  if (key->kind() == ExprKind::kColumn) return {key->name()};
  return {};
}

Pipeline::Partitioning PartitioningOf(const std::vector<ExprPtr>& keys) {
  Pipeline::Partitioning partitioning;
  for (const ExprPtr& key : keys) {
    partitioning.push_back(NameOf(key));
    if (partitioning.back().empty()) return {};
  }
  return partitioning;
}

/// The partitioning behind a join of two spread sides.
Pipeline::Partitioning JoinPartitionings(const Pipeline::Partitioning& left,
                                         const Pipeline::Partitioning& right, JoinType type) {
  Pipeline::Partitioning joined;
  for (size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    std::set<std::string>& names = joined.emplace_back();
    if (KeepsLeft(type) && i < left.size()) names.insert(left[i].begin(), left[i].end());
    if (KeepsRight(type) && i < right.size()) names.insert(right[i].begin(), right[i].end());
    if (names.empty()) return {};
  }
  return joined;
}

/// One plan for all branches of a pipeline of maps.
Result<PlanPtr> AsOnePlan(const Pipeline& pipeline) {
  if (pipeline.branches().size() == 1) return pipeline.branches().front();
  return UnionNode::Make(pipeline.branches());
}

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

void CollectAggregates(const PlanPtr& plan, std::vector<PlanPtr>* found) {
  if (plan->kind() == PlanKind::kAggregate) found->push_back(plan);
  for (const PlanPtr& child : plan->children()) CollectAggregates(child, found);
}

/// The aggregations that stand in a plan more than once. Each is told by the fingerprint of a stage
/// of it alone, which leaves out where it was written.
std::map<const PlanNode*, std::string> FindShared(const PlanPtr& plan) {
  std::map<const PlanNode*, std::string> shared;
  std::vector<PlanPtr> aggregates;
  CollectAggregates(plan, &aggregates);
  if (aggregates.size() < 2) return shared;
  std::map<std::string, std::vector<const PlanNode*>> places;
  for (const PlanPtr& aggregate : aggregates) {
    Stage alone;
    alone.inputs.push_back({aggregate, {}, 0});
    places[FingerprintOf(alone, "")].push_back(aggregate.get());
  }
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
    case PlanKind::kAggregate: {
      const auto shared = shared_.find(plan.get());
      return shared == shared_.end() ? LowerAggregate(plan) : LowerShared(plan, shared->second);
    }
    case PlanKind::kJoin:
      return LowerJoin(plan);
    case PlanKind::kSort:
      return LowerSort(plan);
    case PlanKind::kLimit:
      return LowerLimit(plan);
    case PlanKind::kWindow:
      return LowerWindow(plan);
    case PlanKind::kShuffleRead:
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
    ASSIGN_OR_RETURN(const Pipeline pipeline, LowerAggregate(plan));
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

Result<Pipeline> StageCutter::LowerJoin(const PlanPtr& plan) {
  const JoinNode& node = As<JoinNode>(*plan);
  const JoinSpec& spec = node.spec();
  ASSIGN_OR_RETURN(Pipeline left, Lower(node.left()));
  ASSIGN_OR_RETURN(Pipeline right, Lower(node.right()));
  const bool must = MustHoldRight(spec);
  if (must && !MayHoldRight(spec.type)) {
    return Status(StatusCode::kUnsupported,
                  "a right or full join needs at least one condition that compares a column of one "
                  "side with a column of the other for equality");
  }
  if (spec.keys.empty()) return JoinEveryPair(std::move(left), std::move(right), plan);
  ASSIGN_OR_RETURN(const auto key_source, KeysToReduceBy(&left, right, spec));
  if (key_source) {
    RETURN_IF_ERROR(right.Append([&](const PlanPtr& below) {
      return JoinNode::Make(below, key_source->held, Reducing(spec, key_source->held_keys));
    }));
    ASSIGN_OR_RETURN(Pipeline joined, JoinInReduces(std::move(left), std::move(right), plan));
    // Rows of the left side alone, as they were.
    if (spec.type == JoinType::kSemi || spec.type == JoinType::kAnti)
      joined.SetKeySource(*key_source);
    return joined;
  }
  std::vector<size_t> order;
  if (MayHoldRight(spec.type)) {
    const bool spread =
        right.IsSpreadBy(KeysOf(spec, false), &order) && BytesOf(right) > options_.broadcast_bytes;
    if (!spread || must) {
      ASSIGN_OR_RETURN(const PlanPtr held, AsHeldSide(&right, must));
      if (held) return JoinInTasks(std::move(left), held, plan, false);
    }
  }
  if (MayHoldLeft(spec.type)) {
    const bool spread =
        left.IsSpreadBy(KeysOf(spec, true), &order) && BytesOf(left) > options_.broadcast_bytes;
    if (!spread) {
      ASSIGN_OR_RETURN(const PlanPtr held, AsHeldSide(&left, false));
      if (held) return JoinInTasks(std::move(right), held, plan, true);
    }
  }
  return JoinInReduces(std::move(left), std::move(right), plan);
}

Result<std::optional<Pipeline::KeySource>> StageCutter::KeysToReduceBy(Pipeline* left,
                                                                       const Pipeline& right,
                                                                       const JoinSpec& spec) {
  const std::optional<Pipeline::KeySource> none;
  if (!DropsUnmatchedRight(spec.type) || !right.maps()) return none;
  const std::vector<ExprPtr> keys = KeysOf(spec, true);
  const int64_t right_bytes = BytesOf(right);
  int64_t right_input = 0;
  for (const PlanPtr& branch : right.branches()) right_input += FileBytesOf(*branch);
  // Held as it is, it needs no shuffle at all.
  if (right_bytes <= options_.broadcast_bytes && right_input <= options_.broadcast_input_bytes)
    return none;
  if (left->key_source() && SameKeys(left->key_source()->keys, keys)) return left->key_source();
  std::vector<size_t> order;
  if (left->IsSpreadBy(keys, &order)) return none;
  const int64_t left_bytes = BytesOf(*left);
  if (left_bytes > options_.broadcast_bytes || left_bytes > right_bytes / kMuchLess) return none;
  ASSIGN_OR_RETURN(const double part, PartWithMatch(*left, right, spec));
  if (part > kWorthReducing) return none;
  int64_t left_input = 0;
  for (const PlanPtr& branch : left->branches()) left_input += FileBytesOf(*branch);
  if (!left->maps() || left_input > options_.broadcast_bytes) {
    ASSIGN_OR_RETURN(const auto table, RunStage(*left));
    ASSIGN_OR_RETURN(PlanPtr scan, ScanNode::Make(table));
    *left = Pipeline::OfMaps({std::move(scan)});
    // It turned out greater than it was estimated.
    if (static_cast<int64_t>(table->TotalBytes()) > options_.broadcast_bytes) return none;
  }
  Pipeline::KeySource source;
  source.keys = keys;
  std::vector<NamedExpr> columns;
  for (size_t i = 0; i < keys.size(); ++i) {
    columns.push_back({fmt::format("key#{}", i), keys[i]});
    source.held_keys.push_back(Expr::Column(columns.back().name));
  }
  ASSIGN_OR_RETURN(PlanPtr all, AsOnePlan(*left));
  ASSIGN_OR_RETURN(source.held, ProjectNode::Make(std::move(all), std::move(columns)));
  return std::optional<Pipeline::KeySource>(std::move(source));
}

Result<PlanPtr> StageCutter::AsHeldSide(Pipeline* pipeline, bool always) {
  const int64_t bytes = BytesOf(*pipeline);
  if (!always && bytes > options_.broadcast_bytes * (pipeline->maps() ? 1 : kDoubt))
    return PlanPtr();
  int64_t input_bytes = 0;
  for (const PlanPtr& branch : pipeline->branches()) input_bytes += FileBytesOf(*branch);
  if (!pipeline->maps() || input_bytes > options_.broadcast_input_bytes) {
    ASSIGN_OR_RETURN(const auto table, RunStage(*pipeline));
    ASSIGN_OR_RETURN(PlanPtr scan, ScanNode::Make(table));
    *pipeline = Pipeline::OfMaps({std::move(scan)});
    if (!always && static_cast<int64_t>(table->TotalBytes()) > options_.broadcast_bytes)
      return PlanPtr();
  }
  return AsOnePlan(*pipeline);
}

Result<Pipeline> StageCutter::JoinEveryPair(Pipeline left, Pipeline right, const PlanPtr& join) {
  const JoinNode& node = As<JoinNode>(*join);
  const bool hold_left = node.spec().type == JoinType::kInner && BytesOf(left) < BytesOf(right);
  Pipeline& held = hold_left ? left : right;
  Pipeline& driving = hold_left ? right : left;
  // Estimates of what has not run yet are often far too high: the held side is made first.
  ASSIGN_OR_RETURN(const PlanPtr held_plan, AsHeldSide(&held, true));
  RETURN_IF_ERROR(CheckPairs(node, EstimatePipeline(left).rows, EstimatePipeline(right).rows,
                             options_.most_pairs));
  return JoinInTasks(std::move(driving), held_plan, join, hold_left);
}

Result<Pipeline> StageCutter::JoinInTasks(Pipeline driving, const PlanPtr& held,
                                          const PlanPtr& join, bool left_held) {
  JoinSpec spec = As<JoinNode>(*join).spec();
  spec.strategy = left_held ? JoinStrategy::kBroadcastLeft : JoinStrategy::kBroadcastRight;
  RETURN_IF_ERROR(driving.Append([&](const PlanPtr& below) {
    return left_held ? JoinNode::Make(held, below, spec) : JoinNode::Make(below, held, spec);
  }));
  return driving;
}

Result<Pipeline> StageCutter::JoinInReduces(Pipeline left, Pipeline right, const PlanPtr& join) {
  JoinSpec spec = As<JoinNode>(*join).spec();
  spec.strategy = JoinStrategy::kPartitioned;
  const std::vector<ExprPtr> left_keys = KeysOf(spec, true);
  const std::vector<ExprPtr> right_keys = KeysOf(spec, false);
  std::vector<size_t> order;
  if (left.FreeTag() <= kGreatestTag && left.IsSpreadBy(left_keys, &order)) {
    ASSIGN_OR_RETURN(right, AsMaps(std::move(right)));
    const uint32_t tag = left.FreeTag();
    const std::vector<ExprPtr> keys = InOrder(right_keys, order);
    ASSIGN_OR_RETURN(
        PlanPtr joined,
        JoinNode::Make(left.reduce(), ShuffleReadNode::Make(tag, right.schema()), spec));
    auto partitioning = JoinPartitionings(left.partitioning(), PartitioningOf(keys), spec.type);
    left.AddInputs(InputsOf(right, keys, tag), std::move(joined));
    left.SetPartitioning(std::move(partitioning));
    return left;
  }
  if (right.FreeTag() <= kGreatestTag && right.IsSpreadBy(right_keys, &order)) {
    ASSIGN_OR_RETURN(left, AsMaps(std::move(left)));
    const uint32_t tag = right.FreeTag();
    const std::vector<ExprPtr> keys = InOrder(left_keys, order);
    ASSIGN_OR_RETURN(PlanPtr joined, JoinNode::Make(ShuffleReadNode::Make(tag, left.schema()),
                                                    right.reduce(), spec));
    auto partitioning = JoinPartitionings(PartitioningOf(keys), right.partitioning(), spec.type);
    right.AddInputs(InputsOf(left, keys, tag), std::move(joined));
    right.SetPartitioning(std::move(partitioning));
    return right;
  }
  ASSIGN_OR_RETURN(left, AsMaps(std::move(left)));
  ASSIGN_OR_RETURN(right, AsMaps(std::move(right)));
  std::vector<StageInput> inputs = InputsOf(right, right_keys, 1);
  for (StageInput& input : InputsOf(left, left_keys, 0)) inputs.push_back(std::move(input));
  ASSIGN_OR_RETURN(PlanPtr joined, JoinNode::Make(ShuffleReadNode::Make(0, left.schema()),
                                                  ShuffleReadNode::Make(1, right.schema()), spec));
  return Pipeline::OfReduces(
      std::move(inputs), std::move(joined), ReducesFor(BytesOf(left) + BytesOf(right)),
      JoinPartitionings(PartitioningOf(left_keys), PartitioningOf(right_keys), spec.type));
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
  const uint32_t reduces = keys.empty() ? 1 : ReducesFor(BytesOf(pipeline));
  return Pipeline::OfReduces(InputsOf(pipeline, keys, 0),
                             ShuffleReadNode::Make(0, pipeline.schema()), reduces,
                             PartitioningOf(keys));
}

Result<Pipeline> StageCutter::ShuffleByRange(Pipeline pipeline) {
  ASSIGN_OR_RETURN(pipeline, AsMaps(std::move(pipeline)));
  return Pipeline::OfRanges(InputsOf(pipeline, {}, 0), ShuffleReadNode::Make(0, pipeline.schema()),
                            ReducesFor(BytesOf(pipeline)));
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
