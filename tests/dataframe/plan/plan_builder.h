#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <arrow/api.h>
#include <gtest/gtest.h>

#include "dataframe/plan/nodes.h"
#include "dataframe/type/type_text.h"

namespace tusk::df {

// Plans for tests, in few words:
//
//   const PlanPtr t = Table("t", "a int64, b string", 1000);
//   const PlanPtr plan = Filter(t, Eq(Col("a"), Lit(5)));
//
// What cannot be made ends the test.

template <typename T>
T Made(Result<T> result) {
  EXPECT_TRUE(result.ok()) << result.status().ToString();
  return std::move(result).value();
}

inline ExprPtr Col(std::string name) { return Expr::Column(std::move(name)); }
inline ExprPtr Lit(int64_t value) { return Expr::Of(value); }
inline ExprPtr Lit(int value) { return Expr::Of(int64_t{value}); }
inline ExprPtr Lit(double value) { return Expr::Of(value); }
inline ExprPtr Lit(const char* value) { return Expr::Of(std::string_view(value)); }
inline ExprPtr Lit(bool value) { return Expr::Of(value); }
inline ExprPtr Call(std::string name, std::vector<ExprPtr> args) {
  return Expr::Call(std::move(name), std::move(args));
}
inline ExprPtr Eq(ExprPtr a, ExprPtr b) { return Call("=", {std::move(a), std::move(b)}); }
inline ExprPtr Lt(ExprPtr a, ExprPtr b) { return Call("<", {std::move(a), std::move(b)}); }
inline ExprPtr Gt(ExprPtr a, ExprPtr b) { return Call(">", {std::move(a), std::move(b)}); }
inline ExprPtr Add(ExprPtr a, ExprPtr b) { return Call("+", {std::move(a), std::move(b)}); }
inline ExprPtr Not(ExprPtr a) { return Call("not", {std::move(a)}); }
inline ExprPtr And(const std::vector<ExprPtr>& parts) { return MakeConjunction(parts); }
inline ExprPtr Or(const std::vector<ExprPtr>& parts) {
  ExprPtr all = parts.front();
  for (size_t i = 1; i < parts.size(); ++i) all = Call("or", {all, parts[i]});
  return all;
}

inline SourceFile File(std::string path, uint64_t length, int64_t rows = -1) {
  SourceFile file;
  file.path = std::move(path);
  file.length = length;
  file.rows = rows;
  return file;
}
inline std::shared_ptr<TableSource> Source(std::string name, std::string_view schema,
                                           int64_t rows = -1, uint64_t length = 1000) {
  auto source = std::make_shared<TableSource>();
  source->name = name;
  source->files.push_back(File("/" + name, length, rows));
  source->schema = Made(ParseSchema(schema));
  return source;
}
inline PlanPtr Table(std::string name, std::string_view schema, int64_t rows = 1000) {
  return Made(ScanNode::Make(Source(std::move(name), schema, rows)));
}

inline PlanPtr Filter(PlanPtr child, ExprPtr condition) {
  return Made(FilterNode::Make(std::move(child), std::move(condition)));
}
inline NamedExpr As(ExprPtr expr, std::string name) {
  return {.name = std::move(name), .expr = std::move(expr)};
}
/// Columns under their own names.
inline std::vector<NamedExpr> Named(std::initializer_list<const char*> names) {
  std::vector<NamedExpr> columns;
  for (const char* name : names) columns.push_back(As(Col(name), name));
  return columns;
}
inline PlanPtr Project(PlanPtr child, std::vector<NamedExpr> columns) {
  return Made(ProjectNode::Make(std::move(child), std::move(columns)));
}
inline AggregateCall Agg(std::string function, std::vector<ExprPtr> args, std::string name,
                         bool distinct = false, ExprPtr filter = nullptr) {
  AggregateCall call;
  call.function = std::move(function);
  call.args = std::move(args);
  call.distinct = distinct;
  call.filter = std::move(filter);
  call.name = std::move(name);
  return call;
}
inline PlanPtr Aggregate(PlanPtr child, std::vector<NamedExpr> keys,
                         std::vector<AggregateCall> calls) {
  return Made(AggregateNode::Make(std::move(child), std::move(keys), std::move(calls)));
}
inline PlanPtr Join(PlanPtr left, PlanPtr right, JoinSpec spec) {
  return Made(JoinNode::Make(std::move(left), std::move(right), std::move(spec)));
}
/// Keys by the names of columns.
inline JoinSpec On(JoinType type,
                   std::initializer_list<std::pair<const char*, const char*>> keys = {},
                   ExprPtr residual = nullptr) {
  JoinSpec spec;
  spec.type = type;
  for (const auto& [left, right] : keys) spec.keys.emplace_back(Col(left), Col(right));
  spec.residual = std::move(residual);
  if (type == JoinType::kMark) spec.mark = "mark";
  return spec;
}
inline PlanPtr Cross(PlanPtr left, PlanPtr right) {
  return Join(std::move(left), std::move(right), On(JoinType::kInner));
}
inline SortKey Asc(const char* column) { return {.expr = Col(column)}; }
inline SortKey Desc(const char* column) { return {.expr = Col(column), .descending = true}; }
inline PlanPtr Sorted(PlanPtr child, std::vector<SortKey> keys,
                      std::optional<int64_t> limit = std::nullopt, int64_t offset = 0) {
  return Made(SortNode::Make(std::move(child), std::move(keys), limit, offset));
}
inline PlanPtr Limit(PlanPtr child, std::optional<int64_t> limit, int64_t offset = 0) {
  return Made(LimitNode::Make(std::move(child), limit, offset));
}
inline PlanPtr Union(std::vector<PlanPtr> children) {
  return Made(UnionNode::Make(std::move(children)));
}

}  // namespace tusk::df
