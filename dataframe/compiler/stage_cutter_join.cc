#include <algorithm>
#include <utility>

#include <arrow/type.h>
#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "dataframe/compiler/pair_guard.h"
#include "dataframe/compiler/stage_cutter.h"
#include "dataframe/compiler/stage_estimate.h"
#include "dataframe/exec/bloom_filter.h"
#include "dataframe/optimizer/rule/rules.h"
#include "dataframe/optimizer/statistics.h"
#include "dataframe/plan/nodes.h"

// How a StageCutter carries out joins.

namespace tusk::df {
namespace {

/// How much greater than allowed an estimate must be for a reduce's result not to be looked at:
/// estimates are often wrong by so much.
constexpr int64_t kDoubt = 8;
/// How much smaller one side of a join must be for its keys to be held where the other is read, and
/// how much of the other may be left by that: else it costs more than it saves.
constexpr int64_t kMuchLess = 4;
constexpr double kWorthReducing = 0.5;

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

/// Likewise of the left side.
bool DropsUnmatchedLeft(JoinType type) {
  return type == JoinType::kInner || type == JoinType::kRight || type == JoinType::kSemi;
}

/// The length of a Bloom filter for so many keys.
double BloomBytes(double keys) {
  constexpr auto kSegmentKeys = static_cast<double>(BloomFilter::kSegmentKeys);
  return (keys / kSegmentKeys + 1) * static_cast<double>(BloomFilter::kSegmentBytes);
}

/// The join that keeps of some rows those that can have a match with held ones.
JoinSpec Reducing(const std::vector<ExprPtr>& keys, const std::vector<ExprPtr>& held_keys,
                  bool nulls_match) {
  JoinSpec reducing;
  reducing.nulls_match = nulls_match;
  reducing.type = JoinType::kSemi;
  reducing.strategy = JoinStrategy::kBroadcastRight;
  reducing.reason = "what can have a match";
  for (size_t i = 0; i < keys.size(); ++i) reducing.keys.emplace_back(keys[i], held_keys[i]);
  return reducing;
}

/// The part of `rows` that can have a match in `others`.
Result<double> PartWithMatch(const Pipeline& rows, const std::vector<ExprPtr>& keys,
                             const Pipeline& others, const std::vector<ExprPtr>& other_keys) {
  Estimator estimator;
  const PlanEstimate of_rows = EstimatePipeline(rows);
  estimator.SetShuffled(0, of_rows);
  estimator.SetShuffled(1, EstimatePipeline(others));
  ASSIGN_OR_RETURN(const PlanPtr kept, JoinNode::Make(ShuffleReadNode::Make(0, rows.schema()),
                                                      ShuffleReadNode::Make(1, others.schema()),
                                                      Reducing(keys, other_keys, false)));
  return estimator.Of(kept).rows / std::max(1.0, of_rows.rows);
}

bool SameKeys(const std::vector<ExprPtr>& some, const std::vector<ExprPtr>& others) {
  return std::equal(
      some.begin(), some.end(), others.begin(), others.end(),
      [](const ExprPtr& one, const ExprPtr& other) { return ExprText(*one) == ExprText(*other); });
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

/// Whether some columns of it cost little to read beside all of them: what goes row by row over
/// files that are kept by columns.
bool IsCheaplyReadTwice(const PlanNode& plan) {
  if (plan.kind() == PlanKind::kScan) {
    const TableFormat format = As<ScanNode>(plan).source().format;
    return format == TableFormat::kParquet || format == TableFormat::kIpc;
  }
  return (plan.kind() == PlanKind::kProject || plan.kind() == PlanKind::kFilter) &&
         IsCheaplyReadTwice(*plan.child());
}

/// The keys of the rows of `plan`, as columns. Those with a null match nothing.
Result<PlanPtr> KeysAlone(const PlanPtr& plan, const std::vector<ExprPtr>& keys) {
  std::vector<NamedExpr> columns;
  std::vector<ExprPtr> not_null;
  for (size_t i = 0; i < keys.size(); ++i) {
    columns.push_back({fmt::format("key#{}", i), keys[i]});
    not_null.push_back(Expr::Call("is_not_null", {Expr::Column(columns.back().name)}));
  }
  ASSIGN_OR_RETURN(PlanPtr alone, ProjectNode::Make(plan, std::move(columns)));
  const OptimizerOptions options;
  ASSIGN_OR_RETURN(alone, PruneColumns(alone, {options, nullptr}));
  return FilterNode::Make(std::move(alone), MakeConjunction(not_null));
}

}  // namespace

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
      return JoinNode::Make(below, key_source->held,
                            Reducing(KeysOf(spec, false), key_source->held_keys, spec.nulls_match));
    }));
    ASSIGN_OR_RETURN(Pipeline joined, JoinInReduces(std::move(left), std::move(right), plan));
    // Rows of the left side alone, as they were.
    if (spec.type == JoinType::kSemi || spec.type == JoinType::kAnti)
      joined.SetKeySource(*key_source);
    return joined;
  }
  ASSIGN_OR_RETURN(std::optional<Pipeline> joined, HoldOneSide(&left, &right, plan));
  if (joined) return std::move(*joined);
  ASSIGN_OR_RETURN(const auto bloom, ChooseBloomSides(&left, &right, spec));
  if (bloom) {
    RETURN_IF_ERROR(MakeForBloom(bloom->made_of));
    // It may have turned out to be less than it was estimated.
    ASSIGN_OR_RETURN(joined, HoldOneSide(&left, &right, plan));
    if (joined) return std::move(*joined);
    RETURN_IF_ERROR(AddBloomFilter(*bloom));
  }
  return JoinInReduces(std::move(left), std::move(right), plan);
}

Result<std::optional<Pipeline>> StageCutter::HoldOneSide(Pipeline* left, Pipeline* right,
                                                         const PlanPtr& join) {
  const JoinSpec& spec = As<JoinNode>(*join).spec();
  const bool must = MustHoldRight(spec);
  std::vector<size_t> order;
  // What lies in the right reduces already is not moved.
  const auto stays = [&](const Pipeline& side, const std::vector<ExprPtr>& keys) {
    return side.IsSpreadBy(keys, &order) && EstimatedBytes(side) > options_.broadcast_bytes;
  };
  PlanPtr held;
  if (MayHoldRight(spec.type) && (must || !stays(*right, KeysOf(spec, false)))) {
    ASSIGN_OR_RETURN(held, AsHeldSide(right, must));
  }
  if (held) {
    ASSIGN_OR_RETURN(Pipeline joined, JoinInTasks(std::move(*left), held, join, false));
    return std::optional(std::move(joined));
  }
  if (MayHoldLeft(spec.type) && !stays(*left, KeysOf(spec, true))) {
    ASSIGN_OR_RETURN(held, AsHeldSide(left, false));
  }
  if (!held) return std::optional<Pipeline>();
  ASSIGN_OR_RETURN(Pipeline joined, JoinInTasks(std::move(*right), held, join, true));
  return std::optional(std::move(joined));
}

Result<std::optional<StageCutter::BloomSides>> StageCutter::ChooseBloomSides(
    Pipeline* left, Pipeline* right, const JoinSpec& spec) const {
  if (options_.bloom_bytes <= 0 || spec.nulls_match) return std::optional<BloomSides>();
  const BloomSides of_left{left, right, KeysOf(spec, true), KeysOf(spec, false)};
  const BloomSides of_right{right, left, KeysOf(spec, false), KeysOf(spec, true)};
  if (DropsUnmatchedRight(spec.type) || spec.type == JoinType::kInner) {
    ASSIGN_OR_RETURN(const bool pays, PaysWithBloom(of_left));
    if (pays) return std::optional(of_left);
  }
  if (DropsUnmatchedLeft(spec.type)) {
    ASSIGN_OR_RETURN(const bool pays, PaysWithBloom(of_right));
    if (pays) return std::optional(of_right);
  }
  return std::optional<BloomSides>();
}

Result<bool> StageCutter::PaysWithBloom(const BloomSides& sides) const {
  // What lies in the right reduces already is not moved.
  std::vector<size_t> order;
  if (sides.made_of->IsSpreadBy(sides.of_keys, &order) ||
      sides.left_out_of->IsSpreadBy(sides.keys, &order)) {
    return false;
  }
  const PlanEstimate of = EstimatePipeline(*sides.made_of);
  if (of.bytes * kMuchLess > EstimatePipeline(*sides.left_out_of).bytes) return false;
  if (BloomBytes(of.rows) > static_cast<double>(options_.bloom_bytes)) return false;
  ASSIGN_OR_RETURN(const double part,
                   PartWithMatch(*sides.left_out_of, sides.keys, *sides.made_of, sides.of_keys));
  return part <= kWorthReducing;
}

Status StageCutter::MakeForBloom(Pipeline* side) {
  const auto& branches = side->branches();
  const bool cheap = side->maps() &&
                     std::all_of(branches.begin(), branches.end(),
                                 [](const PlanPtr& branch) { return IsCheaplyReadTwice(*branch); });
  if (cheap) return Status::Ok();
  ASSIGN_OR_RETURN(const auto table, RunStage(*side));
  ASSIGN_OR_RETURN(PlanPtr scan, ScanNode::Make(table));
  *side = Pipeline::OfMaps({std::move(scan)});
  return Status::Ok();
}

Status StageCutter::AddBloomFilter(const BloomSides& sides) {
  const double rows = EstimatePipeline(*sides.made_of).rows;
  // It may have turned out to be more.
  if (BloomBytes(rows) > static_cast<double>(options_.bloom_bytes)) return Status::Ok();
  const auto keys = static_cast<int64_t>(rows) + 1;
  Pipeline maps = *sides.made_of;
  RETURN_IF_ERROR(maps.Append([&](const PlanPtr& below) -> Result<PlanPtr> {
    ASSIGN_OR_RETURN(PlanPtr alone, KeysAlone(below, sides.of_keys));
    return BloomBuildNode::Make(std::move(alone), keys);
  }));
  // Each map hands out the hashes of its keys, or the whole filter when that is less.
  const std::vector<ExprPtr> segment = {Expr::Column(BloomSchema()->field(0)->name())};
  Pipeline filter =
      Pipeline::OfReduces(InputsOf(maps, segment, 0), ShuffleReadNode::Make(0, BloomSchema()),
                          ReducesFor(keys * static_cast<int64_t>(sizeof(uint64_t))), {});
  RETURN_IF_ERROR(filter.Append(
      [keys](const PlanPtr& below) { return BloomBuildNode::MakeMerge(below, keys); }));
  ASSIGN_OR_RETURN(const auto table, RunStage(filter));
  return sides.left_out_of->Append([&](const PlanPtr& below) -> Result<PlanPtr> {
    ASSIGN_OR_RETURN(PlanPtr scan, ScanNode::Make(table));
    return BloomProbeNode::Make(below, std::move(scan), sides.keys, keys);
  });
}

Result<std::optional<Pipeline::KeySource>> StageCutter::KeysToReduceBy(Pipeline* left,
                                                                       const Pipeline& right,
                                                                       const JoinSpec& spec) {
  const std::optional<Pipeline::KeySource> none;
  if (!DropsUnmatchedRight(spec.type) || !right.maps()) return none;
  const std::vector<ExprPtr> keys = KeysOf(spec, true);
  const int64_t right_bytes = EstimatedBytes(right);
  int64_t right_input = 0;
  for (const PlanPtr& branch : right.branches()) right_input += FileBytesOf(*branch);
  // Held as it is, it needs no shuffle at all.
  if (right_bytes <= options_.broadcast_bytes && right_input <= options_.broadcast_input_bytes)
    return none;
  if (left->key_source() && SameKeys(left->key_source()->keys, keys)) return left->key_source();
  std::vector<size_t> order;
  if (left->IsSpreadBy(keys, &order)) return none;
  const int64_t left_bytes = EstimatedBytes(*left);
  if (left_bytes > options_.broadcast_bytes || left_bytes > right_bytes / kMuchLess) return none;
  ASSIGN_OR_RETURN(const double part, PartWithMatch(right, KeysOf(spec, false), *left, keys));
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
  const int64_t bytes = EstimatedBytes(*pipeline);
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
  const bool hold_left =
      node.spec().type == JoinType::kInner && EstimatedBytes(left) < EstimatedBytes(right);
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
    auto partitioning =
        JoinPartitionings(left.partitioning(), Pipeline::PartitionedBy(keys), spec.type);
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
    auto partitioning =
        JoinPartitionings(Pipeline::PartitionedBy(keys), right.partitioning(), spec.type);
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
  return Pipeline::OfReduces(std::move(inputs), std::move(joined),
                             ReducesFor(EstimatedBytes(left) + EstimatedBytes(right)),
                             JoinPartitionings(Pipeline::PartitionedBy(left_keys),
                                               Pipeline::PartitionedBy(right_keys), spec.type));
}

}  // namespace tusk::df
