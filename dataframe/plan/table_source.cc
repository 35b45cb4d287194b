#include "dataframe/plan/table_source.h"

#include <algorithm>

#include <arrow/type.h>

#include "dataframe/plan/partition_folder.h"

namespace tusk::df {
namespace {

constexpr std::string_view kFormats[] = {"parquet", "csv", "json", "arrow", "text", "range"};

}  // namespace

std::string_view TableFormatName(TableFormat format) {
  const auto index = static_cast<size_t>(format);
  return index < std::size(kFormats) ? kFormats[index] : "unknown";
}

Result<TableFormat> ParseTableFormat(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (size_t i = 0; i < std::size(kFormats); ++i) {
    if (lower == kFormats[i]) return static_cast<TableFormat>(i);
  }
  // The other names under which people know Arrow's file format and JSON lines.
  if (lower == "ipc" || lower == "feather") return TableFormat::kIpc;
  if (lower == "jsonl" || lower == "ndjson") return TableFormat::kJson;
  if (lower == "tsv") return TableFormat::kCsv;
  return Status::Error(
      StatusCode::kInvalidArgument,
      "there is no table format of this name, only parquet, csv, json, arrow and text: {}", text);
}

std::span<const std::string_view> MissingWords() {
  static constexpr std::string_view kWords[] = {"NA", "N/A", "NULL", "null"};
  return kWords;
}

uint64_t TableSource::TotalBytes() const {
  uint64_t bytes = 0;
  for (const SourceFile& file : files) bytes += file.length;
  return bytes;
}

std::optional<int64_t> TableSource::TotalRows() const {
  if (format == TableFormat::kRange) return std::max<int64_t>(range_to - range_from, 0);
  int64_t rows = 0;
  for (const SourceFile& file : files) {
    if (file.rows < 0) return std::nullopt;
    rows += file.rows;
  }
  return rows;
}

SchemaPtr RejectSchema() {
  return arrow::schema(
      {arrow::field("file", arrow::utf8(), false), arrow::field("line", arrow::int64()),
       arrow::field("byte", arrow::int64(), false), arrow::field("column", arrow::utf8()),
       arrow::field("text", arrow::utf8(), false), arrow::field("reason", arrow::utf8(), false)});
}

TableSource RejectsOf(const TableSource& source) {
  TableSource rejects = source;
  rejects.csv.on_bad = OnBad::kRejectsOnly;
  rejects.csv.rejects.clear();
  rejects.schema = RejectSchema();
  arrow::FieldVector checked;
  for (const auto& field : source.schema->fields()) {
    // A null is not among the values, but its folder is in the path.
    const std::string null_folder = "/" + PartitionFolder(field->name(), nullptr) + "/";
    const bool in_path =
        std::any_of(source.files.begin(), source.files.end(), [&](const SourceFile& file) {
          return file.partition_values.contains(field->name()) ||
                 file.path.find(null_folder) != std::string::npos;
        });
    if (!in_path) checked.push_back(field);
  }
  rejects.checked = arrow::schema(std::move(checked));
  for (SourceFile& file : rejects.files) file.partition_values.clear();
  return rejects;
}

}  // namespace tusk::df
