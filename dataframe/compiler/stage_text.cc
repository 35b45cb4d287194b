#include "dataframe/compiler/stage_text.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "common/base/quantity_text.h"
#include "dataframe/exec/node_meter.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_printer.h"

namespace tusk::df {
namespace {

std::string Indented(std::string_view text, std::string_view indent) {
  std::string indented;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    indented += fmt::format("{}{}\n", indent, line);
  }
  return indented;
}

std::string SpreadText(const Stage& stage, const StageInput& input) {
  if (stage.by_range) {
    return fmt::format("spread by ranges of {} over {}",
                       SortKeysText(RangeSortOf(*stage.reduce)->keys()),
                       CountText(stage.reduces, "reduce"));
  }
  if (input.partition_by.empty()) return "all rows to one reduce";
  std::string keys;
  for (const ExprPtr& key : input.partition_by) {
    if (!keys.empty()) keys += ", ";
    keys += ExprText(*key);
  }
  const std::string hot =
      stage.hot_keys.empty()
          ? std::string()
          : fmt::format(", {} over all",
                        CountText(static_cast<int64_t>(stage.hot_keys.size()), "hot key"));
  return fmt::format("spread by {} over {}{}", keys, CountText(stage.reduces, "reduce"), hot);
}

std::string FirstText(const Stage& stage) {
  if (stage.first_bytes == 0) return std::string();
  return fmt::format(" of the first {}, in this process (of all, should their rows be too few)",
                     BytesText(static_cast<int64_t>(stage.first_bytes)));
}

/// The text of a fragment's plan. `nodes` are in the order in which the printer comes to them.
std::string FragmentText(const PlanPtr& plan, const std::vector<NodeReport>* nodes) {
  PlanTextOptions options;
  size_t next = 0;
  const size_t shown = CountNodes(*plan) - (plan->kind() == PlanKind::kWrite ? 1 : 0);
  // Tasks that write into folders put rows in order before: they have a step more.
  if (nodes != nullptr && nodes->size() <= shown) {
    options.annotate = [nodes, &next](const PlanNode& node) {
      // Writing is no node of a fragment.
      if (node.kind() == PlanKind::kWrite || next >= nodes->size()) return std::string();
      return NodeReportText((*nodes)[next++]);
    };
  }
  return Indented(PlanText(plan, options), "    ");
}

}  // namespace

std::string StageText(const Stage& stage, size_t number) {
  return fmt::format("stage {}: {}\n{}", number, stage.title, FragmentsText(stage));
}

std::string FragmentsText(const Stage& stage, const StageNodes* nodes) {
  std::string text;
  const bool counted = nodes != nullptr && nodes->inputs.size() == stage.inputs.size();
  for (size_t i = 0; i < stage.inputs.size(); ++i) {
    const StageInput& input = stage.inputs[i];
    text += fmt::format("  map{}{}\n{}", FirstText(stage),
                        stage.reduce ? ", " + SpreadText(stage, input) : "",
                        FragmentText(input.plan, counted ? &nodes->inputs[i] : nullptr));
  }
  if (stage.reduce) {
    text +=
        fmt::format("  reduce\n{}", FragmentText(stage.reduce, counted ? &nodes->reduce : nullptr));
  }
  return text;
}

}  // namespace tusk::df
