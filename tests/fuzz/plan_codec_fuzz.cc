#include "dataframe/plan/plan_codec.h"

#include "dataframe/plan/plan_printer.h"
#include "tests/dataframe/plan/all_nodes.h"
#include "tests/fuzz/damaged_seed.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

std::vector<std::string> WholePlans() {
  std::vector<std::string> encoded;
  for (const auto& [name, plan] : tusk::df::PlansOfAllNodes()) {
    encoded.push_back(tusk::df::EncodePlan(plan));
  }
  return encoded;
}

}  // namespace

// What is a plan can be shown, and is the same plan after it was encoded again.
FUZZ_TARGET(PlanCodec) {
  static const std::vector<std::string> seeds = WholePlans();
  const std::string input = DamagedSeed(seeds, bytes);
  static_cast<void>(df::DecodeExpr(input));
  static_cast<void>(df::DecodeTableSource(input));
  const auto plan = df::DecodePlan(input);
  if (!plan.ok()) return;
  CHECK(!df::PlanText(*plan).empty());
  const std::string again = df::EncodePlan(*plan);
  const auto back = df::DecodePlan(again);
  CHECK(back.ok());
  CHECK(df::EncodePlan(*back) == again);
}
