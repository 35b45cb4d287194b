#include "dataframe/plan/plan_node.h"

namespace tusk::df {

std::string_view PlanKindName(PlanKind kind) {
  switch (kind) {
    case PlanKind::kScan:
      return "Scan";
    case PlanKind::kValues:
      return "Values";
    case PlanKind::kFilter:
      return "Filter";
    case PlanKind::kProject:
      return "Project";
    case PlanKind::kAggregate:
      return "Aggregate";
    case PlanKind::kJoin:
      return "Join";
    case PlanKind::kSort:
      return "Sort";
    case PlanKind::kLimit:
      return "Limit";
    case PlanKind::kWindow:
      return "Window";
    case PlanKind::kUnion:
      return "Union";
    case PlanKind::kExplode:
      return "Explode";
    case PlanKind::kShuffleRead:
      return "ShuffleRead";
    case PlanKind::kWrite:
      return "Write";
    case PlanKind::kMapBatches:
      return "MapBatches";
    case PlanKind::kBloomBuild:
      return "BloomBuild";
    case PlanKind::kBloomProbe:
      return "BloomProbe";
  }
  return "Unknown";
}

}  // namespace tusk::df
