#include "dataframe/expr/function/row_kernel.h"

#include <cstring>

#include <arrow/buffer.h>

#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

// The type to which an argument is cast, or null when it does not fit.
TypePtr ArgumentType(Takes takes, const TypePtr& type) {
  const bool is_null = type->id() == arrow::Type::NA;
  switch (takes) {
    case Takes::kText:
      return is_null || type->id() == arrow::Type::STRING ? arrow::utf8() : nullptr;
    case Takes::kInteger:
      return is_null || IsIntegerType(*type) ? arrow::int64() : nullptr;
    case Takes::kNumber:
      return is_null || IsNumeric(*type) ? arrow::float64() : nullptr;
    case Takes::kAnything:
      return arrow::is_nested(type->id()) ? nullptr : arrow::utf8();
  }
  return nullptr;
}

std::string_view Wants(Takes takes) {
  switch (takes) {
    case Takes::kText:
      return "text";
    case Takes::kInteger:
      return "an integer";
    case Takes::kNumber:
      return "a number";
    case Takes::kAnything:
      return "a plain value";
  }
  return "";
}

}  // namespace

void RowWriter<std::string>::Grow(size_t need) {
  capacity_ = std::max({need, 2 * capacity_, size_t{1024}});
  std::unique_ptr<char[]> larger(new char[capacity_]);
  std::copy(bytes_.get(), bytes_.get() + used_, larger.get());
  bytes_ = std::move(larger);
}

Status RowWriter<std::string>::NextRow() {
  if (used_ > static_cast<size_t>(std::numeric_limits<int32_t>::max())) {
    return Status::Error(StatusCode::kTooLarge,
                         "a column of text has {} bytes in one batch, at most 2147483647", used_);
  }
  ends_.push_back(static_cast<int32_t>(used_));
  return {};
}

Result<ArrayPtr> RowWriter<std::string>::Finish(const TypePtr& type) {
  const auto used = static_cast<int64_t>(used_);
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> buffer, FromArrow(arrow::AllocateBuffer(used)));
  std::copy(bytes_.get(), bytes_.get() + used, reinterpret_cast<char*>(buffer->mutable_data()));
  return TextArray(type, ends_, std::move(buffer), valid_.empty() ? nullptr : &valid_);
}

Result<ArrayPtr> RowWriter<TextList>::Finish(const TypePtr&) {
  ASSIGN_OR_RETURN(ArrayPtr items, items_.Finish(arrow::utf8()));
  return ListArrayOf(offsets_, items, valid_.empty() ? nullptr : &valid_);
}

void AddSimple(FunctionRegistry& registry, SimpleFunction function) {
  ScalarFunction added;
  added.name = function.name;
  added.usage = function.usage;
  added.summary = function.summary;
  added.resolve = [function = std::move(function)](std::span<const TypePtr> types,
                                                   LiteralArgs literals) -> Result<Overload> {
    if (types.size() < function.required || types.size() > function.takes.size()) {
      return WrongArgumentCount(function.name, function.usage);
    }
    Overload overload;
    for (size_t i = 0; i < types.size(); ++i) {
      overload.arg_types.push_back(ArgumentType(function.takes[i], types[i]));
      if (overload.arg_types.back() == nullptr) {
        return WrongArgumentType(function.name, function.usage, i, Wants(function.takes[i]),
                                 *types[i]);
      }
    }
    overload.result = function.result;
    ASSIGN_OR_RETURN(overload.kernel, function.make(literals));
    return overload;
  };
  registry.Add(std::move(added));
}

Status WrongArgumentCount(std::string_view name, std::string_view usage) {
  return Status::Error(StatusCode::kInvalidArgument,
                       "wrong number of arguments for {}: it is used as {}", name, usage);
}

Status WrongArgumentType(std::string_view name, std::string_view usage, size_t position,
                         std::string_view wants, const arrow::DataType& got) {
  return Status::Error(StatusCode::kInvalidArgument,
                       "{} takes {} as argument {}, not {}: it is used as {}", name, wants,
                       position + 1, TypeText(got), usage);
}

std::optional<std::string> LiteralText(LiteralArgs literals, size_t position) {
  if (position >= literals.size() || literals[position] == nullptr) return std::nullopt;
  const arrow::Scalar& scalar = *literals[position];
  if (!scalar.is_valid || scalar.type->id() != arrow::Type::STRING) return std::nullopt;
  return static_cast<const arrow::StringScalar&>(scalar).value->ToString();
}

}  // namespace tusk::df
