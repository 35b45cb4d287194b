#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataframe/expr/expr.h"
#include "dataframe/plan/plan_node.h"

namespace tusk::df {

/// A record of the shuffle has one byte for its tag.
inline constexpr uint32_t kGreatestTag = 255;

/// One input of a stage's map side.
struct StageInput {
  /// What a map runs over one split of the fragment's driving leaf (`DrivingLeaf`); its other
  /// leaves are read whole by each map.
  PlanPtr plan;
  /// The reduce of a row, over plan->schema(): rows with equal keys meet. Empty: all rows in the
  /// first reduce.
  std::vector<ExprPtr> partition_by;
  /// Under which the reduce's ShuffleRead finds the rows.
  uint32_t tag = 0;
};

/// One MapReduce job of a query. A plain value.
///
/// Inputs are in the order in which the reduce opens its leaves: the shuffle hands records out in
/// the order of maps, so each leaf finds its rows in front of it and nothing has to be kept aside.
struct Stage {
  /// For people: "join orders, lineitem".
  std::string title;
  std::vector<StageInput> inputs;
  /// What a reduce runs over its ShuffleRead leaves; null for a stage of maps alone.
  PlanPtr reduce;
  uint32_t reduces = 0;

  /// What makes the output: the reduce's fragment, or the first map's.
  const PlanPtr& root() const { return reduce ? reduce : inputs.front().plan; }
  /// Columns of the output.
  const SchemaPtr& schema() const { return root()->schema(); }
  /// True when the root is a WriteNode: the output is the user's, not an intermediate.
  bool IsWrite() const;
};

/// The leaf that is cut into splits: down the first child, of a join down the side that is not held
/// in memory.
const PlanNode& DrivingLeaf(const PlanNode& plan);

/// The tags of a reduce fragment in the order in which RunFragment opens them.
std::vector<uint32_t> TagsInOrder(const PlanNode& reduce);

/// Exact and the same in each process: what tasks are sent, and what fingerprints are made of.
/// Splits and titles of people are no part of a fingerprint; the title is left out of
/// `EncodeStage(stage, false)`.
std::string EncodeStage(const Stage& stage, bool with_title = true);
/// Any bytes: kCorruption when they are no stage.
Result<Stage> DecodeStage(std::string_view bytes);

/// 32 hexadecimal digits that stand for everything on which the output of a stage depends: plans,
/// the files that they read by path, length and modification time, and `program`, which stands for
/// the code that runs it. Number of reduces and splits do not matter.
std::string FingerprintOf(const Stage& stage, std::string_view program);

}  // namespace tusk::df
