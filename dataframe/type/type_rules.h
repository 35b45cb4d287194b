#pragma once

#include "common/base/result.h"
#include "dataframe/type/type_text.h"

namespace tusk::df {

/// Which types a column may have, and how two of them meet. The rules are SQL's as PostgreSQL and
/// DuckDB have them, where those two agree; all are pure functions.

/// True for the types that `TypeText` lists.
bool IsAdmittedType(const arrow::DataType& type);
bool IsNumeric(const arrow::DataType& type);
bool IsIntegerType(const arrow::DataType& type);
bool IsFloatType(const arrow::DataType& type);
bool IsDecimalType(const arrow::DataType& type);
bool IsTemporalType(const arrow::DataType& type);

/// The type of a column of a file: Arrow types outside of ours become the nearest of ours that
/// holds every value (large_string -> string, timestamp[ns] -> timestamp, dictionary -> its values,
/// decimal256 that fits -> decimal128, ...). kUnsupported names the column's type.
Result<TypePtr> AdmitType(const TypePtr& type);

/// The type to which both convert without loss where there is one, as needed by comparisons, CASE,
/// COALESCE, IN and UNION: null meets everything; integers widen; integer and decimal meet in a
/// decimal that holds both; float wins over exact numbers; string literals are the caller's
/// business. kInvalidArgument: "int64 and string have no common type".
Result<TypePtr> CommonType(const TypePtr& a, const TypePtr& b);

/// The decimal that holds every value of an integer type: int32 -> decimal(10,0).
TypePtr DecimalOfInteger(const arrow::DataType& type);

/// The result of `left op right` for op one of + - * / %: see docs/design. Decimals keep their
/// scale (+ -), add them (*), cut at 38 digits by losing none of the scale; `/` of exact numbers is
/// a double, of integers too (as DuckDB's; `div` is the integer one); date +- integer is a date of
/// so many days later; date - date is the number of days as int64; date or timestamp +- interval is
/// a timestamp, date when the interval has whole days only is decided by the function.
Result<TypePtr> ArithmeticType(char op, const TypePtr& left, const TypePtr& right);

}  // namespace tusk::df
