#include "dataframe/exec/operator/map_batches.h"

#include <utility>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/batch_function.h"
#include "dataframe/exec/gather.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

class MapBatches final : public Operator {
 public:
  MapBatches(const MapBatchesNode& node, BatchFunction function, ExecContext& context,
             BatchSink& out)
      : given_(node.child()->schema()),
        schema_(node.schema()),
        function_(function),
        context_(context),
        out_(out) {}

  Status Push(const BatchPtr& batch) override {
    ASSIGN_OR_RETURN(const BatchPtr made, function_(WithSchema(batch, given_)));
    RETURN_IF_ERROR(Check(made.get()));
    if (made->num_rows() == 0) return Status::Ok();
    return PushInPieces(WithSchema(made, schema_), context_.batch_rows, out_);
  }
  Status Finish() override { return out_.Finish(); }
  bool Done() const override { return out_.Done(); }

 private:
  /// What a function gives is looked at as what a stranger sends.
  Status Check(const arrow::RecordBatch* made) const {
    if (made == nullptr) {
      return Status(StatusCode::kInvalidArgument,
                    "the function of MapBatches gave no batch\n  do: return one without rows");
    }
    bool same = made->num_columns() == schema_->num_fields();
    for (int i = 0; same && i < schema_->num_fields(); ++i) {
      const arrow::Field& declared = *schema_->field(i);
      same = made->schema()->field(i)->name() == declared.name() &&
             made->column(i)->type()->Equals(*declared.type()) &&
             (declared.nullable() || made->column(i)->null_count() == 0);
    }
    if (!same) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "the function of MapBatches gave the columns ({}), declared are ({})",
                           SchemaText(*made->schema()), SchemaText(*schema_));
    }
    return FromArrow(made->Validate()).WithContext("the batch that MapBatches's function gave");
  }

  const SchemaPtr given_;
  const SchemaPtr schema_;
  const BatchFunction function_;
  ExecContext& context_;
  BatchSink& out_;
};

}  // namespace

Result<std::unique_ptr<Operator>> MakeMapBatches(const MapBatchesNode& node, ExecContext& context,
                                                 BatchSink& out) {
  ASSIGN_OR_RETURN(const BatchFunction function, FindBatchFunction(node.function()));
  return std::unique_ptr<Operator>(std::make_unique<MapBatches>(node, function, context, out));
}

}  // namespace tusk::df
