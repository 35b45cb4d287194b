#include "dataframe/expr/bound_nodes.h"

#include <algorithm>
#include <utility>

#include <arrow/array/util.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/cast.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {

namespace {

class BoundColumn : public BoundExpr {
 public:
  BoundColumn(int index, TypePtr type, bool nullable)
      : BoundExpr(std::move(type), nullable), index_(index) {}

  Result<arrow::Datum> Evaluate(const arrow::RecordBatch& batch) const override {
    return arrow::Datum(batch.column(index_));
  }
  bool CanFail() const override { return false; }
  void AddColumns(std::set<int>& columns) const override { columns.insert(index_); }

 private:
  const int index_;
};

class BoundConstant : public BoundExpr {
 public:
  explicit BoundConstant(std::shared_ptr<arrow::Scalar> value)
      : BoundExpr(value->type, !value->is_valid), value_(std::move(value)) {}

  Result<arrow::Datum> Evaluate(const arrow::RecordBatch&) const override {
    return arrow::Datum(value_);
  }
  std::shared_ptr<arrow::Scalar> Constant() const override { return value_; }
  bool CanFail() const override { return false; }

 private:
  const std::shared_ptr<arrow::Scalar> value_;
};

class BoundCast : public BoundExpr {
 public:
  BoundCast(BoundExprPtr arg, const TypePtr& type, bool or_null, ColumnCast cast, ExprPtr where)
      : BoundExpr(type, arg->nullable() || or_null),
        arg_(std::move(arg)),
        can_fail_(arg_->CanFail() || (!or_null && CastCanFail(*arg_->type(), *type))),
        cast_(std::move(cast)),
        where_(std::move(where)) {}

  Result<arrow::Datum> Evaluate(const arrow::RecordBatch& batch) const override {
    ASSIGN_OR_RETURN(const arrow::Datum value, arg_->Evaluate(batch));
    if (value.is_scalar()) {
      ASSIGN_OR_RETURN(const std::shared_ptr<arrow::Array> one,
                       FromArrow(arrow::MakeArrayFromScalar(*value.scalar(), 1)));
      ASSIGN_OR_RETURN(const std::shared_ptr<arrow::Array> cast, Cast(one));
      ASSIGN_OR_RETURN(std::shared_ptr<arrow::Scalar> scalar, FromArrow(cast->GetScalar(0)));
      return arrow::Datum(std::move(scalar));
    }
    ASSIGN_OR_RETURN(std::shared_ptr<arrow::Array> cast, Cast(value.make_array()));
    return arrow::Datum(std::move(cast));
  }
  bool CanFail() const override { return can_fail_; }
  void AddColumns(std::set<int>& columns) const override { arg_->AddColumns(columns); }

 private:
  Result<std::shared_ptr<arrow::Array>> Cast(const std::shared_ptr<arrow::Array>& column) const {
    Result<std::shared_ptr<arrow::Array>> cast = cast_(column);
    if (!cast.ok()) return ErrorAt(cast.status(), *where_);
    return cast;
  }

  const BoundExprPtr arg_;
  const bool can_fail_;
  const ColumnCast cast_;
  const ExprPtr where_;
};

bool CallIsNullable(const Overload& overload, const std::vector<BoundExprPtr>& args) {
  switch (overload.nulls) {
    case Overload::Nulls::kNever:
      return false;
    case Overload::Nulls::kMaybe:
      return true;
    default:
      return std::ranges::any_of(args, [](const BoundExprPtr& arg) { return arg->nullable(); });
  }
}

class BoundCall : public BoundExpr {
 public:
  BoundCall(Overload overload, std::vector<BoundExprPtr> args, ExprPtr where)
      : BoundExpr(overload.result, CallIsNullable(overload, args)),
        overload_(std::move(overload)),
        args_(std::move(args)),
        can_fail_(
            overload_.may_fail ||
            std::ranges::any_of(args_, [](const BoundExprPtr& arg) { return arg->CanFail(); })),
        where_(std::move(where)) {}

  Result<arrow::Datum> Evaluate(const arrow::RecordBatch& batch) const override {
    std::vector<arrow::Datum> args;
    args.reserve(args_.size());
    bool constant = !args_.empty(), null = false;
    for (const BoundExprPtr& arg : args_) {
      ASSIGN_OR_RETURN(arrow::Datum value, arg->Evaluate(batch));
      constant = constant && value.is_scalar();
      null = null || (value.is_scalar() && !value.scalar()->is_valid);
      args.push_back(std::move(value));
    }
    if (null && overload_.nulls == Overload::Nulls::kAnyNull) {
      return arrow::Datum(arrow::MakeNullScalar(type()));
    }
    if (!constant) return Run(args, batch.num_rows());
    // One row stands for all.
    ASSIGN_OR_RETURN(std::shared_ptr<arrow::Array> one,
                     FromArrow(arrow::MakeArrayFromScalar(*args[0].scalar(), 1)));
    args[0] = std::move(one);
    ASSIGN_OR_RETURN(arrow::Datum value, Run(args, 1));
    if (value.is_scalar()) return value;
    ASSIGN_OR_RETURN(std::shared_ptr<arrow::Scalar> scalar,
                     FromArrow(value.make_array()->GetScalar(0)));
    return arrow::Datum(std::move(scalar));
  }
  bool CanFail() const override { return can_fail_; }
  void AddColumns(std::set<int>& columns) const override {
    for (const BoundExprPtr& arg : args_) arg->AddColumns(columns);
  }

 private:
  Result<arrow::Datum> Run(const std::vector<arrow::Datum>& args, int64_t rows) const {
    Result<arrow::Datum> value = overload_.kernel(args, rows);
    if (!value.ok()) return ErrorAt(value.status(), *where_);
    if (!value->type()->Equals(*type())) {
      return ErrorAt(Status::Error(StatusCode::kInternal, "{} made {} instead of {}",
                                   where_->name(), TypeText(*value->type()), TypeText(*type())),
                     *where_);
    }
    return value;
  }

  const Overload overload_;
  const std::vector<BoundExprPtr> args_;
  const bool can_fail_;
  const ExprPtr where_;
};

}  // namespace

Result<std::shared_ptr<arrow::Array>> BoundExpr::EvaluateArray(
    const arrow::RecordBatch& batch) const {
  ASSIGN_OR_RETURN(const arrow::Datum value, Evaluate(batch));
  if (value.is_scalar()) {
    return FromArrow(arrow::MakeArrayFromScalar(*value.scalar(), batch.num_rows()));
  }
  return value.make_array();
}

Result<std::shared_ptr<arrow::Scalar>> EvaluateConstant(const BoundExpr& expr) {
  const std::shared_ptr<arrow::RecordBatch> batch =
      arrow::RecordBatch::Make(arrow::schema({}), 1, arrow::ArrayVector());
  ASSIGN_OR_RETURN(const arrow::Datum value, expr.Evaluate(*batch));
  if (value.is_scalar()) return value.scalar();
  return FromArrow(value.make_array()->GetScalar(0));
}

BoundExprPtr MakeBoundColumn(int index, TypePtr type, bool nullable) {
  return std::make_shared<BoundColumn>(index, std::move(type), nullable);
}

BoundExprPtr MakeBoundConstant(std::shared_ptr<arrow::Scalar> value) {
  return std::make_shared<BoundConstant>(std::move(value));
}

Result<BoundExprPtr> MakeBoundCast(BoundExprPtr arg, const TypePtr& type, bool or_null,
                                   const ExprPtr& where) {
  if (arg->type()->Equals(*type)) return arg;
  const std::shared_ptr<arrow::Scalar> constant = arg->Constant();
  Result<ColumnCast> cast = MakeCast(arg->type(), type, or_null);
  if (!cast.ok()) return ErrorAt(cast.status(), *where);
  const auto bound =
      std::make_shared<BoundCast>(std::move(arg), type, or_null, std::move(*cast), where);
  if (constant == nullptr) return BoundExprPtr(bound);
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Scalar> value, EvaluateConstant(*bound));
  return MakeBoundConstant(std::move(value));
}

BoundExprPtr MakeBoundCall(Overload overload, std::vector<BoundExprPtr> args,
                           const ExprPtr& where) {
  const bool constant =
      std::ranges::all_of(args, [](const BoundExprPtr& arg) { return arg->Constant() != nullptr; });
  auto bound = std::make_shared<BoundCall>(std::move(overload), std::move(args), where);
  if (!constant) return bound;
  Result<std::shared_ptr<arrow::Scalar>> value = EvaluateConstant(*bound);
  if (!value.ok()) return bound;
  return MakeBoundConstant(std::move(*value));
}

}  // namespace tusk::df
