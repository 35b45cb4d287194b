#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "dataframe/exec/node_counts.h"
#include "dataframe/exec/operator.h"

namespace tusk::df {

/// Counts what each node of a running fragment hands on, batch by batch. Nodes have the numbers in
/// which a walk over the plan meets them, parents first. One thread.
///
/// A sink between each node and what takes its rows measures what happens behind it; the difference
/// between what is behind a node's children and behind the node itself is the node's own.
class NodeMeter {
 public:
  /// Counts of the nodes of `plan` go into `context.node_counts`. Both must outlive the meter.
  NodeMeter(const PlanNode& plan, ExecContext& context);

  /// The sink that node `node` pushes into, in front of `out`.
  std::unique_ptr<BatchSink> Behind(size_t node, BatchSink& out);
  /// Opens leaf `node`, and watches how it is read.
  Result<std::unique_ptr<BatchStream>> Open(size_t node, const PlanNode& leaf, LeafOpener& leaves);
  /// All rows of the node's children have gone through it.
  void Ended(const PlanNode& plan, size_t node);

 private:
  /// What happened behind a node, its sink included.
  struct Behinds {
    int64_t nanoseconds = 0;
    int64_t spilled_bytes = 0;
  };
  class Probe;
  class Watch;

  ExecContext& context_;
  std::vector<NodeCounts>& counts_;
  std::vector<Behinds> behind_;
};

/// How many nodes a plan has; shared branches count where they stand.
size_t CountNodes(const PlanNode& plan);

}  // namespace tusk::df
