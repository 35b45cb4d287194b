#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/result.h"
#include "dataframe/exec/gather.h"
#include "dataframe/exec/operator.h"
#include "dataframe/expr/bind.h"

namespace tusk::df {

/// The rows of `batch` for which `condition` is true (not null, not false), or nothing when that
/// are all.
Result<std::optional<std::vector<uint32_t>>> RowsWhere(const BoundExpr& condition,
                                                       const arrow::RecordBatch& batch);

/// These rows as a batch: the very batch when all are selected, null when none is.
Result<BatchPtr> SelectWhere(const BoundExpr& condition, const BatchPtr& batch);

}  // namespace tusk::df
