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
  /// Columns that become folders `name=value`.
  std::vector<std::string> partition_by = {};
  /// Of CSV.
  CsvFormat csv = {};
};

}  // namespace tusk::df
