#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <arrow/type_fwd.h>

#include "common/base/result.h"

namespace tusk::df {

using TypePtr = std::shared_ptr<arrow::DataType>;
using SchemaPtr = std::shared_ptr<arrow::Schema>;

/// The name of a type, as schemas print it, plans store it and `ParseType` takes it back:
///
///   bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float double decimal(15,2) string
///   binary date timestamp timestamptz duration interval null list(int64)
///
/// `timestamp` has microseconds and no zone, `timestamptz` microseconds in UTC, `duration`
/// microseconds; `interval` is SQL's (months, days, nanoseconds). Types that are not admitted print
/// as Arrow's own text.
std::string TypeText(const arrow::DataType& type);

/// The type of a name, case-insensitive; SQL's names are taken as well: boolean, tinyint, smallint,
/// int, integer, bigint, real, float4, float8, double precision, numeric(p,s), text, varchar, char,
/// blob, bytea, time stamps with and without time zone. kInvalidArgument names the nearest known.
Result<TypePtr> ParseType(std::string_view text);

/// "a int64, b decimal(15,2) not null": columns in order, to be pasted back.
std::string SchemaText(const arrow::Schema& schema);
/// The schema of such a text. Names that are not plain words are in double quotes.
Result<SchemaPtr> ParseSchema(std::string_view text);

}  // namespace tusk::df
