#include "dataframe/plan/plan_checks.h"

#include <unordered_set>

#include <arrow/scalar.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/bind.h"

namespace tusk::df {
namespace {

Status Bad(std::string_view node, std::string_view what) {
  return Status::Error(StatusCode::kInvalidArgument, "{}: {}", node, what);
}

}  // namespace

Status CheckChildren(std::string_view node, const std::vector<PlanPtr>& children) {
  for (const PlanPtr& child : children) {
    if (child == nullptr) return Bad(node, "a child is missing");
    if (child->kind() == PlanKind::kWrite) return Bad(node, "a written result hands out no rows");
  }
  return Status::Ok();
}

Status CheckChildCount(std::string_view node, const std::vector<PlanPtr>& children, size_t count) {
  if (children.size() == count) return Status::Ok();
  return Status::Error(StatusCode::kInvalidArgument, "{}: takes {} children, not {}", node, count,
                       children.size());
}

Status CheckUniqueNames(std::string_view node, const arrow::Schema& schema) {
  std::unordered_set<std::string_view> names;
  for (const auto& field : schema.fields()) {
    if (!names.insert(field->name()).second) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "{}: two columns have the same name, rename one of them: {}", node,
                           field->name());
    }
  }
  return Status::Ok();
}

Status CheckCondition(std::string_view node, const ExprPtr& condition,
                      const arrow::Schema& schema) {
  if (condition == nullptr) return Bad(node, "the condition is missing");
  ASSIGN_OR_RETURN(const BoundExprPtr bound, Bind(condition, schema));
  const arrow::Type::type id = bound->type()->id();
  if (id == arrow::Type::BOOL || id == arrow::Type::NA) return Status::Ok();
  return ExpressionError(
      *condition,
      fmt::format("a condition must be true or false, and this is {}", TypeText(*bound->type())),
      "compare it with a value");
}

Status CheckSortKeys(std::string_view node, const std::vector<SortKey>& keys,
                     const arrow::Schema& schema) {
  for (const SortKey& key : keys) {
    if (key.expr == nullptr) return Bad(node, "a key is missing");
    ASSIGN_OR_RETURN(const BoundExprPtr bound, Bind(key.expr, schema));
    const arrow::Type::type id = bound->type()->id();
    if (id == arrow::Type::LIST || id == arrow::Type::INTERVAL_MONTH_DAY_NANO) {
      return ExpressionError(
          *key.expr, fmt::format("values of type {} have no order", TypeText(*bound->type())));
    }
  }
  return Status::Ok();
}

Status CheckLimit(std::string_view node, const std::optional<int64_t>& limit, int64_t offset) {
  if (limit.value_or(0) < 0) return Bad(node, "a limit cannot be negative");
  if (offset < 0) return Bad(node, "an offset cannot be negative");
  return Status::Ok();
}

Result<double> ConstantNumber(const ExprPtr& expr) {
  static const SchemaPtr kNoColumns = arrow::schema(arrow::FieldVector{});
  const Status error = ExpressionError(*expr, "a parameter must be a constant number");
  const Result<BoundExprPtr> bound = Bind(expr, *kNoColumns);
  if (!bound.ok()) return error;
  const std::shared_ptr<arrow::Scalar> value = (*bound)->Constant();
  if (value == nullptr || !value->is_valid) return error;
  switch (value->type->id()) {
    case arrow::Type::INT8:
      return static_cast<const arrow::Int8Scalar&>(*value).value;
    case arrow::Type::INT16:
      return static_cast<const arrow::Int16Scalar&>(*value).value;
    case arrow::Type::INT32:
      return static_cast<const arrow::Int32Scalar&>(*value).value;
    case arrow::Type::INT64:
      return static_cast<double>(static_cast<const arrow::Int64Scalar&>(*value).value);
    case arrow::Type::FLOAT:
      return static_cast<const arrow::FloatScalar&>(*value).value;
    case arrow::Type::DOUBLE:
      return static_cast<const arrow::DoubleScalar&>(*value).value;
    case arrow::Type::DECIMAL128:
      return static_cast<const arrow::Decimal128Scalar&>(*value).value.ToDouble(
          static_cast<const arrow::Decimal128Type&>(*value->type).scale());
    default:
      return error;
  }
}

}  // namespace tusk::df
