#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dataframe/expr/expr.h"
#include "dataframe/plan/plan_node.h"

namespace tusk::df {

struct PlanTextOptions {
  /// What is put behind a node's line, two spaces before it: estimates, real rows, times. Empty
  /// texts are left out.
  std::function<std::string(const PlanNode&)> annotate;
};

/// A plan as explain shows it: one line a node, children two spaces further in, each line ended.
///
///   Join inner, broadcast right (12.3 kB): l_orderkey = o_orderkey
///     Scan lineitem [l_orderkey, l_tax as tax] where l_shipdate <= date '1998-09-02'
///     Filter o_orderstatus = 'F'
///       ...
std::string PlanText(const PlanPtr& plan, const PlanTextOptions& options = {});

/// The line of one node.
std::string NodeText(const PlanNode& node);

/// The keys of an order: "a, b desc nulls first".
std::string SortKeysText(const std::vector<SortKey>& keys);

}  // namespace tusk::df
