#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataframe/compiler/stage_runner.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// Plans for the tests of this folder; whatever fails in making one stops the test program.
PlanPtr TableOf(const std::string& name, const std::string& schema, uint64_t bytes, int64_t rows);
PlanPtr Joined(PlanPtr left, PlanPtr right, const std::string& left_key,
               const std::string& right_key, JoinType type = JoinType::kInner);
PlanPtr Grouped(PlanPtr child, const std::vector<std::string>& keys, const std::string& sum_of);

/// Keeps the stages that it is asked to run; each comes out as a table of the size that is told
/// beforehand.
class RecordingRunner final : public StageRunner {
 public:
  Result<std::shared_ptr<const TableSource>> Run(const Stage& stage) override;

  std::vector<Stage> stages;
  uint64_t output_bytes = uint64_t{1} << 40;
  int64_t output_rows = -1;
};

}  // namespace tusk::df
