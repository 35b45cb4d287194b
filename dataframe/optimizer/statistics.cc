#include "dataframe/optimizer/statistics.h"

#include <algorithm>
#include <cmath>

#include <arrow/record_batch.h>
#include <arrow/type.h>

namespace tusk::df {
namespace {

// What a value takes in memory when its type does not tell.
constexpr double kTextBytes = 24;
constexpr double kListBytes = 48;
// Rows of a list, where nothing is known.
constexpr double kElements = 5;
// What a Bloom filter lets through besides.
constexpr double kWrongYes = 0.01;

double ValueBytes(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::NA:
    case arrow::Type::BOOL:
      return 1;
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return kTextBytes;
    case arrow::Type::LIST:
      return kListBytes;
    default:
      return type.bit_width() > 0 ? type.bit_width() / 8.0 : 8;
  }
}

// What a row of a table takes in its files: columns are packed, text has digits and delimiters,
// JSON has names on top.
double FileRowBytes(const TableSource& source) {
  double bytes = 0;
  for (const auto& field : source.schema->fields()) {
    const double value = ValueBytes(*field->type());
    switch (source.format) {
      case TableFormat::kParquet:
        bytes += std::max(0.4 * value, 0.5);
        break;
      case TableFormat::kJson:
        bytes += 7.0 + static_cast<double>(field->name().size()) + std::min(value, 24.0);
        break;
      case TableFormat::kCsv:
        bytes += 1.0 + std::min(value, 24.0);
        break;
      default:
        bytes += value;
    }
  }
  return std::max(bytes, 1.0);
}

double RowsOf(const TableSource& source, const TableStatistics& known) {
  if (known.rows.has_value()) return *known.rows;
  if (const auto rows = source.TotalRows()) return static_cast<double>(*rows);
  return std::max(1.0, static_cast<double>(source.TotalBytes()) / FileRowBytes(source));
}

// How many different values a column of unknown values is taken to have. Integers may be keys;
// of others there are fewer than rows.
double UsualDistinct(const arrow::DataType& type, double base_rows) {
  switch (type.id()) {
    case arrow::Type::BOOL:
      return 2;
    case arrow::Type::DATE32:
      return std::min(base_rows, 2500.0);
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return std::min(base_rows, std::max(100.0, base_rows / 10));
    default:
      return base_rows;
  }
}

// What is left of `domain` different values in `rows` random ones.
double Drawn(double domain, double rows) {
  if (domain <= 1) return std::min(domain, rows);
  return domain * (1 - std::exp(-rows / domain));
}

}  // namespace

double RowBytes(const arrow::Schema& schema) {
  double bytes = 0;
  for (const auto& field : schema.fields()) bytes += ValueBytes(*field->type());
  return std::max(bytes, 1.0);
}

PlanEstimate EstimatePlan(const PlanPtr& plan) { return Estimator().Of(plan); }

const PlanEstimate& Estimator::Of(const PlanPtr& plan) {
  const auto known = known_.find(plan.get());
  if (known != known_.end()) return known->second.second;
  PlanEstimate estimate = Estimate(*plan);
  estimate.rows = std::max(0.0, estimate.rows);
  estimate.bytes = estimate.rows * RowBytes(*plan->schema());
  return known_.emplace(plan.get(), std::pair(plan, std::move(estimate))).first->second.second;
}

double Estimator::Domain(const PlanPtr& plan, const Expr& expr) {
  const PlanEstimate& estimate = Of(plan);
  const double base = std::max(1.0, estimate.base_rows);
  if (expr.kind() == ExprKind::kLiteral) return 1;
  if (expr.kind() == ExprKind::kCast) return Domain(plan, *expr.args()[0]);
  if (expr.kind() != ExprKind::kColumn) {
    if (expr.kind() == ExprKind::kCall && expr.name() == "year") return std::min(base, 10.0);
    return std::max(1.0, base / 2);
  }
  const auto known = estimate.columns.find(expr.name());
  if (known != estimate.columns.end() && known->second.distinct.has_value()) {
    return std::clamp(*known->second.distinct, 1.0, base);
  }
  const auto field = plan->schema()->GetFieldByName(expr.name());
  return field == nullptr ? base : std::max(1.0, UsualDistinct(*field->type(), base));
}

PlanEstimate Estimator::Estimate(const PlanNode& node) {
  switch (node.kind()) {
    case PlanKind::kScan:
      return EstimateScan(As<ScanNode>(node));
    case PlanKind::kValues: {
      const auto rows = static_cast<double>(As<ValuesNode>(node).rows()->num_rows());
      return {.rows = rows, .base_rows = rows, .columns = {}};
    }
    case PlanKind::kFilter:
      return EstimateFilter(As<FilterNode>(node));
    case PlanKind::kProject:
      return EstimateProject(As<ProjectNode>(node));
    case PlanKind::kAggregate:
      return EstimateAggregate(As<AggregateNode>(node));
    case PlanKind::kJoin:
      return EstimateJoin(As<JoinNode>(node));
    case PlanKind::kSort:
    case PlanKind::kLimit: {
      PlanEstimate estimate = Of(node.child());
      const auto& limit =
          node.kind() == PlanKind::kSort ? As<SortNode>(node).limit() : As<LimitNode>(node).limit();
      const int64_t offset = node.kind() == PlanKind::kSort ? As<SortNode>(node).offset()
                                                            : As<LimitNode>(node).offset();
      estimate.rows = std::max(0.0, estimate.rows - static_cast<double>(offset));
      if (limit.has_value()) estimate.rows = std::min(estimate.rows, static_cast<double>(*limit));
      return estimate;
    }
    case PlanKind::kUnion: {
      PlanEstimate estimate;
      for (const PlanPtr& child : node.children()) {
        estimate.rows += Of(child).rows;
        estimate.base_rows += Of(child).base_rows;
      }
      return estimate;
    }
    case PlanKind::kExplode: {
      PlanEstimate estimate = Of(node.child());
      estimate.rows *= kElements;
      estimate.base_rows *= kElements;
      estimate.columns.erase(As<ExplodeNode>(node).column());
      return estimate;
    }
    case PlanKind::kWindow:
      return Of(node.child());
    case PlanKind::kMapBatches: {
      PlanEstimate estimate = Of(node.child());
      estimate.columns.clear();
      return estimate;
    }
    case PlanKind::kBloomBuild:
      return {.rows = Of(node.child()).rows, .base_rows = Of(node.child()).rows, .columns = {}};
    case PlanKind::kBloomProbe:
      return EstimateProbe(As<BloomProbeNode>(node));
    case PlanKind::kShuffleRead: {
      const auto shuffled = shuffled_.find(As<ShuffleReadNode>(node).tag());
      return shuffled == shuffled_.end() ? PlanEstimate() : shuffled->second;
    }
    case PlanKind::kWrite:
      return {};
  }
  return {};
}

PlanEstimate Estimator::EstimateScan(const ScanNode& scan) const {
  const TableStatistics known = source_ == nullptr ? TableStatistics() : source_->Of(scan.source());
  PlanEstimate estimate;
  estimate.rows = RowsOf(scan.source(), known);
  estimate.base_rows = std::max(estimate.rows, scan.source().base_rows);
  for (const ScanNode::Column& column : scan.columns()) {
    const auto statistics = known.columns.find(column.source);
    const auto of_files = scan.source().statistics.find(column.source);
    if (statistics != known.columns.end()) {
      estimate.columns[column.name] = statistics->second;
    } else if (of_files != scan.source().statistics.end()) {
      estimate.columns[column.name] = of_files->second;
    }
  }
  if (scan.predicate() != nullptr) estimate.rows *= Selectivity(*scan.predicate(), estimate);
  // Something is left of most filters.
  estimate.rows = std::max(estimate.rows, std::min(estimate.base_rows, 1.0));
  return estimate;
}

PlanEstimate Estimator::EstimateFilter(const FilterNode& filter) {
  PlanEstimate estimate = Of(filter.child());
  estimate.rows = std::max(estimate.rows * Selectivity(*filter.condition(), estimate),
                           std::min(estimate.rows, 1.0));
  return estimate;
}

PlanEstimate Estimator::EstimateProject(const ProjectNode& project) {
  const PlanEstimate& input = Of(project.child());
  PlanEstimate estimate{.rows = input.rows, .base_rows = input.base_rows, .columns = {}};
  for (const NamedExpr& column : project.columns()) {
    if (column.expr->kind() != ExprKind::kColumn) continue;
    const auto known = input.columns.find(column.expr->name());
    if (known != input.columns.end()) estimate.columns[column.name] = known->second;
  }
  return estimate;
}

PlanEstimate Estimator::EstimateAggregate(const AggregateNode& aggregate) {
  const PlanEstimate& input = Of(aggregate.child());
  PlanEstimate estimate;
  if (aggregate.keys().empty()) {
    estimate.rows = 1;
    estimate.base_rows = 1;
    return estimate;
  }
  double domain = 1;
  for (const NamedExpr& key : aggregate.keys()) {
    const double one = Domain(aggregate.child(), *key.expr);
    estimate.columns[key.name].distinct = one;
    domain = std::min(domain * one, std::max(1.0, input.base_rows));
  }
  estimate.base_rows = domain;
  estimate.rows = std::max(Drawn(domain, input.rows), std::min(input.rows, 1.0));
  return estimate;
}

PlanEstimate Estimator::EstimateJoin(const JoinNode& join) {
  const PlanEstimate& left = Of(join.left());
  const PlanEstimate& right = Of(join.right());
  // Of a key of one side and references to it on the other, the key's side has the fewer values.
  double domain = 1;
  for (const auto& [l, r] : join.spec().keys) {
    domain *= std::min(Domain(join.left(), *l), Domain(join.right(), *r));
  }
  domain = std::clamp(domain, 1.0, std::max(1.0, std::min(left.base_rows, right.base_rows)));
  PlanEstimate estimate;
  estimate.columns = left.columns;
  estimate.columns.insert(right.columns.begin(), right.columns.end());
  estimate.base_rows = join.spec().keys.empty() ? left.base_rows * right.base_rows
                                                : std::max(left.base_rows, right.base_rows);
  double inner = left.rows * right.rows / domain;
  double residual = 1;
  if (join.spec().residual != nullptr) residual = Selectivity(*join.spec().residual, estimate);
  inner *= residual;
  const double matched =
      join.spec().keys.empty() ? 0.5 : std::min(1.0, Drawn(domain, right.rows) / domain);
  switch (join.spec().type) {
    case JoinType::kInner:
      estimate.rows = inner;
      break;
    case JoinType::kLeft:
      estimate.rows = std::max(left.rows, inner);
      break;
    case JoinType::kRight:
      estimate.rows = std::max(right.rows, inner);
      break;
    case JoinType::kFull:
      estimate.rows = std::max({left.rows, right.rows, inner});
      break;
    case JoinType::kSemi:
      estimate.rows = left.rows * matched * std::sqrt(residual);
      break;
    case JoinType::kAnti:
    case JoinType::kNullAwareAnti:
      estimate.rows = left.rows * std::max(1 - matched, 0.1);
      break;
    case JoinType::kSingle:
    case JoinType::kMark:
      estimate.rows = left.rows;
      break;
  }
  if (join.spec().type >= JoinType::kSemi) {
    estimate.base_rows = left.base_rows;
    estimate.columns = left.columns;
  }
  return estimate;
}

PlanEstimate Estimator::EstimateProbe(const BloomProbeNode& probe) {
  PlanEstimate estimate = Of(probe.child());
  double domain = 1;
  for (const ExprPtr& key : probe.keys()) domain *= Domain(probe.child(), *key);
  domain = std::clamp(domain, 1.0, std::max(1.0, estimate.base_rows));
  const double share = static_cast<double>(probe.filter_keys()) / domain + kWrongYes;
  estimate.rows *= std::min(1.0, share);
  return estimate;
}

}  // namespace tusk::df
