#include <fmt/format.h>

#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/bind.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_checks.h"

namespace tusk::df {
namespace {

Status Bad(std::string_view node, std::string_view what) {
  return Status::Error(StatusCode::kInvalidArgument, "{}: {}", node, what);
}

bool IsFilter(const arrow::Schema& schema) { return schema.Equals(*BloomSchema()); }

}  // namespace

const SchemaPtr& BloomSchema() {
  static const SchemaPtr schema = arrow::schema({arrow::field("segment", arrow::int64(), false),
                                                 arrow::field("bits", arrow::binary(), false)});
  return schema;
}

Result<PlanPtr> BloomBuildNode::Make(PlanPtr child, int64_t keys) {
  RETURN_IF_ERROR(CheckChildren("BloomBuild", {child}));
  if (keys < 0) return Bad("BloomBuild", "the number of keys is negative");
  if (child->schema()->num_fields() == 0) return Bad("BloomBuild", "the key is missing");
  return PlanPtr(new BloomBuildNode(std::move(child), keys, false));
}

Result<PlanPtr> BloomBuildNode::MakeMerge(PlanPtr child, int64_t keys) {
  RETURN_IF_ERROR(CheckChildren("BloomBuild", {child}));
  if (keys < 0) return Bad("BloomBuild", "the number of keys is negative");
  if (!IsFilter(*child->schema())) return Bad("BloomBuild", "these are no parts of a filter");
  return PlanPtr(new BloomBuildNode(std::move(child), keys, true));
}

BloomBuildNode::BloomBuildNode(PlanPtr child, int64_t keys, bool merges)
    : PlanNode(PlanKind::kBloomBuild, BloomSchema(), {std::move(child)}),
      keys_(keys),
      merges_(merges) {}

Result<PlanPtr> BloomBuildNode::WithChildren(std::vector<PlanPtr> children) const {
  RETURN_IF_ERROR(CheckChildCount("BloomBuild", children, 1));
  return merges_ ? MakeMerge(std::move(children[0]), keys_) : Make(std::move(children[0]), keys_);
}

Result<PlanPtr> BloomProbeNode::Make(PlanPtr rows, PlanPtr filter, std::vector<ExprPtr> keys,
                                     int64_t filter_keys) {
  RETURN_IF_ERROR(CheckChildren("BloomProbe", {rows, filter}));
  if (filter_keys < 0) return Bad("BloomProbe", "the number of keys is negative");
  if (keys.empty()) return Bad("BloomProbe", "the key is missing");
  if (!IsFilter(*filter->schema())) return Bad("BloomProbe", "the second side is no filter");
  for (const ExprPtr& key : keys) RETURN_IF_ERROR(Bind(key, *rows->schema()).status());
  return PlanPtr(
      new BloomProbeNode(std::move(rows), std::move(filter), std::move(keys), filter_keys));
}

BloomProbeNode::BloomProbeNode(PlanPtr rows, PlanPtr filter, std::vector<ExprPtr> keys,
                               int64_t filter_keys)
    : PlanNode(PlanKind::kBloomProbe, rows->schema(), {rows, std::move(filter)}),
      keys_(std::move(keys)),
      filter_keys_(filter_keys) {}

Result<PlanPtr> BloomProbeNode::WithChildren(std::vector<PlanPtr> children) const {
  RETURN_IF_ERROR(CheckChildCount("BloomProbe", children, 2));
  return Make(std::move(children[0]), std::move(children[1]), keys_, filter_keys_);
}

}  // namespace tusk::df
