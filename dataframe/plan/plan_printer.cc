#include "dataframe/plan/plan_printer.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "common/base/quantity_text.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {
namespace {

// Items joined by ", ".
template <typename Items, typename Text>
std::string List(const Items& items, const Text& text) {
  std::string out;
  for (const auto& item : items) {
    if (!out.empty()) out += ", ";
    out += text(item);
  }
  return out;
}

std::string NamedText(const NamedExpr& named) {
  std::string text = ExprText(*named.expr);
  if (named.expr->kind() == ExprKind::kColumn && named.expr->name() == named.name) return text;
  return text + " as " + named.name;
}

std::string SortKeyText(const SortKey& key) {
  std::string text = ExprText(*key.expr);
  if (key.descending) text += " desc";
  if (key.nulls_first) text += " nulls first";
  return text;
}

std::string ExprList(const std::vector<ExprPtr>& exprs) {
  return List(exprs, [](const ExprPtr& expr) { return ExprText(*expr); });
}

std::string ColumnList(const arrow::Schema& schema) {
  return List(schema.fields(), [](const auto& field) { return field->name(); });
}

std::string LimitText(const std::optional<int64_t>& limit, int64_t offset) {
  std::string text;
  if (limit.has_value()) text += fmt::format(" limit {}", *limit);
  if (offset > 0) text += fmt::format(" offset {}", offset);
  return text;
}

std::string ScanText(const ScanNode& scan) {
  const TableSource& source = scan.source();
  std::string text = "Scan ";
  if (source.stage.has_value()) {
    text += fmt::format("stage {}", *source.stage);
  } else if (source.format == TableFormat::kRange) {
    text += fmt::format("range {} to {}", source.range_from, source.range_to);
  } else {
    text += source.name;
  }
  // Hidden columns are told by the predicate.
  std::string columns;
  for (const ScanNode::Column& column : scan.columns()) {
    if (column.hidden) continue;
    if (!columns.empty()) columns += ", ";
    columns += column.source;
    if (column.source != column.name) columns += " as " + column.name;
  }
  text += " [" + columns + "]";
  if (scan.predicate() != nullptr) text += " where " + ExprText(*scan.predicate());
  return text;
}

std::string AggregateText(const AggregateNode& node) {
  std::string text = "Aggregate";
  if (node.mode() == AggregateMode::kPartial) text += " partial";
  if (node.mode() == AggregateMode::kFinal) text += " final";
  if (!node.keys().empty()) text += " by " + List(node.keys(), NamedText);
  if (node.aggregates().empty()) return text;
  return text + ": " + List(node.aggregates(), [](const AggregateCall& call) {
           const ExprPtr expr =
               Expr::Aggregate(call.function, call.args, call.distinct, call.filter);
           return ExprText(*expr) + " as " + call.name;
         });
}

std::string JoinText(const JoinSpec& spec) {
  std::string text = fmt::format("Join {}", JoinTypeName(spec.type));
  if (spec.type == JoinType::kMark) text += " " + spec.mark;
  if (spec.strategy != JoinStrategy::kAuto) {
    text += fmt::format(", {}", JoinStrategyName(spec.strategy));
  }
  if (!spec.reason.empty()) text += fmt::format(" ({})", spec.reason);
  std::vector<ExprPtr> conditions;
  for (const auto& [left, right] : spec.keys) {
    conditions.push_back(
        Expr::Call(spec.nulls_match ? "is_not_distinct_from" : "=", {left, right}));
  }
  for (ExprPtr& conjunct : SplitConjunction(spec.residual)) {
    conditions.push_back(std::move(conjunct));
  }
  if (!conditions.empty()) text += ": " + ExprText(*MakeConjunction(conditions));
  return text;
}

std::string WindowText(const WindowNode& node) {
  std::string text = "Window";
  if (!node.partition_by().empty()) text += " partition by " + ExprList(node.partition_by());
  if (!node.order_by().empty()) text += " order by " + SortKeysText(node.order_by());
  return text + ": " + List(node.calls(), [](const WindowCall& call) {
           std::string one = fmt::format("{}({})", call.function, ExprList(call.args));
           if (call.frame != WindowFrame{}) one += ' ' + FrameText(call.frame);
           return one + " as " + call.name;
         });
}

std::string WriteText(const WriteSpec& spec) {
  static constexpr std::string_view kModes[] = {"", ", overwrite", ", append", ", ignore"};
  std::string text = fmt::format("Write {} to {}{}", TableFormatName(spec.format), spec.path,
                                 kModes[static_cast<size_t>(spec.mode)]);
  if (!spec.partition_by.empty()) {
    text += " partition by " + List(spec.partition_by, [](const auto& name) { return name; });
  }
  return text;
}

void AppendPlan(const PlanNode& node, size_t depth, const PlanTextOptions& options,
                std::string* out) {
  out->append(2 * depth, ' ');
  *out += NodeText(node);
  const std::string note = options.annotate ? options.annotate(node) : std::string();
  if (!note.empty()) *out += "  " + note;
  *out += '\n';
  for (const PlanPtr& child : node.children()) AppendPlan(*child, depth + 1, options, out);
}

}  // namespace

std::string SortKeysText(const std::vector<SortKey>& keys) { return List(keys, SortKeyText); }

std::string NodeText(const PlanNode& node) {
  switch (node.kind()) {
    case PlanKind::kScan:
      return ScanText(As<ScanNode>(node));
    case PlanKind::kValues:
      return fmt::format("Values {} [{}]",
                         CountText(As<ValuesNode>(node).rows()->num_rows(), "row"),
                         ColumnList(*node.schema()));
    case PlanKind::kFilter:
      return "Filter " + ExprText(*As<FilterNode>(node).condition());
    case PlanKind::kProject:
      return "Project " + List(As<ProjectNode>(node).columns(), NamedText);
    case PlanKind::kAggregate:
      return AggregateText(As<AggregateNode>(node));
    case PlanKind::kJoin:
      return JoinText(As<JoinNode>(node).spec());
    case PlanKind::kSort: {
      const auto& sort = As<SortNode>(node);
      return "Sort " + SortKeysText(sort.keys()) + LimitText(sort.limit(), sort.offset());
    }
    case PlanKind::kLimit: {
      const auto& limit = As<LimitNode>(node);
      return "Limit" + LimitText(limit.limit(), limit.offset()).substr(limit.limit() ? 6 : 0);
    }
    case PlanKind::kWindow:
      return WindowText(As<WindowNode>(node));
    case PlanKind::kUnion:
      return "Union";
    case PlanKind::kMapBatches:
      return fmt::format("MapBatches [{}]", SchemaText(*node.schema()));
    case PlanKind::kBloomBuild:
      return As<BloomBuildNode>(node).merges()
                 ? "BloomBuild merge"
                 : fmt::format("BloomBuild [{}] for {}", ColumnList(*node.child()->schema()),
                               CountText(As<BloomBuildNode>(node).keys(), "key"));
    case PlanKind::kBloomProbe:
      return "BloomProbe " + ExprList(As<BloomProbeNode>(node).keys());
    case PlanKind::kExplode:
      return fmt::format("Explode {}{}", As<ExplodeNode>(node).column(),
                         As<ExplodeNode>(node).keep_empty() ? " keep empty" : "");
    case PlanKind::kShuffleRead:
      return fmt::format("ShuffleRead {} [{}]", As<ShuffleReadNode>(node).tag(),
                         ColumnList(*node.schema()));
    case PlanKind::kWrite:
      return WriteText(As<WriteNode>(node).spec());
  }
  return "Unknown";
}

std::string PlanText(const PlanPtr& plan, const PlanTextOptions& options) {
  std::string out;
  AppendPlan(*plan, 0, options, &out);
  return out;
}

}  // namespace tusk::df
