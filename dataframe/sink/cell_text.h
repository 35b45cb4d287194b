#pragma once

#include <cstdint>
#include <string>

#include <arrow/type_fwd.h>

namespace tusk::df {

/// Appends one value that is not null as plain text, without quotes: numbers and decimals as
/// digits, floats in the shortest form that reads back equal ("1.0", "nan", "inf"), dates as
/// 2024-02-29, timestamps as 2024-02-29 23:59:59.5 (with Z when they are in UTC), durations as
/// microseconds, text and binary as they are.
void AppendCell(const arrow::Array& array, int64_t row, std::string& out);

/// True for the types that `AppendCell` can write.
bool HasCellText(const arrow::DataType& type);

}  // namespace tusk::df
