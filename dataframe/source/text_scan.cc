#include "dataframe/source/text_scan.h"

#include <string_view>
#include <utility>

#include <arrow/api.h>
#include <arrow/util/utf8.h>

#include "common/base/status_macros.h"
#include "dataframe/source/byte_input.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

/// Lines as one column.
class TextStream final : public BatchStream {
 public:
  TextStream(FileScan scan, std::unique_ptr<LineBlocks> blocks)
      : scan_(std::move(scan)), blocks_(std::move(blocks)) {}

  Result<BatchPtr> Next() override {
    ASSIGN_OR_RETURN(std::string_view block, blocks_->Next());
    if (block.empty()) return BatchPtr();
    arrow::StringBuilder lines;
    RETURN_IF_ERROR(FromArrow(lines.ReserveData(static_cast<int64_t>(block.size()))));
    uint64_t offset = blocks_->block_offset();
    int64_t rows = 0;
    while (!block.empty()) {
      const size_t newline = block.find('\n');
      std::string_view line = block.substr(0, newline);
      const size_t taken = newline == std::string_view::npos ? block.size() : newline + 1;
      block.remove_prefix(taken);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (!arrow::util::ValidateUTF8(line)) return NotUtf8(offset);
      RETURN_IF_ERROR(FromArrow(lines.Append(line)));
      ++rows;
      offset += taken;
    }
    if (scan_.columns.empty()) return RowsOnly(rows);
    ASSIGN_OR_RETURN(auto array, FromArrow(lines.Finish()));
    return arrow::RecordBatch::Make(arrow::schema(scan_.columns), rows, {std::move(array)});
  }

 private:
  Status NotUtf8(uint64_t offset) const {
    const std::string line = LineOf(*scan_.files, scan_.file->path, offset);
    return Status::Error(StatusCode::kCorruption, "{}, {}byte {}: the line is not UTF-8",
                         scan_.file->path, line.empty() ? "" : "line " + line + ", ", offset);
  }

  const FileScan scan_;
  const std::unique_ptr<LineBlocks> blocks_;
};

}  // namespace

Result<std::unique_ptr<BatchStream>> OpenText(FileScan scan) {
  arrow::util::InitializeUTF8();
  ASSIGN_OR_RETURN(auto blocks, LineBlocks::Open(*scan.files, scan.file->path, scan.split.begin,
                                                 scan.split.end));
  return std::unique_ptr<BatchStream>(
      std::make_unique<TextStream>(std::move(scan), std::move(blocks)));
}

}  // namespace tusk::df
