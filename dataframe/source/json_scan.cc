#include "dataframe/source/json_scan.h"

#include <algorithm>
#include <utility>

#include <arrow/api.h>
#include <arrow/json/options.h>
#include <arrow/json/reader.h>

#include "common/base/status_macros.h"
#include "dataframe/source/byte_input.h"
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

}  // namespace

Result<std::unique_ptr<BatchStream>> OpenJson(FileScan scan) {
  if (scan.source->csv.on_bad != OnBad::kFail) {
    return Status(StatusCode::kUnsupported, "JSON is read with on_bad=fail only");
  }
  for (const auto& field : scan.columns) {
    if (IsReadable(*field->type())) continue;
    return Status::Error(StatusCode::kUnsupported,
                         "column {} cannot be read from JSON as {}: read it as string",
                         field->name(), TypeText(*field->type()));
  }
  ASSIGN_OR_RETURN(auto blocks, LineBlocks::Open(*scan.files, scan.file->path, scan.split.begin,
                                                 scan.split.end));
  return std::unique_ptr<BatchStream>(
      std::make_unique<JsonStream>(std::move(scan), std::move(blocks)));
}

}  // namespace tusk::df
