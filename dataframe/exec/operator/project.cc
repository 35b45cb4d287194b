#include "dataframe/exec/operator/project.h"

#include <utility>
#include <vector>

#include <arrow/record_batch.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/partitioner.h"
#include "dataframe/expr/bind.h"

namespace tusk::df {
namespace {

class Project final : public Operator {
 public:
  Project(SchemaPtr schema, std::vector<BoundExprPtr> columns, BatchSink& out)
      : schema_(std::move(schema)), columns_(std::move(columns)), out_(out) {}

  Status Push(const BatchPtr& batch) override {
    ASSIGN_OR_RETURN(Columns columns, EvaluateAll(columns_, *batch));
    return out_.Push(arrow::RecordBatch::Make(schema_, batch->num_rows(), std::move(columns)));
  }
  Status Finish() override { return out_.Finish(); }
  bool Done() const override { return out_.Done(); }

 private:
  const SchemaPtr schema_;
  const std::vector<BoundExprPtr> columns_;
  BatchSink& out_;
};

}  // namespace

Result<std::unique_ptr<Operator>> MakeProject(const ProjectNode& node, BatchSink& out) {
  std::vector<BoundExprPtr> columns;
  for (const NamedExpr& column : node.columns()) {
    ASSIGN_OR_RETURN(BoundExprPtr bound, Bind(column.expr, *node.child()->schema()));
    columns.push_back(std::move(bound));
  }
  return std::unique_ptr<Operator>(
      std::make_unique<Project>(node.schema(), std::move(columns), out));
}

}  // namespace tusk::df
