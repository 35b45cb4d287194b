#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataframe/type/type_text.h"

namespace tusk::df {

/// How the bytes of a source are to be read.
enum class TableFormat : uint8_t {
  kParquet = 0,
  kCsv = 1,
  kJson = 2,   ///< one object a line
  kIpc = 3,    ///< Arrow's file format
  kText = 4,   ///< one string column "line"
  kRange = 5,  ///< no file: int64 column from, from+1, ... to-1
};

/// "parquet", "csv", ...
std::string_view TableFormatName(TableFormat format);
Result<TableFormat> ParseTableFormat(std::string_view text);

/// What to do with a record (a line of JSON) or value that does not fit the schema.
enum class OnBad : uint8_t {
  kFail = 0,    ///< an error with file, line, column and text
  kNull = 1,    ///< null for what does not fit; short records are filled up, long ones cut
  kReject = 2,  ///< records of which any column does not fit are no rows
  /// The records that kReject leaves out are the rows (`RejectsOf`).
  kRejectsOnly = 3,
};

/// Words that programs write for missing numbers and dates: NA, N/A, NULL, null. As text they stay
/// what they are: "NA" is a country as well.
std::span<const std::string_view> MissingWords();

/// How CSV is written down.
struct CsvFormat {
  char delimiter = ',';
  char quote = '"';
  bool header = true;
  /// Fields that stand for null, unquoted. In columns that are no text MissingWords() do as well.
  std::vector<std::string> null_tokens = {""};
  OnBad on_bad = OnBad::kFail;
  /// With kReject: the folder into which a query writes the records that it left out, anew each
  /// time.
  std::string rejects = {};
  friend bool operator==(const CsvFormat&, const CsvFormat&) = default;
};

/// One file of a source as it was when the plan was made: what reuse of finished stages compares.
struct SourceFile {
  std::string path;
  uint64_t length = 0;
  int64_t modification_ms = 0;
  /// Rows where known (footers, finished stages); -1 otherwise.
  int64_t rows = -1;
  /// Values of the partition columns of the path (`country=DE`), by column; null is absent.
  std::map<std::string, std::string> partition_values;
  friend bool operator==(const SourceFile&, const SourceFile&) = default;
};

/// What is known of a column of a table.
struct ColumnStatistics {
  std::optional<double> distinct;
  /// Least and greatest value of numbers (dates as days, timestamps as microseconds).
  std::optional<double> min;
  std::optional<double> max;
  /// The part of the rows in which it is null.
  std::optional<double> null_fraction;
};

/// A table outside of the plan. A plain value.
struct TableSource {
  /// For people: "lineitem", or what the user gave as path.
  std::string name;
  TableFormat format = TableFormat::kParquet;
  std::vector<SourceFile> files;
  /// All columns, of files and of their paths.
  SchemaPtr schema;
  /// Of CSV; of JSON what it says of bad lines.
  CsvFormat csv;
  /// With kRejectsOnly: the columns that records are checked against.
  SchemaPtr checked;
  /// Bounds of kRange.
  int64_t range_from = 0;
  int64_t range_to = 0;
  /// The stage that wrote it, when it is an intermediate.
  std::optional<uint32_t> stage;
  /// What the files say of columns, by name. For estimates alone: it is not encoded.
  std::map<std::string, ColumnStatistics> statistics;
  /// Of an intermediate: rows there would be had filters below it not taken some out, as far as is
  /// guessed (PlanEstimate::base_rows); 0 when there is no guess. Not encoded either.
  double base_rows = 0;

  uint64_t TotalBytes() const;
  /// The sum over the files, or nothing when one is unknown. Of a range: its length.
  std::optional<int64_t> TotalRows() const;
};

/// What is told of a record that was rejected: "file" string, "line" int64 (null where the file is
/// too long for its lines to be counted), "byte" int64 (where the record begins, of a compressed
/// file when decompressed), "column" string (the first that does not fit; null when the record as a
/// whole does not), "text" string (the whole record), "reason" string.
SchemaPtr RejectSchema();

/// The table of the records that a source with OnBad::kReject leaves out; of `RejectSchema`.
TableSource RejectsOf(const TableSource& source);

}  // namespace tusk::df
