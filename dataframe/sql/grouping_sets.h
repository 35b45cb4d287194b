#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/sql/bind_context.h"
#include "dataframe/sql/tree.h"

namespace tusk::df::sql {

/// GROUP BY several sets of keys at once: GROUPING SETS, ROLLUP, CUBE.

/// For each set the positions of its keys.
using KeySets = std::vector<std::vector<size_t>>;

/// True when a GROUP BY clause has more than plain keys.
bool HasGroupingSets(const std::vector<Tree>& clause);

/// The sets that a clause means, with the nodes of their keys; every combination where it has
/// several parts. kTooLarge for more than 4,096.
Result<std::vector<std::vector<Tree>>> ExpandGroupingSets(const BindContext& context,
                                                          const std::vector<Tree>& clause);

/// Groups by each of the sets, in one pass: every row is there once for each set, without the keys
/// that the set has not. The columns are keys (null where the set has them not), `set_column` with
/// the number of the set, aggregates. An empty set has a row also when there are no rows.
Result<PlanPtr> GroupBySets(BindContext& context, const PlanPtr& plan,
                            const std::vector<NamedExpr>& keys,
                            const std::vector<AggregateCall>& aggregates, const KeySets& sets,
                            const std::string& set_column);

/// GROUPING(keys): a bit for each, the last one lowest, that is 1 where the row's set has not it.
ExprPtr GroupingValue(const std::vector<size_t>& keys, const KeySets& sets,
                      const std::string& set_column);

}  // namespace tusk::df::sql
