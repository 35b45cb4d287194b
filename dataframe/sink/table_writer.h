#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <arrow/io/type_fwd.h>
#include <arrow/type_fwd.h>

#include "common/base/result.h"
#include "dataframe/plan/table_source.h"

namespace tusk::df {

/// How a table is put into a file.
struct TableWriterOptions {
  TableFormat format = TableFormat::kParquet;
  CsvFormat csv = {};
  /// "snappy", "zstd", "gzip", "lz4", "none"; empty: snappy for Parquet, none otherwise.
  std::string compression = {};
  /// How long the file shall get, for who looks at `LengthSoFar`; 0: any length.
  uint64_t target_bytes = 0;
};

/// What one file has got.
struct WrittenTable {
  int64_t rows = 0;
  uint64_t bytes = 0;
};

/// Writes batches of one schema as one file. One thread; the first error is for good, the file is
/// then worth nothing.
///
/// Parquet: row groups of half a million rows (fewer wide ones), with statistics, and with the
/// exact types. CSV: RFC 4180, quotes only where needed; null is the first null token unquoted
/// (usually nothing) and text that looks like one is quoted; floats in the shortest form that reads
/// back equal, with a point. JSON: one object a line; NaN and infinities, which JSON does not have,
/// become null. Text: one string column, a line each; null is an empty line.
class TableWriter {
 public:
  virtual ~TableWriter() = default;

  /// kUnsupported names the column whose type the format cannot hold; kInvalidArgument for a
  /// compression that the format does not have.
  static Result<std::unique_ptr<TableWriter>> Open(const TableWriterOptions& options,
                                                   std::shared_ptr<arrow::Schema> schema,
                                                   std::shared_ptr<arrow::io::OutputStream> out);

  /// `batch` has the types of the schema.
  virtual Status Write(const arrow::RecordBatch& batch) = 0;

  /// Completes the file and closes `out`. Once.
  virtual Result<WrittenTable> Close() = 0;

  /// About how long the file would be if it were closed now; between writes.
  virtual Result<uint64_t> LengthSoFar() const = 0;
};

/// How names of such files end: ".parquet", ".csv", ".csv.gz", ".jsonl", ".arrow", ...
std::string FileEnding(TableFormat format, std::string_view compression);

}  // namespace tusk::df
