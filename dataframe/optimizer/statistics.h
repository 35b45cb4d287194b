#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "dataframe/plan/nodes.h"
#include "dataframe/plan/table_source.h"

namespace tusk::df {

/// What is known of a table beyond what its TableSource says.
struct TableStatistics {
  std::optional<double> rows;
  /// By name in the table.
  std::map<std::string, ColumnStatistics> columns;
};

/// Gives statistics of tables to the optimizer: of footers, of finished stages, of samples. Called
/// from the optimizing thread alone.
class StatisticsSource {
 public:
  virtual ~StatisticsSource() = default;
  /// Nothing known: a default TableStatistics.
  virtual TableStatistics Of(const TableSource& source) const = 0;
};

/// How many rows a step of a plan will hand out, and how wide. Guesses: a factor of ten off is not
/// rare behind filters and joins.
struct PlanEstimate {
  double rows = 0;
  /// In memory.
  double bytes = 0;
  /// Rows before filters have taken some out: of a table all of its rows. The values of a column
  /// that is a key are taken from so many different ones.
  double base_rows = 0;
  /// By column of the schema; what is not there is unknown.
  std::map<std::string, ColumnStatistics> columns;
};

/// Estimates plans, each node once. Keeps the nodes alive that it has seen. One thread.
class Estimator {
 public:
  /// `source` may be null; else it must outlive this.
  explicit Estimator(const StatisticsSource* source = nullptr) : source_(source) {}

  const PlanEstimate& Of(const PlanPtr& plan);

  /// What the ShuffleRead of this tag hands out; without, it is taken to be empty. Before `Of`.
  void SetShuffled(uint32_t tag, PlanEstimate estimate) { shuffled_[tag] = std::move(estimate); }

  /// How many different values of `expr` the rows of `plan` are taken from, were none filtered
  /// out. At least 1.
  double Domain(const PlanPtr& plan, const Expr& expr);

 private:
  PlanEstimate Estimate(const PlanNode& node);
  PlanEstimate EstimateScan(const ScanNode& scan) const;
  PlanEstimate EstimateFilter(const FilterNode& filter);
  PlanEstimate EstimateProject(const ProjectNode& project);
  PlanEstimate EstimateAggregate(const AggregateNode& aggregate);
  PlanEstimate EstimateJoin(const JoinNode& join);
  PlanEstimate EstimateProbe(const BloomProbeNode& probe);

  const StatisticsSource* const source_;
  std::unordered_map<uint32_t, PlanEstimate> shuffled_;
  std::unordered_map<const PlanNode*, std::pair<PlanPtr, PlanEstimate>> known_;
};

/// The estimate of one plan, without further statistics.
PlanEstimate EstimatePlan(const PlanPtr& plan);

/// The bytes of a row of this schema in memory, by usual lengths of texts and lists.
double RowBytes(const arrow::Schema& schema);

/// The part of the rows for which `condition` is true. `input` is what it filters.
double Selectivity(const Expr& condition, const PlanEstimate& input);

}  // namespace tusk::df
