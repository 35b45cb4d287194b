#include "dataframe/expr/expr.h"

#include <algorithm>

#include <arrow/compare.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include "common/base/check.h"
#include "common/base/stable_hash.h"

namespace tusk::df {

namespace {

bool EqualPointers(const ExprPtr& a, const ExprPtr& b) {
  if (a == nullptr || b == nullptr) return a == b;
  return a == b || a->Equals(*b);
}

bool EqualLists(const std::vector<ExprPtr>& a, const std::vector<ExprPtr>& b) {
  return std::ranges::equal(a, b, EqualPointers);
}

bool EqualKeys(const std::vector<SortKey>& a, const std::vector<SortKey>& b) {
  return std::ranges::equal(a, b, [](const SortKey& x, const SortKey& y) {
    return x.descending == y.descending && x.nulls_first == y.nulls_first &&
           EqualPointers(x.expr, y.expr);
  });
}

bool EqualValues(const std::shared_ptr<arrow::Scalar>& a, const std::shared_ptr<arrow::Scalar>& b) {
  if (a == nullptr || b == nullptr) return a == b;
  // 0.0 and -0.0 are two values, for 1/x tells them apart; NaN is one.
  const arrow::EqualOptions options =
      arrow::EqualOptions::Defaults().nans_equal(true).signed_zeros_equal(false);
  return a->type->Equals(*b->type) && a->Equals(*b, options);
}

bool EqualTypes(const TypePtr& a, const TypePtr& b) {
  if (a == nullptr || b == nullptr) return a == b;
  return a->Equals(*b);
}

/// Mixes the parts of an expression, in an order that never changes.
class Hasher {
 public:
  void Add(uint64_t value) {
    // Bytes in the order of the least first, whatever the machine's.
    char bytes[8];
    for (char& byte : bytes) {
      byte = static_cast<char>(value & 0xff);
      value >>= 8;
    }
    hash_ = StableHash(std::string_view(bytes, sizeof(bytes)), hash_);
  }
  void Add(std::string_view text) {
    Add(text.size());
    hash_ = StableHash(text, hash_);
  }
  void Add(const ExprPtr& expr) { Add(expr == nullptr ? 0 : expr->Hash()); }
  void Add(const std::vector<ExprPtr>& exprs) {
    Add(exprs.size());
    for (const ExprPtr& expr : exprs) Add(expr);
  }
  uint64_t hash() const { return hash_; }

 private:
  uint64_t hash_ = 0;
};

template <typename Visit>
void VisitParts(const Expr& expr, const Visit& visit) {
  for (const ExprPtr& arg : expr.args()) visit(*arg);
  if (expr.filter() != nullptr) visit(*expr.filter());
  for (const ExprPtr& key : expr.partition_by()) visit(*key);
  for (const SortKey& key : expr.order_by()) visit(*key.expr);
}

void AddColumnsOf(const Expr& expr, std::vector<std::string>& names) {
  if (expr.kind() == ExprKind::kColumn) {
    if (std::ranges::find(names, expr.name()) == names.end()) names.push_back(expr.name());
    return;
  }
  VisitParts(expr, [&](const Expr& part) { AddColumnsOf(part, names); });
}

void AddConjuncts(const ExprPtr& condition, std::vector<ExprPtr>& conjuncts) {
  if (condition->kind() != ExprKind::kCall || condition->name() != "and") {
    conjuncts.push_back(condition);
    return;
  }
  for (const ExprPtr& arg : condition->args()) AddConjuncts(arg, conjuncts);
}

}  // namespace

std::shared_ptr<Expr> Expr::New(ExprKind kind, SourcePlace place) {
  const std::shared_ptr<Expr> expr(new Expr());
  expr->kind_ = kind;
  expr->place_ = std::move(place);
  return expr;
}

ExprPtr Expr::Column(std::string name, SourcePlace place) {
  const std::shared_ptr<Expr> expr = New(ExprKind::kColumn, std::move(place));
  expr->name_ = std::move(name);
  return expr;
}

ExprPtr Expr::Literal(std::shared_ptr<arrow::Scalar> value, SourcePlace place) {
  CHECK(value != nullptr);
  const std::shared_ptr<Expr> expr = New(ExprKind::kLiteral, std::move(place));
  expr->value_ = std::move(value);
  return expr;
}

ExprPtr Expr::Call(std::string function, std::vector<ExprPtr> args, SourcePlace place) {
  const std::shared_ptr<Expr> expr = New(ExprKind::kCall, std::move(place));
  expr->name_ = std::move(function);
  expr->args_ = std::move(args);
  return expr;
}

ExprPtr Expr::Cast(ExprPtr arg, TypePtr type, bool or_null, SourcePlace place) {
  const std::shared_ptr<Expr> expr = New(ExprKind::kCast, std::move(place));
  expr->args_ = {std::move(arg)};
  expr->type_ = std::move(type);
  expr->or_null_ = or_null;
  return expr;
}

ExprPtr Expr::Aggregate(std::string function, std::vector<ExprPtr> args, bool distinct,
                        ExprPtr filter, SourcePlace place) {
  const std::shared_ptr<Expr> expr = New(ExprKind::kAggregate, std::move(place));
  expr->name_ = std::move(function);
  expr->args_ = std::move(args);
  expr->distinct_ = distinct;
  expr->filter_ = std::move(filter);
  return expr;
}

ExprPtr Expr::Window(std::string function, std::vector<ExprPtr> args,
                     std::vector<ExprPtr> partition_by, std::vector<SortKey> order_by,
                     std::optional<WindowFrame> frame, SourcePlace place) {
  const std::shared_ptr<Expr> expr = New(ExprKind::kWindow, std::move(place));
  expr->name_ = std::move(function);
  expr->args_ = std::move(args);
  expr->partition_by_ = std::move(partition_by);
  expr->order_by_ = std::move(order_by);
  expr->frame_ = frame;
  return expr;
}

ExprPtr Expr::Of(bool value) { return Literal(std::make_shared<arrow::BooleanScalar>(value)); }

ExprPtr Expr::Of(int64_t value) { return Literal(std::make_shared<arrow::Int64Scalar>(value)); }

ExprPtr Expr::Of(double value) { return Literal(std::make_shared<arrow::DoubleScalar>(value)); }

ExprPtr Expr::Of(const char* value) { return Of(std::string_view(value)); }

ExprPtr Expr::Of(std::string_view value) {
  return Literal(std::make_shared<arrow::StringScalar>(std::string(value)));
}

ExprPtr Expr::Null() { return Literal(std::make_shared<arrow::NullScalar>()); }

ExprPtr Expr::WithArgs(std::vector<ExprPtr> args) const {
  return WithParts(std::move(args), filter_, partition_by_, order_by_);
}

ExprPtr Expr::WithParts(std::vector<ExprPtr> args, ExprPtr filter,
                        std::vector<ExprPtr> partition_by, std::vector<SortKey> order_by) const {
  CHECK_EQ(args.size(), args_.size());
  CHECK_EQ(partition_by.size(), partition_by_.size());
  CHECK_EQ(order_by.size(), order_by_.size());
  const std::shared_ptr<Expr> expr(new Expr(*this));
  expr->args_ = std::move(args);
  expr->filter_ = std::move(filter);
  expr->partition_by_ = std::move(partition_by);
  expr->order_by_ = std::move(order_by);
  return expr;
}

bool Expr::Equals(const Expr& other) const {
  if (this == &other) return true;
  return kind_ == other.kind_ && name_ == other.name_ && or_null_ == other.or_null_ &&
         distinct_ == other.distinct_ && frame_ == other.frame_ && EqualTypes(type_, other.type_) &&
         EqualValues(value_, other.value_) && EqualLists(args_, other.args_) &&
         EqualPointers(filter_, other.filter_) && EqualLists(partition_by_, other.partition_by_) &&
         EqualKeys(order_by_, other.order_by_);
}

uint64_t Expr::Hash() const {
  Hasher hasher;
  hasher.Add(static_cast<uint64_t>(kind_));
  hasher.Add(name_);
  if (value_ != nullptr) {
    hasher.Add(TypeText(*value_->type));
    hasher.Add(value_->ToString());
  }
  if (type_ != nullptr) hasher.Add(TypeText(*type_));
  hasher.Add((or_null_ ? 1 : 0) + (distinct_ ? 2 : 0));
  hasher.Add(args_);
  hasher.Add(filter_);
  hasher.Add(partition_by_);
  hasher.Add(order_by_.size());
  for (const SortKey& key : order_by_) {
    hasher.Add(key.expr);
    hasher.Add((key.descending ? 1 : 0) + (key.nulls_first ? 2 : 0));
  }
  if (frame_) {
    hasher.Add(static_cast<uint64_t>(frame_->unit));
    for (const std::optional<int64_t>& bound : {frame_->start, frame_->end}) {
      hasher.Add(bound ? static_cast<uint64_t>(*bound) : ~uint64_t{0});
      hasher.Add(bound.has_value() ? 1 : 0);
    }
  }
  return hasher.hash();
}

std::vector<std::string> ColumnsOf(const Expr& expr) {
  std::vector<std::string> names;
  AddColumnsOf(expr, names);
  return names;
}

bool HasAggregate(const Expr& expr) {
  if (expr.kind() == ExprKind::kAggregate) return true;
  // sum(sum(x)) over (...) holds an aggregate among the window's arguments, and these are outside
  // of what the window itself computes.
  bool found = false;
  VisitParts(expr, [&](const Expr& part) { found = found || HasAggregate(part); });
  return found;
}

bool HasWindow(const Expr& expr) {
  if (expr.kind() == ExprKind::kWindow) return true;
  bool found = false;
  VisitParts(expr, [&](const Expr& part) { found = found || HasWindow(part); });
  return found;
}

std::vector<ExprPtr> SplitConjunction(const ExprPtr& condition) {
  std::vector<ExprPtr> conjuncts;
  if (condition != nullptr) AddConjuncts(condition, conjuncts);
  return conjuncts;
}

ExprPtr MakeConjunction(const std::vector<ExprPtr>& conjuncts) {
  ExprPtr condition;
  for (const ExprPtr& conjunct : conjuncts) {
    condition = condition == nullptr ? conjunct : Expr::Call("and", {condition, conjunct});
  }
  return condition;
}

}  // namespace tusk::df
