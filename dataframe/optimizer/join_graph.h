#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "dataframe/optimizer/condition.h"
#include "dataframe/optimizer/statistics.h"
#include "dataframe/plan/plan_node.h"

namespace tusk::df {

/// A set of a graph's relations, a bit each.
using RelationSet = uint64_t;
inline constexpr size_t kMaxRelations = 64;

/// Inner joins without their order: relations, what must be equal, and what else must hold. Keys
/// that are equal to each other make a class, so that any two relations of a class can be joined,
/// whether or not the query has named just these two.
class JoinGraph {
 public:
  /// An inner join of more than two relations below `root`; nothing when it is none, or when their
  /// columns do not all have different names.
  static std::optional<JoinGraph> Make(const PlanPtr& root, Estimator* estimator);

  size_t size() const { return relations_.size(); }
  const std::vector<PlanPtr>& relations() const { return relations_; }
  /// Puts other plans of the same columns in their places.
  void Replace(std::vector<PlanPtr> relations) { relations_ = std::move(relations); }

  bool Connected(RelationSet a, RelationSet b) const;
  /// Rows and bytes of the join of a set, as estimated; the same whatever the order.
  double Rows(RelationSet set);
  double Bytes(RelationSet set);
  /// The node that joins the plans of two sets, by all that can be asked of both together.
  Result<PlanPtr> Join(RelationSet a, PlanPtr left, RelationSet b, PlanPtr right) const;
  /// The plan of one relation, under what equal columns of its own ask for.
  Result<PlanPtr> Relation(size_t index) const;
  /// Conditions that read no column.
  const std::vector<ExprPtr>& constants() const { return constants_; }

 private:
  // An expression over the columns of one relation.
  struct Member {
    size_t relation;
    ExprPtr expr;
  };
  struct KeyClass {
    std::vector<Member> members;
    RelationSet relations = 0;
    // How many different values the members are taken from.
    double domain = 1;
  };
  // A condition over more than one relation.
  struct Condition {
    RelationSet relations = 0;
    ExprPtr expr;
    double selectivity = 1;
  };

  bool Flatten(const PlanPtr& node);
  void AddEquality(const ExprPtr& a, const ExprPtr& b);
  void AddCondition(const ExprPtr& condition);
  void Measure(Estimator* estimator);
  RelationSet Reads(const Expr& expr) const;
  double Attach(RelationSet attached, size_t next) const;

  std::vector<PlanPtr> relations_;
  std::vector<ColumnSet> columns_;
  std::vector<std::pair<ExprPtr, ExprPtr>> equalities_;
  std::vector<ExprPtr> others_;

  std::vector<KeyClass> classes_;
  std::vector<Condition> conditions_;
  std::vector<ExprPtr> constants_;
  std::vector<std::vector<ExprPtr>> filters_;  // by relation
  std::vector<PlanEstimate> estimates_;        // by relation
  std::unordered_map<RelationSet, double> rows_;
};

}  // namespace tusk::df
