#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

#include <arrow/type_fwd.h>

#include "common/base/result.h"
#include "dataframe/plan/batch_stream.h"
#include "dataframe/type/type_text.h"

namespace tusk::df {

/// How rows are shown.
enum class ResultFormat : uint8_t { kTable = 0, kCsv = 1, kJson = 2 };

/// How `PrintRows` shows a table to people.
struct TableLook {
  /// At most so many rows; what is left out is counted. 0: all.
  int64_t max_rows = 0;
  /// Cells are cut to so many characters; 0: not.
  size_t max_cell = 0;
};

/// Writes the rows of a stream to `out` and gives their number. As a table: names, types, rows;
/// numbers right, null as "NULL" dim on terminals; its column widths come from the first rows, so
/// that any number of rows needs little memory. CSV: with a header, as TableWriter has it. JSON: an
/// object a line.
Result<int64_t> PrintRows(BatchStream& rows, const SchemaPtr& schema, ResultFormat format,
                          const TableLook& look, std::FILE* out);

/// A table of strings as PrintRows has it: for DESCRIBE and SHOW TABLES.
Result<std::shared_ptr<arrow::RecordBatch>> TextRows(
    const std::vector<std::string>& names, const std::vector<std::vector<std::string>>& rows);

}  // namespace tusk::df
