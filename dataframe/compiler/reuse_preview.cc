#include "dataframe/compiler/reuse_preview.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "common/base/quantity_text.h"
#include "common/base/status_macros.h"
#include "dataframe/compiler/group_store.h"
#include "dataframe/plan/nodes.h"
#include "dfs/client/file_system.h"

namespace tusk::df {
namespace {

bool ReadsStages(const PlanNode& plan) {
  if (plan.kind() == PlanKind::kScan) return As<ScanNode>(plan).source().stage.has_value();
  return std::any_of(plan.children().begin(), plan.children().end(),
                     [](const PlanPtr& child) { return ReadsStages(*child); });
}

bool ReadsStages(const Stage& stage) {
  return (stage.reduce && ReadsStages(*stage.reduce)) ||
         std::any_of(stage.inputs.begin(), stage.inputs.end(),
                     [](const StageInput& input) { return ReadsStages(*input.plan); });
}

}  // namespace

Result<std::string> ReusePreview(const Stage& stage, dfs::FileSystem& files,
                                 const std::string& stage_directory, std::string_view program) {
  if (ReadsStages(stage)) return std::string();
  if (!stage.IsWrite()) {
    ASSIGN_OR_RETURN(const bool finished,
                     files.Exists(stage_directory + "/" + FingerprintOf(stage, program)));
    if (finished) return std::string("  reused: it has finished before\n");
  }
  const std::optional<size_t> input = FindMergingInput(stage);
  if (!input) return std::string();
  const std::vector<SourceFile>& wanted = DrivingFiles(stage.inputs[*input]);
  GroupStore store(files, stage_directory);
  ASSIGN_OR_RETURN(const std::vector<KeptGroups> kept,
                   store.Find(GroupFamilyOf(stage.inputs[*input], program), wanted));
  size_t covered = 0;
  uint64_t bytes = 0;
  for (const KeptGroups& each : kept) {
    covered += each.covered.size();
    bytes += each.CoveredBytes();
  }
  if (covered == 0) return std::string();
  return fmt::format("  reused: groups of {} of {} ({})\n", covered,
                     CountText(static_cast<int64_t>(wanted.size()), "file"),
                     BytesText(static_cast<int64_t>(bytes)));
}

}  // namespace tusk::df
