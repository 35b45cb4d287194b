#pragma once

#include <memory>

#include "common/base/result.h"
#include "dataframe/exec/operator.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// Groups and aggregates as an AggregateNode says.
///
/// When the groups are too many for the budget: kPartial hands out what it has and begins anew (and
/// stops grouping at all when that does not make its rows fewer); kComplete and kFinal divide the
/// states by the hash of their keys into files and finish one part after the other.
Result<std::unique_ptr<Operator>> MakeHashAggregate(const AggregateNode& node, ExecContext& context,
                                                    BatchSink& out);

}  // namespace tusk::df
