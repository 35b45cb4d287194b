#include "dataframe/compiler/pipeline.h"

#include <algorithm>
#include <map>

#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {
namespace {

/// The partitioning behind `node`: columns that it renames are followed, those that it drops are
/// forgotten. A part that has lost all its names makes the whole useless.
Pipeline::Partitioning Follow(const Pipeline::Partitioning& before, const PlanNode& node) {
  // What a function makes of a column may be anything.
  if (node.kind() == PlanKind::kMapBatches) return {};
  std::map<std::string, std::vector<std::string>> renamed;
  const bool projects = node.kind() == PlanKind::kProject;
  if (projects) {
    for (const NamedExpr& column : As<ProjectNode>(node).columns()) {
      if (column.expr->kind() == ExprKind::kColumn)
        renamed[column.expr->name()].push_back(column.name);
    }
  }
  Pipeline::Partitioning after;
  for (const std::set<std::string>& names : before) {
    std::set<std::string>& kept = after.emplace_back();
    for (const std::string& name : names) {
      if (projects) {
        kept.insert(renamed[name].begin(), renamed[name].end());
      } else if (node.schema()->GetFieldIndex(name) >= 0) {
        kept.insert(name);
      }
    }
    if (kept.empty()) return {};
  }
  return after;
}

}  // namespace

Pipeline Pipeline::OfMaps(std::vector<PlanPtr> branches) {
  Pipeline pipeline;
  pipeline.branches_ = std::move(branches);
  return pipeline;
}

Pipeline Pipeline::OfReduces(std::vector<StageInput> inputs, PlanPtr reduce, uint32_t reduces,
                             Partitioning partitioning) {
  Pipeline pipeline;
  pipeline.inputs_ = std::move(inputs);
  pipeline.reduce_ = std::move(reduce);
  pipeline.reduces_ = reduces;
  pipeline.partitioning_ = std::move(partitioning);
  return pipeline;
}

Pipeline Pipeline::OfRanges(std::vector<StageInput> inputs, PlanPtr reduce, uint32_t reduces) {
  Pipeline pipeline = OfReduces(std::move(inputs), std::move(reduce), reduces, {});
  pipeline.by_range_ = reduces > 1;
  return pipeline;
}

const SchemaPtr& Pipeline::schema() const {
  return maps() ? branches_.front()->schema() : reduce_->schema();
}

Status Pipeline::Append(const std::function<Result<PlanPtr>(const PlanPtr&)>& make) {
  key_source_.reset();
  if (!maps()) {
    ASSIGN_OR_RETURN(reduce_, make(reduce_));
    partitioning_ = Follow(partitioning_, *reduce_);
    return Status::Ok();
  }
  for (PlanPtr& branch : branches_) {
    ASSIGN_OR_RETURN(branch, make(branch));
  }
  return Status::Ok();
}

Pipeline::Partitioning Pipeline::PartitionedBy(const std::vector<ExprPtr>& keys) {
  Partitioning partitioning;
  for (const ExprPtr& key : keys) {
    if (key->kind() != ExprKind::kColumn) return {};
    partitioning.push_back({key->name()});
  }
  return partitioning;
}

bool Pipeline::CoLocates(const std::vector<ExprPtr>& keys) const {
  if (maps()) return false;
  if (single()) return true;
  if (partitioning_.empty()) return false;
  return std::all_of(partitioning_.begin(), partitioning_.end(), [&keys](const auto& names) {
    return std::any_of(keys.begin(), keys.end(), [&names](const ExprPtr& key) {
      return key->kind() == ExprKind::kColumn && names.contains(key->name());
    });
  });
}

bool Pipeline::IsSpreadBy(const std::vector<ExprPtr>& keys, std::vector<size_t>* order) const {
  if (maps() || partitioning_.empty() || partitioning_.size() != keys.size()) return false;
  order->clear();
  for (const std::set<std::string>& names : partitioning_) {
    const auto found = std::find_if(keys.begin(), keys.end(), [&names](const ExprPtr& key) {
      return key->kind() == ExprKind::kColumn && names.contains(key->name());
    });
    if (found == keys.end()) return false;
    order->push_back(static_cast<size_t>(found - keys.begin()));
  }
  // Two parts of the partitioning must not have been found in one key.
  return std::set<size_t>(order->begin(), order->end()).size() == order->size();
}

uint32_t Pipeline::FreeTag() const {
  uint32_t free = 0;
  for (const StageInput& input : inputs_) free = std::max(free, input.tag + 1);
  return free;
}

void Pipeline::AddInputs(std::vector<StageInput> inputs, PlanPtr reduce) {
  std::move(inputs.begin(), inputs.end(), std::back_inserter(inputs_));
  reduce_ = std::move(reduce);
}

Stage Pipeline::ToStage(std::string title) const {
  Stage stage;
  stage.title = std::move(title);
  stage.reduce = reduce_;
  stage.reduces = reduces_;
  stage.by_range = by_range_;
  if (maps()) {
    for (const PlanPtr& branch : branches_) stage.inputs.push_back({branch, {}, 0});
    return stage;
  }
  for (const uint32_t tag : TagsInOrder(*reduce_)) {
    for (const StageInput& input : inputs_) {
      if (input.tag == tag) stage.inputs.push_back(input);
    }
  }
  return stage;
}

}  // namespace tusk::df
