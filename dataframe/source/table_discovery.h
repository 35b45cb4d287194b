#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "dataframe/plan/table_source.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::df {

/// What is known of a table beforehand.
struct DiscoveryOptions {
  /// Found out by the names of files (".csv", ".tsv", ".parquet", ".arrow", ".jsonl", ..., also
  /// with ".gz" or ".zst" behind), of files without an ending by their first bytes, when unset.
  std::optional<TableFormat> format = {};
  CsvFormat csv = {};
  /// Wins over what the files say; its columns must exist in them, the order is free. Null: found
  /// out.
  SchemaPtr schema = {};
};

/// The table that `path` means: a file, a folder with all that is below it, or a pattern. Names
/// that begin with "_" or "." are left out; of folders `key=value` below the fixed part of `path`
/// the keys become columns. Every footer of Parquet and IPC files is read, all must agree; of CSV
/// and JSON the types are found out from samples (schema_inference.h).
///
/// kNotFound names the path and what is near; kInvalidArgument for files of different formats,
/// with different columns, or of a format that cannot be told; kCorruption names the damaged file.
Result<std::shared_ptr<const TableSource>> DiscoverTable(dfs::FileSystem& files,
                                                         std::string_view path,
                                                         const DiscoveryOptions& options = {});

}  // namespace tusk::df
