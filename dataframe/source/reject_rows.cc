#include "dataframe/source/reject_rows.h"

#include <utility>

#include <arrow/api.h>
#include <arrow/util/utf8.h>
#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

/// Text of our type string, whatever bytes the file has.
std::string AsUtf8(std::string_view bytes) {
  if (arrow::util::ValidateUTF8(bytes)) return std::string(bytes);
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += fmt::format("\\x{:02x}", byte);
    }
  }
  return out;
}

Result<std::shared_ptr<arrow::Array>> Finish(arrow::ArrayBuilder& builder) {
  return FromArrow(builder.Finish());
}

}  // namespace

bool Rejects(const TableSource& source) {
  return source.csv.on_bad == OnBad::kReject || source.csv.on_bad == OnBad::kRejectsOnly;
}

std::vector<std::shared_ptr<arrow::Field>> CheckedColumns(const TableSource& source,
                                                          const SourceFile& file) {
  if (source.checked != nullptr) return source.checked->fields();
  std::vector<std::shared_ptr<arrow::Field>> columns;
  for (const auto& field : source.schema->fields()) {
    if (!IsPathColumn(file, field->name())) columns.push_back(field);
  }
  return columns;
}

RejectRows::RejectRows(const FileScan& scan) : scan_(scan), lines_(*scan.files, scan.file->path) {}

void RejectRows::Add(uint64_t offset, std::optional<std::string_view> column, std::string_view text,
                     std::string reason) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  Row& row = rows_.emplace_back();
  row.offset = offset;
  row.line = lines_.LineOf(offset);
  if (column) row.column = std::string(*column);
  row.text = AsUtf8(text);
  row.reason = AsUtf8(reason);
}

Result<BatchPtr> RejectRows::Take() {
  const auto rows = static_cast<int64_t>(rows_.size());
  if (scan_.columns.empty()) {
    rows_.clear();
    return RowsOnly(rows);
  }
  std::vector<std::shared_ptr<arrow::Array>> arrays;
  for (const auto& field : scan_.columns) {
    ASSIGN_OR_RETURN(arrays.emplace_back(), ColumnOf(field->name()));
  }
  rows_.clear();
  return arrow::RecordBatch::Make(arrow::schema(scan_.columns), rows, std::move(arrays));
}

Result<std::shared_ptr<arrow::Array>> RejectRows::ColumnOf(const std::string& name) const {
  if (name == "line" || name == "byte") {
    arrow::Int64Builder numbers;
    for (const Row& row : rows_) {
      const std::optional<uint64_t> number = name == "line" ? row.line : row.offset;
      RETURN_IF_ERROR(
          FromArrow(number ? numbers.Append(static_cast<int64_t>(*number)) : numbers.AppendNull()));
    }
    return Finish(numbers);
  }
  arrow::StringBuilder texts;
  for (const Row& row : rows_) {
    std::optional<std::string_view> text = scan_.file->path;
    if (name == "column") text = row.column;
    if (name == "text") text = row.text;
    if (name == "reason") text = row.reason;
    RETURN_IF_ERROR(FromArrow(text ? texts.Append(*text) : texts.AppendNull()));
  }
  return Finish(texts);
}

}  // namespace tusk::df
