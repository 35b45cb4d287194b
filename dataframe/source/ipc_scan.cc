#include "dataframe/source/ipc_scan.h"

#include <algorithm>
#include <string>
#include <utility>

#include <arrow/api.h>
#include <arrow/ipc/options.h>
#include <arrow/ipc/reader.h>

#include "common/base/status_macros.h"
#include "dataframe/source/arrow_files.h"
#include "dataframe/type/arrow_status.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {
namespace {

using Reader = std::shared_ptr<arrow::ipc::RecordBatchFileReader>;

Status Damaged(std::string_view path, const Status& why) {
  return DamagedFile(path, "Arrow IPC", why);
}

arrow::ipc::IpcReadOptions Options() {
  auto options = arrow::ipc::IpcReadOptions::Defaults();
  options.use_threads = false;
  return options;
}

Result<Reader> Open(const std::shared_ptr<arrow::io::RandomAccessFile>& input,
                    std::string_view path, const arrow::ipc::IpcReadOptions& options) {
  auto reader = FromArrow(arrow::ipc::RecordBatchFileReader::Open(input, options));
  if (!reader.ok()) return Damaged(path, reader.status());
  return reader;
}

Result<Reader> Open(dfs::FileSystem& files, std::string_view path) {
  ASSIGN_OR_RETURN(const auto input, OpenArrowInput(files, path));
  return Open(input, path, Options());
}

/// Reads a run of record batches.
class IpcStream final : public BatchStream {
 public:
  /// `order[i]` is the place of column i of the scan in what the reader hands out.
  IpcStream(FileScan scan, Reader reader, std::vector<int> order)
      : scan_(std::move(scan)), reader_(std::move(reader)), order_(std::move(order)) {
    const auto batches = static_cast<uint64_t>(reader_->num_record_batches());
    next_ = std::min(scan_.split.begin, batches);
    end_ = std::min(scan_.split.end, batches);
  }

  Result<BatchPtr> Next() override {
    while (next_ < end_) {
      auto read = FromArrow(reader_->ReadRecordBatch(static_cast<int>(next_++)));
      if (!read.ok()) return Damaged(scan_.file->path, read.status());
      // Offsets inside of a file may lead anywhere.
      if (const Status valid = FromArrow((*read)->Validate()); !valid.ok()) {
        return Damaged(scan_.file->path, valid);
      }
      if ((*read)->num_rows() == 0) continue;
      if (scan_.columns.empty()) return RowsOnly((*read)->num_rows());
      auto ordered = FromArrow((*read)->SelectColumns(order_));
      if (!ordered.ok()) return Damaged(scan_.file->path, ordered.status());
      return ordered;
    }
    return BatchPtr();
  }

 private:
  const FileScan scan_;
  const Reader reader_;
  const std::vector<int> order_;
  uint64_t next_ = 0;
  uint64_t end_ = 0;
};

}  // namespace

Result<IpcFacts> ReadIpcFacts(dfs::FileSystem& files, std::string_view path) {
  ASSIGN_OR_RETURN(const Reader reader, Open(files, path));
  IpcFacts out;
  auto rows = FromArrow(reader->CountRows());
  if (!rows.ok()) return Damaged(path, rows.status());
  out.rows = *rows;
  std::vector<std::shared_ptr<arrow::Field>> fields;
  for (const auto& field : reader->schema()->fields()) {
    auto type = AdmitType(field->type());
    if (!type.ok()) {
      return type.status().WithContext(fmt::format("{}, column {}", path, field->name()));
    }
    fields.push_back(arrow::field(field->name(), *type, field->nullable()));
  }
  out.schema = arrow::schema(std::move(fields));
  return out;
}

Result<uint64_t> CountIpcBatches(dfs::FileSystem& files, std::string_view path) {
  ASSIGN_OR_RETURN(const Reader reader, Open(files, path));
  return static_cast<uint64_t>(reader->num_record_batches());
}

Result<std::unique_ptr<BatchStream>> OpenIpc(FileScan scan) {
  const std::string path = scan.file->path;
  ASSIGN_OR_RETURN(const auto input, OpenArrowInput(*scan.files, path));
  ASSIGN_OR_RETURN(Reader reader, Open(input, path, Options()));
  std::vector<int> wanted;
  for (const auto& column : scan.columns) {
    const int index = reader->schema()->GetFieldIndex(column->name());
    if (index < 0) {
      return Status::Error(StatusCode::kCorruption,
                           "{} has no column {} (or two of them), which the table had when the "
                           "query was made: make the query again",
                           path, column->name());
    }
    wanted.push_back(index);
  }
  std::vector<int> sorted = wanted;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  if (static_cast<int>(sorted.size()) < reader->schema()->num_fields()) {
    // None at all would be read as all of them: of one the rows can be counted.
    auto options = Options();
    options.included_fields = sorted;
    if (sorted.empty()) options.included_fields = {0};
    ASSIGN_OR_RETURN(reader, Open(input, path, options));
  }
  std::vector<int> order;
  for (const int index : wanted) {
    order.push_back(
        static_cast<int>(std::lower_bound(sorted.begin(), sorted.end(), index) - sorted.begin()));
  }
  return std::unique_ptr<BatchStream>(
      std::make_unique<IpcStream>(std::move(scan), std::move(reader), std::move(order)));
}

}  // namespace tusk::df
