#include "dataframe/source/csv_scan.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include <arrow/api.h>
#include <arrow/compute/api.h>
#include <arrow/csv/converter.h>
#include <arrow/csv/options.h>
#include <arrow/csv/parser.h>

#include "common/base/quantity_text.h"
#include "common/base/status_macros.h"
#include "dataframe/source/csv_blocks.h"
#include "dataframe/source/reject_rows.h"
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

/// Records of which a field does not fit, and the fields; ascending.
using Misfits = std::vector<std::pair<int64_t, std::string_view>>;

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

  /// The same, with null where a field does not fit; `misfits` gets the numbers of these records
  /// and the texts of the fields.
  Result<std::shared_ptr<arrow::Array>> ConvertOrNull(const BlockParser& parser,
                                                      Misfits* misfits) const {
    std::vector<Cell> cells;
    cells.reserve(static_cast<size_t>(parser.num_rows()));
    RETURN_IF_ERROR(FromArrow(parser.VisitColumn(
        index_, [&](const uint8_t* data, uint32_t size, bool quoted, bool missing) {
          cells.push_back({{reinterpret_cast<const char*>(data), size}, quoted, missing});
          return arrow::Status::OK();
        })));
    std::vector<std::shared_ptr<arrow::Array>> parts;
    RETURN_IF_ERROR(AppendFitting(cells, 0, parts, misfits));
    return FromArrow(arrow::Concatenate(parts));
  }

  /// Why a text is no value of the column: "'x' is no int64".
  std::string ReasonOf(std::string_view text) const {
    const bool utf8 = field_->type()->id() == arrow::Type::STRING;
    return fmt::format("{} is {}", ShownText(text, kShownBytes),
                       utf8 ? "not UTF-8" : fmt::format("no {}", TypeText(*field_->type())));
  }

  const arrow::Field& field() const { return *field_; }
  int index() const { return index_; }

 private:
  CsvColumn(std::shared_ptr<arrow::Field> field, int index)
      : field_(std::move(field)), index_(index) {}

  /// Halves what does not convert until the one field is found. `first` is the record of the first
  /// cell.
  Status AppendFitting(std::span<const Cell> cells, int64_t first,
                       std::vector<std::shared_ptr<arrow::Array>>& parts, Misfits* misfits) const {
    if (!cells.front().missing || cells.size() > 1) {
      auto part = ConvertCells(cells);
      if (part.ok()) {
        parts.push_back(std::move(part).ValueUnsafe());
        return Status::Ok();
      }
    }
    if (cells.size() == 1) {
      misfits->emplace_back(first, cells.front().text);
      ASSIGN_OR_RETURN(auto null, FromArrow(arrow::MakeArrayOfNull(converter_->type(), 1)));
      parts.push_back(std::move(null));
      return Status::Ok();
    }
    const size_t half = cells.size() / 2;
    RETURN_IF_ERROR(AppendFitting(cells.first(half), first, parts, misfits));
    return AppendFitting(cells.subspan(half), first + static_cast<int64_t>(half), parts, misfits);
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

Status NoColumn(const SourceFile& file, const std::vector<std::string>& names,
                const std::string& name) {
  std::string header;
  for (const std::string& known : names) {
    if (header.size() > 200) {
      header += ", ...";
      break;
    }
    header += (header.empty() ? "" : ", ") + known;
  }
  return Status::Error(StatusCode::kCorruption,
                       "the header of {} has no column {}, which other files of the table have; "
                       "it has: {}",
                       file.path, name, header);
}

/// Where in the records of a file `fields` are; nothing of a file without even a header, which has
/// no rows that could lack columns.
Result<std::vector<std::unique_ptr<CsvColumn>>> MakeColumns(
    const FileScan& scan, const std::vector<std::shared_ptr<arrow::Field>>& fields,
    const std::vector<std::string>& names) {
  std::vector<std::unique_ptr<CsvColumn>> columns;
  if (names.empty()) return columns;
  for (const auto& field : fields) {
    const auto found = std::find(names.begin(), names.end(), field->name());
    if (found == names.end()) return NoColumn(*scan.file, names, field->name());
    ASSIGN_OR_RETURN(
        columns.emplace_back(),
        CsvColumn::Make(scan.source->csv, field, static_cast<int>(found - names.begin())));
  }
  return columns;
}

/// Records as batches.
class CsvStream final : public BatchStream {
 public:
  CsvStream(FileScan scan, std::unique_ptr<CsvBlocks> blocks)
      : scan_(std::move(scan)), blocks_(std::move(blocks)) {}

  Status FindColumns() {
    ASSIGN_OR_RETURN(columns_, MakeColumns(scan_, scan_.columns, blocks_->names()));
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
        Misfits misfits;
        ASSIGN_OR_RETURN(auto array, column->ConvertOrNull(*parser, &misfits));
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
    return Status::Error(
        StatusCode::kCorruption,
        "{}, column {}: {}; give the column another type in the schema, name what stands for "
        "null, or read with on_bad null or reject",
        blocks_->PlaceOf(blocks_->data_offset() + start), column.field().name(),
        column.ReasonOf(text));
  }

  const FileScan scan_;
  const std::unique_ptr<CsvBlocks> blocks_;
  std::vector<std::unique_ptr<CsvColumn>> columns_;
};

/// Records of which every column fits, or the others.
class CheckedCsvStream final : public BatchStream {
 public:
  CheckedCsvStream(FileScan scan, std::unique_ptr<CsvBlocks> blocks)
      : scan_(std::move(scan)), blocks_(std::move(blocks)), rejects_(scan_) {}

  Status FindColumns() {
    ASSIGN_OR_RETURN(
        columns_, MakeColumns(scan_, CheckedColumns(*scan_.source, *scan_.file), blocks_->names()));
    return Status::Ok();
  }

  Result<BatchPtr> Next() override {
    while (true) {
      ASSIGN_OR_RETURN(const BlockParser* const parser, blocks_->Next());
      if (parser == nullptr) return BatchPtr();
      Bad bad;
      BatchPtr batch;
      ASSIGN_OR_RETURN(batch, Check(*parser, &bad));
      if (scan_.source->csv.on_bad == OnBad::kRejectsOnly) {
        ASSIGN_OR_RETURN(batch, RejectsOfBlock(*parser, bad));
      } else if (!bad.empty()) {
        ASSIGN_OR_RETURN(batch, Without(*batch, bad));
      }
      if (batch->num_rows() > 0) return batch;
    }
  }

 private:
  /// The first column that does not fit, and why, by record.
  using Bad = std::map<int64_t, std::pair<const CsvColumn*, std::string>>;

  /// All records with the columns of the scan.
  Result<BatchPtr> Check(const BlockParser& parser, Bad* bad) const {
    std::map<std::string, std::shared_ptr<arrow::Array>> arrays;
    for (const auto& column : columns_) {
      auto& array = arrays[column->field().name()];
      auto converted = column->Convert(parser);
      if (converted.ok()) {
        array = std::move(converted).ValueUnsafe();
        continue;
      }
      Misfits misfits;
      ASSIGN_OR_RETURN(array, column->ConvertOrNull(parser, &misfits));
      for (const auto& [record, text] : misfits)
        bad->try_emplace(record, column.get(), column->ReasonOf(text));
    }
    if (scan_.columns.empty()) return RowsOnly(parser.num_rows());
    std::vector<std::shared_ptr<arrow::Array>> wanted;
    std::vector<std::shared_ptr<arrow::Field>> fields;
    for (const auto& field : scan_.columns) {
      const auto found = arrays.find(field->name());
      if (found == arrays.end()) continue;  // of the rejects themselves
      wanted.push_back(found->second);
      fields.push_back(arrow::field(field->name(), found->second->type()));
    }
    return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), parser.num_rows(),
                                    std::move(wanted));
  }

  static Result<BatchPtr> Without(const arrow::RecordBatch& batch, const Bad& bad) {
    const auto rows = batch.num_rows() - static_cast<int64_t>(bad.size());
    if (batch.num_columns() == 0) return RowsOnly(rows);
    arrow::BooleanBuilder fits;
    for (int64_t row = 0; row < batch.num_rows(); ++row)
      RETURN_IF_ERROR(FromArrow(fits.Append(!bad.contains(row))));
    ASSIGN_OR_RETURN(const auto selection, FromArrow(fits.Finish()));
    std::vector<std::shared_ptr<arrow::Array>> arrays;
    for (const auto& column : batch.columns()) {
      ASSIGN_OR_RETURN(const arrow::Datum filtered,
                       FromArrow(arrow::compute::Filter(column, selection)));
      arrays.push_back(filtered.make_array());
    }
    return arrow::RecordBatch::Make(batch.schema(), rows, std::move(arrays));
  }

  Result<BatchPtr> RejectsOfBlock(const BlockParser& parser, const Bad& bad) {
    if (bad.empty() && blocks_->left_out() == 0) return rejects_.Take();
    const size_t fields = blocks_->names().size();
    int64_t row = 0;  // of the parser, which has records with all fields only
    for (const CsvBlocks::Record& record : blocks_->Records()) {
      const std::string_view text = blocks_->data().substr(record.begin, record.end - record.begin);
      const uint64_t offset = blocks_->data_offset() + record.begin;
      if (record.fields != fields) {
        rejects_.Add(offset, std::nullopt, text,
                     fmt::format("{} instead of {}",
                                 CountText(static_cast<int64_t>(record.fields), "field"), fields));
        continue;
      }
      const auto found = bad.find(row++);
      if (found == bad.end()) continue;
      rejects_.Add(offset, found->second.first->field().name(), text, found->second.second);
    }
    if (row == parser.num_rows()) return rejects_.Take();
    return Status::Error(StatusCode::kCorruption,
                         "{}: the records cannot be told apart with certainty; read with on_bad "
                         "null or error",
                         blocks_->PlaceOf(blocks_->data_offset()));
  }

  const FileScan scan_;
  const std::unique_ptr<CsvBlocks> blocks_;
  std::vector<std::unique_ptr<CsvColumn>> columns_;
  RejectRows rejects_;
};

template <typename Stream>
Result<std::unique_ptr<BatchStream>> OpenAs(FileScan scan) {
  ASSIGN_OR_RETURN(auto blocks, CsvBlocks::Open(*scan.files, scan.file->path, scan.source->csv,
                                                scan.split.begin, scan.split.end));
  auto stream = std::make_unique<Stream>(std::move(scan), std::move(blocks));
  RETURN_IF_ERROR(stream->FindColumns());
  return std::unique_ptr<BatchStream>(std::move(stream));
}

}  // namespace

Result<std::vector<std::string>> ReadCsvHeader(dfs::FileSystem& files, const std::string& path,
                                               const CsvFormat& format) {
  ASSIGN_OR_RETURN(CsvHead head, ReadCsvHead(files, path, format));
  return std::move(head.names);
}

Result<std::unique_ptr<BatchStream>> OpenCsv(FileScan scan) {
  if (Rejects(*scan.source)) return OpenAs<CheckedCsvStream>(std::move(scan));
  return OpenAs<CsvStream>(std::move(scan));
}

}  // namespace tusk::df
