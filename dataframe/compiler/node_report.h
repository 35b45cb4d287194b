#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataframe/exec/node_counts.h"
#include "mapreduce/client/job_runner.h"
#include "mapreduce/model/counters.h"

namespace tusk::df {

/// What one node of a stage's plan did, over all tasks that ran it.
struct NodeReport {
  /// How many that were; 0: nothing is known.
  uint32_t tasks = 0;
  /// Sums.
  NodeCounts all;
  /// Of single tasks: the one in the middle, the greatest one; each number for itself.
  NodeCounts median;
  NodeCounts most;
};

/// The nodes of a stage's plans, each plan in the order of NodeMeter, without a write at its root.
struct StageNodes {
  std::vector<std::vector<NodeReport>> inputs;
  std::vector<NodeReport> reduce;
  bool empty() const { return inputs.empty() && reduce.empty(); }
};

/// The name of a fragment in counters: of an input's plan, of the reduce.
std::string FragmentName(uint32_t input);
inline constexpr std::string_view kReduceFragment = "reduce";

/// Writes what the nodes of a fragment did into a task's counters (group "Dataframe nodes"): as
/// many of the first nodes as counters have room for.
void TellNodes(std::string_view fragment, std::span<const NodeCounts> nodes,
               mapreduce::Counters* counters);

/// Puts together what the tasks of a job of `inputs` inputs have told.
StageNodes ReadNodes(size_t inputs, std::span<const mapreduce::TaskCounters> tasks);

/// Behind a node's line: "(6,001,215 rows, 230.1 MB, 0.821 s; 8 tasks, median 750,152 rows 0.100 s,
/// most 750,160 rows 0.130 s)". Empty when nothing is known. "uneven" warns of a task with several
/// times what others have.
std::string NodeReportText(const NodeReport& node);

}  // namespace tusk::df
