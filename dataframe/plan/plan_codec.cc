#include "dataframe/plan/plan_codec.h"

#include <algorithm>
#include <unordered_map>

#include <arrow/type.h>

#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "dataframe/plan/expr_codec.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_checks.h"
#include "dataframe/plan/source_codec.h"
#include "dataframe/proto/plan.pb.h"
#include "dataframe/type/type_text.h"

namespace tusk::df {
namespace {

constexpr size_t kMaxBytes = 256 << 20;
constexpr uint32_t kMaxDepth = 1000;
// Nodes of the plan as a tree, shared branches as often as they are used.
constexpr uint64_t kMaxNodes = 100'000;

Status Corrupt(std::string_view what) {
  return Status::Error(StatusCode::kCorruption, "plan: {}", what);
}

// What a Make said of decoded parts: the bytes are wrong, not the caller's argument.
Result<PlanPtr> AsCorruption(Result<PlanPtr> made) {
  if (made.ok() || made.status().code() != StatusCode::kInvalidArgument) return made;
  return Corrupt(made.status().message());
}

template <typename Message>
Result<Message> Parse(std::string_view bytes) {
  if (bytes.size() > kMaxBytes) {
    return Status::Error(StatusCode::kTooLarge, "plan: {} bytes are too many", bytes.size());
  }
  Message message;
  // In two steps: the whole one writes what is missing into the log.
  if (!message.ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !message.IsInitialized()) {
    return Corrupt("is not a message");
  }
  return message;
}

// Writes plans down, each shared branch once.
class PlanEncoder {
 public:
  uint32_t Add(const PlanPtr& node);
  std::string Finish() const { return plan_.SerializeAsString(); }

 private:
  void Fill(const PlanNode& node, proto::NodeProto* out);
  void Fill(const ScanNode& scan, proto::ScanProto* out);
  void Fill(const AggregateNode& aggregate, proto::AggregateProto* out);
  void Fill(const JoinSpec& spec, proto::JoinProto* out);
  void Fill(const WindowNode& window, proto::WindowProto* out);
  static void Fill(const WriteSpec& spec, proto::WriteProto* out);
  void Fill(const NamedExpr& named, proto::NamedExprProto* out) {
    out->set_name(named.name);
    out->set_expr(exprs_.Add(named.expr));
  }
  template <typename Node>
  static void FillLimit(const Node& node, proto::OrderProto* out) {
    if (node.limit().has_value()) out->set_limit(*node.limit());
    if (node.offset() != 0) out->set_offset(node.offset());
  }

  proto::PlanProto plan_;
  ExprEncoder exprs_{&plan_};
  std::unordered_map<const PlanNode*, uint32_t> nodes_;
  std::unordered_map<const TableSource*, uint32_t> sources_;
};

uint32_t PlanEncoder::Add(const PlanPtr& node) {
  const auto known = nodes_.find(node.get());
  if (known != nodes_.end()) return known->second;
  proto::NodeProto out;
  out.set_kind(static_cast<uint32_t>(node->kind()));
  for (const PlanPtr& child : node->children()) out.add_children(Add(child));
  Fill(*node, &out);
  const auto position = static_cast<uint32_t>(plan_.nodes_size());
  *plan_.add_nodes() = std::move(out);
  nodes_.emplace(node.get(), position);
  return position;
}

void PlanEncoder::Fill(const PlanNode& node, proto::NodeProto* out) {
  switch (node.kind()) {
    case PlanKind::kScan:
      return Fill(As<ScanNode>(node), out->mutable_scan());
    case PlanKind::kValues:
      return out->set_values(EncodeBatch(*As<ValuesNode>(node).rows()));
    case PlanKind::kFilter:
      return out->set_condition(exprs_.Add(As<FilterNode>(node).condition()));
    case PlanKind::kProject:
      for (const NamedExpr& column : As<ProjectNode>(node).columns()) {
        Fill(column, out->add_columns());
      }
      return;
    case PlanKind::kAggregate:
      return Fill(As<AggregateNode>(node), out->mutable_aggregate());
    case PlanKind::kJoin:
      return Fill(As<JoinNode>(node).spec(), out->mutable_join());
    case PlanKind::kSort: {
      const auto& sort = As<SortNode>(node);
      for (const SortKey& key : sort.keys()) {
        exprs_.Add(key, out->mutable_order()->add_keys());
      }
      return FillLimit(sort, out->mutable_order());
    }
    case PlanKind::kLimit:
      return FillLimit(As<LimitNode>(node), out->mutable_order());
    case PlanKind::kWindow:
      return Fill(As<WindowNode>(node), out->mutable_window());
    case PlanKind::kUnion:
      return;
    case PlanKind::kExplode:
      out->mutable_explode()->set_column(As<ExplodeNode>(node).column());
      return out->mutable_explode()->set_keep_empty(As<ExplodeNode>(node).keep_empty());
    case PlanKind::kShuffleRead:
      out->mutable_shuffle_read()->set_tag(As<ShuffleReadNode>(node).tag());
      return ToProto(*node.schema(), out->mutable_shuffle_read()->mutable_schema());
    case PlanKind::kWrite:
      return Fill(As<WriteNode>(node).spec(), out->mutable_write());
    case PlanKind::kMapBatches:
      out->mutable_map_batches()->set_function(As<MapBatchesNode>(node).function());
      return ToProto(*node.schema(), out->mutable_map_batches()->mutable_schema());
    case PlanKind::kBloomBuild:
      out->mutable_bloom()->set_filter_keys(As<BloomBuildNode>(node).keys());
      if (As<BloomBuildNode>(node).merges()) out->mutable_bloom()->set_merges(true);
      return;
    case PlanKind::kBloomProbe:
      out->mutable_bloom()->set_filter_keys(As<BloomProbeNode>(node).filter_keys());
      for (const ExprPtr& key : As<BloomProbeNode>(node).keys())
        out->mutable_bloom()->add_keys(exprs_.Add(key));
      return;
  }
  CHECK(false);
}

void PlanEncoder::Fill(const ScanNode& scan, proto::ScanProto* out) {
  const auto [known, added] =
      sources_.emplace(&scan.source(), static_cast<uint32_t>(plan_.sources_size()));
  if (added) ToProto(scan.source(), plan_.add_sources());
  out->set_source(known->second);
  for (const ScanNode::Column& column : scan.columns()) {
    proto::ScanProto::Column* one = out->add_columns();
    one->set_source(column.source);
    one->set_name(column.name);
    if (column.hidden) one->set_hidden(true);
  }
  if (scan.predicate() != nullptr) out->set_predicate(exprs_.Add(scan.predicate()));
}

void PlanEncoder::Fill(const AggregateNode& aggregate, proto::AggregateProto* out) {
  for (const NamedExpr& key : aggregate.keys()) Fill(key, out->add_keys());
  for (const AggregateCall& call : aggregate.aggregates()) {
    proto::AggregateCallProto* one = out->add_calls();
    one->set_function(call.function);
    for (const ExprPtr& arg : call.args) one->add_args(exprs_.Add(arg));
    if (call.distinct) one->set_distinct(true);
    if (call.filter != nullptr) one->set_filter(exprs_.Add(call.filter));
    one->set_name(call.name);
    for (const TypePtr& type : call.arg_types) one->add_arg_types(TypeText(*type));
  }
  out->set_mode(static_cast<uint32_t>(aggregate.mode()));
}

void PlanEncoder::Fill(const JoinSpec& spec, proto::JoinProto* out) {
  out->set_type(static_cast<uint32_t>(spec.type));
  for (const auto& [left, right] : spec.keys) {
    proto::JoinProto::Key* key = out->add_keys();
    key->set_left(exprs_.Add(left));
    key->set_right(exprs_.Add(right));
  }
  if (spec.residual != nullptr) out->set_residual(exprs_.Add(spec.residual));
  if (spec.nulls_match) out->set_nulls_match(true);
  if (!spec.mark.empty()) out->set_mark(spec.mark);
  out->set_strategy(static_cast<uint32_t>(spec.strategy));
  if (!spec.reason.empty()) out->set_reason(spec.reason);
}

void PlanEncoder::Fill(const WindowNode& window, proto::WindowProto* out) {
  for (const ExprPtr& key : window.partition_by()) out->add_partition_by(exprs_.Add(key));
  for (const SortKey& key : window.order_by()) exprs_.Add(key, out->add_order_by());
  for (const WindowCall& call : window.calls()) {
    proto::WindowCallProto* one = out->add_calls();
    one->set_function(call.function);
    for (const ExprPtr& arg : call.args) one->add_args(exprs_.Add(arg));
    ToProto(call.frame, one->mutable_frame());
    one->set_name(call.name);
  }
}

void PlanEncoder::Fill(const WriteSpec& spec, proto::WriteProto* out) {
  out->set_path(spec.path);
  out->set_format(static_cast<uint32_t>(spec.format));
  out->set_mode(static_cast<uint32_t>(spec.mode));
  ToProto(spec.csv, out->mutable_csv());
  for (const std::string& column : spec.partition_by) out->add_partition_by(column);
  if (!spec.compression.empty()) out->set_compression(spec.compression);
  if (spec.target_file_bytes != 0) out->set_target_file_bytes(spec.target_file_bytes);
}

// Builds plans from messages of strangers.
class PlanDecoder {
 public:
  explicit PlanDecoder(const proto::PlanProto& plan) : plan_(plan) {}
  Result<PlanPtr> Run();

 private:
  Result<PlanPtr> Node(const proto::NodeProto& in, std::vector<PlanPtr> children);
  Result<PlanPtr> OverOne(const proto::NodeProto& in, PlanPtr child);
  Result<PlanPtr> Scan(const proto::ScanProto& in);
  Result<PlanPtr> Aggregate(const proto::AggregateProto& in, PlanPtr child);
  Result<PlanPtr> Join(const proto::JoinProto& in, PlanPtr left, PlanPtr right);
  Result<PlanPtr> Sort(const proto::OrderProto& in, PlanPtr child);
  Result<PlanPtr> Window(const proto::WindowProto& in, PlanPtr child);
  Result<PlanPtr> ShuffleRead(const proto::ShuffleReadProto& in);
  Result<PlanPtr> Write(const proto::WriteProto& in, PlanPtr child);

  template <typename Positions>
  Result<std::vector<ExprPtr>> Exprs(const Positions& positions) {
    std::vector<ExprPtr> out;
    for (const uint32_t position : positions) {
      ASSIGN_OR_RETURN(ExprPtr expr, exprs_.Get(position));
      out.push_back(std::move(expr));
    }
    return out;
  }
  template <typename Messages>
  Result<std::vector<NamedExpr>> Named(const Messages& messages) {
    std::vector<NamedExpr> out;
    for (const proto::NamedExprProto& one : messages) {
      ASSIGN_OR_RETURN(ExprPtr expr, exprs_.Get(one.expr()));
      out.push_back({.name = one.name(), .expr = std::move(expr)});
    }
    return out;
  }
  template <typename Messages>
  Result<std::vector<SortKey>> SortKeys(const Messages& messages) {
    std::vector<SortKey> out;
    for (const proto::SortKeyProto& one : messages) {
      ASSIGN_OR_RETURN(SortKey key, exprs_.Get(one));
      out.push_back(std::move(key));
    }
    return out;
  }

  const proto::PlanProto& plan_;
  ExprTable exprs_;
  std::vector<std::shared_ptr<const TableSource>> sources_;
};

Result<PlanPtr> PlanDecoder::Run() {
  ASSIGN_OR_RETURN(exprs_, ExprTable::Decode(plan_));
  for (const proto::TableSourceProto& in : plan_.sources()) {
    ASSIGN_OR_RETURN(TableSource source, FromProto(in));
    sources_.push_back(std::make_shared<const TableSource>(std::move(source)));
  }
  std::vector<PlanPtr> nodes;
  std::vector<uint64_t> weights;
  std::vector<uint32_t> depths;
  for (const proto::NodeProto& in : plan_.nodes()) {
    std::vector<PlanPtr> children;
    uint64_t weight = 1;
    uint32_t depth = 1;
    for (const uint32_t child : in.children()) {
      if (child >= nodes.size()) return Corrupt("a node names none before it");
      children.push_back(nodes[child]);
      weight = std::min(weight + weights[child], kMaxNodes + 1);
      depth = std::max(depth, depths[child] + 1);
    }
    if (weight > kMaxNodes || depth > kMaxDepth) {
      return Status::Error(StatusCode::kTooLarge, "plan: has too many nodes");
    }
    ASSIGN_OR_RETURN(PlanPtr node, AsCorruption(Node(in, std::move(children))));
    nodes.push_back(std::move(node));
    weights.push_back(weight);
    depths.push_back(depth);
  }
  if (nodes.empty()) return Corrupt("has no nodes");
  return nodes.back();
}

Result<PlanPtr> PlanDecoder::Node(const proto::NodeProto& in, std::vector<PlanPtr> children) {
  const auto expect = [&](size_t count) { return CheckChildCount("node", children, count); };
  switch (static_cast<PlanKind>(in.kind())) {
    case PlanKind::kScan:
      RETURN_IF_ERROR(expect(0));
      return Scan(in.scan());
    case PlanKind::kValues: {
      RETURN_IF_ERROR(expect(0));
      ASSIGN_OR_RETURN(auto rows, DecodeBatch(in.values()));
      return ValuesNode::Make(std::move(rows));
    }
    case PlanKind::kJoin:
      RETURN_IF_ERROR(expect(2));
      return Join(in.join(), std::move(children[0]), std::move(children[1]));
    case PlanKind::kBloomProbe: {
      RETURN_IF_ERROR(expect(2));
      ASSIGN_OR_RETURN(auto keys, Exprs(in.bloom().keys()));
      return BloomProbeNode::Make(std::move(children[0]), std::move(children[1]), std::move(keys),
                                  in.bloom().filter_keys());
    }
    case PlanKind::kUnion:
      return UnionNode::Make(std::move(children));
    case PlanKind::kShuffleRead:
      RETURN_IF_ERROR(expect(0));
      return ShuffleRead(in.shuffle_read());
    default:
      RETURN_IF_ERROR(expect(1));
      return OverOne(in, std::move(children[0]));
  }
}

Result<PlanPtr> PlanDecoder::OverOne(const proto::NodeProto& in, PlanPtr child) {
  switch (static_cast<PlanKind>(in.kind())) {
    case PlanKind::kFilter: {
      ASSIGN_OR_RETURN(ExprPtr condition, exprs_.Get(in.condition()));
      return FilterNode::Make(std::move(child), std::move(condition));
    }
    case PlanKind::kProject: {
      ASSIGN_OR_RETURN(auto columns, Named(in.columns()));
      return ProjectNode::Make(std::move(child), std::move(columns));
    }
    case PlanKind::kAggregate:
      return Aggregate(in.aggregate(), std::move(child));
    case PlanKind::kSort:
      return Sort(in.order(), std::move(child));
    case PlanKind::kLimit:
      return LimitNode::Make(
          std::move(child),
          in.order().has_limit() ? std::optional<int64_t>(in.order().limit()) : std::nullopt,
          in.order().offset());
    case PlanKind::kWindow:
      return Window(in.window(), std::move(child));
    case PlanKind::kExplode:
      return ExplodeNode::Make(std::move(child), in.explode().column(), in.explode().keep_empty());
    case PlanKind::kWrite:
      return Write(in.write(), std::move(child));
    case PlanKind::kMapBatches: {
      ASSIGN_OR_RETURN(SchemaPtr schema, FromProto(in.map_batches().schema()));
      return MapBatchesNode::Make(std::move(child), in.map_batches().function(), std::move(schema));
    }
    case PlanKind::kBloomBuild:
      return in.bloom().merges()
                 ? BloomBuildNode::MakeMerge(std::move(child), in.bloom().filter_keys())
                 : BloomBuildNode::Make(std::move(child), in.bloom().filter_keys());
    default:
      return Corrupt("unknown kind of node");
  }
}

Result<PlanPtr> PlanDecoder::Scan(const proto::ScanProto& in) {
  if (in.source() >= sources_.size()) return Corrupt("a table is missing");
  std::vector<ScanNode::Column> columns;
  for (const proto::ScanProto::Column& one : in.columns()) {
    columns.push_back({.source = one.source(), .name = one.name(), .hidden = one.hidden()});
  }
  ExprPtr predicate;
  if (in.has_predicate()) {
    ASSIGN_OR_RETURN(predicate, exprs_.Get(in.predicate()));
  }
  return ScanNode::Make(sources_[in.source()], std::move(columns), std::move(predicate));
}

Result<PlanPtr> PlanDecoder::Aggregate(const proto::AggregateProto& in, PlanPtr child) {
  if (in.mode() > static_cast<uint32_t>(AggregateMode::kFinal)) return Corrupt("unknown mode");
  ASSIGN_OR_RETURN(auto keys, Named(in.keys()));
  std::vector<AggregateCall> calls;
  for (const proto::AggregateCallProto& one : in.calls()) {
    AggregateCall call;
    call.function = one.function();
    ASSIGN_OR_RETURN(call.args, Exprs(one.args()));
    call.distinct = one.distinct();
    if (one.has_filter()) {
      ASSIGN_OR_RETURN(call.filter, exprs_.Get(one.filter()));
    }
    call.name = one.name();
    for (const std::string& text : one.arg_types()) {
      ASSIGN_OR_RETURN(TypePtr type, ParseType(text));
      call.arg_types.push_back(std::move(type));
    }
    calls.push_back(std::move(call));
  }
  return AggregateNode::Make(std::move(child), std::move(keys), std::move(calls),
                             static_cast<AggregateMode>(in.mode()));
}

Result<PlanPtr> PlanDecoder::Join(const proto::JoinProto& in, PlanPtr left, PlanPtr right) {
  if (in.type() > static_cast<uint32_t>(JoinType::kMark)) return Corrupt("unknown type of join");
  if (in.strategy() > static_cast<uint32_t>(JoinStrategy::kPartitioned)) {
    return Corrupt("unknown strategy");
  }
  JoinSpec spec;
  spec.type = static_cast<JoinType>(in.type());
  for (const proto::JoinProto::Key& key : in.keys()) {
    ASSIGN_OR_RETURN(ExprPtr l, exprs_.Get(key.left()));
    ASSIGN_OR_RETURN(ExprPtr r, exprs_.Get(key.right()));
    spec.keys.emplace_back(std::move(l), std::move(r));
  }
  if (in.has_residual()) {
    ASSIGN_OR_RETURN(spec.residual, exprs_.Get(in.residual()));
  }
  spec.nulls_match = in.nulls_match();
  spec.mark = in.mark();
  spec.strategy = static_cast<JoinStrategy>(in.strategy());
  spec.reason = in.reason();
  return JoinNode::Make(std::move(left), std::move(right), std::move(spec));
}

Result<PlanPtr> PlanDecoder::Sort(const proto::OrderProto& in, PlanPtr child) {
  ASSIGN_OR_RETURN(auto keys, SortKeys(in.keys()));
  const auto limit = in.has_limit() ? std::optional<int64_t>(in.limit()) : std::nullopt;
  return SortNode::Make(std::move(child), std::move(keys), limit, in.offset());
}

Result<PlanPtr> PlanDecoder::Window(const proto::WindowProto& in, PlanPtr child) {
  ASSIGN_OR_RETURN(auto partition_by, Exprs(in.partition_by()));
  ASSIGN_OR_RETURN(auto order_by, SortKeys(in.order_by()));
  std::vector<WindowCall> calls;
  for (const proto::WindowCallProto& one : in.calls()) {
    WindowCall call;
    call.function = one.function();
    ASSIGN_OR_RETURN(call.args, Exprs(one.args()));
    ASSIGN_OR_RETURN(call.frame, FromProto(one.frame()));
    call.name = one.name();
    calls.push_back(std::move(call));
  }
  return WindowNode::Make(std::move(child), std::move(partition_by), std::move(order_by),
                          std::move(calls));
}

Result<PlanPtr> PlanDecoder::ShuffleRead(const proto::ShuffleReadProto& in) {
  ASSIGN_OR_RETURN(SchemaPtr schema, FromProto(in.schema()));
  RETURN_IF_ERROR(CheckUniqueNames("ShuffleRead", *schema));
  return ShuffleReadNode::Make(in.tag(), std::move(schema));
}

Result<PlanPtr> PlanDecoder::Write(const proto::WriteProto& in, PlanPtr child) {
  if (in.mode() > static_cast<uint32_t>(SaveMode::kIgnore)) return Corrupt("unknown save mode");
  WriteSpec spec;
  spec.path = in.path();
  ASSIGN_OR_RETURN(spec.format, DecodeTableFormat(in.format()));
  spec.mode = static_cast<SaveMode>(in.mode());
  ASSIGN_OR_RETURN(spec.csv, FromProto(in.csv()));
  spec.partition_by.assign(in.partition_by().begin(), in.partition_by().end());
  spec.compression = in.compression();
  spec.target_file_bytes = in.target_file_bytes();
  return WriteNode::Make(std::move(child), std::move(spec));
}

}  // namespace

std::string EncodePlan(const PlanPtr& plan) {
  PlanEncoder encoder;
  encoder.Add(plan);
  return encoder.Finish();
}

Result<PlanPtr> DecodePlan(std::string_view bytes) {
  ASSIGN_OR_RETURN(const proto::PlanProto plan, Parse<proto::PlanProto>(bytes));
  return PlanDecoder(plan).Run();
}

std::string EncodeExpr(const ExprPtr& expr) {
  proto::PlanProto plan;
  ExprEncoder(&plan).Add(expr);
  return plan.SerializeAsString();
}

Result<ExprPtr> DecodeExpr(std::string_view bytes) {
  ASSIGN_OR_RETURN(const proto::PlanProto plan, Parse<proto::PlanProto>(bytes));
  ASSIGN_OR_RETURN(ExprTable table, ExprTable::Decode(plan));
  return table.Root();
}

std::string EncodeTableSource(const TableSource& source) {
  proto::TableSourceProto message;
  ToProto(source, &message);
  return message.SerializeAsString();
}

Result<TableSource> DecodeTableSource(std::string_view bytes) {
  ASSIGN_OR_RETURN(const auto message, Parse<proto::TableSourceProto>(bytes));
  return FromProto(message);
}

}  // namespace tusk::df
