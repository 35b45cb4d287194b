#include "dataframe/exec/operator/filter.h"

#include <utility>

#include "common/base/status_macros.h"
#include "dataframe/exec/select_rows.h"
#include "dataframe/expr/bind.h"

namespace tusk::df {
namespace {

class Filter final : public Operator {
 public:
  Filter(BoundExprPtr condition, BatchSink& out) : condition_(std::move(condition)), out_(out) {}

  Status Push(const BatchPtr& batch) override {
    ASSIGN_OR_RETURN(const BatchPtr selected, SelectWhere(*condition_, batch));
    return selected == nullptr ? Status::Ok() : out_.Push(selected);
  }
  Status Finish() override { return out_.Finish(); }
  bool Done() const override { return out_.Done(); }

 private:
  const BoundExprPtr condition_;
  BatchSink& out_;
};

}  // namespace

Result<std::unique_ptr<Operator>> MakeFilter(const FilterNode& node, BatchSink& out) {
  ASSIGN_OR_RETURN(BoundExprPtr condition, Bind(node.condition(), *node.child()->schema()));
  return std::unique_ptr<Operator>(std::make_unique<Filter>(std::move(condition), out));
}

}  // namespace tusk::df
