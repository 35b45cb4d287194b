#include "dataframe/plan/expr_codec.h"

#include <algorithm>

#include "common/base/status_macros.h"
#include "dataframe/proto/plan.pb.h"
#include "dataframe/type/type_text.h"

namespace tusk::df {
namespace {

// Nesting of an expression; a chain of ANDs is one level for each.
constexpr uint32_t kMaxDepth = 2000;
// Parts of all expressions of a plan, shared ones as often as they are used.
constexpr uint64_t kMaxWeight = 4'000'000;

Status Corrupt(std::string_view what) {
  return Status::Error(StatusCode::kCorruption, "plan: {}", what);
}

Status TooLarge(std::string_view what) {
  return Status::Error(StatusCode::kTooLarge, "plan: {}", what);
}

// The expressions decoded so far.
struct Decoded {
  std::vector<ExprPtr> exprs;
  std::vector<uint64_t> weights;
  std::vector<uint32_t> depths;

  Result<ExprPtr> Below(uint32_t position, uint64_t* weight, uint32_t* depth) const {
    if (position >= exprs.size()) return Corrupt("an expression names none before it");
    *weight = std::min(*weight + weights[position], kMaxWeight + 1);
    *depth = std::max(*depth, depths[position] + 1);
    return exprs[position];
  }
};

// One expression and what it is made of.
struct Parts {
  std::vector<ExprPtr> args;
  ExprPtr filter;
  std::vector<ExprPtr> partition_by;
  std::vector<SortKey> order_by;
  uint64_t weight = 1;
  uint32_t depth = 1;
};

Result<Parts> GetParts(const proto::ExprProto& in, const Decoded& decoded) {
  Parts parts;
  const auto below = [&](uint32_t position) {
    return decoded.Below(position, &parts.weight, &parts.depth);
  };
  for (const uint32_t arg : in.args()) {
    ASSIGN_OR_RETURN(ExprPtr expr, below(arg));
    parts.args.push_back(std::move(expr));
  }
  if (in.has_filter()) {
    ASSIGN_OR_RETURN(parts.filter, below(in.filter()));
  }
  for (const uint32_t key : in.partition_by()) {
    ASSIGN_OR_RETURN(ExprPtr expr, below(key));
    parts.partition_by.push_back(std::move(expr));
  }
  for (const proto::SortKeyProto& key : in.order_by()) {
    ASSIGN_OR_RETURN(ExprPtr expr, below(key.expr()));
    parts.order_by.push_back({.expr = std::move(expr),
                              .descending = key.descending(),
                              .nulls_first = key.nulls_first()});
  }
  return parts;
}

Result<ExprPtr> Build(const proto::ExprProto& in, Parts parts) {
  SourcePlace place{.text = in.place()};
  switch (static_cast<ExprKind>(in.kind())) {
    case ExprKind::kColumn:
      return Expr::Column(in.name(), std::move(place));
    case ExprKind::kLiteral: {
      ASSIGN_OR_RETURN(auto value, FromProto(in.literal()));
      return Expr::Literal(std::move(value), std::move(place));
    }
    case ExprKind::kCall:
      return Expr::Call(in.name(), std::move(parts.args), std::move(place));
    case ExprKind::kCast: {
      const Result<TypePtr> type = ParseType(in.type());
      if (!type.ok()) return Corrupt(type.status().message());
      if (parts.args.size() != 1) return Corrupt("a cast of other than one value");
      return Expr::Cast(std::move(parts.args[0]), *type, in.or_null(), std::move(place));
    }
    case ExprKind::kAggregate:
      return Expr::Aggregate(in.name(), std::move(parts.args), in.distinct(),
                             std::move(parts.filter), std::move(place));
    case ExprKind::kWindow: {
      std::optional<WindowFrame> frame;
      if (in.has_frame()) {
        ASSIGN_OR_RETURN(frame, FromProto(in.frame()));
      }
      return Expr::Window(in.name(), std::move(parts.args), std::move(parts.partition_by),
                          std::move(parts.order_by), frame, std::move(place));
    }
  }
  return Corrupt("unknown kind of expression");
}

}  // namespace

uint32_t ExprEncoder::Add(const ExprPtr& expr) {
  const auto known = positions_.find(expr.get());
  if (known != positions_.end()) return known->second;
  proto::ExprProto out;
  out.set_kind(static_cast<uint32_t>(expr->kind()));
  if (!expr->name().empty()) out.set_name(expr->name());
  if (expr->value() != nullptr) ToProto(*expr->value(), out.mutable_literal());
  if (expr->type() != nullptr) out.set_type(TypeText(*expr->type()));
  if (expr->or_null()) out.set_or_null(true);
  for (const ExprPtr& arg : expr->args()) out.add_args(Add(arg));
  if (expr->distinct()) out.set_distinct(true);
  if (expr->filter() != nullptr) out.set_filter(Add(expr->filter()));
  for (const ExprPtr& key : expr->partition_by()) out.add_partition_by(Add(key));
  for (const SortKey& key : expr->order_by()) Add(key, out.add_order_by());
  if (expr->frame().has_value()) ToProto(*expr->frame(), out.mutable_frame());
  if (!expr->place().text.empty()) out.set_place(expr->place().text);
  const auto position = static_cast<uint32_t>(plan_->exprs_size());
  *plan_->add_exprs() = std::move(out);
  positions_.emplace(expr.get(), position);
  return position;
}

void ExprEncoder::Add(const SortKey& key, proto::SortKeyProto* out) {
  out->set_expr(Add(key.expr));
  if (key.descending) out->set_descending(true);
  if (key.nulls_first) out->set_nulls_first(true);
}

Result<ExprTable> ExprTable::Decode(const proto::PlanProto& plan) {
  Decoded decoded;
  for (const proto::ExprProto& in : plan.exprs()) {
    ASSIGN_OR_RETURN(Parts parts, GetParts(in, decoded));
    if (parts.depth > kMaxDepth) return TooLarge("an expression is nested too deeply");
    if (parts.weight > kMaxWeight) return TooLarge("an expression has too many parts");
    const uint64_t weight = parts.weight;
    const uint32_t depth = parts.depth;
    ASSIGN_OR_RETURN(ExprPtr expr, Build(in, std::move(parts)));
    decoded.exprs.push_back(std::move(expr));
    decoded.weights.push_back(weight);
    decoded.depths.push_back(depth);
  }
  ExprTable table;
  table.exprs_ = std::move(decoded.exprs);
  table.weights_ = std::move(decoded.weights);
  return table;
}

Result<ExprPtr> ExprTable::Get(uint32_t position) {
  if (position >= exprs_.size()) return Corrupt("an expression is missing");
  handed_out_ += weights_[position];
  if (handed_out_ > kMaxWeight) return TooLarge("the expressions have too many parts");
  return exprs_[position];
}

Result<SortKey> ExprTable::Get(const proto::SortKeyProto& key) {
  ASSIGN_OR_RETURN(ExprPtr expr, Get(key.expr()));
  return SortKey{
      .expr = std::move(expr), .descending = key.descending(), .nulls_first = key.nulls_first()};
}

Result<ExprPtr> ExprTable::Root() {
  if (exprs_.empty()) return Corrupt("there is no expression");
  return Get(static_cast<uint32_t>(exprs_.size() - 1));
}

}  // namespace tusk::df
