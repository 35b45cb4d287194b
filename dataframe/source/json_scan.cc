#include "dataframe/source/json_scan.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <arrow/api.h>
#include <arrow/compute/api.h>
#include <arrow/json/options.h>
#include <arrow/json/reader.h>

#include "common/base/status_macros.h"
#include "dataframe/source/byte_input.h"
#include "dataframe/source/reject_rows.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

constexpr size_t kShownBytes = 120;

/// As what Arrow's parser is to read a column; the scan casts what differs.
TypePtr ParsedType(const TypePtr& type) {
  switch (type->id()) {
    case arrow::Type::DATE32:
    case arrow::Type::TIMESTAMP:
      return arrow::utf8();
    case arrow::Type::DURATION:
      return arrow::int64();
    default:
      return type;
  }
}

bool IsReadable(const arrow::DataType& type) {
  if (type.id() == arrow::Type::LIST) {
    return IsReadable(*static_cast<const arrow::ListType&>(type).value_type());
  }
  return type.id() != arrow::Type::BINARY && type.id() != arrow::Type::INTERVAL_MONTH_DAY_NANO;
}

bool IsBlank(std::string_view line) {
  return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// Lines of objects as batches.
class JsonStream final : public BatchStream {
 public:
  JsonStream(FileScan scan, std::unique_ptr<LineBlocks> blocks)
      : scan_(std::move(scan)), blocks_(std::move(blocks)) {
    std::vector<std::shared_ptr<arrow::Field>> fields;
    for (const auto& field : scan_.columns) {
      fields.push_back(arrow::field(field->name(), ParsedType(field->type())));
    }
    options_.explicit_schema = arrow::schema(std::move(fields));
    options_.unexpected_field_behavior = arrow::json::UnexpectedFieldBehavior::Ignore;
  }

  Result<BatchPtr> Next() override {
    while (true) {
      ASSIGN_OR_RETURN(std::string_view block, blocks_->Next());
      if (block.empty()) return BatchPtr();
      offset_ = blocks_->block_offset();
      if (offset_ == 0 && block.starts_with(kByteOrderMark)) {
        offset_ = kByteOrderMark.size();
        block.remove_prefix(offset_);
      }
      if (IsBlank(block)) continue;
      auto batch = Parse(block);
      if (!batch.ok()) return BadLine(block);
      if (scan_.columns.empty()) return RowsOnly(CountObjects(block));
      if ((*batch)->num_rows() > 0) return std::move(batch).ValueUnsafe();
    }
  }

 private:
  arrow::Result<BatchPtr> Parse(std::string_view lines) const {
    return arrow::json::ParseOne(options_, std::make_shared<arrow::Buffer>(lines));
  }

  static int64_t CountObjects(std::string_view lines) {
    int64_t objects = 0;
    while (!lines.empty()) {
      const size_t taken = std::min(lines.find('\n'), lines.size() - 1) + 1;
      if (!IsBlank(lines.substr(0, taken))) ++objects;
      lines.remove_prefix(taken);
    }
    return objects;
  }

  /// Finds the first line that does not parse, by halves.
  Status BadLine(std::string_view block) const {
    std::vector<size_t> ends;
    for (size_t i = 0; i < block.size(); ++i) {
      if (block[i] == '\n' || i + 1 == block.size()) ends.push_back(i + 1);
    }
    size_t good = 0;  // so many lines parse
    size_t bad = ends.size();
    while (good + 1 < bad) {
      const size_t middle = good + (bad - good) / 2;
      const std::string_view lines = block.substr(0, ends[middle - 1]);
      (IsBlank(lines) || Parse(lines).ok() ? good : bad) = middle;
    }
    const size_t begin = good == 0 ? 0 : ends[good - 1];
    const std::string_view line = block.substr(begin, ends[bad - 1] - begin);
    const auto alone = Parse(line);
    const uint64_t offset = offset_ + begin;
    const std::string number = LineOf(*scan_.files, scan_.file->path, offset);
    return Status::Error(
        StatusCode::kCorruption,
        "{}, {}byte {}: {}: {}; each line must be one JSON object whose values have the types of "
        "the schema",
        scan_.file->path, number.empty() ? "" : "line " + number + ", ", offset,
        alone.ok() ? "not an object of this table" : alone.status().message(),
        ShownText(line.substr(0, line.find_last_not_of("\r\n") + 1), kShownBytes));
  }

  const FileScan scan_;
  const std::unique_ptr<LineBlocks> blocks_;
  arrow::json::ParseOptions options_ = arrow::json::ParseOptions::Defaults();
  uint64_t offset_ = 0;  // of the block in the file
};

/// Lines of objects as batches, with what to do where a line does not fit: null for the value, or
/// the whole line is no row, or only such lines are.
class LenientJsonStream final : public BatchStream {
 public:
  LenientJsonStream(FileScan scan, std::unique_ptr<LineBlocks> blocks)
      : scan_(std::move(scan)),
        on_bad_(scan_.source->csv.on_bad),
        columns_(on_bad_ == OnBad::kNull ? scan_.columns
                                         : CheckedColumns(*scan_.source, *scan_.file)),
        blocks_(std::move(blocks)),
        rejects_(scan_) {}

  Result<BatchPtr> Next() override {
    while (true) {
      ASSIGN_OR_RETURN(const std::string_view block, blocks_->Next());
      if (block.empty()) return BatchPtr();
      FindLines(block);
      fitting_.clear();
      bad_.clear();
      if (!lines_.empty()) RETURN_IF_ERROR(Parse(block, 0, lines_.size()));
      BatchPtr batch;
      ASSIGN_OR_RETURN(batch, TypedRows());
      if (on_bad_ == OnBad::kRejectsOnly) {
        for (const auto& [line, why] : bad_) {
          const auto& [begin, end] = lines_[line];
          rejects_.Add(blocks_->block_offset() + begin, why.column,
                       block.substr(begin, end - begin), why.reason);
        }
        ASSIGN_OR_RETURN(batch, rejects_.Take());
      }
      if (batch->num_rows() > 0) return batch;
    }
  }

 private:
  /// Why a line is none of the table.
  struct Misfit {
    std::optional<std::string> column;
    std::string reason;
  };

  /// The lines that are not blank.
  void FindLines(std::string_view block) {
    lines_.clear();
    for (size_t begin = 0; begin < block.size();) {
      const size_t end = std::min(block.find('\n', begin), block.size() - 1) + 1;
      size_t from = begin;
      if (blocks_->block_offset() + begin == 0 && block.starts_with(kByteOrderMark))
        from = kByteOrderMark.size();
      if (!IsBlank(block.substr(from, end - from))) lines_.emplace_back(from, end);
      begin = end;
    }
  }

  static arrow::Result<BatchPtr> ParseAs(std::string_view lines,
                                         std::vector<std::shared_ptr<arrow::Field>> fields) {
    auto options = arrow::json::ParseOptions::Defaults();
    options.unexpected_field_behavior = arrow::json::UnexpectedFieldBehavior::Ignore;
    for (auto& field : fields) field = arrow::field(field->name(), ParsedType(field->type()));
    options.explicit_schema = arrow::schema(std::move(fields));
    return arrow::json::ParseOne(options, std::make_shared<arrow::Buffer>(lines));
  }

  /// Parses lines, halves what does not, until the one line is found.
  Status Parse(std::string_view block, size_t first, size_t last) {
    const size_t begin = lines_[first].first;
    const std::string_view text = block.substr(begin, lines_[last - 1].second - begin);
    auto batch = ParseAs(text, columns_);
    // Rows without columns are not counted by the parser: then every line is looked at.
    if (batch.ok() && !columns_.empty() &&
        (*batch)->num_rows() == static_cast<int64_t>(last - first)) {
      fitting_.push_back({first, last, std::move(batch).ValueUnsafe()});
      return Status::Ok();
    }
    if (last - first > 1) {
      const size_t middle = first + (last - first) / 2;
      RETURN_IF_ERROR(Parse(block, first, middle));
      return Parse(block, middle, last);
    }
    return ParseAlone(text, first);
  }

  /// One line that does not parse with all columns.
  Status ParseAlone(std::string_view text, size_t line) {
    // A column that no line has: what it gives is the number of objects.
    const auto object = ParseAs(text, {arrow::field("", arrow::null())});
    std::vector<std::shared_ptr<arrow::Array>> values;
    Misfit misfit;
    const bool one = object.ok() && (*object)->num_rows() == 1;
    if (!one) {
      misfit.reason =
          object.ok() ? "not one JSON object" : "not one JSON object: " + object.status().message();
    }
    for (const auto& field : columns_) {
      const TypePtr type = ParsedType(field->type());
      std::shared_ptr<arrow::Array> value = arrow::MakeArrayOfNull(type, 1).ValueOrDie();
      if (one) {
        auto alone = ParseAs(text, {field});
        if (alone.ok() && (*alone)->num_rows() == 1) {
          value = (*alone)->column(0);
        } else if (misfit.reason.empty()) {
          misfit.column = field->name();
          misfit.reason =
              fmt::format("the value of {} is no {}", field->name(), TypeText(*field->type()));
        }
      }
      values.push_back(std::move(value));
    }
    if (!misfit.reason.empty()) bad_.emplace(line, std::move(misfit));
    const bool row = on_bad_ == OnBad::kNull || !bad_.contains(line);
    if (row) fitting_.push_back({line, line + 1, OneRow(std::move(values))});
    return Status::Ok();
  }

  BatchPtr OneRow(std::vector<std::shared_ptr<arrow::Array>> values) const {
    std::vector<std::shared_ptr<arrow::Field>> fields;
    for (const auto& field : columns_)
      fields.push_back(arrow::field(field->name(), ParsedType(field->type())));
    return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), 1, std::move(values));
  }

  /// The rows that have parsed, as the types of the table; what is no value of these is bad too.
  Result<BatchPtr> TypedRows() {
    std::vector<size_t> line_of_row;
    for (const Fitting& part : fitting_) {
      for (size_t line = part.first; line < part.last; ++line) line_of_row.push_back(line);
    }
    std::map<std::string, std::shared_ptr<arrow::Array>> typed;
    for (size_t i = 0; i < columns_.size(); ++i) {
      std::vector<std::shared_ptr<arrow::Array>> parts;
      for (const Fitting& part : fitting_) parts.push_back(part.rows->column(static_cast<int>(i)));
      if (parts.empty())
        parts.push_back(arrow::MakeArrayOfNull(columns_[i]->type(), 0).ValueOrDie());
      ASSIGN_OR_RETURN(const auto all, FromArrow(arrow::Concatenate(parts)));
      parts.clear();
      RETURN_IF_ERROR(CastFitting(all, 0, *columns_[i], line_of_row, parts));
      if (!parts.empty()) {
        ASSIGN_OR_RETURN(typed[columns_[i]->name()], FromArrow(arrow::Concatenate(parts)));
      } else {
        typed[columns_[i]->name()] = arrow::MakeArrayOfNull(columns_[i]->type(), 0).ValueOrDie();
      }
    }
    return WantedRows(typed, line_of_row);
  }

  Status CastFitting(const std::shared_ptr<arrow::Array>& values, size_t first,
                     const arrow::Field& field, const std::vector<size_t>& line_of_row,
                     std::vector<std::shared_ptr<arrow::Array>>& parts) {
    if (values->length() == 0) return Status::Ok();
    auto cast = CastColumn(values, field.type());
    if (cast.ok()) {
      parts.push_back(std::move(*cast));
      return Status::Ok();
    }
    if (values->length() == 1) {
      ASSIGN_OR_RETURN(const auto scalar, FromArrow(values->GetScalar(0)));
      bad_.try_emplace(line_of_row[first],
                       Misfit{field.name(),
                              fmt::format("{} is no {}", ShownText(scalar->ToString(), kShownBytes),
                                          TypeText(*field.type()))});
      ASSIGN_OR_RETURN(parts.emplace_back(), FromArrow(arrow::MakeArrayOfNull(field.type(), 1)));
      return Status::Ok();
    }
    const int64_t half = values->length() / 2;
    RETURN_IF_ERROR(CastFitting(values->Slice(0, half), first, field, line_of_row, parts));
    return CastFitting(values->Slice(half), first + static_cast<size_t>(half), field, line_of_row,
                       parts);
  }

  /// The columns of the scan, without rows that are bad unless null is good for them.
  Result<BatchPtr> WantedRows(const std::map<std::string, std::shared_ptr<arrow::Array>>& typed,
                              const std::vector<size_t>& line_of_row) const {
    arrow::BooleanBuilder fits;
    int64_t rows = 0;
    for (const size_t line : line_of_row) {
      const bool fit = on_bad_ == OnBad::kNull || !bad_.contains(line);
      rows += fit ? 1 : 0;
      RETURN_IF_ERROR(FromArrow(fits.Append(fit)));
    }
    if (scan_.columns.empty()) return RowsOnly(rows);
    ASSIGN_OR_RETURN(const auto selection, FromArrow(fits.Finish()));
    std::vector<std::shared_ptr<arrow::Array>> arrays;
    std::vector<std::shared_ptr<arrow::Field>> fields;
    for (const auto& field : scan_.columns) {
      const auto found = typed.find(field->name());
      if (found == typed.end()) continue;  // of the rejects themselves
      ASSIGN_OR_RETURN(const arrow::Datum filtered,
                       FromArrow(arrow::compute::Filter(found->second, selection)));
      arrays.push_back(filtered.make_array());
      fields.push_back(field);
    }
    return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), rows, std::move(arrays));
  }

  /// Lines [first, last) and their rows.
  struct Fitting {
    size_t first = 0;
    size_t last = 0;
    BatchPtr rows;
  };

  const FileScan scan_;
  const OnBad on_bad_;
  const std::vector<std::shared_ptr<arrow::Field>> columns_;
  const std::unique_ptr<LineBlocks> blocks_;
  RejectRows rejects_;
  std::vector<std::pair<size_t, size_t>> lines_;  // of the block
  std::vector<Fitting> fitting_;
  std::map<size_t, Misfit> bad_;  // by line
};

}  // namespace

Result<std::unique_ptr<BatchStream>> OpenJson(FileScan scan) {
  const bool rejects = Rejects(*scan.source);
  for (const auto& field : rejects ? CheckedColumns(*scan.source, *scan.file) : scan.columns) {
    if (IsReadable(*field->type())) continue;
    return Status::Error(StatusCode::kUnsupported,
                         "column {} cannot be read from JSON as {}: read it as string",
                         field->name(), TypeText(*field->type()));
  }
  ASSIGN_OR_RETURN(auto blocks, LineBlocks::Open(*scan.files, scan.file->path, scan.split.begin,
                                                 scan.split.end));
  if (scan.source->csv.on_bad != OnBad::kFail) {
    return std::unique_ptr<BatchStream>(
        std::make_unique<LenientJsonStream>(std::move(scan), std::move(blocks)));
  }
  return std::unique_ptr<BatchStream>(
      std::make_unique<JsonStream>(std::move(scan), std::move(blocks)));
}

}  // namespace tusk::df
