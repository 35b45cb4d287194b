#include "dataframe/exec/operator/sort.h"

#include <limits>
#include <optional>
#include <utility>

#include "common/base/status_macros.h"
#include "dataframe/exec/operator/limit.h"
#include "dataframe/exec/sorter.h"

namespace tusk::df {
namespace {

/// How many rows must be put in order for a limit behind skipped rows.
std::optional<int64_t> RowsNeeded(const SortNode& node) {
  if (!node.limit().has_value()) return std::nullopt;
  if (node.offset() > std::numeric_limits<int64_t>::max() - *node.limit()) return std::nullopt;
  return *node.limit() + node.offset();
}

class Sort final : public Operator {
 public:
  Sort(const SortNode& node, BoundSortKeys keys, ExecContext& context, BatchSink& out)
      : sorter_(node.schema(), std::move(keys), context, RowsNeeded(node)),
        end_(MakeLimit(node.limit(), node.offset(), out)) {}

  Status Push(const BatchPtr& batch) override { return sorter_.Push(batch); }
  Status Finish() override {
    RETURN_IF_ERROR(sorter_.HandOut(*end_));
    return end_->Finish();
  }
  bool Done() const override { return end_->Done(); }

 private:
  Sorter sorter_;
  const std::unique_ptr<Operator> end_;
};

}  // namespace

Result<std::unique_ptr<Operator>> MakeSort(const SortNode& node, ExecContext& context,
                                           BatchSink& out) {
  ASSIGN_OR_RETURN(BoundSortKeys keys, BoundSortKeys::Make(node.keys(), *node.child()->schema()));
  return std::unique_ptr<Operator>(std::make_unique<Sort>(node, std::move(keys), context, out));
}

}  // namespace tusk::df
