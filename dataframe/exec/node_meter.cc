#include "dataframe/exec/node_meter.h"

#include <chrono>
#include <utility>

#include <arrow/record_batch.h>

#include "common/base/status_macros.h"
#include "common/time/system_clock.h"
#include "dataframe/exec/gather.h"

namespace tusk::df {
namespace {

int64_t SteadyNanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             SystemClock::Get().SteadyNow().time_since_epoch())
      .count();
}

}  // namespace

/// Counts what goes through it and what that costs behind it.
class NodeMeter::Probe final : public BatchSink {
 public:
  Probe(NodeMeter& meter, size_t node, BatchSink& out) : meter_(meter), node_(node), out_(out) {}

  Status Push(const BatchPtr& batch) override {
    NodeCounts& counts = meter_.counts_[node_];
    counts.rows += batch->num_rows();
    counts.bytes += BatchBytes(*batch);
    return Measured([&] { return out_.Push(batch); });
  }
  Status Finish() override {
    return Measured([&] { return out_.Finish(); });
  }
  bool Done() const override { return out_.Done(); }

 private:
  template <typename Step>
  Status Measured(const Step& step) {
    const int64_t start = SteadyNanoseconds();
    const int64_t spilled = meter_.context_.spilled_bytes;
    const Status status = step();
    Behinds& behind = meter_.behind_[node_];
    behind.nanoseconds += SteadyNanoseconds() - start;
    behind.spilled_bytes += meter_.context_.spilled_bytes - spilled;
    return status;
  }

  NodeMeter& meter_;
  const size_t node_;
  BatchSink& out_;
};

/// Measures how long a leaf is read.
class NodeMeter::Watch final : public BatchStream {
 public:
  Watch(NodeCounts& counts, std::unique_ptr<BatchStream> stream)
      : counts_(counts), stream_(std::move(stream)) {}

  Result<BatchPtr> Next() override {
    const int64_t start = SteadyNanoseconds();
    Result<BatchPtr> batch = stream_->Next();
    counts_.nanoseconds += SteadyNanoseconds() - start;
    return batch;
  }

 private:
  NodeCounts& counts_;
  const std::unique_ptr<BatchStream> stream_;
};

NodeMeter::NodeMeter(const PlanNode& plan, ExecContext& context)
    : context_(context), counts_(*context.node_counts) {
  counts_.assign(CountNodes(plan), {});
  behind_.resize(counts_.size());
}

std::unique_ptr<BatchSink> NodeMeter::Behind(size_t node, BatchSink& out) {
  return std::make_unique<Probe>(*this, node, out);
}

Result<std::unique_ptr<BatchStream>> NodeMeter::Open(size_t node, const PlanNode& leaf,
                                                     LeafOpener& leaves) {
  const int64_t start = SteadyNanoseconds();
  ASSIGN_OR_RETURN(auto stream, leaves.Open(leaf));
  counts_[node].nanoseconds += SteadyNanoseconds() - start;
  return std::unique_ptr<BatchStream>(std::make_unique<Watch>(counts_[node], std::move(stream)));
}

void NodeMeter::Ended(const PlanNode& plan, size_t node) {
  if (plan.children().empty()) return;
  NodeCounts& counts = counts_[node];
  counts.nanoseconds = -behind_[node].nanoseconds;
  counts.spilled_bytes = -behind_[node].spilled_bytes;
  size_t at = node + 1;
  for (const PlanPtr& child : plan.children()) {
    counts.nanoseconds += behind_[at].nanoseconds;
    counts.spilled_bytes += behind_[at].spilled_bytes;
    at += CountNodes(*child);
  }
}

size_t CountNodes(const PlanNode& plan) {
  size_t nodes = 1;
  for (const PlanPtr& child : plan.children()) nodes += CountNodes(*child);
  return nodes;
}

}  // namespace tusk::df
