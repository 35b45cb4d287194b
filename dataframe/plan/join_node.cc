#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/bind.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_checks.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {
namespace {

constexpr std::string_view kNode = "Join";

Status Bad(std::string_view what) {
  return Status::Error(StatusCode::kInvalidArgument, "{}: {}", kNode, what);
}

arrow::FieldVector Nullable(const arrow::FieldVector& fields) {
  arrow::FieldVector out;
  for (const auto& field : fields) out.push_back(field->WithNullable(true));
  return out;
}

// What the join hands out.
SchemaPtr JoinSchema(const arrow::Schema& left, const arrow::Schema& right, const JoinSpec& spec) {
  const JoinType type = spec.type;
  const bool left_padded = type == JoinType::kRight || type == JoinType::kFull;
  const bool right_padded =
      type == JoinType::kLeft || type == JoinType::kFull || type == JoinType::kSingle;
  arrow::FieldVector fields = left_padded ? Nullable(left.fields()) : left.fields();
  if (type == JoinType::kMark) {
    fields.push_back(arrow::field(spec.mark, arrow::boolean()));
  } else if (type == JoinType::kInner || left_padded || right_padded) {
    const arrow::FieldVector more = right_padded ? Nullable(right.fields()) : right.fields();
    fields.insert(fields.end(), more.begin(), more.end());
  }
  return arrow::schema(std::move(fields));
}

// The strategies that can be carried out: rows of a side held by all tasks that match nothing
// would be handed out by each of them.
Status CheckStrategy(const JoinSpec& spec) {
  const JoinType type = spec.type;
  switch (spec.strategy) {
    case JoinStrategy::kBroadcastLeft:
      if (type == JoinType::kInner || type == JoinType::kRight) return Status::Ok();
      return Bad("only of inner and right joins the left side can be broadcast");
    case JoinStrategy::kBroadcastRight:
      if (type != JoinType::kRight && type != JoinType::kFull) return Status::Ok();
      return Bad("of right and full joins the right side cannot be broadcast");
    case JoinStrategy::kAuto:
    case JoinStrategy::kPartitioned:
      return Status::Ok();
  }
  return Bad("unknown strategy");
}

// Casts both to the type in which they meet.
Status AlignKeys(const arrow::Schema& left, const arrow::Schema& right,
                 std::pair<ExprPtr, ExprPtr>* key) {
  if (key->first == nullptr || key->second == nullptr) return Bad("a key is missing");
  ASSIGN_OR_RETURN(const BoundExprPtr l, Bind(key->first, left));
  ASSIGN_OR_RETURN(const BoundExprPtr r, Bind(key->second, right));
  if (l->type()->Equals(*r->type())) return Status::Ok();
  const Result<TypePtr> common = CommonType(l->type(), r->type());
  if (!common.ok()) {
    return ExpressionError(
        *key->first,
        fmt::format("keys of a join must be comparable, and {} is {} but {} is {}",
                    ExprText(*key->first), TypeText(*l->type()), ExprText(*key->second),
                    TypeText(*r->type())),
        "cast one of them");
  }
  if (!l->type()->Equals(**common)) key->first = Expr::Cast(key->first, *common);
  if (!r->type()->Equals(**common)) key->second = Expr::Cast(key->second, *common);
  return Status::Ok();
}

}  // namespace

std::string_view JoinTypeName(JoinType type) {
  switch (type) {
    case JoinType::kInner:
      return "inner";
    case JoinType::kLeft:
      return "left";
    case JoinType::kRight:
      return "right";
    case JoinType::kFull:
      return "full";
    case JoinType::kSemi:
      return "semi";
    case JoinType::kAnti:
      return "anti";
    case JoinType::kNullAwareAnti:
      return "null-aware anti";
    case JoinType::kSingle:
      return "single";
    case JoinType::kMark:
      return "mark";
  }
  return "unknown";
}

std::string_view JoinStrategyName(JoinStrategy strategy) {
  switch (strategy) {
    case JoinStrategy::kAuto:
      return "auto";
    case JoinStrategy::kBroadcastRight:
      return "broadcast right";
    case JoinStrategy::kBroadcastLeft:
      return "broadcast left";
    case JoinStrategy::kPartitioned:
      return "partitioned";
  }
  return "unknown";
}

Result<PlanPtr> JoinNode::Make(PlanPtr left, PlanPtr right, JoinSpec spec) {
  RETURN_IF_ERROR(CheckChildren(kNode, {left, right}));
  RETURN_IF_ERROR(CheckStrategy(spec));
  if (spec.type == JoinType::kNullAwareAnti && spec.keys.empty()) {
    return Bad("a null-aware anti join needs a key");
  }
  if (spec.type == JoinType::kMark && spec.mark.empty()) return Bad("the mark has no name");
  for (auto& key : spec.keys) {
    RETURN_IF_ERROR(AlignKeys(*left->schema(), *right->schema(), &key));
  }
  arrow::FieldVector both = left->schema()->fields();
  const arrow::FieldVector& more = right->schema()->fields();
  both.insert(both.end(), more.begin(), more.end());
  const auto candidates = arrow::schema(std::move(both));
  RETURN_IF_ERROR(CheckUniqueNames(kNode, *candidates));
  if (spec.residual != nullptr) RETURN_IF_ERROR(CheckCondition(kNode, spec.residual, *candidates));
  SchemaPtr schema = JoinSchema(*left->schema(), *right->schema(), spec);
  RETURN_IF_ERROR(CheckUniqueNames(kNode, *schema));
  return PlanPtr(
      new JoinNode(std::move(schema), std::move(left), std::move(right), std::move(spec)));
}

JoinNode::JoinNode(SchemaPtr schema, PlanPtr left, PlanPtr right, JoinSpec spec)
    : PlanNode(PlanKind::kJoin, std::move(schema), {std::move(left), std::move(right)}),
      spec_(std::move(spec)) {}

Result<PlanPtr> JoinNode::WithChildren(std::vector<PlanPtr> children) const {
  RETURN_IF_ERROR(CheckChildCount(kNode, children, 2));
  return Make(std::move(children[0]), std::move(children[1]), spec_);
}

}  // namespace tusk::df
