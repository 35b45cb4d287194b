// The methods of DataFrame that lay values out anew.

#include <string>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "common/base/status_macros.h"
#include "dataframe/api/dataframe.h"
#include "dataframe/api/functions.h"
#include "dataframe/api/plan_steps.h"
#include "dataframe/expr/bind.h"
#include "dataframe/type/arrow_status.h"
#include "dataframe/type/type_rules.h"

namespace tusk::df {
namespace {

/// A table of the plan's own: a number from 0, then texts.
Result<PlanPtr> NumberedTexts(const std::string& number, const std::vector<std::string>& names,
                              const std::vector<std::vector<std::string>>& columns) {
  arrow::Int64Builder numbers;
  const auto rows = static_cast<int64_t>(columns.front().size());
  for (int64_t row = 0; row < rows; ++row) RETURN_IF_ERROR(FromArrow(numbers.Append(row)));
  arrow::FieldVector fields = {arrow::field(number, arrow::int64(), false)};
  arrow::ArrayVector arrays(1);
  ASSIGN_OR_RETURN(arrays[0], FromArrow(numbers.Finish()));
  for (size_t i = 0; i < names.size(); ++i) {
    arrow::StringBuilder texts;
    RETURN_IF_ERROR(FromArrow(texts.AppendValues(columns[i])));
    fields.push_back(arrow::field(names[i], arrow::utf8(), false));
    ASSIGN_OR_RETURN(arrays.emplace_back(), FromArrow(texts.Finish()));
  }
  return ValuesNode::Make(
      arrow::RecordBatch::Make(arrow::schema(std::move(fields)), rows, std::move(arrays)));
}

/// The value whose turn it is: case when number = 0 then values[0] ...; all of one type.
ExprPtr ByNumber(const std::string& number, const std::vector<ExprPtr>& values) {
  std::vector<ExprPtr> args;
  for (size_t i = 0; i < values.size(); ++i) {
    args.push_back(Expr::Call("=", {Expr::Column(number), Expr::Of(static_cast<int64_t>(i))}));
    args.push_back(values[i]);
  }
  args.push_back(Expr::Null());
  return Expr::Call("case", std::move(args));
}

Result<PlanPtr> UnpivotPlan(const PlanPtr& plan, const std::vector<std::string>& ids,
                            const std::vector<std::string>& columns, const std::string& name,
                            const std::string& value, const SourcePlace& place) {
  if (columns.empty())
    return Status(StatusCode::kInvalidArgument, "the columns that become rows are missing");
  std::vector<NamedExpr> made;
  for (const std::string& id : ids) made.push_back({id, Expr::Column(id, place)});
  std::vector<ExprPtr> values;
  for (const std::string& column : columns) values.push_back(Expr::Column(column, place));
  // Before the names get lost in a condition of our own.
  for (const ExprPtr& column : values) RETURN_IF_ERROR(Bind(column, *plan->schema()).status());
  const std::string number = FreshName(*plan->schema(), "number#");
  const std::string label = FreshName(*plan->schema(), "name#");
  ASSIGN_OR_RETURN(PlanPtr names, NumberedTexts(number, {label}, {columns}));
  ASSIGN_OR_RETURN(PlanPtr pairs, JoinNode::Make(plan, std::move(names), JoinSpec()));
  made.push_back({name, Expr::Column(label)});
  made.push_back({value, ByNumber(number, values)});
  return ProjectNode::Make(std::move(pairs), std::move(made));
}

/// What Describe tells of a column, and how it is computed; no expression: null.
struct Statistic {
  const char* name;
  Column (*compute)(const Column& column, const arrow::DataType& type);
};

const Column& Nothing() {
  static const Column kNull(Expr::Null());
  return kNull;
}

Column NumberOf(const Column& column) { return column.Cast("double"); }

bool HasOrder(const arrow::DataType& type) {
  return IsNumeric(type) || IsTemporalType(type) || type.id() == arrow::Type::STRING;
}

template <int percent>
Column Percentile(const Column& column, const arrow::DataType& type) {
  return IsNumeric(type) ? ApproxQuantile(NumberOf(column), percent / 100.0) : Nothing();
}

constexpr Statistic kStatistics[] = {
    {"count", [](const Column& column, const arrow::DataType&) { return Count(column); }},
    {"nulls",
     [](const Column& column, const arrow::DataType&) { return CountIf(column.IsNull()); }},
    {"mean",
     [](const Column& column, const arrow::DataType& type) {
       return IsNumeric(type) ? Mean(column) : Nothing();
     }},
    {"stddev",
     [](const Column& column, const arrow::DataType& type) {
       return IsNumeric(type) ? StdDev(NumberOf(column)) : Nothing();
     }},
    {"min",
     [](const Column& column, const arrow::DataType& type) {
       return HasOrder(type) ? Min(column).Cast("string") : Nothing();
     }},
    {"p25", Percentile<25>},
    {"median", Percentile<50>},
    {"p75", Percentile<75>},
    {"max",
     [](const Column& column, const arrow::DataType& type) {
       return HasOrder(type) ? Max(column).Cast("string") : Nothing();
     }},
};

Result<PlanPtr> DescribePlan(const PlanPtr& plan) {
  const arrow::Schema& schema = *plan->schema();
  std::vector<std::string> names, types;
  std::vector<NamedExpr> computed;
  const auto name_of = [](const Statistic& statistic, int column) {
    return fmt::format("{}#{}", statistic.name, column);
  };
  for (int i = 0; i < schema.num_fields(); ++i) {
    const arrow::Field& field = *schema.field(i);
    names.push_back(field.name());
    types.push_back(TypeText(*field.type()));
    const Column column(Expr::Column(field.name()));
    for (const Statistic& statistic : kStatistics) {
      const Column made = statistic.compute(column, *field.type());
      RETURN_IF_ERROR(made.error());
      computed.push_back({name_of(statistic, i), made.expr()});
    }
  }
  if (names.empty()) return Status(StatusCode::kInvalidArgument, "there are no columns");
  ASSIGN_OR_RETURN(PlanPtr row, AggregateColumns(plan, {}, computed));
  ASSIGN_OR_RETURN(PlanPtr columns, NumberedTexts("number", {"column", "type"}, {names, types}));
  ASSIGN_OR_RETURN(PlanPtr rows, JoinNode::Make(std::move(columns), std::move(row), JoinSpec()));
  ASSIGN_OR_RETURN(PlanPtr sorted, SortNode::Make(std::move(rows), {{Expr::Column("number")}}));
  std::vector<NamedExpr> made = {{"column", Expr::Column("column")},
                                 {"type", Expr::Column("type")}};
  for (const Statistic& statistic : kStatistics) {
    std::vector<ExprPtr> values;
    for (int i = 0; i < schema.num_fields(); ++i)
      values.push_back(Expr::Column(name_of(statistic, i)));
    made.push_back({statistic.name, ByNumber("number", values)});
  }
  return ProjectNode::Make(std::move(sorted), std::move(made));
}

}  // namespace

DataFrame DataFrame::Unpivot(const std::vector<std::string>& ids,
                             const std::vector<std::string>& columns, const std::string& name,
                             const std::string& value, const Location& where) const {
  if (!plan_.ok()) return *this;
  const SourcePlace place = PlaceOf(where);
  return Next(AtPlace(UnpivotPlan(*plan_, ids, columns, name, value, place), place, "Unpivot"));
}

DataFrame DataFrame::Describe(const Location& where) const {
  if (!plan_.ok()) return *this;
  return Next(AtPlace(DescribePlan(*plan_), PlaceOf(where), "Describe"));
}

}  // namespace tusk::df
