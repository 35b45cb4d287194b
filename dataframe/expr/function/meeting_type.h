#pragma once

#include <span>

#include "dataframe/expr/function_registry.h"

namespace tusk::df {

/// For what values meet: to be compared, or to be values of one column.
enum class Meeting : uint8_t { kCompare = 0, kValue = 1 };

/// The type in which values of these types meet: `CommonType` of those that are no literals;
/// literals take that type where they lose nothing by it, and literal texts always: whether they
/// can is seen when they are cast. A comparison lets them do so across kinds of numbers: 0.05 as
/// double beside a decimal(15,2) is 0.05 exactly.
Result<TypePtr> MeetingType(std::span<const TypePtr> types, LiteralArgs literals, Meeting meeting);

/// The type that a literal integer has among decimals: just its digits. Others keep theirs.
TypePtr NarrowLiteralType(const TypePtr& type, const std::shared_ptr<arrow::Scalar>& literal);

/// True for a literal text.
bool IsTextLiteral(const TypePtr& type, const std::shared_ptr<arrow::Scalar>& literal);

}  // namespace tusk::df
