#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "common/base/result.h"
#include "dataframe/expr/expr.h"
#include "dataframe/plan/batch_stream.h"
#include "dataframe/plan/table_source.h"
#include "dataframe/source/scan.h"

namespace tusk::df {

/// What a format has to read of one split. Its stream hands out batches with just `columns`, in
/// this order; types may still be the file's (`OpenScan` casts, names, and filters).
struct FileScan {
  dfs::FileSystem* files = nullptr;
  const TableSource* source = nullptr;
  const SourceFile* file = nullptr;
  ScanSplit split;
  /// Fields of the table that come out of the file. None: only the number of rows matters.
  std::vector<std::shared_ptr<arrow::Field>> columns;
  /// Over names of the table, for statistics only; may be null.
  ExprPtr predicate;
  /// Never null.
  ScanCounters* counters = nullptr;
};

/// Rows that a batch aims at.
inline constexpr int64_t kScanBatchRows = 32 * 1024;

/// True when `name` is a column of the file's path ("/country=DE/"), not of the file.
bool IsPathColumn(const SourceFile& file, std::string_view name);

/// The value of a path column in this file.
Result<std::shared_ptr<arrow::Scalar>> PathValue(const SourceFile& file,
                                                 const arrow::Field& column);

/// A batch of rows without columns.
BatchPtr RowsOnly(int64_t rows);

/// `array` as `type`; what a file's types lose on the way to ours (nanoseconds) is cut off.
Result<std::shared_ptr<arrow::Array>> CastColumn(const std::shared_ptr<arrow::Array>& array,
                                                 const TypePtr& type);

/// `text` for a message: in quotes, cut after `bytes` bytes, without control characters.
std::string ShownText(std::string_view text, size_t bytes);

/// The error of a file that does not read as `format`: kCorruption with the path. What the file
/// system says (no permission, out of reach) keeps its code.
Status DamagedFile(std::string_view path, std::string_view format, const Status& why);

}  // namespace tusk::df
