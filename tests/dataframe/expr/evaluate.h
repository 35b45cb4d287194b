#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/api.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/bind.h"
#include "dataframe/expr/cast.h"
#include "dataframe/type/type_text.h"

namespace tusk::df {

/// A column of a batch in a test: name and type, and the values as texts, "null" for none.
struct TestColumn {
  std::string_view name_and_type;
  std::vector<std::string_view> values;
};

inline std::shared_ptr<arrow::RecordBatch> BatchOf(const std::vector<TestColumn>& columns) {
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (const TestColumn& column : columns) {
    const SchemaPtr schema = ParseSchema(column.name_and_type).value();
    arrow::StringBuilder builder;
    for (const std::string_view value : column.values) {
      EXPECT_TRUE((value == "null" ? builder.AppendNull() : builder.Append(value)).ok());
    }
    fields.push_back(schema->field(0));
    const TypePtr& type = schema->field(0)->type();
    if (type->id() == arrow::Type::NA) {
      arrays.push_back(std::make_shared<arrow::NullArray>(builder.length()));
    } else {
      const ColumnCast cast = MakeCast(arrow::utf8(), type).value();
      arrays.push_back(cast(builder.Finish().ValueOrDie()).value());
    }
  }
  const auto rows = static_cast<int64_t>(columns.empty() ? 1 : columns[0].values.size());
  return arrow::RecordBatch::Make(arrow::schema(fields), rows, arrays);
}

inline std::string ColumnText(const std::shared_ptr<arrow::Array>& column) {
  std::string out;
  for (int64_t row = 0; row < column->length(); ++row) {
    if (row > 0) out += " | ";
    out += ScalarText(column->GetScalar(row).ValueOrDie());
  }
  return out;
}

inline Result<std::shared_ptr<arrow::Array>> Evaluate(const ExprPtr& expr,
                                                      const arrow::RecordBatch& batch) {
  ASSIGN_OR_RETURN(const BoundExprPtr bound, Bind(expr, *batch.schema()));
  ASSIGN_OR_RETURN(std::shared_ptr<arrow::Array> column, bound->EvaluateArray(batch));
  EXPECT_TRUE(column->ValidateFull().ok()) << column->ValidateFull().ToString();
  EXPECT_EQ(column->length(), batch.num_rows());
  EXPECT_TRUE(column->type()->Equals(*bound->type()));
  if (!bound->nullable()) {
    EXPECT_EQ(column->null_count(), 0) << ExprText(*expr);
  }
  return column;
}

/// The values as "1 | null | 3", or the first line of the error. Rows in the middle of longer
/// columns have the same ones.
inline std::string Evaluated(const ExprPtr& expr,
                             const std::shared_ptr<arrow::RecordBatch>& batch) {
  const auto line = [](const Result<std::shared_ptr<arrow::Array>>& column) {
    if (column.ok()) return ColumnText(*column);
    const std::string message(column.status().message());
    return message.substr(0, message.find('\n'));
  };
  const std::string text = line(Evaluate(expr, *batch));
  arrow::ArrayVector longer;
  for (const auto& column : batch->columns()) {
    longer.push_back(arrow::Concatenate({column, column, column}).ValueOrDie());
  }
  const int64_t rows = batch->num_rows();
  const auto middle =
      arrow::RecordBatch::Make(batch->schema(), 3 * rows, longer)->Slice(rows, rows);
  EXPECT_EQ(line(Evaluate(expr, *middle)), text) << ExprText(*expr);
  return text;
}

/// The type of an expression, or the first line of the error.
inline std::string TypeOf(const ExprPtr& expr, const arrow::RecordBatch& batch) {
  const Result<BoundExprPtr> bound = Bind(expr, *batch.schema());
  if (bound.ok()) return TypeText(*(*bound)->type());
  const std::string message(bound.status().message());
  return message.substr(0, message.find('\n'));
}

/// Short forms of expressions.
inline ExprPtr Col(std::string name) { return Expr::Column(std::move(name)); }
inline ExprPtr Int(int64_t value) { return Expr::Of(value); }
inline ExprPtr Text(std::string_view value) { return Expr::Of(value); }
inline ExprPtr Op(std::string name, std::vector<ExprPtr> args) {
  return Expr::Call(std::move(name), std::move(args));
}
/// A literal of a type, from its text.
inline ExprPtr Lit(std::string_view type, std::string_view text) {
  return Expr::Literal(
      CastScalar(std::make_shared<arrow::StringScalar>(std::string(text)), ParseType(type).value())
          .value());
}

}  // namespace tusk::df
