#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "common/base/result.h"
#include "dataframe/compiler/pipeline.h"
#include "dataframe/compiler/stage_runner.h"
#include "dataframe/plan/plan_node.h"

namespace tusk::df {

struct JoinSpec;

/// What the stage cutter decides by.
struct CutOptions {
  /// A join's side is held by every task when it has at most so many bytes
  /// (tusk.sql.broadcast-bytes).
  int64_t broadcast_bytes = int64_t{16} << 20;
  /// And when it is read from files anew by every task, those may have so many.
  int64_t broadcast_input_bytes = int64_t{64} << 20;
  /// A Bloom filter of a join's keys may have so many (tusk.sql.bloom-bytes); 0: there is none.
  int64_t bloom_bytes = int64_t{16} << 20;
  /// What one reduce shall get.
  int64_t reduce_bytes = int64_t{64} << 20;
  /// Tasks that run at once.
  uint32_t slots = 1;
  /// Greater than 0: each shuffle has so many reduces.
  uint32_t reduces = 0;
  /// A join without equalities may compare so many pairs of rows; 0: any number
  /// (tusk.sql.most-pairs).
  int64_t most_pairs = 0;
  /// Who wants some rows of more input than this is given those of its first so many bytes if they
  /// are enough.
  uint64_t first_bytes = uint64_t{16} << 20;
};

/// Cuts an optimized plan at its shuffles and runs the stages, from the leaves to the root, each as
/// soon as its inputs are there: what comes after a stage is decided with its real sizes (which
/// side of a join is small, how many reduces there shall be). With a runner that only pretends,
/// this is EXPLAIN.
///
/// Of a join that is made by reduces and shows no row of one side without a match, only the rows of
/// that side are shuffled that can have one, when the other side is much smaller: a left side's
/// keys are held by each map when they are few enough (a semi-join reduction), else a stage of its
/// own makes a Bloom filter of the smaller side's keys, which the maps of the greater one hold.
///
/// What is not cut: rows that meet in the same reduce already (a group-by or a further join over
/// the keys of a join) stay there; joins with a small side, filters and projections stay in their
/// task; a partial aggregation is done behind the reduce that makes its rows. An aggregation,
/// window or join of two big sides that stands in the plan more than once (a WITH that is used
/// twice) is run once.
///
/// LIMIT over steps that go row by row looks at the start of its input first, and at the rest only
/// when there are too few rows.
///
/// The order of the result is made by many reduces, each of which sorts a range of the keys; an
/// order below of which nothing is seen, or of which only the first rows are, by one.
class StageCutter {
 public:
  /// `runner` must outlive the cutter.
  StageCutter(const CutOptions& options, StageRunner& runner)
      : options_(options), runner_(runner) {}

  /// Runs all of `plan` and gives the table of the last stage.
  Result<std::shared_ptr<const TableSource>> Run(const PlanPtr& plan);

 private:
  Result<std::shared_ptr<const TableSource>> RunStage(const Pipeline& pipeline);
  Result<std::shared_ptr<const TableSource>> RunLast(const Pipeline& pipeline);
  Result<Pipeline> Lower(const PlanPtr& plan);
  Result<Pipeline> LowerStep(const PlanPtr& plan);
  Result<Pipeline> LowerUnion(const PlanPtr& plan);
  Result<Pipeline> LowerAggregate(const PlanPtr& plan);
  /// A step that stands in the plan more than once: run the first time, then read.
  Result<Pipeline> LowerShared(const PlanPtr& plan, const std::string& key);
  Result<Pipeline> LowerJoin(const PlanPtr& plan);
  Result<Pipeline> LowerSort(const PlanPtr& plan);
  Result<Pipeline> LowerLimit(const PlanPtr& plan);
  Result<Pipeline> LowerWindow(const PlanPtr& plan);

  /// The rows of a LIMIT out of the start of its input; nothing when they are not enough.
  /// `pipeline` is all of the limit.
  Result<std::optional<Pipeline>> FirstRows(const Pipeline& pipeline, int64_t rows);
  /// All of a pipeline as the input of another stage: what ends in reduces is run first.
  Result<Pipeline> AsMaps(Pipeline pipeline);
  /// Spreads the rows of `pipeline` over reduces; the leaf under which they are read there is the
  /// reduce.
  Result<Pipeline> Shuffle(Pipeline pipeline, std::vector<ExprPtr> keys);
  /// Spreads the rows by ranges of the sort's keys, if they are enough for that.
  Result<Pipeline> ShuffleByRange(Pipeline pipeline);
  std::vector<StageInput> InputsOf(const Pipeline& maps, const std::vector<ExprPtr>& keys,
                                   uint32_t tag) const;
  uint32_t ReducesFor(int64_t bytes) const;

  /// The join with one side held by every task; nothing when none is small enough.
  Result<std::optional<Pipeline>> HoldOneSide(Pipeline* left, Pipeline* right, const PlanPtr& join);
  /// One plan that every task can run for itself and hold, or null when it is too big for that.
  Result<PlanPtr> AsHeldSide(Pipeline* pipeline, bool always);
  /// A join without equalities: every task holds one side, of an inner join the smaller one.
  Result<Pipeline> JoinEveryPair(Pipeline left, Pipeline right, const PlanPtr& join);
  Result<Pipeline> JoinInTasks(Pipeline driving, const PlanPtr& held, const PlanPtr& join,
                               bool left_held);
  Result<Pipeline> JoinInReduces(Pipeline left, Pipeline right, const PlanPtr& join);
  /// The keys of a small left side, to be held by the tasks that read the right one; nothing when
  /// that would not pay.
  Result<std::optional<Pipeline::KeySource>> KeysToReduceBy(Pipeline* left, const Pipeline& right,
                                                            const JoinSpec& spec);

  /// A side of a join that is made by reduces, and what a Bloom filter of its keys leaves out of
  /// the other one.
  struct BloomSides {
    Pipeline* made_of = nullptr;
    Pipeline* left_out_of = nullptr;
    /// Over `made_of`, over `left_out_of`.
    std::vector<ExprPtr> of_keys;
    std::vector<ExprPtr> keys;
  };
  /// The sides that shall have a filter, by their estimates; nothing when that would not pay.
  Result<std::optional<BloomSides>> ChooseBloomSides(Pipeline* left, Pipeline* right,
                                                     const JoinSpec& spec) const;
  Result<bool> PaysWithBloom(const BloomSides& sides) const;
  /// Makes the side of which the filter is, if reading it twice would cost more.
  Status MakeForBloom(Pipeline* side);
  /// Runs a stage that makes the filter, and puts it on the end of the other side.
  Status AddBloomFilter(const BloomSides& sides);

  const CutOptions options_;
  StageRunner& runner_;
  /// The sort in whose order the result is, or null.
  const PlanNode* last_sort_ = nullptr;
  /// Steps that stand in the plan more than once, and what they are.
  std::map<const PlanNode*, std::string> shared_;
  std::map<std::string, std::shared_ptr<const TableSource>> shared_tables_;
};

/// "join orders, lineitem", "group by l_returnflag, l_linestatus": what a stage does, from its
/// plan.
std::string TitleOf(const Pipeline& pipeline);

}  // namespace tusk::df
