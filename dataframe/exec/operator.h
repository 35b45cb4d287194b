#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <arrow/type_fwd.h>

#include "common/base/result.h"
#include "dataframe/exec/node_counts.h"
#include "dataframe/plan/batch_stream.h"
#include "dataframe/plan/plan_node.h"

namespace tusk::df {

class GroupKeeper;
class MemoryBudget;

/// What a plan fragment runs with: memory, disk, and who wants to know. One for a task; one thread.
struct ExecContext {
  /// Shared by all operators of the task; operators that hold rows ask it and spill when it says
  /// no.
  MemoryBudget* budget = nullptr;
  /// An existing local directory of the task's own, for spills.
  std::string spill_directory;
  /// Rows of a batch that operators aim at.
  int64_t batch_rows = 32 * 1024;
  /// Called between batches: the error (kCancelled) ends the run.
  std::function<Status()> check;
  /// Gets the groups of the fragment's kFinal aggregation, of which there is one then; may be null.
  GroupKeeper* keeper = nullptr;
  /// What was spilled, for counters.
  int64_t spilled_bytes = 0;
  int64_t spilled_rows = 0;
  /// Where to count what each node does (exec/node_meter.h); null: nowhere. It costs two looks at
  /// the clock for each batch and node.
  std::vector<NodeCounts>* node_counts = nullptr;
};

/// One step of a running plan: takes batches of its child, hands its own on to `out`. Made by
/// `MakeOperator`.
using Operator = BatchSink;

/// Opens the leaves of a fragment.
class LeafOpener {
 public:
  virtual ~LeafOpener() = default;
  /// The rows of a leaf (kScan, kValues, kShuffleRead), each time from the start.
  virtual Result<std::unique_ptr<BatchStream>> Open(const PlanNode& leaf) = 0;
};

/// Runs a plan to its end in this thread: opens its leaves one after the other (of a join the side
/// that is held in memory first: right, or left with kBroadcastLeft; of a Bloom filter's probe the
/// filter), pushes their batches through
/// the operators, the result into `out`, and finishes it. kWrite nodes are not run here. After an
/// error `out` is unfinished.
Status RunFragment(const PlanPtr& plan, LeafOpener& leaves, ExecContext& context, BatchSink& out);

}  // namespace tusk::df
