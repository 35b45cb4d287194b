#pragma once

#include "dataframe/plan/plan_node.h"

namespace tusk::df {

/// The tables of TPC-H as scans of all columns, with the rows of scale factor 1.
PlanPtr Lineitem();
PlanPtr Orders();
PlanPtr Customer();
PlanPtr Part();
PlanPtr PartSupp();
PlanPtr Supplier();
/// Columns under other names: "n1_" for a prefix of "n1_".
PlanPtr Nation(const char* prefix = "n_");
PlanPtr Region();

}  // namespace tusk::df
