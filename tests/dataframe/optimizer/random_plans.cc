#include "tests/dataframe/optimizer/random_plans.h"

#include <arrow/api.h>

#include "common/base/status_macros.h"
#include "dataframe/plan/plan_visitor.h"
#include "tests/dataframe/plan/plan_builder.h"

namespace tusk::df {
namespace {

constexpr int64_t kValues = 6;

// Few values, so that keys meet; one in six is null.
std::shared_ptr<arrow::RecordBatch> RandomRows(const SchemaPtr& schema, int64_t rows,
                                               Random* random) {
  std::vector<std::shared_ptr<arrow::Array>> columns;
  for (const auto& field : schema->fields()) {
    arrow::Int64Builder numbers;
    arrow::StringBuilder texts;
    const bool number = field->type()->id() == arrow::Type::INT64;
    for (int64_t row = 0; row < rows; ++row) {
      const auto value = static_cast<int64_t>(random->Below(kValues));
      const bool null = field->nullable() && random->Below(6) == 0;
      if (number) {
        EXPECT_TRUE((null ? numbers.AppendNull() : numbers.Append(value)).ok());
      } else {
        EXPECT_TRUE(
            (null ? texts.AppendNull() : texts.Append(std::string(1, "abcdef"[value]))).ok());
      }
    }
    columns.push_back(number ? *numbers.Finish() : *texts.Finish());
  }
  return arrow::RecordBatch::Make(schema, rows, std::move(columns));
}

}  // namespace

RandomPlans::RandomPlans(uint64_t seed) : random_(seed) {
  for (const int64_t rows : {0, 5, 15, 16, 30, 31, 32}) {
    const std::string name = "t" + std::to_string(rows);
    // Estimates may be wrong by any factor.
    auto source = Source(name, "a int64, b int64 not null, c int64, s string",
                         static_cast<int64_t>(random_.Below(1'000'000'000)));
    rows_[name] = RandomRows(source->schema, rows, &random_);
    sources_.push_back(std::move(source));
  }
}

PlanPtr RandomPlans::Make(int depth) {
  if (depth <= 1) return Scan();
  switch (random_.Below(9)) {
    case 0:
    case 1:
      return Filter(depth);
    case 2:
      return Project(depth);
    case 3:
      return Aggregate(depth);
    case 4:
      return TopK(depth);
    case 5:
      return random_.Chance(0.5) ? Window(depth) : Union(depth);
    default:
      return Join(depth);
  }
}

std::vector<RandomPlans::Column> RandomPlans::ColumnsOfType(const PlanPtr& plan,
                                                            const TypePtr& type) const {
  std::vector<Column> columns;
  for (const auto& field : plan->schema()->fields()) {
    if (field->type()->Equals(*type)) columns.push_back({field->name(), field->type()});
  }
  return columns;
}

ExprPtr RandomPlans::Number(const PlanPtr& plan) {
  const std::vector<Column> columns = ColumnsOfType(plan, arrow::int64());
  if (columns.empty() || random_.Below(5) == 0) {
    return Lit(static_cast<int64_t>(random_.Below(kValues)));
  }
  const ExprPtr column = Col(columns[random_.Below(columns.size())].name);
  switch (random_.Below(12)) {
    case 0:
      return Call("coalesce", {column, Number(plan)});
    case 1:
      return Call("case", {Condition(plan, 1), column, Number(plan)});
    default:
      return column;
  }
}

ExprPtr RandomPlans::Text(const PlanPtr& plan) {
  const std::vector<Column> columns = ColumnsOfType(plan, arrow::utf8());
  if (columns.empty() || random_.Below(5) == 0) {
    return Lit(std::string(1, "abcdef"[random_.Below(kValues)]).c_str());
  }
  return Col(columns[random_.Below(columns.size())].name);
}

ExprPtr RandomPlans::Condition(const PlanPtr& plan, int depth) {
  static constexpr const char* kOperators[] = {"=", "<>", "<", "<=", ">", ">="};
  if (depth > 1) {
    switch (random_.Below(5)) {
      case 0:
        return Not(Condition(plan, depth - 1));
      case 1:
        return Call("or", {Condition(plan, depth - 1), Condition(plan, depth - 1)});
      case 2:
      case 3:
        return Call("and", {Condition(plan, depth - 1), Condition(plan, depth - 1)});
      default:
        break;
    }
  }
  switch (random_.Below(8)) {
    case 0:
      return Call(random_.Chance(0.5) ? "is_null" : "is_not_null", {Number(plan)});
    case 1:
      return Call("in", {Number(plan), Lit(1), Lit(2), Lit(4)});
    case 2:
      return Call(kOperators[random_.Below(6)], {Text(plan), Text(plan)});
    case 3:
      return Eq(Number(plan), Number(plan));
    default:
      return Call(kOperators[random_.Below(6)], {Number(plan), Number(plan)});
  }
}

PlanPtr RandomPlans::Scan() {
  const auto& source = sources_[random_.Below(sources_.size())];
  std::vector<ScanNode::Column> columns;
  for (const auto& field : source->schema->fields()) {
    columns.push_back({.source = field->name(), .name = Fresh(field->name().c_str())});
  }
  return Made(ScanNode::Make(source, std::move(columns)));
}

PlanPtr RandomPlans::Filter(int depth) {
  const PlanPtr child = Make(depth - 1);
  return df::Filter(child, Condition(child, 2));
}

PlanPtr RandomPlans::Project(int depth) {
  const PlanPtr child = Make(depth - 1);
  std::vector<NamedExpr> columns = {As(Number(child), Fresh("p"))};
  for (const auto& field : child->schema()->fields()) {
    if (random_.Chance(0.6)) columns.push_back(As(Col(field->name()), field->name()));
  }
  if (random_.Chance(0.3)) columns.push_back(As(Text(child), Fresh("p")));
  return df::Project(child, std::move(columns));
}

PlanPtr RandomPlans::Aggregate(int depth) {
  const PlanPtr child = Make(depth - 1);
  std::vector<NamedExpr> keys;
  for (uint64_t i = random_.Below(3); i > 0; --i) {
    keys.push_back(As(random_.Chance(0.7) ? Number(child) : Text(child), Fresh("k")));
  }
  const auto filter = [&]() { return random_.Chance(0.2) ? Condition(child, 1) : nullptr; };
  std::vector<AggregateCall> calls = {Agg("count", {}, Fresh("n"), false, filter())};
  for (const char* function : {"min", "max", "sum", "count"}) {
    if (random_.Chance(0.4)) {
      calls.push_back(Agg(function, {Number(child)}, Fresh(function), false, filter()));
    }
  }
  return df::Aggregate(child, std::move(keys), std::move(calls));
}

PlanPtr RandomPlans::Join(int depth) {
  static constexpr JoinType kTypes[] = {JoinType::kInner, JoinType::kInner,        JoinType::kInner,
                                        JoinType::kInner, JoinType::kLeft,         JoinType::kRight,
                                        JoinType::kFull,  JoinType::kSemi,         JoinType::kAnti,
                                        JoinType::kMark,  JoinType::kNullAwareAnti};
  const PlanPtr left = Make(depth - 1);
  const PlanPtr right = Make(depth - 1);
  JoinSpec spec;
  spec.type = kTypes[random_.Below(std::size(kTypes))];
  const bool null_aware = spec.type == JoinType::kMark || spec.type == JoinType::kNullAwareAnti;
  const uint64_t keys = null_aware ? 1 : random_.Below(3);
  for (uint64_t i = 0; i < keys; ++i) spec.keys.emplace_back(Number(left), Number(right));
  if (!null_aware && random_.Chance(0.4)) {
    spec.residual = Condition(Cross(left, right), 2);
  }
  if (spec.type == JoinType::kMark) spec.mark = Fresh("m");
  const PlanPtr join = df::Join(left, right, std::move(spec));
  // Products grow: a filter that may make them joins.
  return random_.Chance(0.6) ? df::Filter(join, Condition(join, 3)) : join;
}

PlanPtr RandomPlans::TopK(int depth) {
  const PlanPtr child = Make(depth - 1);
  // By all columns, so that it is told which rows come first.
  std::vector<SortKey> keys;
  for (const auto& field : child->schema()->fields()) {
    keys.push_back({.expr = Col(field->name()),
                    .descending = random_.Chance(0.5),
                    .nulls_first = random_.Chance(0.5)});
  }
  PlanPtr sorted = Sorted(child, std::move(keys));
  if (random_.Chance(0.3)) sorted = df::Project(sorted, {As(Number(sorted), Fresh("p"))});
  return Limit(sorted, static_cast<int64_t>(random_.Below(15)),
               static_cast<int64_t>(random_.Below(4)));
}

PlanPtr RandomPlans::Window(int depth) {
  const PlanPtr child = Make(depth - 1);
  WindowCall rank;
  rank.function = "rank";
  rank.name = Fresh("w");
  WindowCall sum;
  sum.function = "sum";
  sum.args = {Number(child)};
  sum.name = Fresh("w");
  return Made(WindowNode::Make(child, {Number(child)}, {{.expr = Number(child)}}, {rank, sum}));
}

PlanPtr RandomPlans::Union(int depth) {
  std::vector<PlanPtr> sides;
  for (int i = 0; i < 2; ++i) {
    const PlanPtr side = Make(depth - 1);
    sides.push_back(df::Project(side, {As(Number(side), Fresh("u")), As(Text(side), Fresh("u")),
                                       As(Number(side), Fresh("u"))}));
  }
  return df::Union(std::move(sides));
}

Result<PlanPtr> RandomPlans::WithRows(const PlanPtr& plan) const {
  return RewriteBottomUp(plan, [&](const PlanPtr& node) -> Result<PlanPtr> {
    if (node->kind() != PlanKind::kScan) return node;
    const auto& scan = df::As<ScanNode>(*node);
    const auto& rows = rows_.at(scan.source().name);
    arrow::FieldVector fields;
    std::vector<std::shared_ptr<arrow::Array>> columns;
    std::vector<NamedExpr> visible;
    for (const ScanNode::Column& column : scan.columns()) {
      fields.push_back(rows->schema()->GetFieldByName(column.source)->WithName(column.name));
      columns.push_back(rows->GetColumnByName(column.source));
      if (!column.hidden) visible.push_back(As(Col(column.name), column.name));
    }
    ASSIGN_OR_RETURN(PlanPtr all, ValuesNode::Make(arrow::RecordBatch::Make(
                                      arrow::schema(fields), rows->num_rows(), columns)));
    if (scan.predicate() != nullptr) {
      ASSIGN_OR_RETURN(all, FilterNode::Make(std::move(all), scan.predicate()));
    }
    return ProjectNode::Make(std::move(all), std::move(visible));
  });
}

}  // namespace tusk::df
