#include "dataframe/api/result_printer.h"

#include <algorithm>
#include <memory>
#include <vector>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "common/base/quantity_text.h"
#include "common/base/status_macros.h"
#include "dataframe/sink/cell_text.h"
#include "dataframe/sink/row_text.h"
#include "dataframe/type/arrow_status.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {
namespace {

/// So many rows decide how wide columns are.
constexpr size_t kRowsForWidths = 1000;

/// Characters of UTF-8 text: bytes that do not continue one.
size_t CharactersOf(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string CutTo(std::string text, size_t characters) {
  if (characters == 0 || CharactersOf(text) <= characters) return text;
  size_t kept = 0;
  size_t at = 0;
  while (at < text.size()) {
    const bool begins = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (begins && kept == characters - 1) break;
    kept += begins ? 1 : 0;
    ++at;
  }
  return text.substr(0, at) + "…";
}

/// Lays rows out in columns.
class TextTable {
 public:
  TextTable(const arrow::Schema& schema, std::FILE* out) : out_(out) {
    for (const auto& field : schema.fields()) {
      names_.push_back(field->name());
      types_.push_back(TypeText(*field->type()));
      right_.push_back(IsNumeric(*field->type()));
      widths_.push_back(std::max(CharactersOf(names_.back()), types_.back().size()));
    }
  }

  void Add(std::vector<std::string> cells) {
    if (started_) {
      PrintRow(cells);
      return;
    }
    for (size_t i = 0; i < cells.size(); ++i)
      widths_[i] = std::max(widths_[i], CharactersOf(cells[i]));
    waiting_.push_back(std::move(cells));
    if (waiting_.size() == kRowsForWidths) Start();
  }

  void Start() {
    if (started_) return;
    started_ = true;
    PrintRow(names_);
    PrintRow(types_);
    std::string line;
    for (size_t i = 0; i < widths_.size(); ++i)
      line += (i > 0 ? "+" : "") + std::string(widths_[i] + 2, '-');
    fmt::print(out_, "{}\n", line);
    for (const std::vector<std::string>& row : waiting_) PrintRow(row);
    waiting_.clear();
  }

 private:
  void PrintRow(const std::vector<std::string>& cells) {
    std::string line;
    for (size_t i = 0; i < cells.size(); ++i) {
      const size_t size = CharactersOf(cells[i]);
      const std::string space(widths_[i] > size ? widths_[i] - size : 0, ' ');
      line += i > 0 ? "| " : " ";
      line += right_[i] ? space + cells[i] : cells[i] + space;
      line += ' ';
    }
    while (line.ends_with(' ')) line.pop_back();
    fmt::print(out_, "{}\n", line);
  }

  std::FILE* const out_;
  std::vector<std::string> names_;
  std::vector<std::string> types_;
  std::vector<bool> right_;
  std::vector<size_t> widths_;
  std::vector<std::vector<std::string>> waiting_;
  bool started_ = false;
};

std::string CellOf(const arrow::Array& array, int64_t row, size_t max_cell) {
  if (array.IsNull(row)) return "NULL";
  std::string text;
  if (HasCellText(*array.type())) {
    AppendCell(array, row, text);
  } else {
    const auto scalar = array.GetScalar(row);
    text = scalar.ok() ? (*scalar)->ToString() : "?";
  }
  // A line of the table is a line.
  std::replace(text.begin(), text.end(), '\n', ' ');
  return CutTo(std::move(text), max_cell);
}

Result<int64_t> PrintTable(BatchStream& rows, const SchemaPtr& schema, const TableLook& look,
                           std::FILE* out) {
  TextTable table(*schema, out);
  int64_t count = 0;
  while (true) {
    ASSIGN_OR_RETURN(const BatchPtr batch, rows.Next());
    if (batch == nullptr) break;
    for (int64_t row = 0; row < batch->num_rows(); ++row, ++count) {
      if (look.max_rows > 0 && count >= look.max_rows) continue;
      std::vector<std::string> cells;
      for (const auto& column : batch->columns())
        cells.push_back(CellOf(*column, row, look.max_cell));
      table.Add(std::move(cells));
    }
  }
  table.Start();
  if (look.max_rows > 0 && count > look.max_rows) {
    fmt::print(out, "... {} more (--csv or --json prints all, COPY ... TO keeps them)\n",
               CountText(count - look.max_rows, "row"));
  }
  return count;
}

}  // namespace

Result<int64_t> PrintRows(BatchStream& rows, const SchemaPtr& schema, ResultFormat format,
                          const TableLook& look, std::FILE* out) {
  if (format == ResultFormat::kTable) return PrintTable(rows, schema, look, out);
  std::unique_ptr<RowText> text;
  if (format == ResultFormat::kCsv) {
    ASSIGN_OR_RETURN(text, MakeCsvText(CsvFormat{}, schema));
  } else {
    ASSIGN_OR_RETURN(text, MakeJsonText(schema));
  }
  std::string buffer = text->Header();
  int64_t count = 0;
  while (true) {
    ASSIGN_OR_RETURN(const BatchPtr batch, rows.Next());
    if (batch != nullptr) {
      text->Append(*batch, buffer);
      count += batch->num_rows();
    }
    std::fwrite(buffer.data(), 1, buffer.size(), out);
    buffer.clear();
    if (batch == nullptr) return count;
  }
}

Result<std::shared_ptr<arrow::RecordBatch>> TextRows(
    const std::vector<std::string>& names, const std::vector<std::vector<std::string>>& rows) {
  arrow::FieldVector fields;
  arrow::ArrayVector columns;
  for (size_t i = 0; i < names.size(); ++i) {
    arrow::StringBuilder builder;
    for (const std::vector<std::string>& row : rows)
      RETURN_IF_ERROR(FromArrow(builder.Append(row[i])));
    fields.push_back(arrow::field(names[i], arrow::utf8()));
    ASSIGN_OR_RETURN(columns.emplace_back(), FromArrow(builder.Finish()));
  }
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)),
                                  static_cast<int64_t>(rows.size()), std::move(columns));
}

}  // namespace tusk::df
