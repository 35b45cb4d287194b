#include "dataframe/compiler/stage.h"

#include <algorithm>

#include <xxhash.h>

#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_codec.h"
#include "dataframe/proto/plan.pb.h"
#include "dataframe/proto/stage.pb.h"

namespace tusk::df {
namespace {

/// Bounds of what a task takes: a plan is small, whatever its tables are.
constexpr int kMaxStageInputs = 10'000;

void CollectTags(const PlanNode& node, std::vector<uint32_t>* tags) {
  if (node.kind() == PlanKind::kShuffleRead) {
    tags->push_back(As<ShuffleReadNode>(node).tag());
    return;
  }
  if (node.kind() == PlanKind::kJoin) {
    const JoinNode& join = As<JoinNode>(node);
    const bool left_first = join.spec().strategy == JoinStrategy::kBroadcastLeft;
    CollectTags(left_first ? *join.left() : *join.right(), tags);
    CollectTags(left_first ? *join.right() : *join.left(), tags);
    return;
  }
  for (const PlanPtr& child : node.children()) CollectTags(*child, tags);
}

/// Steps that do not need the rows of a key in one reduce.
bool MayBeInSeveralReduces(const PlanNode& node) {
  switch (node.kind()) {
    case PlanKind::kProject:
    case PlanKind::kFilter:
    case PlanKind::kExplode:
      return true;
    case PlanKind::kWrite:
      return As<WriteNode>(node).spec().partition_by.empty();
    case PlanKind::kAggregate:
      return As<AggregateNode>(node).mode() == AggregateMode::kPartial;
    default:
      return false;
  }
}

/// Joins that say the same of a left row whatever other left rows there are, and nothing of right
/// rows alone.
bool LeftRowsStandForThemselves(JoinType type) {
  return type == JoinType::kInner || type == JoinType::kLeft || type == JoinType::kSemi ||
         type == JoinType::kAnti || type == JoinType::kSingle;
}

Result<PlanPtr> WithDrivingLeaf(const PlanPtr& plan, PlanPtr leaf) {
  std::vector<PlanPtr> children = plan->children();
  if (children.empty()) return leaf;
  PlanPtr& driving = children[DrivingChild(*plan)];
  ASSIGN_OR_RETURN(driving, WithDrivingLeaf(driving, std::move(leaf)));
  return plan->WithChildren(std::move(children));
}

/// What the partitioner of a stage by range counts on.
Status CheckRanges(const Stage& stage) {
  if (!stage.by_range && stage.bounds.empty()) return Status::Ok();
  if (!stage.by_range || stage.reduce == nullptr || RangeSortOf(*stage.reduce) == nullptr ||
      !std::is_sorted(stage.bounds.begin(), stage.bounds.end()) ||
      stage.bounds.size() + 1 != stage.reduces) {
    return Status(StatusCode::kCorruption, "the ranges of a stage do not fit its reduces");
  }
  return Status::Ok();
}

/// Takes out where expressions were written: a query on another line is the same query.
void ForgetPlaces(std::string* plan) {
  proto::PlanProto decoded;
  decoded.ParsePartialFromString(*plan);
  for (proto::ExprProto& expr : *decoded.mutable_exprs()) expr.clear_place();
  decoded.SerializeToString(plan);
}

}  // namespace

bool Stage::IsWrite() const { return root()->kind() == PlanKind::kWrite; }

std::optional<uint64_t> InputBytesOf(const PlanNode& plan) {
  if (plan.kind() == PlanKind::kScan) {
    const TableSource& source = As<ScanNode>(plan).source();
    if (source.format == TableFormat::kRange) return std::nullopt;
    return source.TotalBytes();
  }
  uint64_t sum = 0;
  for (const PlanPtr& child : plan.children()) {
    const std::optional<uint64_t> bytes = InputBytesOf(*child);
    if (!bytes) return std::nullopt;
    sum += *bytes;
  }
  return sum;
}

std::optional<uint64_t> InputBytesOf(const Stage& stage) {
  uint64_t sum = 0;
  const auto add = [&sum](const PlanPtr& plan) {
    const std::optional<uint64_t> bytes = InputBytesOf(*plan);
    sum += bytes.value_or(0);
    return bytes.has_value();
  };
  for (const StageInput& input : stage.inputs) {
    if (!add(input.plan)) return std::nullopt;
  }
  if (stage.reduce && !add(stage.reduce)) return std::nullopt;
  return sum;
}

size_t DrivingChild(const PlanNode& node) {
  const bool right = node.kind() == PlanKind::kJoin &&
                     As<JoinNode>(node).spec().strategy == JoinStrategy::kBroadcastLeft;
  return right ? 1 : 0;
}

const PlanNode& DrivingLeaf(const PlanNode& plan) {
  const PlanNode* node = &plan;
  while (!node->children().empty()) node = node->children()[DrivingChild(*node)].get();
  return *node;
}

Result<PlanPtr> WithOwnDrivingLeaf(const PlanPtr& plan) {
  ASSIGN_OR_RETURN(PlanPtr leaf, DrivingLeaf(*plan).WithChildren({}));
  return WithDrivingLeaf(plan, std::move(leaf));
}

Result<PlanPtr> OverFiles(const PlanPtr& plan, std::vector<SourceFile> files) {
  const ScanNode& scan = As<ScanNode>(DrivingLeaf(*plan));
  auto source = std::make_shared<TableSource>(scan.source());
  source->files = std::move(files);
  ASSIGN_OR_RETURN(PlanPtr leaf,
                   ScanNode::Make(std::move(source), scan.columns(), scan.predicate()));
  return WithDrivingLeaf(plan, std::move(leaf));
}

std::vector<uint32_t> TagsInOrder(const PlanNode& reduce) {
  std::vector<uint32_t> tags;
  CollectTags(reduce, &tags);
  return tags;
}

const SortNode* RangeSortOf(const PlanNode& reduce) {
  const PlanNode* node = &reduce;
  while (node->children().size() == 1) {
    if (node->kind() == PlanKind::kSort && node->child()->kind() == PlanKind::kShuffleRead)
      return &As<SortNode>(*node);
    node = node->child().get();
  }
  return nullptr;
}

std::optional<SkewJoin> SkewJoinOf(const Stage& stage) {
  const PlanNode* node = stage.reduce.get();
  while (node != nullptr && node->kind() != PlanKind::kJoin) {
    if (!MayBeInSeveralReduces(*node)) return std::nullopt;
    node = node->child().get();
  }
  if (node == nullptr || stage.reduces < 2) return std::nullopt;
  const JoinNode& join = As<JoinNode>(*node);
  if (join.spec().strategy != JoinStrategy::kPartitioned || join.spec().keys.empty() ||
      !LeftRowsStandForThemselves(join.spec().type) ||
      join.left()->kind() != PlanKind::kShuffleRead ||
      join.right()->kind() != PlanKind::kShuffleRead) {
    return std::nullopt;
  }
  return SkewJoin{As<ShuffleReadNode>(*join.left()).tag(),
                  As<ShuffleReadNode>(*join.right()).tag()};
}

std::string EncodeStage(const Stage& stage, bool with_title) {
  proto::StageProto out;
  if (with_title) out.set_title(stage.title);
  for (const StageInput& input : stage.inputs) {
    proto::StageInputProto* const added = out.add_inputs();
    added->set_plan(EncodePlan(input.plan));
    for (const ExprPtr& key : input.partition_by) added->add_partition_by(EncodeExpr(key));
    added->set_tag(input.tag);
  }
  if (stage.reduce) out.set_reduce(EncodePlan(stage.reduce));
  if (stage.reduce) out.set_reduces(stage.reduces);
  if (stage.by_range) out.set_by_range(true);
  for (const std::string& bound : stage.bounds) out.add_bounds(bound);
  for (const uint64_t hash : stage.hot_keys) out.add_hot_keys(hash);
  if (stage.first_bytes > 0) out.set_first_bytes(stage.first_bytes);
  return out.SerializeAsString();
}

Result<Stage> DecodeStage(std::string_view bytes) {
  proto::StageProto in;
  if (!in.ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !in.IsInitialized() || in.inputs_size() == 0 || in.inputs_size() > kMaxStageInputs) {
    return Status(StatusCode::kCorruption, "these bytes are no stage of a query");
  }
  Stage stage;
  stage.title = in.title();
  for (const proto::StageInputProto& input : in.inputs()) {
    StageInput& added = stage.inputs.emplace_back();
    ASSIGN_OR_RETURN(added.plan, DecodePlan(input.plan()));
    for (const std::string& key : input.partition_by()) {
      ASSIGN_OR_RETURN(added.partition_by.emplace_back(), DecodeExpr(key));
    }
    added.tag = input.tag();
    if (added.tag > kGreatestTag)
      return Status(StatusCode::kCorruption, "a tag of a stage's input is too great");
  }
  if (in.has_reduce()) {
    ASSIGN_OR_RETURN(stage.reduce, DecodePlan(in.reduce()));
    stage.reduces = in.reduces();
    if (stage.reduces == 0)
      return Status(StatusCode::kCorruption, "a stage with a reduce has none");
  }
  stage.by_range = in.by_range();
  stage.bounds.assign(in.bounds().begin(), in.bounds().end());
  RETURN_IF_ERROR(CheckRanges(stage));
  stage.first_bytes = in.first_bytes();
  stage.hot_keys.assign(in.hot_keys().begin(), in.hot_keys().end());
  if (!stage.hot_keys.empty() &&
      (!SkewJoinOf(stage) || !std::is_sorted(stage.hot_keys.begin(), stage.hot_keys.end()))) {
    return Status(StatusCode::kCorruption, "a stage with hot keys is no join that can spread them");
  }
  return stage;
}

std::string FingerprintOf(const Stage& stage, std::string_view program) {
  Stage counted = stage;
  counted.reduces = 1;
  counted.by_range = false;
  counted.bounds.clear();
  counted.hot_keys.clear();
  proto::StageProto encoded;
  encoded.ParsePartialFromString(EncodeStage(counted, false));
  for (proto::StageInputProto& input : *encoded.mutable_inputs()) {
    ForgetPlaces(input.mutable_plan());
    for (std::string& key : *input.mutable_partition_by()) ForgetPlaces(&key);
  }
  if (encoded.has_reduce()) ForgetPlaces(encoded.mutable_reduce());
  const std::string bytes = fmt::format("{}\n{}", program, encoded.SerializeAsString());
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

}  // namespace tusk::df
