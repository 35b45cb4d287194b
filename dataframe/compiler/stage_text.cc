#include "dataframe/compiler/stage_text.h"

#include <string_view>

#include <fmt/format.h>

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
    return fmt::format("spread by ranges of {} over {} reduces",
                       SortKeysText(RangeSortOf(*stage.reduce)->keys()), stage.reduces);
  }
  if (input.partition_by.empty()) return "all rows to one reduce";
  std::string keys;
  for (const ExprPtr& key : input.partition_by) {
    if (!keys.empty()) keys += ", ";
    keys += ExprText(*key);
  }
  return fmt::format("spread by {} over {} reduces", keys, stage.reduces);
}

}  // namespace

std::string StageText(const Stage& stage, size_t number) {
  std::string text = fmt::format("stage {}: {}\n", number, stage.title);
  for (const StageInput& input : stage.inputs) {
    text += fmt::format("  map{}\n{}", stage.reduce ? ", " + SpreadText(stage, input) : "",
                        Indented(PlanText(input.plan), "    "));
  }
  if (stage.reduce) text += fmt::format("  reduce\n{}", Indented(PlanText(stage.reduce), "    "));
  return text;
}

}  // namespace tusk::df
