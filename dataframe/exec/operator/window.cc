#include "dataframe/exec/operator/window.h"

#include <string>
#include <utility>
#include <vector>

#include <arrow/record_batch.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/held_memory.h"
#include "dataframe/exec/operator/window_block.h"
#include "dataframe/exec/operator/window_function.h"
#include "dataframe/exec/partitioner.h"
#include "dataframe/exec/row_key.h"
#include "dataframe/exec/sorter.h"

namespace tusk::df {
namespace {

/// Keys by which rows are equal.
struct EqualityKeys {
  std::vector<BoundExprPtr> exprs;
  RowKeyEncoder encoder;

  static Result<EqualityKeys> Make(std::vector<BoundExprPtr> exprs) {
    ASSIGN_OR_RETURN(RowKeyEncoder encoder, RowKeyEncoder::ForEquality(TypesOf(exprs)));
    return EqualityKeys{std::move(exprs), std::move(encoder)};
  }
  Status Encode(const arrow::RecordBatch& batch, RowKeys* keys) const {
    ASSIGN_OR_RETURN(const Columns columns, EvaluateAll(exprs, batch));
    return encoder.Encode(columns, batch.num_rows(), keys);
  }
};

/// A WindowNode bound to its child's columns.
struct BoundWindow {
  struct Call {
    std::unique_ptr<WindowFunction> function;
    WindowFrame frame;
  };
  SchemaPtr input_schema;
  SchemaPtr schema;
  EqualityKeys partition;
  EqualityKeys peers;
  std::vector<RangeKey> order;
  std::vector<Call> calls;

  static Result<BoundWindow> Make(const WindowNode& node) {
    const arrow::Schema& input = *node.child()->schema();
    std::vector<BoundExprPtr> partition;
    for (const ExprPtr& key : node.partition_by()) {
      ASSIGN_OR_RETURN(partition.emplace_back(), Bind(key, input));
    }
    std::vector<BoundExprPtr> order;
    std::vector<RangeKey> range_keys;
    for (const SortKey& key : node.order_by()) {
      ASSIGN_OR_RETURN(order.emplace_back(), Bind(key.expr, input));
      range_keys.push_back({order.back(), key.descending});
    }
    ASSIGN_OR_RETURN(EqualityKeys partition_keys, EqualityKeys::Make(std::move(partition)));
    ASSIGN_OR_RETURN(EqualityKeys peers, EqualityKeys::Make(std::move(order)));
    BoundWindow window{node.child()->schema(), node.schema(),         std::move(partition_keys),
                       std::move(peers),       std::move(range_keys), {}};
    int column = input.num_fields();
    for (const WindowCall& call : node.calls()) {
      const TypePtr& type = node.schema()->field(column++)->type();
      ASSIGN_OR_RETURN(auto function, WindowFunction::Make(call, type, input));
      window.calls.push_back({std::move(function), call.frame});
    }
    return window;
  }
};

/// Takes rows sorted by partition and order, and computes whole partitions at a time.
class WindowEnd final : public BatchSink {
 public:
  WindowEnd(BoundWindow window, ExecContext& context, BatchSink& out)
      : window_(std::move(window)), context_(context), out_(out), memory_(*context.budget) {}

  Status Push(const BatchPtr& batch) override {
    RETURN_IF_ERROR(window_.partition.Encode(*batch, &keys_));
    // Everything before the last partition that begins here is complete.
    int64_t complete = -1;
    for (int64_t i = batch->num_rows() - 1; i >= 0 && complete < 0; --i) {
      const std::string_view before = i > 0 ? keys_[i - 1] : std::string_view(last_key_);
      if (keys_[i] != before) complete = i;
    }
    last_key_ = std::string(keys_[batch->num_rows() - 1]);
    if (complete > 0) held_.push_back(batch->Slice(0, complete));
    if (complete >= 0) RETURN_IF_ERROR(Compute());
    held_.push_back(complete > 0 ? batch->Slice(complete) : batch);
    memory_.Add(BatchBytes(*held_.back()));
    return Status::Ok();
  }
  Status Finish() override {
    RETURN_IF_ERROR(Compute());
    return out_.Finish();
  }
  bool Done() const override { return out_.Done(); }

 private:
  Status Compute() {
    if (held_.empty()) return Status::Ok();
    ASSIGN_OR_RETURN(const BatchPtr rows, ConcatBatches(window_.input_schema, std::move(held_)));
    held_.clear();
    RowKeys partition_keys;
    RowKeys order_keys;
    RETURN_IF_ERROR(window_.partition.Encode(*rows, &partition_keys));
    RETURN_IF_ERROR(window_.peers.Encode(*rows, &order_keys));
    const WindowBlock block = WindowBlock::Make(rows, partition_keys, order_keys);
    Columns columns = rows->columns();
    for (const BoundWindow::Call& call : window_.calls) {
      WindowFrames frames;
      if (call.function->needs_frames()) {
        ASSIGN_OR_RETURN(frames, FramesOf(call.frame, block, window_.order));
      }
      ASSIGN_OR_RETURN(columns.emplace_back(), call.function->Compute(block, frames));
    }
    const BatchPtr made =
        arrow::RecordBatch::Make(window_.schema, rows->num_rows(), std::move(columns));
    RETURN_IF_ERROR(PushInPieces(made, context_.batch_rows, out_));
    memory_.Set(0);
    return Status::Ok();
  }

  const BoundWindow window_;
  ExecContext& context_;
  BatchSink& out_;
  HeldMemory memory_;
  std::vector<BatchPtr> held_;
  RowKeys keys_;
  std::string last_key_;  // of the partition that is held; of none before the first row
};

class Window final : public Operator {
 public:
  Window(BoundWindow window, BoundSortKeys keys, ExecContext& context, BatchSink& out)
      : sorter_(window.input_schema, std::move(keys), context),
        end_(std::move(window), context, out) {}

  Status Push(const BatchPtr& batch) override { return sorter_.Push(batch); }
  Status Finish() override {
    RETURN_IF_ERROR(sorter_.HandOut(end_));
    return end_.Finish();
  }
  bool Done() const override { return end_.Done(); }

 private:
  Sorter sorter_;
  WindowEnd end_;
};

}  // namespace

Result<std::unique_ptr<Operator>> MakeWindow(const WindowNode& node, ExecContext& context,
                                             BatchSink& out) {
  std::vector<SortKey> order;
  for (const ExprPtr& key : node.partition_by()) order.push_back({.expr = key});
  order.insert(order.end(), node.order_by().begin(), node.order_by().end());
  ASSIGN_OR_RETURN(BoundSortKeys keys, BoundSortKeys::Make(order, *node.child()->schema()));
  ASSIGN_OR_RETURN(BoundWindow window, BoundWindow::Make(node));
  return std::unique_ptr<Operator>(
      std::make_unique<Window>(std::move(window), std::move(keys), context, out));
}

}  // namespace tusk::df
