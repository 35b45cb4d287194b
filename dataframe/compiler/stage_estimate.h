#pragma once

#include <cstdint>

#include "dataframe/compiler/pipeline.h"
#include "dataframe/compiler/stage.h"
#include "dataframe/optimizer/statistics.h"

namespace tusk::df {

/// What a stage will hand out, guessed from the tables that its maps read: of a finished stage its
/// real rows.
PlanEstimate EstimateStage(const Stage& stage);

/// The same of a pipeline that has no job yet.
PlanEstimate EstimatePipeline(const Pipeline& pipeline);
int64_t EstimatedBytes(const Pipeline& pipeline);

}  // namespace tusk::df
