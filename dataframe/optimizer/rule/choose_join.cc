#include <arrow/type.h>

#include "common/base/quantity_text.h"
#include "common/base/status_macros.h"
#include "dataframe/optimizer/condition.h"
#include "dataframe/optimizer/rule/rules.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_visitor.h"

namespace tusk::df {
namespace {

// How much smaller the left side must be for a left join to be turned around: what is held in
// memory is the right side.
constexpr double kTurn = 4;

struct Sizes {
  double left = 0;
  double right = 0;
  double limit = 0;
};

std::string SizeText(double bytes) {
  return BytesText(bytes < 9e18 ? static_cast<int64_t>(bytes) : INT64_MAX);
}

void Choose(JoinStrategy strategy, std::string reason, JoinSpec* spec) {
  spec->strategy = strategy;
  spec->reason = std::move(reason);
}

void Broadcast(bool right, const Sizes& sizes, JoinSpec* spec) {
  Choose(right ? JoinStrategy::kBroadcastRight : JoinStrategy::kBroadcastLeft,
         SizeText(right ? sizes.right : sizes.left), spec);
}

void Partition(const Sizes& sizes, JoinSpec* spec) {
  Choose(JoinStrategy::kPartitioned,
         fmt::format("{} and {}", SizeText(sizes.left), SizeText(sizes.right)), spec);
}

void ChooseWithoutKeys(const Sizes& sizes, JoinSpec* spec) {
  switch (spec->type) {
    case JoinType::kInner:
      return Choose(
          sizes.left < sizes.right ? JoinStrategy::kBroadcastLeft : JoinStrategy::kBroadcastRight,
          "no keys: every pair", spec);
    case JoinType::kRight:
      return Choose(JoinStrategy::kBroadcastLeft, "no keys: every pair", spec);
    case JoinType::kFull:
      return Choose(JoinStrategy::kPartitioned, "no keys: all in one task", spec);
    default:
      return Choose(JoinStrategy::kBroadcastRight, "no keys: every pair", spec);
  }
}

void ChooseWithKeys(const Sizes& sizes, JoinSpec* spec) {
  const bool left_fits = sizes.left <= sizes.limit;
  const bool right_fits = sizes.right <= sizes.limit;
  switch (spec->type) {
    case JoinType::kInner:
      if (right_fits && (!left_fits || sizes.right <= sizes.left)) {
        return Broadcast(true, sizes, spec);
      }
      return left_fits ? Broadcast(false, sizes, spec) : Partition(sizes, spec);
    case JoinType::kRight:
      return left_fits ? Broadcast(false, sizes, spec) : Partition(sizes, spec);
    case JoinType::kFull:
      return Partition(sizes, spec);
    case JoinType::kNullAwareAnti:
    case JoinType::kMark:
      // One null key anywhere on the right decides for all rows of the left.
      return Choose(JoinStrategy::kBroadcastRight,
                    fmt::format("{}, nulls must be known to all", SizeText(sizes.right)), spec);
    default:
      return right_fits ? Broadcast(true, sizes, spec) : Partition(sizes, spec);
  }
}

// The same rows with the sides exchanged, columns in the old order.
Result<PlanPtr> Turned(const JoinNode& join, JoinSpec spec) {
  for (auto& [left, right] : spec.keys) std::swap(left, right);
  if (spec.type == JoinType::kLeft) spec.type = JoinType::kRight;
  ASSIGN_OR_RETURN(PlanPtr turned, JoinNode::Make(join.right(), join.left(), std::move(spec)));
  return WithColumns(std::move(turned), NamesOf(*join.schema()));
}

Result<PlanPtr> ChooseFor(const PlanPtr& node, double limit, Estimator* estimator) {
  const auto& join = As<JoinNode>(*node);
  JoinSpec spec = join.spec();
  if (spec.strategy != JoinStrategy::kAuto) return node;
  Sizes sizes{.left = estimator->Of(join.left()).bytes,
              .right = estimator->Of(join.right()).bytes,
              .limit = limit};
  if (spec.keys.empty()) {
    ChooseWithoutKeys(sizes, &spec);
    return JoinNode::Make(join.left(), join.right(), std::move(spec));
  }
  ChooseWithKeys(sizes, &spec);
  const bool turn = spec.strategy == JoinStrategy::kPartitioned &&
                    ((spec.type == JoinType::kInner && sizes.left < sizes.right) ||
                     (spec.type == JoinType::kLeft && sizes.left * kTurn < sizes.right));
  if (!turn) return JoinNode::Make(join.left(), join.right(), std::move(spec));
  std::swap(sizes.left, sizes.right);
  Partition(sizes, &spec);
  return Turned(join, std::move(spec));
}

}  // namespace

Result<PlanPtr> ChooseJoin(const PlanPtr& plan, const RuleContext& context) {
  Estimator estimator(context.statistics);
  const auto limit = static_cast<double>(context.options.broadcast_bytes);
  return RewriteBottomUp(plan, [&](const PlanPtr& node) -> Result<PlanPtr> {
    return node->kind() == PlanKind::kJoin ? ChooseFor(node, limit, &estimator)
                                           : Result<PlanPtr>(node);
  });
}

}  // namespace tusk::df
