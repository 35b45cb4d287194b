#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataframe/plan/nodes.h"
#include "dataframe/plan/table_source.h"

namespace tusk::df {

/// How DataFrame::Write... writes.
struct WriteOptions {
  SaveMode mode = SaveMode::kError;
  /// "snappy", "zstd", "gzip", "lz4", "none"; empty: the format's usual one.
  std::string compression = {};
  /// Columns that become folders `name=value`; the files do not have them then. Rows are brought
  /// together by these columns first, so that each folder gets few files.
  std::vector<std::string> partition_by = {};
  /// About how long files shall get: a task that has written so much begins another one. 0: one
  /// file for each task (and folder).
  uint64_t target_file_bytes = 0;
  /// Of CSV.
  CsvFormat csv = {};
};

}  // namespace tusk::df
