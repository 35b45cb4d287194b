#include "dataframe/plan/nodes.h"

#include <set>

#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/bind.h"
#include "dataframe/plan/plan_checks.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {
namespace {

Status Bad(std::string_view node, std::string_view what) {
  return Status::Error(StatusCode::kInvalidArgument, "{}: {}", node, what);
}

Status CheckAdmitted(std::string_view node, const arrow::Schema& schema) {
  for (const auto& field : schema.fields()) {
    if (!IsAdmittedType(*field->type())) {
      return Status::Error(StatusCode::kUnsupported,
                           "{}: column {} has a type that we have not: {}", node, field->name(),
                           field->type()->ToString());
    }
  }
  return Status::Ok();
}

}  // namespace

// Scan

Result<PlanPtr> ScanNode::Make(std::shared_ptr<const TableSource> source,
                               std::vector<Column> columns, ExprPtr predicate) {
  if (source == nullptr || source->schema == nullptr) return Bad("Scan", "the table is missing");
  RETURN_IF_ERROR(CheckAdmitted("Scan", *source->schema));
  arrow::FieldVector all;
  arrow::FieldVector visible;
  for (const Column& column : columns) {
    ASSIGN_OR_RETURN(
        const auto field,
        FieldOf({.name = column.name, .expr = Expr::Column(column.source)}, *source->schema));
    all.push_back(field);
    if (!column.hidden) visible.push_back(field);
  }
  const auto read = arrow::schema(std::move(all));
  RETURN_IF_ERROR(CheckUniqueNames("Scan", *read));
  if (predicate != nullptr) RETURN_IF_ERROR(CheckCondition("Scan", predicate, *read));
  return PlanPtr(new ScanNode(arrow::schema(std::move(visible)), std::move(source),
                              std::move(columns), std::move(predicate)));
}

Result<PlanPtr> ScanNode::Make(std::shared_ptr<const TableSource> source) {
  if (source == nullptr || source->schema == nullptr) return Bad("Scan", "the table is missing");
  std::vector<Column> columns;
  for (const auto& field : source->schema->fields()) {
    columns.push_back({.source = field->name(), .name = field->name()});
  }
  return Make(std::move(source), std::move(columns));
}

ScanNode::ScanNode(SchemaPtr schema, std::shared_ptr<const TableSource> source,
                   std::vector<Column> columns, ExprPtr predicate)
    : PlanNode(PlanKind::kScan, std::move(schema), {}),
      source_(std::move(source)),
      columns_(std::move(columns)),
      predicate_(std::move(predicate)) {}

Result<PlanPtr> ScanNode::WithChildren(std::vector<PlanPtr> children) const {
  RETURN_IF_ERROR(CheckChildCount("Scan", children, 0));
  return Make(source_, columns_, predicate_);
}

// Values

Result<PlanPtr> ValuesNode::Make(std::shared_ptr<arrow::RecordBatch> rows) {
  if (rows == nullptr) return Bad("Values", "the rows are missing");
  RETURN_IF_ERROR(CheckAdmitted("Values", *rows->schema()));
  RETURN_IF_ERROR(CheckUniqueNames("Values", *rows->schema()));
  return PlanPtr(new ValuesNode(std::move(rows)));
}

ValuesNode::ValuesNode(std::shared_ptr<arrow::RecordBatch> rows)
    : PlanNode(PlanKind::kValues, rows->schema(), {}), rows_(std::move(rows)) {}

Result<PlanPtr> ValuesNode::WithChildren(std::vector<PlanPtr> children) const {
  RETURN_IF_ERROR(CheckChildCount("Values", children, 0));
  return Make(rows_);
}

// Filter

Result<PlanPtr> FilterNode::Make(PlanPtr child, ExprPtr condition) {
  RETURN_IF_ERROR(CheckChildren("Filter", {child}));
  RETURN_IF_ERROR(CheckCondition("Filter", condition, *child->schema()));
  return PlanPtr(new FilterNode(std::move(child), std::move(condition)));
}

FilterNode::FilterNode(PlanPtr child, ExprPtr condition)
    : PlanNode(PlanKind::kFilter, child->schema(), {child}), condition_(std::move(condition)) {}

Result<PlanPtr> FilterNode::WithChildren(std::vector<PlanPtr> children) const {
  RETURN_IF_ERROR(CheckChildCount("Filter", children, 1));
  return Make(std::move(children[0]), condition_);
}

// Project

Result<PlanPtr> ProjectNode::Make(PlanPtr child, std::vector<NamedExpr> columns) {
  RETURN_IF_ERROR(CheckChildren("Project", {child}));
  arrow::FieldVector fields;
  for (const NamedExpr& column : columns) {
    if (column.expr == nullptr) return Bad("Project", "an expression is missing");
    ASSIGN_OR_RETURN(auto field, FieldOf(column, *child->schema()));
    fields.push_back(std::move(field));
  }
  auto schema = arrow::schema(std::move(fields));
  RETURN_IF_ERROR(CheckUniqueNames("Project", *schema));
  return PlanPtr(new ProjectNode(std::move(schema), std::move(child), std::move(columns)));
}

ProjectNode::ProjectNode(SchemaPtr schema, PlanPtr child, std::vector<NamedExpr> columns)
    : PlanNode(PlanKind::kProject, std::move(schema), {std::move(child)}),
      columns_(std::move(columns)) {}

Result<PlanPtr> ProjectNode::WithChildren(std::vector<PlanPtr> children) const {
  RETURN_IF_ERROR(CheckChildCount("Project", children, 1));
  return Make(std::move(children[0]), columns_);
}

// Sort

Result<PlanPtr> SortNode::Make(PlanPtr child, std::vector<SortKey> keys,
                               std::optional<int64_t> limit, int64_t offset) {
  RETURN_IF_ERROR(CheckChildren("Sort", {child}));
  RETURN_IF_ERROR(CheckSortKeys("Sort", keys, *child->schema()));
  RETURN_IF_ERROR(CheckLimit("Sort", limit, offset));
  return PlanPtr(new SortNode(std::move(child), std::move(keys), limit, offset));
}

SortNode::SortNode(PlanPtr child, std::vector<SortKey> keys, std::optional<int64_t> limit,
                   int64_t offset)
    : PlanNode(PlanKind::kSort, child->schema(), {child}),
      keys_(std::move(keys)),
      limit_(limit),
      offset_(offset) {}

Result<PlanPtr> SortNode::WithChildren(std::vector<PlanPtr> children) const {
  RETURN_IF_ERROR(CheckChildCount("Sort", children, 1));
  return Make(std::move(children[0]), keys_, limit_, offset_);
}

// Limit

Result<PlanPtr> LimitNode::Make(PlanPtr child, std::optional<int64_t> limit, int64_t offset) {
  RETURN_IF_ERROR(CheckChildren("Limit", {child}));
  RETURN_IF_ERROR(CheckLimit("Limit", limit, offset));
  return PlanPtr(new LimitNode(std::move(child), limit, offset));
}

LimitNode::LimitNode(PlanPtr child, std::optional<int64_t> limit, int64_t offset)
    : PlanNode(PlanKind::kLimit, child->schema(), {child}), limit_(limit), offset_(offset) {}

Result<PlanPtr> LimitNode::WithChildren(std::vector<PlanPtr> children) const {
  RETURN_IF_ERROR(CheckChildCount("Limit", children, 1));
  return Make(std::move(children[0]), limit_, offset_);
}

// Union

Result<PlanPtr> UnionNode::Make(std::vector<PlanPtr> children) {
  if (children.empty()) return Bad("Union", "has no children");
  RETURN_IF_ERROR(CheckChildren("Union", children));
  arrow::FieldVector fields = children.front()->schema()->fields();
  for (const PlanPtr& child : children) {
    const arrow::Schema& schema = *child->schema();
    if (schema.num_fields() != static_cast<int>(fields.size())) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "Union: all sides must have as many columns, and these have {} and {}",
                           fields.size(), schema.num_fields());
    }
    for (size_t i = 0; i < fields.size(); ++i) {
      const auto& field = schema.field(static_cast<int>(i));
      if (!field->type()->Equals(*fields[i]->type())) {
        return Status::Error(StatusCode::kInvalidArgument,
                             "Union: column {} is {} on one side and {} on another, cast one",
                             fields[i]->name(), TypeText(*fields[i]->type()),
                             TypeText(*field->type()));
      }
      if (field->nullable()) fields[i] = fields[i]->WithNullable(true);
    }
  }
  return PlanPtr(new UnionNode(arrow::schema(std::move(fields)), std::move(children)));
}

UnionNode::UnionNode(SchemaPtr schema, std::vector<PlanPtr> children)
    : PlanNode(PlanKind::kUnion, std::move(schema), std::move(children)) {}

Result<PlanPtr> UnionNode::WithChildren(std::vector<PlanPtr> children) const {
  RETURN_IF_ERROR(CheckChildCount("Union", children, this->children().size()));
  return Make(std::move(children));
}

// Explode

Result<PlanPtr> ExplodeNode::Make(PlanPtr child, std::string column, bool keep_empty) {
  RETURN_IF_ERROR(CheckChildren("Explode", {child}));
  const ExprPtr reference = Expr::Column(column);
  RETURN_IF_ERROR(Bind(reference, *child->schema()).status());
  const int index = child->schema()->GetFieldIndex(column);
  const auto& field = child->schema()->field(index);
  if (field->type()->id() != arrow::Type::LIST) {
    return ExpressionError(*reference, fmt::format("only lists can be exploded, and this is {}",
                                                   TypeText(*field->type())));
  }
  const auto& element = static_cast<const arrow::ListType&>(*field->type()).value_field();
  arrow::FieldVector fields = child->schema()->fields();
  fields[index] = arrow::field(column, element->type(), element->nullable() || keep_empty);
  return PlanPtr(new ExplodeNode(arrow::schema(std::move(fields)), std::move(child),
                                 std::move(column), keep_empty));
}

ExplodeNode::ExplodeNode(SchemaPtr schema, PlanPtr child, std::string column, bool keep_empty)
    : PlanNode(PlanKind::kExplode, std::move(schema), {std::move(child)}),
      column_(std::move(column)),
      keep_empty_(keep_empty) {}

Result<PlanPtr> ExplodeNode::WithChildren(std::vector<PlanPtr> children) const {
  RETURN_IF_ERROR(CheckChildCount("Explode", children, 1));
  return Make(std::move(children[0]), column_, keep_empty_);
}

// MapBatches

Result<PlanPtr> MapBatchesNode::Make(PlanPtr child, std::string function, SchemaPtr result) {
  RETURN_IF_ERROR(CheckChildren("MapBatches", {child}));
  if (function.empty()) return Bad("MapBatches", "the function is missing");
  if (result == nullptr || result->num_fields() == 0)
    return Bad("MapBatches", "the columns of the result are missing");
  std::set<std::string> names;
  for (const auto& field : result->fields()) {
    if (!names.insert(field->name()).second)
      return Bad("MapBatches", fmt::format("the result has column {} twice", field->name()));
  }
  RETURN_IF_ERROR(CheckAdmitted("MapBatches", *result));
  return PlanPtr(new MapBatchesNode(std::move(result), std::move(child), std::move(function)));
}

MapBatchesNode::MapBatchesNode(SchemaPtr schema, PlanPtr child, std::string function)
    : PlanNode(PlanKind::kMapBatches, std::move(schema), {std::move(child)}),
      function_(std::move(function)) {}

Result<PlanPtr> MapBatchesNode::WithChildren(std::vector<PlanPtr> children) const {
  RETURN_IF_ERROR(CheckChildCount("MapBatches", children, 1));
  // The function has seen these columns and no others.
  const arrow::Schema& before = *child()->schema();
  const arrow::Schema& now = *children[0]->schema();
  bool same = before.num_fields() == now.num_fields();
  for (int i = 0; same && i < before.num_fields(); ++i) {
    same = before.field(i)->name() == now.field(i)->name() &&
           before.field(i)->type()->Equals(*now.field(i)->type());
  }
  if (!same) return Bad("MapBatches", "the columns that the function is given have changed");
  return Make(std::move(children[0]), function_, schema());
}

// ShuffleRead

PlanPtr ShuffleReadNode::Make(uint32_t tag, SchemaPtr schema) {
  return PlanPtr(new ShuffleReadNode(tag, std::move(schema)));
}

ShuffleReadNode::ShuffleReadNode(uint32_t tag, SchemaPtr schema)
    : PlanNode(PlanKind::kShuffleRead, std::move(schema), {}), tag_(tag) {}

Result<PlanPtr> ShuffleReadNode::WithChildren(std::vector<PlanPtr> children) const {
  RETURN_IF_ERROR(CheckChildCount("ShuffleRead", children, 0));
  return Make(tag_, schema());
}

// Write

Result<PlanPtr> WriteNode::Make(PlanPtr child, WriteSpec spec) {
  RETURN_IF_ERROR(CheckChildren("Write", {child}));
  if (spec.path.empty()) return Bad("Write", "the path is missing");
  if (spec.format == TableFormat::kRange) return Bad("Write", "a range cannot be written");
  std::set<std::string> partitions;
  for (const std::string& column : spec.partition_by) {
    RETURN_IF_ERROR(Bind(Expr::Column(column), *child->schema()).status());
    if (!partitions.insert(column).second) {
      return Bad("Write", fmt::format("the partitions have column {} twice", column));
    }
  }
  if (spec.partition_by.size() >= static_cast<size_t>(child->schema()->num_fields())) {
    return Bad("Write", "at least one column must not be a partition's");
  }
  return PlanPtr(new WriteNode(std::move(child), std::move(spec)));
}

WriteNode::WriteNode(PlanPtr child, WriteSpec spec)
    : PlanNode(PlanKind::kWrite, arrow::schema(arrow::FieldVector{}), {std::move(child)}),
      spec_(std::move(spec)) {}

Result<PlanPtr> WriteNode::WithChildren(std::vector<PlanPtr> children) const {
  RETURN_IF_ERROR(CheckChildCount("Write", children, 1));
  return Make(std::move(children[0]), spec_);
}

}  // namespace tusk::df
