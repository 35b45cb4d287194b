#include "dataframe/source/range_scan.h"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include <arrow/api.h>

#include "common/base/status_macros.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

/// The numbers of a split, batch by batch.
class RangeStream final : public BatchStream {
 public:
  explicit RangeStream(FileScan scan) : scan_(std::move(scan)) {
    const TableSource& source = *scan_.source;
    const uint64_t rows =
        source.range_to <= source.range_from
            ? 0
            : static_cast<uint64_t>(source.range_to) - static_cast<uint64_t>(source.range_from);
    next_ = std::min(scan_.split.begin, rows);
    end_ = std::min(scan_.split.end, rows);
  }

  Result<BatchPtr> Next() override {
    if (next_ >= end_) return BatchPtr();
    const auto rows = static_cast<int64_t>(
        std::min<uint64_t>(end_ - next_, static_cast<uint64_t>(kScanBatchRows)));
    const auto first =
        static_cast<int64_t>(static_cast<uint64_t>(scan_.source->range_from) + next_);
    next_ += static_cast<uint64_t>(rows);
    if (scan_.columns.empty()) return RowsOnly(rows);
    ASSIGN_OR_RETURN(std::shared_ptr<arrow::Buffer> values,
                     FromArrow(arrow::AllocateBuffer(rows * int64_t{sizeof(int64_t)})));
    auto* const numbers = reinterpret_cast<int64_t*>(values->mutable_data());
    std::iota(numbers, numbers + rows, first);
    const auto array = std::make_shared<arrow::Int64Array>(rows, std::move(values));
    return arrow::RecordBatch::Make(arrow::schema(scan_.columns), rows, {array});
  }

 private:
  const FileScan scan_;
  uint64_t next_ = 0;
  uint64_t end_ = 0;
};

}  // namespace

Result<std::unique_ptr<BatchStream>> OpenRange(FileScan scan) {
  return std::unique_ptr<BatchStream>(std::make_unique<RangeStream>(std::move(scan)));
}

}  // namespace tusk::df
