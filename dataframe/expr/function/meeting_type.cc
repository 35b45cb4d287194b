#include "dataframe/expr/function/meeting_type.h"

#include <algorithm>

#include <arrow/scalar.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/cast.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {

namespace {

bool IsNull(const TypePtr& type) { return type->id() == arrow::Type::NA; }
bool IsText(const TypePtr& type) { return type->id() == arrow::Type::STRING; }
bool IsExact(const TypePtr& type) { return IsIntegerType(*type) || IsDecimalType(*type); }

/// True when the literal has the same value in the other type.
bool Fits(const std::shared_ptr<arrow::Scalar>& literal, const TypePtr& type, Meeting meeting) {
  const TypePtr& own = literal->type;
  if (own->Equals(*type)) return true;
  const bool same_kind =
      (IsExact(own) && IsNumeric(*type)) || (IsFloatType(*own) && IsFloatType(*type));
  const bool any_kind =
      meeting == Meeting::kCompare &&
      ((IsNumeric(*own) && IsNumeric(*type)) || (IsTemporalType(*own) && IsTemporalType(*type)));
  if (!same_kind && !any_kind) return false;
  if (!literal->is_valid) return true;
  const Result<std::shared_ptr<arrow::Scalar>> there = CastScalar(literal, type);
  if (!there.ok()) return false;
  const Result<std::shared_ptr<arrow::Scalar>> back = CastScalar(*there, own);
  return back.ok() && (*back)->Equals(*literal);
}

/// A literal text among decimals: the decimal that loses no digit of it.
TypePtr DecimalOfText(const std::shared_ptr<arrow::Scalar>& literal, const TypePtr& type) {
  if (!literal->is_valid) return type;
  const std::string text = ScalarText(literal);
  const size_t point = text.find('.');
  if (point == std::string::npos || text.find_first_of("eE") != std::string::npos) return type;
  const auto& decimal = static_cast<const arrow::Decimal128Type&>(*type);
  const auto digits =
      std::ranges::count_if(text.substr(point), [](char c) { return c >= '0' && c <= '9'; });
  const auto scale = static_cast<int32_t>(std::min<int64_t>(digits, 38));
  if (scale <= decimal.scale()) return type;
  return arrow::decimal128(std::min(38, decimal.precision() - decimal.scale() + scale), scale);
}

Status InContext(const Status& status, std::span<const TypePtr> types) {
  if (types.size() <= 2) return status;
  std::string all;
  for (const TypePtr& type : types) {
    if (!all.empty()) all += ", ";
    all += TypeText(*type);
  }
  return Status::Error(status.code(), "{} (among {})", status.message(), all);
}

/// `CommonType` of the types for which `take` says yes; null when it never does.
template <typename Take>
Result<TypePtr> CommonOf(std::span<const TypePtr> types, const Take& take) {
  TypePtr common;
  for (size_t i = 0; i < types.size(); ++i) {
    if (IsNull(types[i]) || !take(i)) continue;
    if (common == nullptr) {
      common = types[i];
      continue;
    }
    Result<TypePtr> next = CommonType(common, types[i]);
    if (!next.ok()) return InContext(next.status(), types);
    common = std::move(*next);
  }
  return common;
}

}  // namespace

bool IsTextLiteral(const TypePtr& type, const std::shared_ptr<arrow::Scalar>& literal) {
  return literal != nullptr && IsText(type);
}

TypePtr NarrowLiteralType(const TypePtr& type, const std::shared_ptr<arrow::Scalar>& literal) {
  if (literal == nullptr || !literal->is_valid || !IsIntegerType(*type)) return type;
  const std::string text = ScalarText(literal);
  return arrow::decimal128(static_cast<int32_t>(text.size()) - (text[0] == '-' ? 1 : 0), 0);
}

Result<TypePtr> MeetingType(std::span<const TypePtr> types, LiteralArgs literals, Meeting meeting) {
  ASSIGN_OR_RETURN(TypePtr firm, CommonOf(types, [&](size_t i) { return literals[i] == nullptr; }));
  if (firm == nullptr) {
    // Only literals: texts become what the others are.
    ASSIGN_OR_RETURN(firm, CommonOf(types, [&](size_t i) { return !IsText(types[i]); }));
  }
  if (firm == nullptr) {
    ASSIGN_OR_RETURN(firm, CommonOf(types, [](size_t) { return true; }));
    return firm == nullptr ? arrow::null() : firm;
  }
  const TypePtr columns = firm;
  for (size_t i = 0; i < types.size(); ++i) {
    if (literals[i] == nullptr || IsNull(types[i])) continue;
    if (IsText(types[i]) && !IsText(columns)) {
      if (IsDecimalType(*firm)) firm = DecimalOfText(literals[i], firm);
      continue;
    }
    if (Fits(literals[i], columns, meeting)) continue;
    const TypePtr own = IsDecimalType(*firm) ? NarrowLiteralType(types[i], literals[i]) : types[i];
    Result<TypePtr> next = CommonType(firm, own);
    if (!next.ok()) return InContext(next.status(), types);
    firm = std::move(*next);
  }
  return firm;
}

}  // namespace tusk::df
