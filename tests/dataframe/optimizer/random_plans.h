#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/random.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// Plans of every kind of step over small random tables, and the rows of these tables. What they
/// compute does not depend on the order of rows and cannot fail.
class RandomPlans {
 public:
  explicit RandomPlans(uint64_t seed);

  /// A plan of at most so many steps from root to leaf.
  PlanPtr Make(int depth);
  /// `plan` with the rows of its tables in the place of scans, filtered and picked as these say.
  Result<PlanPtr> WithRows(const PlanPtr& plan) const;

 private:
  struct Column {
    std::string name;
    TypePtr type;
  };

  std::string Fresh(const char* base) { return base + std::to_string(next_name_++); }
  std::vector<Column> ColumnsOfType(const PlanPtr& plan, const TypePtr& type) const;
  ExprPtr Number(const PlanPtr& plan);
  ExprPtr Text(const PlanPtr& plan);
  ExprPtr Condition(const PlanPtr& plan, int depth);

  PlanPtr Scan();
  PlanPtr Filter(int depth);
  PlanPtr Project(int depth);
  PlanPtr Aggregate(int depth);
  PlanPtr Join(int depth);
  PlanPtr TopK(int depth);
  PlanPtr Window(int depth);
  PlanPtr Union(int depth);

  Random random_;
  int next_name_ = 0;
  std::vector<std::shared_ptr<const TableSource>> sources_;
  std::map<std::string, std::shared_ptr<arrow::RecordBatch>> rows_;
};

}  // namespace tusk::df
