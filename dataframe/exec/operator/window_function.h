#pragma once

#include <memory>
#include <span>
#include <vector>

#include "common/base/result.h"
#include "dataframe/exec/gather.h"
#include "dataframe/exec/operator/window_block.h"
#include "dataframe/expr/aggregate.h"
#include "dataframe/expr/bind.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// A WindowCall bound to a schema. Immutable.
class WindowFunction {
 public:
  virtual ~WindowFunction() = default;

  /// The values for all rows of the block. `frames` are those of the call.
  virtual Result<ArrayPtr> Compute(const WindowBlock& block, const WindowFrames& frames) const = 0;
  /// False for functions of the position alone, to which frames are nothing.
  virtual bool needs_frames() const = 0;

  /// `result` is the type of the column.
  static Result<std::unique_ptr<WindowFunction>> Make(const WindowCall& call, const TypePtr& result,
                                                      const arrow::Schema& schema);
};

/// An aggregate over frames; in time proportional to the rows for counts, sums and means of exact
/// numbers, minima and maxima, and where the frame is the whole partition, else times their
/// logarithm.
Result<std::unique_ptr<WindowFunction>> MakeWindowAggregate(const WindowCall& call,
                                                            const arrow::Schema& schema);

/// `arg` bound, and cast to `type` where it has another one.
Result<BoundExprPtr> BindAs(const ExprPtr& arg, const TypePtr& type, const arrow::Schema& schema);

}  // namespace tusk::df
