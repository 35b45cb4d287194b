#include "dataframe/source/scan.h"

#include <algorithm>
#include <deque>
#include <utility>

#include <arrow/api.h>
#include <arrow/compute/api.h>

#include "common/base/status_macros.h"
#include "common/codec/byte_reader.h"
#include "common/codec/byte_writer.h"
#include "dataframe/expr/bind.h"
#include "dataframe/source/csv_scan.h"
#include "dataframe/source/file_scan.h"
#include "dataframe/source/ipc_scan.h"
#include "dataframe/source/json_scan.h"
#include "dataframe/source/parquet_scan.h"
#include "dataframe/source/range_scan.h"
#include "dataframe/source/scan_plan.h"
#include "dataframe/source/text_scan.h"
#include "dataframe/type/arrow_runtime.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

constexpr size_t kMaxHosts = 1000;
constexpr size_t kMaxHostBytes = 1000;
/// Batches of fewer rows are put together, for no longer than so many batches of the file: what
/// stands behind has a cost for each batch.
constexpr int64_t kWorthwhileRows = kScanBatchRows / 2;
constexpr int kMaxGatheredBatches = 8;

Result<std::unique_ptr<BatchStream>> OpenFormat(FileScan scan) {
  switch (scan.source->format) {
    case TableFormat::kParquet:
      return OpenParquet(std::move(scan));
    case TableFormat::kCsv:
      return OpenCsv(std::move(scan));
    case TableFormat::kJson:
      return OpenJson(std::move(scan));
    case TableFormat::kIpc:
      return OpenIpc(std::move(scan));
    case TableFormat::kText:
      return OpenText(std::move(scan));
    case TableFormat::kRange:
      return OpenRange(std::move(scan));
  }
  return Status(StatusCode::kInvalidArgument, "a table format that is not known");
}

/// The rows of a file's stream as the plan wants them: named, typed, filtered.
class ScanStream final : public BatchStream {
 public:
  ScanStream(const ScanNode& scan, ScanPlan plan, std::unique_ptr<BatchStream> rows,
             ScanCounters* counters)
      : scan_(scan), plan_(std::move(plan)), rows_(std::move(rows)), counters_(counters) {}

  Status BindPredicate() {
    if (scan_.predicate() == nullptr) return Status::Ok();
    ASSIGN_OR_RETURN(predicate_, Bind(scan_.predicate(), *plan_.schema));
    return Status::Ok();
  }

  Result<BatchPtr> Next() override {
    while (ready_.empty()) {
      if (ended_) return BatchPtr();
      ASSIGN_OR_RETURN(const BatchPtr raw, rows_->Next());
      if (raw == nullptr) {
        ended_ = true;
        RETURN_IF_ERROR(HandOutGathered());
        break;
      }
      counters_->rows += raw->num_rows();
      for (int64_t from = 0; from < raw->num_rows(); from += kScanBatchRows) {
        // A little more than a batch is not cut.
        const bool rest = raw->num_rows() - from <= kScanBatchRows * 3 / 2;
        RETURN_IF_ERROR(Take(*raw->Slice(from, rest ? raw->num_rows() - from : kScanBatchRows)));
        if (rest) break;
      }
    }
    if (ready_.empty()) return BatchPtr();
    BatchPtr batch = std::move(ready_.front());
    ready_.pop_front();
    return batch;
  }

 private:
  Status Take(const arrow::RecordBatch& raw) {
    ASSIGN_OR_RETURN(const BatchPtr all, Assemble(raw));
    ASSIGN_OR_RETURN(const BatchPtr batch, Filter(all));
    ++gathered_from_;
    if (batch != nullptr) {
      gathered_rows_ += batch->num_rows();
      gathered_.push_back(batch);
    }
    if (gathered_rows_ < kWorthwhileRows && gathered_from_ < kMaxGatheredBatches) {
      return Status::Ok();
    }
    return HandOutGathered();
  }

  Status HandOutGathered() {
    gathered_from_ = 0;
    gathered_rows_ = 0;
    if (gathered_.empty()) return Status::Ok();
    if (gathered_.size() == 1) {
      ready_.push_back(std::move(gathered_.front()));
    } else {
      ASSIGN_OR_RETURN(BatchPtr batch, Concatenate());
      ready_.push_back(std::move(batch));
    }
    gathered_.clear();
    return Status::Ok();
  }

  Result<BatchPtr> Concatenate() const {
    if (scan_.schema()->num_fields() > 0) {
      return FromArrow(arrow::ConcatenateRecordBatches(gathered_));
    }
    int64_t rows = 0;
    for (const BatchPtr& batch : gathered_) rows += batch->num_rows();
    return RowsOnly(rows);
  }

  /// All columns of the node, hidden ones too, under their names.
  Result<BatchPtr> Assemble(const arrow::RecordBatch& raw) {
    std::vector<std::shared_ptr<arrow::Array>> columns;
    columns.reserve(plan_.places.size());
    for (size_t i = 0; i < plan_.places.size(); ++i) {
      const ScanPlan::Place& place = plan_.places[i];
      const TypePtr& type = plan_.schema->field(static_cast<int>(i))->type();
      if (place.path_value != nullptr) {
        ASSIGN_OR_RETURN(auto column,
                         FromArrow(arrow::MakeArrayFromScalar(*place.path_value, raw.num_rows())));
        columns.push_back(std::move(column));
        continue;
      }
      auto column = CastColumn(raw.column(place.file_column), type);
      if (!column.ok()) {
        return column.status().WithContext(
            fmt::format("{}, column {}", plan_.file_name, scan_.columns()[i].source));
      }
      columns.push_back(std::move(*column));
    }
    return arrow::RecordBatch::Make(plan_.schema, raw.num_rows(), std::move(columns));
  }

  /// The visible columns of the rows that fulfil the predicate; null for none.
  Result<BatchPtr> Filter(const BatchPtr& all) const {
    if (predicate_ == nullptr) return Visible(*all, nullptr, all->num_rows());
    ASSIGN_OR_RETURN(const arrow::Datum condition, predicate_->Evaluate(*all));
    if (condition.is_scalar()) {
      const auto& value = *condition.scalar();
      const bool pass = value.is_valid && static_cast<const arrow::BooleanScalar&>(value).value;
      return pass ? Visible(*all, nullptr, all->num_rows()) : BatchPtr();
    }
    const auto array = condition.make_array();
    const auto& selection = static_cast<const arrow::BooleanArray&>(*array);
    const int64_t rows = selection.true_count();
    if (rows == 0) return BatchPtr();
    return Visible(*all, rows == all->num_rows() ? nullptr : array, rows);
  }

  Result<BatchPtr> Visible(const arrow::RecordBatch& all,
                           const std::shared_ptr<arrow::Array>& selection, int64_t rows) const {
    std::vector<std::shared_ptr<arrow::Array>> columns;
    for (size_t i = 0; i < plan_.places.size(); ++i) {
      if (scan_.columns()[i].hidden) continue;
      columns.push_back(all.column(static_cast<int>(i)));
      if (selection == nullptr) continue;
      ASSIGN_OR_RETURN(const arrow::Datum filtered,
                       FromArrow(arrow::compute::Filter(columns.back(), selection)));
      columns.back() = filtered.make_array();
    }
    return arrow::RecordBatch::Make(scan_.schema(), rows, std::move(columns));
  }

  const ScanNode& scan_;
  const ScanPlan plan_;
  const std::unique_ptr<BatchStream> rows_;
  ScanCounters* const counters_;
  BoundExprPtr predicate_;
  std::vector<BatchPtr> gathered_;
  int64_t gathered_rows_ = 0;
  int gathered_from_ = 0;
  std::deque<BatchPtr> ready_;
  bool ended_ = false;
};

/// A stream that also owns the counters that nobody asked for.
class UncountedStream final : public BatchStream {
 public:
  Result<BatchPtr> Next() override { return rows->Next(); }

  ScanCounters counters;
  std::unique_ptr<BatchStream> rows;
};

class NoRows final : public BatchStream {
 public:
  Result<BatchPtr> Next() override { return BatchPtr(); }
};

}  // namespace

std::string ScanSplit::Encode() const {
  ByteWriter out;
  out.WriteVarint(file);
  out.WriteVarint(begin);
  out.WriteVarint(end);
  out.WriteVarint(bytes);
  out.WriteVarint(hosts.size());
  for (const std::string& host : hosts) out.WriteDelimited(host);
  return out.Take();
}

Result<ScanSplit> ScanSplit::Decode(ByteView bytes) {
  const Status damaged(StatusCode::kCorruption, "the bytes of a scan's split are damaged");
  ByteReader in(bytes);
  ScanSplit out;
  uint64_t hosts = 0;
  if (!in.ReadVarint32(out.file) || !in.ReadVarint64(out.begin) || !in.ReadVarint64(out.end) ||
      !in.ReadVarint64(out.bytes) || !in.ReadVarint64(hosts) || hosts > kMaxHosts) {
    return damaged;
  }
  for (uint64_t i = 0; i < hosts; ++i) {
    std::string_view host;
    if (!in.ReadDelimited(host) || host.size() > kMaxHostBytes) return damaged;
    out.hosts.emplace_back(host);
  }
  if (!in.AtEnd()) return damaged;
  return out;
}

Result<std::unique_ptr<BatchStream>> OpenScan(const ScanNode& scan, const ScanSplit& split,
                                              dfs::FileSystem& files, ScanCounters* counters) {
  InitializeArrow();
  if (counters == nullptr) {
    auto own = std::make_unique<UncountedStream>();
    ASSIGN_OR_RETURN(own->rows, OpenScan(scan, split, files, &own->counters));
    return std::unique_ptr<BatchStream>(std::move(own));
  }
  ASSIGN_OR_RETURN(ScanPlan plan, PlanScan(scan, split.file));
  ASSIGN_OR_RETURN(const bool possible, MayMatchPath(scan, plan));
  if (!possible) return std::unique_ptr<BatchStream>(std::make_unique<NoRows>());
  ASSIGN_OR_RETURN(std::unique_ptr<BatchStream> rows,
                   OpenFormat(MakeFileScan(scan, plan, split, files, counters)));
  auto stream = std::make_unique<ScanStream>(scan, std::move(plan), std::move(rows), counters);
  RETURN_IF_ERROR(stream->BindPredicate());
  return std::unique_ptr<BatchStream>(std::move(stream));
}

}  // namespace tusk::df
