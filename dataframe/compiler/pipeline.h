#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "dataframe/compiler/stage.h"

namespace tusk::df {

/// The part of a plan that has no job yet: it ends either in maps, or in the reduces of one
/// shuffle. Narrow steps (filter, project, a join with a side that every task holds) are put on its
/// end; a step that needs other rows together makes it a stage's input. A plain value.
class Pipeline {
 public:
  /// Columns by which rows are spread over the reduces, in order. Each is a set of names with equal
  /// values: the keys of both sides of a join.
  using Partitioning = std::vector<std::set<std::string>>;

  /// A pipeline of maps; all branches have the same schema, their rows are taken together.
  static Pipeline OfMaps(std::vector<PlanPtr> branches);
  /// A pipeline of reduces. `inputs` may be in any order.
  static Pipeline OfReduces(std::vector<StageInput> inputs, PlanPtr reduce, uint32_t reduces,
                            Partitioning partitioning);

  /// The same with rows spread by ranges of the keys by which `reduce` will sort.
  static Pipeline OfRanges(std::vector<StageInput> inputs, PlanPtr reduce, uint32_t reduces);

  bool maps() const { return reduce_ == nullptr; }
  const std::vector<PlanPtr>& branches() const { return branches_; }
  const std::vector<StageInput>& inputs() const { return inputs_; }
  const PlanPtr& reduce() const { return reduce_; }
  uint32_t reduces() const { return reduces_; }
  const SchemaPtr& schema() const;
  /// True when all rows are in one reduce.
  bool single() const { return !maps() && reduces_ == 1; }

  /// Puts a step on the end of each branch, or of the reduce; `make` is given what it stands on.
  /// The partitioning is kept as far as the columns still exist under their names.
  Status Append(const std::function<Result<PlanPtr>(const PlanPtr&)>& make);

  /// The partitioning of rows that are spread by `keys`; empty when one of them is no column.
  static Partitioning PartitionedBy(const std::vector<ExprPtr>& keys);
  const Partitioning& partitioning() const { return partitioning_; }
  void SetPartitioning(Partitioning partitioning) { partitioning_ = std::move(partitioning); }
  /// True when rows with equal `keys` are in one reduce already: every column of the partitioning
  /// is among them.
  bool CoLocates(const std::vector<ExprPtr>& keys) const;
  /// True when rows are spread by just these keys, in any order; `order` is then the key of each
  /// column of the partitioning.
  bool IsSpreadBy(const std::vector<ExprPtr>& keys, std::vector<size_t>* order) const;

  /// Of reduces: each row's `keys` are those of a row of `held`, a plan that a task can hold. Known
  /// until the next Append.
  struct KeySource {
    std::vector<ExprPtr> keys;
    PlanPtr held;
    std::vector<ExprPtr> held_keys;
  };
  const std::optional<KeySource>& key_source() const { return key_source_; }
  void SetKeySource(std::optional<KeySource> source) { key_source_ = std::move(source); }

  /// A tag that no input uses.
  uint32_t FreeTag() const;
  /// Adds inputs for further leaves of the reduce, which becomes `reduce`.
  void AddInputs(std::vector<StageInput> inputs, PlanPtr reduce);

  /// The job of it all, ready to run.
  Stage ToStage(std::string title) const;

 private:
  std::vector<PlanPtr> branches_;
  std::vector<StageInput> inputs_;
  PlanPtr reduce_;
  uint32_t reduces_ = 0;
  bool by_range_ = false;
  Partitioning partitioning_;
  std::optional<KeySource> key_source_;
};

}  // namespace tusk::df
