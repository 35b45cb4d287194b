#include "dataframe/exec/operator/bound_join.h"

#include <algorithm>
#include <utility>

#include <arrow/type.h>

#include "common/base/status_macros.h"

namespace tusk::df {
namespace {

Result<PairCondition> BindPairs(const ExprPtr& condition, const arrow::Schema& left,
                                const arrow::Schema& right) {
  PairCondition bound;
  const std::vector<std::string> names = ColumnsOf(*condition);
  const auto choose = [&](const arrow::Schema& side, std::vector<int>* columns,
                          arrow::FieldVector* fields) {
    for (int c = 0; c < side.num_fields(); ++c) {
      if (std::find(names.begin(), names.end(), side.field(c)->name()) == names.end()) continue;
      columns->push_back(c);
      fields->push_back(side.field(c));
    }
  };
  arrow::FieldVector fields;
  choose(left, &bound.left_columns, &fields);
  choose(right, &bound.right_columns, &fields);
  bound.schema = arrow::schema(std::move(fields));
  ASSIGN_OR_RETURN(bound.condition, Bind(condition, *bound.schema));
  return bound;
}

ExprPtr MaybeEqual(const JoinSpec& spec) {
  std::vector<ExprPtr> conjuncts;
  for (const auto& [left, right] : spec.keys) {
    conjuncts.push_back(Expr::Call("coalesce", {Expr::Call("=", {left, right}), Expr::Of(true)}));
  }
  if (spec.residual != nullptr) conjuncts.push_back(spec.residual);
  return MakeConjunction(conjuncts);
}

}  // namespace

Result<BoundJoin> BoundJoin::Make(const JoinNode& node) {
  const JoinSpec& spec = node.spec();
  BoundJoin join;
  join.type = spec.type;
  join.nulls_match = spec.nulls_match;
  join.build_left = spec.strategy == JoinStrategy::kBroadcastLeft;
  join.left_schema = node.left()->schema();
  join.right_schema = node.right()->schema();
  join.schema = node.schema();
  if (join.build_left && spec.type != JoinType::kInner && spec.type != JoinType::kRight) {
    return Status::Error(StatusCode::kUnsupported, "a {} join cannot hold its left side",
                         JoinTypeName(spec.type));
  }
  for (const auto& [left, right] : spec.keys) {
    ASSIGN_OR_RETURN(BoundExprPtr left_key, Bind(left, *join.left_schema));
    ASSIGN_OR_RETURN(BoundExprPtr right_key, Bind(right, *join.right_schema));
    (join.build_left ? join.build_keys : join.probe_keys).push_back(std::move(left_key));
    (join.build_left ? join.probe_keys : join.build_keys).push_back(std::move(right_key));
  }
  if (spec.residual != nullptr) {
    ASSIGN_OR_RETURN(join.residual,
                     BindPairs(spec.residual, *join.left_schema, *join.right_schema));
  }
  if (join.NullAware() && !spec.keys.empty() &&
      (spec.keys.size() > 1 || spec.residual != nullptr)) {
    ASSIGN_OR_RETURN(join.maybe,
                     BindPairs(MaybeEqual(spec), *join.left_schema, *join.right_schema));
  }
  return join;
}

bool BoundJoin::MakesPairs() const {
  switch (type) {
    case JoinType::kInner:
    case JoinType::kLeft:
    case JoinType::kRight:
    case JoinType::kFull:
    case JoinType::kSingle:
      return true;
    default:
      return false;
  }
}

bool BoundJoin::KeepsProbeRows() const {
  return type == JoinType::kLeft || type == JoinType::kFull || type == JoinType::kSingle ||
         (type == JoinType::kRight && build_left);
}

bool BoundJoin::KeepsBuildRows() const {
  return type == JoinType::kFull || (type == JoinType::kRight && !build_left);
}

bool BoundJoin::NeedsBuildRows() const {
  return type == JoinType::kInner || type == JoinType::kSemi ||
         (type == JoinType::kRight && !build_left);
}

}  // namespace tusk::df
