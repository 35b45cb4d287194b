#include "dataframe/compiler/stage_estimate.h"

#include <map>
#include <utility>

namespace tusk::df {
namespace {

// `one` and `more` are different rows of the same columns.
void AddRows(PlanEstimate more, PlanEstimate* one) {
  more.rows += one->rows;
  more.bytes += one->bytes;
  more.base_rows += one->base_rows;
  *one = std::move(more);
}

}  // namespace

PlanEstimate EstimateStage(const Stage& stage) {
  std::map<uint32_t, PlanEstimate> by_tag;
  Estimator maps;
  for (const StageInput& input : stage.inputs) AddRows(maps.Of(input.plan), &by_tag[input.tag]);
  if (stage.reduce == nullptr) return by_tag.empty() ? PlanEstimate() : by_tag.begin()->second;
  Estimator reduces;
  for (auto& [tag, estimate] : by_tag) reduces.SetShuffled(tag, std::move(estimate));
  return reduces.Of(stage.reduce);
}

PlanEstimate EstimatePipeline(const Pipeline& pipeline) {
  return EstimateStage(pipeline.ToStage(""));
}

}  // namespace tusk::df
