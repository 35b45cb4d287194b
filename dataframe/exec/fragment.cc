#include <utility>

#include <arrow/record_batch.h>

#include "common/base/status_macros.h"
#include "dataframe/exec/gather.h"
#include "dataframe/exec/node_meter.h"
#include "dataframe/exec/operator.h"
#include "dataframe/exec/operator/bloom.h"
#include "dataframe/exec/operator/explode.h"
#include "dataframe/exec/operator/filter.h"
#include "dataframe/exec/operator/hash_aggregate.h"
#include "dataframe/exec/operator/hash_join.h"
#include "dataframe/exec/operator/limit.h"
#include "dataframe/exec/operator/map_batches.h"
#include "dataframe/exec/operator/project.h"
#include "dataframe/exec/operator/sort.h"
#include "dataframe/exec/operator/window.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/type/arrow_runtime.h"

namespace tusk::df {
namespace {

/// One child of a union: its rows under the union's names. The end is for the last child alone.
class UnionEnd final : public BatchSink {
 public:
  UnionEnd(SchemaPtr schema, bool last, BatchSink& out)
      : schema_(std::move(schema)), last_(last), out_(out) {}

  Status Push(const BatchPtr& batch) override { return out_.Push(WithSchema(batch, schema_)); }
  Status Finish() override { return last_ ? out_.Finish() : Status::Ok(); }
  bool Done() const override { return out_.Done(); }

 private:
  const SchemaPtr schema_;
  const bool last_;
  BatchSink& out_;
};

/// The operator of a node with one child.
Result<std::unique_ptr<Operator>> MakeOperator(const PlanNode& node, ExecContext& context,
                                               BatchSink& out) {
  switch (node.kind()) {
    case PlanKind::kFilter:
      return MakeFilter(As<FilterNode>(node), out);
    case PlanKind::kProject:
      return MakeProject(As<ProjectNode>(node), out);
    case PlanKind::kAggregate:
      return MakeHashAggregate(As<AggregateNode>(node), context, out);
    case PlanKind::kSort:
      return MakeSort(As<SortNode>(node), context, out);
    case PlanKind::kLimit:
      return MakeLimit(As<LimitNode>(node), out);
    case PlanKind::kWindow:
      return MakeWindow(As<WindowNode>(node), context, out);
    case PlanKind::kExplode:
      return MakeExplode(As<ExplodeNode>(node), context, out);
    case PlanKind::kBloomBuild:
      return MakeBloomBuild(As<BloomBuildNode>(node), context, out);
    case PlanKind::kMapBatches:
      return MakeMapBatches(As<MapBatchesNode>(node), context, out);
    default:
      return Status::Error(StatusCode::kUnsupported, "a task cannot run this step of a plan: {}",
                           PlanKindName(node.kind()));
  }
}

/// Runs plans in one context. Nodes have the numbers of NodeMeter.
class FragmentRunner {
 public:
  /// `meter` may be null.
  FragmentRunner(LeafOpener& leaves, ExecContext& context, NodeMeter* meter)
      : leaves_(leaves), context_(context), meter_(meter) {}

  Status Run(const PlanNode& node, size_t number, BatchSink& out) {
    if (meter_ == nullptr) return RunStep(node, number, out);
    const auto behind = meter_->Behind(number, out);
    RETURN_IF_ERROR(RunStep(node, number, *behind));
    meter_->Ended(node, number);
    return Status::Ok();
  }

 private:
  Status RunStep(const PlanNode& node, size_t number, BatchSink& out) {
    switch (node.kind()) {
      case PlanKind::kScan:
      case PlanKind::kValues:
      case PlanKind::kShuffleRead:
        return RunLeaf(node, number, out);
      case PlanKind::kJoin:
        return RunJoin(As<JoinNode>(node), number, out);
      case PlanKind::kBloomProbe:
        return RunBloomProbe(As<BloomProbeNode>(node), number, out);
      case PlanKind::kUnion:
        return RunUnion(node, number, out);
      default: {
        ASSIGN_OR_RETURN(const auto step, MakeOperator(node, context_, out));
        return Run(*node.child(), number + 1, *step);
      }
    }
  }

  Result<std::unique_ptr<BatchStream>> Open(const PlanNode& leaf, size_t number) {
    return meter_ == nullptr ? leaves_.Open(leaf) : meter_->Open(number, leaf, leaves_);
  }

  Status RunLeaf(const PlanNode& leaf, size_t number, BatchSink& out) {
    if (out.Done()) return out.Finish();
    ASSIGN_OR_RETURN(const std::unique_ptr<BatchStream> stream, Open(leaf, number));
    while (!out.Done()) {
      if (context_.check) RETURN_IF_ERROR(context_.check());
      ASSIGN_OR_RETURN(const BatchPtr batch, stream->Next());
      if (batch == nullptr) break;
      if (batch->num_rows() > 0) RETURN_IF_ERROR(out.Push(batch));
    }
    return out.Finish();
  }

  Status RunJoin(const JoinNode& node, size_t number, BatchSink& out) {
    ASSIGN_OR_RETURN(const JoinOperators join, MakeHashJoin(node, context_, out));
    const size_t left = number + 1;
    const size_t right = left + CountNodes(*node.left());
    if (join.build_left) {
      RETURN_IF_ERROR(Run(*node.left(), left, *join.build));
      return Run(*node.right(), right, *join.probe);
    }
    RETURN_IF_ERROR(Run(*node.right(), right, *join.build));
    return Run(*node.left(), left, *join.probe);
  }

  Status RunBloomProbe(const BloomProbeNode& node, size_t number, BatchSink& out) {
    ASSIGN_OR_RETURN(const BloomProbeOperators probe, MakeBloomProbe(node, context_, out));
    const size_t rows = number + 1;
    RETURN_IF_ERROR(Run(*node.filter(), rows + CountNodes(*node.child()), *probe.filter));
    return Run(*node.child(), rows, *probe.rows);
  }

  Status RunUnion(const PlanNode& node, size_t number, BatchSink& out) {
    size_t child = number + 1;
    for (size_t i = 0; i < node.children().size(); ++i) {
      UnionEnd end(node.schema(), i + 1 == node.children().size(), out);
      RETURN_IF_ERROR(Run(*node.children()[i], child, end));
      child += CountNodes(*node.children()[i]);
    }
    return Status::Ok();
  }

  LeafOpener& leaves_;
  ExecContext& context_;
  NodeMeter* const meter_;
};

}  // namespace

Status RunFragment(const PlanPtr& plan, LeafOpener& leaves, ExecContext& context, BatchSink& out) {
  InitializeArrow();
  CHECK(context.budget != nullptr && context.batch_rows > 0);
  if (context.node_counts == nullptr)
    return FragmentRunner(leaves, context, nullptr).Run(*plan, 0, out);
  NodeMeter meter(*plan, context);
  return FragmentRunner(leaves, context, &meter).Run(*plan, 0, out);
}

}  // namespace tusk::df
