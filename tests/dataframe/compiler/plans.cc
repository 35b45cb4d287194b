#include "tests/dataframe/compiler/plans.h"

#include <memory>

#include <arrow/type.h>

#include "dataframe/type/type_text.h"

namespace tusk::df {

PlanPtr TableOf(const std::string& name, const std::string& schema, uint64_t bytes, int64_t rows) {
  auto source = std::make_shared<TableSource>();
  source->name = name;
  source->schema = ParseSchema(schema).value();
  SourceFile& file = source->files.emplace_back();
  file.path = "/" + name;
  file.length = bytes;
  file.rows = rows;
  return ScanNode::Make(std::move(source)).value();
}

PlanPtr Joined(PlanPtr left, PlanPtr right, const std::string& left_key,
               const std::string& right_key, JoinType type) {
  JoinSpec spec;
  spec.type = type;
  spec.keys = {{Expr::Column(left_key), Expr::Column(right_key)}};
  return JoinNode::Make(std::move(left), std::move(right), std::move(spec)).value();
}

PlanPtr Grouped(PlanPtr child, const std::vector<std::string>& keys, const std::string& sum_of) {
  std::vector<NamedExpr> key_columns;
  for (const std::string& key : keys) key_columns.push_back({key, Expr::Column(key)});
  AggregateCall sum;
  sum.function = "sum";
  sum.args = {Expr::Column(sum_of)};
  sum.name = "total";
  return AggregateNode::Make(std::move(child), std::move(key_columns), {std::move(sum)}).value();
}

Result<std::shared_ptr<const TableSource>> RecordingRunner::Run(const Stage& stage) {
  stages.push_back(stage);
  auto table = std::make_shared<TableSource>();
  table->name = stage.title;
  table->format = TableFormat::kIpc;
  table->schema = stage.schema();
  table->stage = static_cast<uint32_t>(stages.size());
  SourceFile& file = table->files.emplace_back();
  file.path = "/stage";
  file.length = output_bytes;
  file.rows = output_rows;
  return std::shared_ptr<const TableSource>(std::move(table));
}

}  // namespace tusk::df
