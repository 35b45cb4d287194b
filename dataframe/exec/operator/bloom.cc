#include "dataframe/exec/operator/bloom.h"

#include <utility>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/bloom_filter.h"
#include "dataframe/exec/gather.h"
#include "dataframe/exec/held_memory.h"
#include "dataframe/exec/key_hash.h"
#include "dataframe/exec/partitioner.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

/// Segments of a batch: 1 MiB.
constexpr int64_t kBatchSegments = 256;

/// Adds the parts that are in rows of BloomSchema.
Status AddParts(const arrow::RecordBatch& batch, BloomParts* parts) {
  const auto& segments = static_cast<const arrow::Int64Array&>(*batch.column(0));
  const auto& bits = static_cast<const arrow::BinaryArray&>(*batch.column(1));
  for (int64_t row = 0; row < batch.num_rows(); ++row) {
    RETURN_IF_ERROR(parts->AddPart(segments.IsNull(row) ? -1 : segments.Value(row),
                                   bits.IsNull(row) ? std::string_view() : bits.GetView(row)));
  }
  return Status::Ok();
}

/// Rows of BloomSchema, handed on by the batch.
class PartRows {
 public:
  explicit PartRows(BatchSink& out) : out_(out) {}

  Status Add(int64_t segment, std::string_view part) {
    RETURN_IF_ERROR(FromArrow(segments_.Append(segment)));
    RETURN_IF_ERROR(FromArrow(bits_.Append(part)));
    return segments_.length() < kBatchSegments ? Status::Ok() : Flush();
  }

  Status Flush() {
    const int64_t rows = segments_.length();
    if (rows == 0) return Status::Ok();
    ASSIGN_OR_RETURN(ArrayPtr segments, FromArrow(segments_.Finish()));
    ASSIGN_OR_RETURN(ArrayPtr bits, FromArrow(bits_.Finish()));
    return out_.Push(
        arrow::RecordBatch::Make(BloomSchema(), rows, {std::move(segments), std::move(bits)}));
  }

 private:
  BatchSink& out_;
  arrow::Int64Builder segments_;
  arrow::BinaryBuilder bits_;
};

class BloomBuild final : public Operator {
 public:
  BloomBuild(const BloomBuildNode& node, ExecContext& context, BatchSink& out)
      : merges_(node.merges()),
        parts_(BloomFilter::SegmentsFor(node.keys())),
        held_(*context.budget),
        out_(out) {}

  Status Push(const BatchPtr& batch) override {
    if (merges_) {
      RETURN_IF_ERROR(AddParts(*batch, &parts_));
    } else {
      RETURN_IF_ERROR(HashRows(batch->columns(), batch->num_rows(), kBloomSeed, &hashes_));
      for (const uint64_t hash : hashes_) parts_.Add(hash);
    }
    held_.Set(parts_.bytes());
    return Status::Ok();
  }

  Status Finish() override {
    PartRows rows(out_);
    RETURN_IF_ERROR(parts_.Emit(
        [&rows](int64_t segment, std::string_view part) { return rows.Add(segment, part); }));
    RETURN_IF_ERROR(rows.Flush());
    return out_.Finish();
  }
  bool Done() const override { return out_.Done(); }

 private:
  const bool merges_;
  BloomParts parts_;
  HeldMemory held_;
  BatchSink& out_;
  std::vector<uint64_t> hashes_;
};

/// What both ends of a probe know.
struct ProbeState {
  ProbeState(uint32_t segments, MemoryBudget& budget) : parts(segments), held(budget) {}
  BloomParts parts;
  HeldMemory held;
  bool empty = true;
  std::optional<BloomFilter> filter;
};

/// Takes the filter.
class FilterEnd final : public Operator {
 public:
  explicit FilterEnd(std::shared_ptr<ProbeState> state) : state_(std::move(state)) {}

  Status Push(const BatchPtr& batch) override {
    if (batch->num_rows() > 0) state_->empty = false;
    RETURN_IF_ERROR(AddParts(*batch, &state_->parts));
    state_->held.Set(state_->parts.bytes());
    return Status::Ok();
  }

  Status Finish() override {
    state_->filter.emplace(state_->parts.TakeFilter());
    state_->held.Set(static_cast<int64_t>(state_->filter->segments() * BloomFilter::kSegmentBytes));
    return Status::Ok();
  }

 private:
  const std::shared_ptr<ProbeState> state_;
};

class RowsEnd final : public Operator {
 public:
  RowsEnd(std::vector<BoundExprPtr> keys, std::shared_ptr<const ProbeState> state, BatchSink& out)
      : keys_(std::move(keys)), state_(std::move(state)), out_(out) {}

  Status Push(const BatchPtr& batch) override {
    ASSIGN_OR_RETURN(const Columns keys, EvaluateAll(keys_, *batch));
    RETURN_IF_ERROR(HashRows(keys, batch->num_rows(), kBloomSeed, &hashes_));
    positions_.clear();
    state_->filter->Select(hashes_, &positions_);
    if (positions_.empty()) return Status::Ok();
    if (positions_.size() == hashes_.size()) return out_.Push(batch);
    ASSIGN_OR_RETURN(const BatchPtr kept, TakeRows(batch, positions_));
    return out_.Push(kept);
  }
  Status Finish() override { return out_.Finish(); }
  bool Done() const override { return state_->empty || out_.Done(); }

 private:
  const std::vector<BoundExprPtr> keys_;
  const std::shared_ptr<const ProbeState> state_;
  BatchSink& out_;
  std::vector<uint64_t> hashes_;
  std::vector<uint32_t> positions_;
};

}  // namespace

Result<std::unique_ptr<Operator>> MakeBloomBuild(const BloomBuildNode& node, ExecContext& context,
                                                 BatchSink& out) {
  return std::unique_ptr<Operator>(std::make_unique<BloomBuild>(node, context, out));
}

Result<BloomProbeOperators> MakeBloomProbe(const BloomProbeNode& node, ExecContext& context,
                                           BatchSink& out) {
  std::vector<BoundExprPtr> keys;
  for (const ExprPtr& key : node.keys()) {
    ASSIGN_OR_RETURN(keys.emplace_back(), Bind(key, *node.child()->schema()));
  }
  auto state =
      std::make_shared<ProbeState>(BloomFilter::SegmentsFor(node.filter_keys()), *context.budget);
  BloomProbeOperators operators;
  operators.filter = std::make_unique<FilterEnd>(state);
  operators.rows = std::make_unique<RowsEnd>(std::move(keys), std::move(state), out);
  return operators;
}

}  // namespace tusk::df
