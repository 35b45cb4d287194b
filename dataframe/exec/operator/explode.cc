#include "dataframe/exec/operator/explode.h"

#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/gather.h"

namespace tusk::df {
namespace {

class Explode final : public Operator {
 public:
  Explode(const ExplodeNode& node, int column, ExecContext& context, BatchSink& out)
      : schema_(node.schema()),
        column_(column),
        keep_empty_(node.keep_empty()),
        context_(context),
        out_(out) {}

  Status Push(const BatchPtr& batch) override {
    const auto& lists = static_cast<const arrow::ListArray&>(*batch->column(column_));
    for (int64_t row = 0; row < lists.length(); ++row) {
      const int64_t length = lists.IsNull(row) ? 0 : lists.value_length(row);
      if (length == 0 && keep_empty_) Add(row, kNoRow);
      for (int64_t i = 0; i < length; ++i) {
        Add(row, static_cast<uint32_t>(lists.value_offset(row) + i));
        if (static_cast<int64_t>(rows_.size()) >= context_.batch_rows) {
          RETURN_IF_ERROR(HandOn(batch, lists));
          if (out_.Done()) return Status::Ok();
        }
      }
    }
    return HandOn(batch, lists);
  }
  Status Finish() override { return out_.Finish(); }
  bool Done() const override { return out_.Done(); }

 private:
  void Add(int64_t row, uint32_t element) {
    rows_.push_back(static_cast<uint32_t>(row));
    elements_.push_back(element);
  }

  Status HandOn(const BatchPtr& batch, const arrow::ListArray& lists) {
    if (rows_.empty()) return Status::Ok();
    ASSIGN_OR_RETURN(Columns element, TakeColumnsOrNull({lists.values()}, elements_));
    Columns columns;
    for (int c = 0; c < batch->num_columns(); ++c) {
      if (c == column_) {
        columns.push_back(element[0]);
        continue;
      }
      ASSIGN_OR_RETURN(ArrayPtr taken, TakeValues(batch->column(c), rows_));
      columns.push_back(std::move(taken));
    }
    const auto rows = static_cast<int64_t>(rows_.size());
    rows_.clear();
    elements_.clear();
    return out_.Push(arrow::RecordBatch::Make(schema_, rows, std::move(columns)));
  }

  const SchemaPtr schema_;
  const int column_;
  const bool keep_empty_;
  ExecContext& context_;
  BatchSink& out_;
  std::vector<uint32_t> rows_;      // of the batch, for the rows to hand on
  std::vector<uint32_t> elements_;  // of the lists' values
};

}  // namespace

Result<std::unique_ptr<Operator>> MakeExplode(const ExplodeNode& node, ExecContext& context,
                                              BatchSink& out) {
  const int column = node.child()->schema()->GetFieldIndex(node.column());
  if (column < 0 || node.child()->schema()->field(column)->type()->id() != arrow::Type::LIST) {
    return Status::Error(StatusCode::kInvalidArgument, "not a column of lists: {}", node.column());
  }
  return std::unique_ptr<Operator>(std::make_unique<Explode>(node, column, context, out));
}

}  // namespace tusk::df
