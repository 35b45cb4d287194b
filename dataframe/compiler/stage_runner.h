#pragma once

#include <cstdint>
#include <memory>

#include "common/base/result.h"
#include "dataframe/compiler/stage.h"
#include "dataframe/plan/table_source.h"

namespace tusk::df {

/// Runs the stages of a query for the stage cutter, which goes on with what they have made. One
/// thread.
class StageRunner {
 public:
  virtual ~StageRunner() = default;
  /// Runs a stage to its end and gives the table that it has written (Arrow IPC files under the
  /// stage's column names), with real lengths and rows. Of a stage that writes the user's result:
  /// no files.
  virtual Result<std::shared_ptr<const TableSource>> Run(const Stage& stage) = 0;
};

}  // namespace tusk::df
