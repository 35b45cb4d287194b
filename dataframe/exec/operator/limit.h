#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "dataframe/exec/operator.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// Hands on at most `limit` rows (nothing: all) after `offset` skipped ones; done when it has them.
/// The smallest operator: functions that make it, and a class that only the source file knows.
std::unique_ptr<Operator> MakeLimit(std::optional<int64_t> limit, int64_t offset, BatchSink& out);
std::unique_ptr<Operator> MakeLimit(const LimitNode& node, BatchSink& out);

}  // namespace tusk::df
