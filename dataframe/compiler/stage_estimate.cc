#include "dataframe/compiler/stage_estimate.h"

#include <map>
#include <utility>

namespace tusk::df {
namespace {

// `one` and `more` are different rows of the same columns. Of all together no column is known.
void AddRows(const PlanEstimate& more, PlanEstimate* one) {
  one->rows += more.rows;
  one->bytes += more.bytes;
  one->base_rows += more.base_rows;
  one->columns.clear();
}

}  // namespace

PlanEstimate EstimateStage(const Stage& stage) {
  std::map<uint32_t, PlanEstimate> by_tag;
  Estimator maps;
  for (const StageInput& input : stage.inputs) {
    const auto [found, first] = by_tag.try_emplace(input.tag, maps.Of(input.plan));
    if (!first) AddRows(maps.Of(input.plan), &found->second);
  }
  if (stage.reduce == nullptr) return by_tag.empty() ? PlanEstimate() : by_tag.begin()->second;
  Estimator reduces;
  for (auto& [tag, estimate] : by_tag) reduces.SetShuffled(tag, std::move(estimate));
  return reduces.Of(stage.reduce);
}

PlanEstimate EstimatePipeline(const Pipeline& pipeline) {
  return EstimateStage(pipeline.ToStage(""));
}

int64_t EstimatedBytes(const Pipeline& pipeline) {
  return static_cast<int64_t>(EstimatePipeline(pipeline).bytes);
}

}  // namespace tusk::df
