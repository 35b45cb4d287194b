#include "dataframe/source/scan_plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <arrow/api.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/bind.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df {
namespace {

const SourceFile kNoFile;

/// The predicate with the table's names for the plan's. Columns of the path get a name that no file
/// has, should a file have one of the same name.
ExprPtr InNamesOfTable(const ScanNode& scan, const ScanPlan& plan) {
  if (scan.predicate() == nullptr) return nullptr;
  std::map<std::string, std::string> sources;
  for (size_t i = 0; i < plan.places.size(); ++i) {
    const ScanNode::Column& column = scan.columns()[i];
    sources[column.name] = plan.places[i].path_value == nullptr ? column.source : "";
  }
  return RewriteExpr(scan.predicate(), [&sources](const ExprPtr& part) -> ExprPtr {
    if (part->kind() != ExprKind::kColumn) return nullptr;
    const auto found = sources.find(part->name());
    return found == sources.end() ? nullptr : Expr::Column(found->second, part->place());
  });
}

}  // namespace

Result<ScanPlan> PlanScan(const ScanNode& scan, uint32_t file) {
  const TableSource& source = scan.source();
  const bool has_file = source.format != TableFormat::kRange;
  if (has_file && file >= source.files.size()) {
    return Status::Error(StatusCode::kInvalidArgument, "{} has {} files, a split wants number {}",
                         source.name, source.files.size(), file);
  }
  const SourceFile& source_file = has_file ? source.files[file] : kNoFile;
  ScanPlan plan;
  plan.file = file;
  plan.file_name = has_file ? source_file.path : source.name;
  std::map<std::string, int> known;
  std::vector<std::shared_ptr<arrow::Field>> fields;
  for (const ScanNode::Column& column : scan.columns()) {
    const auto field = source.schema->GetFieldByName(column.source);
    if (field == nullptr) {
      return Status::Error(StatusCode::kInvalidArgument, "{} has no column {}", source.name,
                           column.source);
    }
    fields.push_back(field->WithName(column.name));
    ScanPlan::Place place;
    if (has_file && IsPathColumn(source_file, column.source)) {
      ASSIGN_OR_RETURN(place.path_value, PathValue(source_file, *field));
    } else {
      const auto [entry, fresh] =
          known.try_emplace(column.source, static_cast<int>(plan.file_columns.size()));
      if (fresh) plan.file_columns.push_back(field);
      place.file_column = entry->second;
    }
    plan.places.push_back(std::move(place));
  }
  plan.schema = arrow::schema(std::move(fields));
  return plan;
}

Result<bool> MayMatchPath(const ScanNode& scan, const ScanPlan& plan) {
  if (scan.predicate() == nullptr) return true;
  std::vector<std::shared_ptr<arrow::Field>> fields;
  std::vector<std::shared_ptr<arrow::Array>> values;
  std::set<std::string> names;
  for (size_t i = 0; i < plan.places.size(); ++i) {
    if (plan.places[i].path_value == nullptr) continue;
    fields.push_back(plan.schema->field(static_cast<int>(i)));
    names.insert(fields.back()->name());
    ASSIGN_OR_RETURN(auto value,
                     FromArrow(arrow::MakeArrayFromScalar(*plan.places[i].path_value, 1)));
    values.push_back(std::move(value));
  }
  if (fields.empty()) return true;
  const auto schema = arrow::schema(std::move(fields));
  const auto row = arrow::RecordBatch::Make(schema, 1, std::move(values));
  for (const ExprPtr& conjunct : SplitConjunction(scan.predicate())) {
    const std::vector<std::string> columns = ColumnsOf(*conjunct);
    const bool decidable = std::all_of(columns.begin(), columns.end(),
                                       [&](const auto& name) { return names.contains(name); });
    if (columns.empty() || !decidable) continue;
    ASSIGN_OR_RETURN(const BoundExprPtr bound, Bind(conjunct, *schema));
    ASSIGN_OR_RETURN(const auto result, bound->EvaluateArray(*row));
    const auto& value = static_cast<const arrow::BooleanArray&>(*result);
    if (value.IsNull(0) || !value.Value(0)) return false;
  }
  return true;
}

FileScan MakeFileScan(const ScanNode& scan, const ScanPlan& plan, const ScanSplit& split,
                      dfs::FileSystem& files, ScanCounters* counters) {
  const TableSource& source = scan.source();
  FileScan out;
  out.files = &files;
  out.source = &source;
  out.file = source.format == TableFormat::kRange ? &kNoFile : &source.files[plan.file];
  out.split = split;
  out.columns = plan.file_columns;
  out.predicate = InNamesOfTable(scan, plan);
  out.counters = counters;
  return out;
}

}  // namespace tusk::df
