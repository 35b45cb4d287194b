#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataframe/expr/expr.h"
#include "dataframe/plan/plan_node.h"
#include "dataframe/plan/table_source.h"

namespace tusk::df {

class SortNode;

/// A record of the shuffle has one byte for its tag.
inline constexpr uint32_t kGreatestTag = 255;

/// One input of a stage's map side.
struct StageInput {
  /// What a map runs over one split of the fragment's driving leaf (`DrivingLeaf`); its other
  /// leaves are read whole by each map.
  PlanPtr plan;
  /// The reduce of a row, over plan->schema(): rows with equal keys meet. Empty: all rows in the
  /// first reduce, or by range (Stage::by_range).
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
  /// Rows go to reduces by ranges of the keys by which these sort (`RangeSortOf`), so that their
  /// outputs one after the other are in order.
  bool by_range = false;
  /// What lies between the ranges (exec/range_partitioner.h), one less than there are reduces.
  /// Sampled when the stage is run; empty before.
  std::vector<std::string> bounds;
  /// Of a join (`SkewJoinOf`): hashes of keys, ascending, that are too frequent for one reduce. The
  /// rows of the side that is not held are spread over all reduces, those of the held side copied
  /// to each. Sampled when the stage is run; empty before.
  std::vector<uint64_t> hot_keys;
  /// Greater than 0: of each input only about so many bytes are read, from its start on.
  uint64_t first_bytes = 0;
  /// The query is done with this stage; for pages. No part of its bytes.
  bool last = false;

  /// What makes the output: the reduce's fragment, or the first map's.
  const PlanPtr& root() const { return reduce ? reduce : inputs.front().plan; }
  /// Columns of the output.
  const SchemaPtr& schema() const { return root()->schema(); }
  /// True when the root is a WriteNode: the output is the user's, not an intermediate.
  bool IsWrite() const;
};

/// Bytes of all files that the tasks of a stage read, each leaf once; nothing when it reads a
/// range, whose rows have no bytes but must be made.
std::optional<uint64_t> InputBytesOf(const Stage& stage);
std::optional<uint64_t> InputBytesOf(const PlanNode& plan);

/// The child of `node` in whose direction the leaf is that is cut into splits: the first one, of a
/// join the side that is not held in memory. `node` must have children.
size_t DrivingChild(const PlanNode& node);

/// The leaf that is cut into splits: always down the driving child.
const PlanNode& DrivingLeaf(const PlanNode& plan);

/// The plan with a driving leaf that stands in it once. A table that a query names several times
/// may be one node, of which only one place is read split by split.
Result<PlanPtr> WithOwnDrivingLeaf(const PlanPtr& plan);

/// The same with `files` alone for its driving leaf, which must be a scan.
Result<PlanPtr> OverFiles(const PlanPtr& plan, std::vector<SourceFile> files);

/// The tags of a reduce fragment in the order in which RunFragment opens them.
std::vector<uint32_t> TagsInOrder(const PlanNode& reduce);

/// The sort over what the reduces of a stage by range read; null where a plan has none.
const SortNode* RangeSortOf(const PlanNode& reduce);

/// The sides of a join, by their tags.
struct SkewJoin {
  uint32_t spread_tag = 0;
  uint32_t copied_tag = 0;
};
/// The join of a stage whose reduces would do as well with rows of one key in several of them: a
/// join of two shuffled sides in which each row of the side that is not held stands for itself, and
/// above it only steps that go row by row or are partial.
std::optional<SkewJoin> SkewJoinOf(const Stage& stage);

/// Exact and the same in each process: what tasks are sent, and what fingerprints are made of.
/// Splits and titles of people are no part of a fingerprint; the title is left out of
/// `EncodeStage(stage, false)`.
std::string EncodeStage(const Stage& stage, bool with_title = true);
/// Any bytes: kCorruption when they are no stage.
Result<Stage> DecodeStage(std::string_view bytes);

/// 32 hexadecimal digits that stand for everything on which the output of a stage depends: plans,
/// the files that they read by path, length and modification time, and `program`, which stands for
/// the code that runs it. Splits, the number of reduces, the ranges of a sort and hot keys do not
/// matter.
std::string FingerprintOf(const Stage& stage, std::string_view program);

}  // namespace tusk::df
