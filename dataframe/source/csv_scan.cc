#include "dataframe/source/csv_scan.h"

#include <algorithm>
#include <span>
#include <utility>

#include <arrow/api.h>
#include <arrow/csv/converter.h>
#include <arrow/csv/options.h>
#include <arrow/csv/parser.h>

#include "common/base/status_macros.h"
#include "dataframe/source/csv_blocks.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

using arrow::csv::BlockParser;

constexpr size_t kShownBytes = 80;

/// One field as the parser has taken it apart.
struct Cell {
  std::string_view text;
  bool quoted = false;
  bool missing = false;
};

/// Fields of one column as values of a type.
class CsvColumn {
 public:
  static Result<std::unique_ptr<CsvColumn>> Make(const CsvFormat& format,
                                                 std::shared_ptr<arrow::Field> source, int index) {
    std::unique_ptr<CsvColumn> column(new CsvColumn(std::move(source), index));
    const arrow::Field& field = column->field();
    auto& options = column->options_;
    options = arrow::csv::ConvertOptions::Defaults();
    options.null_values = format.null_tokens;
    options.strings_can_be_null = true;
    const auto id = field.type()->id();
    const bool text = id == arrow::Type::STRING || id == arrow::Type::BINARY;
    // Of text "" is an empty one; of all else nothing at all can only be null, in quotes or not.
    options.quoted_strings_can_be_null = !text;
    if (!text) {
      options.null_values.emplace_back();
      for (const std::string_view word : MissingWords()) options.null_values.emplace_back(word);
    }
    TypePtr type = field.type();
    if (id == arrow::Type::DURATION) type = arrow::int64();
    auto converter = arrow::csv::Converter::Make(type, options);
    if (!converter.ok()) {
      return Status::Error(StatusCode::kUnsupported,
                           "column {} cannot be read from CSV as {}: read it as string",
                           field.name(), TypeText(*field.type()));
    }
    column->converter_ = std::move(converter).ValueUnsafe();
    return column;
  }

  arrow::Result<std::shared_ptr<arrow::Array>> Convert(const BlockParser& parser) const {
    return converter_->Convert(parser, index_);
  }

  /// The same, with null where a field does not fit.
  Result<std::shared_ptr<arrow::Array>> ConvertOrNull(const BlockParser& parser) const {
    std::vector<Cell> cells;
    cells.reserve(static_cast<size_t>(parser.num_rows()));
    RETURN_IF_ERROR(FromArrow(parser.VisitColumn(
        index_, [&](const uint8_t* data, uint32_t size, bool quoted, bool missing) {
          cells.push_back({{reinterpret_cast<const char*>(data), size}, quoted, missing});
          return arrow::Status::OK();
        })));
    std::vector<std::shared_ptr<arrow::Array>> parts;
    RETURN_IF_ERROR(AppendFitting(cells, parts));
    return FromArrow(arrow::Concatenate(parts));
  }

  const arrow::Field& field() const { return *field_; }
  int index() const { return index_; }

 private:
  CsvColumn(std::shared_ptr<arrow::Field> field, int index)
      : field_(std::move(field)), index_(index) {}

  /// Halves what does not convert until the one field is found.
  Status AppendFitting(std::span<const Cell> cells,
                       std::vector<std::shared_ptr<arrow::Array>>& parts) const {
    if (!cells.front().missing || cells.size() > 1) {
      auto part = ConvertCells(cells);
      if (part.ok()) {
        parts.push_back(std::move(part).ValueUnsafe());
        return Status::Ok();
      }
    }
    if (cells.size() == 1) {
      ASSIGN_OR_RETURN(auto null, FromArrow(arrow::MakeArrayOfNull(converter_->type(), 1)));
      parts.push_back(std::move(null));
      return Status::Ok();
    }
    RETURN_IF_ERROR(AppendFitting(cells.first(cells.size() / 2), parts));
    return AppendFitting(cells.subspan(cells.size() / 2), parts);
  }

  arrow::Result<std::shared_ptr<arrow::Array>> ConvertCells(std::span<const Cell> cells) const {
    std::string lines;
    for (const Cell& cell : cells) {
      if (cell.missing) return arrow::Status::Invalid("no field");
      if (cell.quoted || cell.text.starts_with('"')) {
        lines += '"';
        for (const char c : cell.text) lines.append(c == '"' ? 2 : 1, c);
        lines += '"';
      } else {
        lines += cell.text;
      }
      lines += '\n';
    }
    auto options = arrow::csv::ParseOptions::Defaults();
    options.newlines_in_values = true;
    options.ignore_empty_lines = false;
    // No field has it: a delimiter inside of one is taken as text.
    options.delimiter = '\x01';
    BlockParser parser(options, 1, -1, static_cast<int32_t>(cells.size()) + 1);
    uint32_t parsed = 0;
    ARROW_RETURN_NOT_OK(parser.ParseFinal(lines, &parsed));
    if (parser.num_rows() != static_cast<int32_t>(cells.size())) {
      return arrow::Status::Invalid("fields that are no lines");
    }
    return converter_->Convert(parser, 0);
  }

  const std::shared_ptr<arrow::Field> field_;
  const int index_;
  arrow::csv::ConvertOptions options_;  // referred to by the converter
  std::shared_ptr<arrow::csv::Converter> converter_;
};

/// Records as batches.
class CsvStream final : public BatchStream {
 public:
  CsvStream(FileScan scan, std::unique_ptr<CsvBlocks> blocks)
      : scan_(std::move(scan)), blocks_(std::move(blocks)) {}

  Status FindColumns() {
    const std::vector<std::string>& names = blocks_->names();
    // A file without even a header has no rows that could lack columns.
    if (names.empty()) return Status::Ok();
    for (const auto& field : scan_.columns) {
      const auto found = std::find(names.begin(), names.end(), field->name());
      if (found == names.end()) return NoColumn(field->name());
      ASSIGN_OR_RETURN(auto column, CsvColumn::Make(scan_.source->csv, field,
                                                    static_cast<int>(found - names.begin())));
      columns_.push_back(std::move(column));
    }
    return Status::Ok();
  }

  Result<BatchPtr> Next() override {
    ASSIGN_OR_RETURN(const BlockParser* const parser, blocks_->Next());
    if (parser == nullptr) return BatchPtr();
    if (columns_.empty()) return RowsOnly(parser->num_rows());
    std::vector<std::shared_ptr<arrow::Array>> arrays;
    std::vector<std::shared_ptr<arrow::Field>> fields;
    for (const auto& column : columns_) {
      auto converted = column->Convert(*parser);
      if (converted.ok()) {
        arrays.push_back(std::move(converted).ValueUnsafe());
      } else if (scan_.source->csv.on_bad == OnBad::kNull) {
        ASSIGN_OR_RETURN(auto array, column->ConvertOrNull(*parser));
        arrays.push_back(std::move(array));
      } else {
        return BadValue(*column, FromArrow(converted.status()));
      }
      fields.push_back(arrow::field(column->field().name(), arrays.back()->type()));
    }
    return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), parser->num_rows(),
                                    std::move(arrays));
  }

 private:
  Status NoColumn(const std::string& name) const {
    std::string header;
    for (const std::string& known : blocks_->names()) {
      if (header.size() > 200) {
        header += ", ...";
        break;
      }
      header += (header.empty() ? "" : ", ") + known;
    }
    return Status::Error(StatusCode::kCorruption,
                         "the header of {} has no column {}, which other files of the table have; "
                         "it has: {}",
                         scan_.file->path, name, header);
  }

  /// Parses the first `rows` records of the block again.
  Result<std::unique_ptr<BlockParser>> FirstRows(int32_t rows, uint32_t* bytes) const {
    auto parser = std::make_unique<BlockParser>(
        blocks_->options(), static_cast<int32_t>(blocks_->names().size()), -1, rows);
    RETURN_IF_ERROR(FromArrow(parser->ParseFinal(blocks_->data(), bytes)));
    return parser;
  }

  /// Finds the field that does not fit by halves: the converter does not tell.
  Status BadValue(const CsvColumn& column, const Status& why) const {
    const Status fallback =
        Status(StatusCode::kCorruption, std::string(why.message())).WithContext(scan_.file->path);
    uint32_t bytes = 0;
    ASSIGN_OR_RETURN(auto parser, FirstRows(arrow::csv::kMaxParserNumRows, &bytes));
    int32_t good = 0;
    int32_t bad = parser->num_rows();
    while (good + 1 < bad) {
      const int32_t middle = good + (bad - good) / 2;
      ASSIGN_OR_RETURN(parser, FirstRows(middle, &bytes));
      (column.Convert(*parser).ok() ? good : bad) = middle;
    }
    // The bad record begins where the good ones before it end.
    uint32_t start = 0;
    if (good > 0) {
      ASSIGN_OR_RETURN(parser, FirstRows(good, &start));
    }
    const std::string_view data = blocks_->data();
    while (blocks_->options().ignore_empty_lines && start < data.size() &&
           (data[start] == '\n' || data[start] == '\r')) {
      ++start;
    }
    ASSIGN_OR_RETURN(parser, FirstRows(bad, &bytes));
    std::string text;
    int index = 0;
    const Status found = FromArrow(
        parser->VisitLastRow([&](const uint8_t* data, uint32_t size, bool, bool) -> arrow::Status {
          if (index++ == column.index()) text.assign(reinterpret_cast<const char*>(data), size);
          return arrow::Status::OK();
        }));
    if (!found.ok()) return fallback;
    const bool utf8 = column.field().type()->id() == arrow::Type::STRING;
    return Status::Error(
        StatusCode::kCorruption,
        "{}, column {}: {} is {}; give the column another type in the schema, name what stands for "
        "null, or read with on_bad=null",
        blocks_->PlaceOf(blocks_->data_offset() + start), column.field().name(),
        ShownText(text, kShownBytes),
        utf8 ? "not UTF-8" : fmt::format("no {}", TypeText(*column.field().type())));
  }

  const FileScan scan_;
  const std::unique_ptr<CsvBlocks> blocks_;
  std::vector<std::unique_ptr<CsvColumn>> columns_;
};

}  // namespace

Result<std::vector<std::string>> ReadCsvHeader(dfs::FileSystem& files, const std::string& path,
                                               const CsvFormat& format) {
  ASSIGN_OR_RETURN(CsvHead head, ReadCsvHead(files, path, format));
  return std::move(head.names);
}

Result<std::unique_ptr<BatchStream>> OpenCsv(FileScan scan) {
  if (scan.source->csv.on_bad == OnBad::kReject) {
    return Status(StatusCode::kUnsupported,
                  "on_bad=reject is not built: read with on_bad=fail or on_bad=null");
  }
  ASSIGN_OR_RETURN(auto blocks, CsvBlocks::Open(*scan.files, scan.file->path, scan.source->csv,
                                                scan.split.begin, scan.split.end));
  auto stream = std::make_unique<CsvStream>(std::move(scan), std::move(blocks));
  RETURN_IF_ERROR(stream->FindColumns());
  return std::unique_ptr<BatchStream>(std::move(stream));
}

}  // namespace tusk::df
