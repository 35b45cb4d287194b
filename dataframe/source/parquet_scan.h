#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dataframe/source/file_scan.h"

namespace tusk::df {

/// What the footer of a Parquet file says.
struct ParquetFacts {
  /// Types as admitted (`AdmitType`).
  SchemaPtr schema;
  int64_t rows = 0;
  /// By column.
  std::map<std::string, ColumnStatistics> statistics;
};

/// Reads the footer. kCorruption for what is no Parquet file or cut off, with its name.
Result<ParquetFacts> ReadParquetFacts(dfs::FileSystem& files, std::string_view path);

/// A run of row groups that one split reads.
struct RowGroupRange {
  uint64_t begin = 0;
  uint64_t end = 0;
  /// Where their bytes are in the file, about.
  uint64_t offset = 0;
  uint64_t bytes = 0;
};

/// Cuts a file at the borders of row groups into pieces of about `target_bytes`; those that the
/// predicate rules out are in none. Of `scan`, `split` and `columns` are not looked at.
Result<std::vector<RowGroupRange>> CutParquet(const FileScan& scan, uint64_t target_bytes);

/// Reads the row groups of the split that the predicate does not rule out.
Result<std::unique_ptr<BatchStream>> OpenParquet(FileScan scan);

}  // namespace tusk::df
