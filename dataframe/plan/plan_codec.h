#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "dataframe/expr/expr.h"
#include "dataframe/plan/plan_node.h"
#include "dataframe/plan/table_source.h"

namespace tusk::df {

/// Plans as bytes for tasks and for reuse: the message `PlanProto` of dataframe/proto/plan.proto.
/// Equal plans whose branches are shared in the same way have equal bytes. All functions are pure.
///
/// Decoding takes bytes of strangers: sizes and depth are bounded (kTooLarge), everything is
/// rebuilt by the `Make` of its node, and what does not hold its laws is kCorruption (kUnsupported
/// where a type or function is not this program's).

std::string EncodePlan(const PlanPtr& plan);
Result<PlanPtr> DecodePlan(std::string_view bytes);

std::string EncodeExpr(const ExprPtr& expr);
Result<ExprPtr> DecodeExpr(std::string_view bytes);

std::string EncodeTableSource(const TableSource& source);
Result<TableSource> DecodeTableSource(std::string_view bytes);

}  // namespace tusk::df
