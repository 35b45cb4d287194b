#include "dataframe/compiler/stage.h"

#include "dataframe/compiler/stage_text.h"
#include "tests/dataframe/plan/all_nodes.h"
#include "tests/fuzz/damaged_seed.h"
#include "tests/fuzz/fuzz_target.h"

namespace {

std::vector<std::string> WholeStages() {
  std::vector<std::string> encoded;
  for (const auto& [name, plan] : tusk::df::PlansOfAllNodes()) {
    tusk::df::Stage stage;
    stage.title = name;
    stage.inputs.push_back({plan, {}, 0});
    encoded.push_back(tusk::df::EncodeStage(stage));
  }
  return encoded;
}

}  // namespace

// What a task is sent as its stage: whatever it is, it can be shown and has one fingerprint.
FUZZ_TARGET(Stage) {
  static const std::vector<std::string> seeds = WholeStages();
  const auto stage = df::DecodeStage(DamagedSeed(seeds, bytes));
  if (!stage.ok()) return;
  CHECK(!df::StageText(*stage, 1).empty());
  const auto back = df::DecodeStage(df::EncodeStage(*stage));
  CHECK(back.ok());
  CHECK(df::FingerprintOf(*back, "program") == df::FingerprintOf(*stage, "program"));
}
