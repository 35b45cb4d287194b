#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "dataframe/type/type_text.h"

namespace tusk::df {

class PlanNode;
/// Plans are immutable trees that share their branches.
using PlanPtr = std::shared_ptr<const PlanNode>;

enum class PlanKind : uint8_t {
  kScan = 0,    ///< files, or rows counted up, or the table of a finished stage
  kValues = 1,  ///< rows that the plan itself holds
  kFilter = 2,
  kProject = 3,
  kAggregate = 4,
  kJoin = 5,
  kSort = 6,  ///< also top-k
  kLimit = 7,
  kWindow = 8,
  kUnion = 9,
  kExplode = 10,
  kShuffleRead = 11,  ///< in a reduce: what the maps have sent under one tag
  kWrite = 12,        ///< a result that stays, at the root alone
  kMapBatches = 13,   ///< a function of the program's own over batches
  kBloomBuild = 14,   ///< a Bloom filter of keys; put in where a plan is cut into stages
  kBloomProbe = 15,   ///< the rows whose keys may be in such a filter; likewise
};

/// "Filter", "Aggregate", ...
std::string_view PlanKindName(PlanKind kind);

/// One step of a query: rows of one schema made from the rows of its children. The same nodes are
/// the logical plan that users build, what the optimizer rewrites, and what is shipped to tasks.
///
/// The laws of a plan, which every `Make` checks and the validator checks again after each pass:
/// names of a schema are unique; expressions read columns of the children only and hold neither
/// aggregates nor windows. Thread-safe to share.
class PlanNode {
 public:
  virtual ~PlanNode() = default;
  PlanNode(const PlanNode&) = delete;
  PlanNode& operator=(const PlanNode&) = delete;

  PlanKind kind() const { return kind_; }
  const SchemaPtr& schema() const { return schema_; }
  const std::vector<PlanPtr>& children() const { return children_; }
  const PlanPtr& child() const { return children_.front(); }

  /// The same step over other children, as many and with the columns that it reads; what else the
  /// children have may differ. The error of `Make` where they do not fit.
  virtual Result<PlanPtr> WithChildren(std::vector<PlanPtr> children) const = 0;

 protected:
  PlanNode(PlanKind kind, SchemaPtr schema, std::vector<PlanPtr> children)
      : kind_(kind), schema_(std::move(schema)), children_(std::move(children)) {}

 private:
  const PlanKind kind_;
  const SchemaPtr schema_;
  const std::vector<PlanPtr> children_;
};

/// `node` as the class of its kind:  const auto& join = As<JoinNode>(*node);
template <typename Node>
const Node& As(const PlanNode& node) {
  return static_cast<const Node&>(node);
}

}  // namespace tusk::df
