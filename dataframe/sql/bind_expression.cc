#include "dataframe/sql/bind_expression.h"

#include <utility>

#include <arrow/api.h>

#include "common/base/status_macros.h"
#include "dataframe/expr/bind.h"
#include "dataframe/sql/literal.h"

namespace tusk::df::sql {

namespace {

/// Operators that are functions of the same or of another name; all take two operands.
std::string_view FunctionOfOperator(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> kOperators[] = {
      {"+", "+"},   {"-", "-"},   {"*", "*"},     {"/", "/"},    {"%", "%"},
      {"=", "="},   {"<>", "<>"}, {"<", "<"},     {"<=", "<="},  {">", ">"},
      {">=", ">="}, {"||", "||"}, {"^", "power"}, {"//", "div"}, {"~", "regexp_matches"}};
  for (const auto& [sign, function] : kOperators) {
    if (name == sign) return function;
  }
  return {};
}

}  // namespace

std::string_view ClauseName(Clause clause) {
  switch (clause) {
    case Clause::kValues:
      return "VALUES or LIMIT";
    case Clause::kJoin:
      return "a JOIN condition";
    case Clause::kWhere:
      return "WHERE";
    case Clause::kGroupBy:
      return "GROUP BY";
    case Clause::kAggregate:
      return "an aggregate";
    case Clause::kHaving:
      return "HAVING";
    case Clause::kSelect:
      return "the SELECT list";
    case Clause::kOrderBy:
      return "ORDER BY";
    case Clause::kWindow:
      return "a window";
  }
  return "";
}

ExprPtr Balanced(std::string_view function, const std::vector<ExprPtr>& parts) {
  std::vector<ExprPtr> level = parts;
  while (level.size() > 1) {
    std::vector<ExprPtr> above;
    above.reserve(level.size() / 2 + 1);
    for (size_t i = 0; i + 1 < level.size(); i += 2) {
      above.push_back(
          Expr::Call(std::string(function), {level[i], level[i + 1]}, level[i]->place()));
    }
    if (level.size() % 2 == 1) above.push_back(level.back());
    level = std::move(above);
  }
  return level.empty() ? nullptr : level.front();
}

ExprPtr Negate(ExprPtr expr) {
  const SourcePlace place = expr->place();
  return Expr::Call("not", {std::move(expr)}, place);
}

Result<ExprPtr> ExpressionBinder::Bind(const Tree& node, Clause clause) {
  const BindContext::Level level(context_);
  RETURN_IF_ERROR(context_.CheckDepth(node));
  return BindKnown(node, clause);
}

Result<std::vector<ExprPtr>> ExpressionBinder::BindAll(const std::vector<Tree>& nodes,
                                                       Clause clause) {
  std::vector<ExprPtr> exprs;
  exprs.reserve(nodes.size());
  for (const Tree& node : nodes) {
    ASSIGN_OR_RETURN(ExprPtr expr, Bind(node, clause));
    exprs.push_back(std::move(expr));
  }
  return exprs;
}

Result<std::vector<SortKey>> ExpressionBinder::BindSortKeys(const std::vector<Tree>& nodes,
                                                            Clause clause) {
  std::vector<SortKey> keys;
  for (const Tree& node : nodes) {
    SortKey key;
    ASSIGN_OR_RETURN(key.expr, Bind(node.Child("node"), clause));
    key.descending = node.Text("sortby_dir") == "SORTBY_DESC";
    key.nulls_first = node.Text("sortby_nulls") == "SORTBY_NULLS_FIRST";
    if (node.Text("sortby_dir") == "SORTBY_USING") {
      return context_.Unsupported(node, "ORDER BY ... USING is not supported");
    }
    keys.push_back(std::move(key));
  }
  return keys;
}

Result<ExprPtr> ExpressionBinder::BindKnown(const Tree& node, Clause clause) {
  if (node.Is("ColumnRef")) return host_.BindColumn(node, clause);
  if (node.Is("A_Const")) return BindConstant(context_, node);
  if (node.Is("A_Expr")) return BindOperator(node, clause);
  if (node.Is("BoolExpr")) return BindBoolean(node, clause);
  if (node.Is("FuncCall")) return BindFunction(node, clause);
  if (node.Is("TypeCast")) return BindCast(node, clause);
  if (node.Is("CaseExpr")) return BindCase(node, clause);
  if (node.Is("SubLink")) return host_.BindSubquery(node, clause);
  if (node.Is("BooleanTest")) return BindBooleanTest(node, clause);
  if (node.Is("SQLValueFunction")) return BindClock(node);
  return BindOther(node, clause);
}

Result<ExprPtr> ExpressionBinder::BindOther(const Tree& node, Clause clause) {
  if (node.Is("NullTest")) {
    ASSIGN_OR_RETURN(ExprPtr arg, Bind(node.Child("arg"), clause));
    const bool null = node.Text("nulltesttype") == "IS_NULL";
    return Expr::Call(null ? "is_null" : "is_not_null", {std::move(arg)}, context_.PlaceOf(node));
  }
  if (node.Is("CoalesceExpr") || node.Is("MinMaxExpr")) {
    ASSIGN_OR_RETURN(std::vector<ExprPtr> args, BindAll(node.List("args"), clause));
    std::string name = "coalesce";
    if (node.Is("MinMaxExpr")) name = node.Text("op") == "IS_LEAST" ? "least" : "greatest";
    return Expr::Call(std::move(name), std::move(args), context_.PlaceOf(node));
  }
  if (node.Is("ParamRef")) {
    return context_.Unsupported(node, "parameters are not supported", "write the value itself");
  }
  if (node.Is("A_ArrayExpr") || node.Is("A_Indirection")) {
    return context_.Unsupported(node, "arrays are not supported");
  }
  if (node.Is("RowExpr")) {
    return context_.Unsupported(node, "a row of values can only be compared");
  }
  if (node.Is("GroupingFunc")) {
    ASSIGN_OR_RETURN(std::vector<ExprPtr> args, BindAll(node.List("args"), Clause::kAggregate));
    return Expr::Call("grouping", std::move(args), context_.PlaceOf(node));
  }
  if (node.Is("SetToDefault")) {
    return context_.Unsupported(node, "DEFAULT is not supported");
  }
  return context_.Unsupported(
      node, fmt::format("{} is not supported in {}", node.type(), ClauseName(clause)));
}

Result<ExprPtr> ExpressionBinder::BindBoolean(const Tree& node, Clause clause) {
  ASSIGN_OR_RETURN(std::vector<ExprPtr> args, BindAll(node.List("args"), clause));
  const std::string kind = node.Text("boolop");
  if (kind == "NOT_EXPR") return Negate(args.front());
  return Balanced(kind == "AND_EXPR" ? "and" : "or", args);
}

Result<ExprPtr> ExpressionBinder::BindOperator(const Tree& node, Clause clause) {
  const std::string kind = node.Text("kind");
  if (kind == "AEXPR_OP") return BindNamedOperator(node, clause);
  if (kind == "AEXPR_LIKE" || kind == "AEXPR_ILIKE" || kind == "AEXPR_SIMILAR") {
    return BindPattern(node, clause);
  }
  if (kind == "AEXPR_BETWEEN" || kind == "AEXPR_NOT_BETWEEN" || kind == "AEXPR_BETWEEN_SYM" ||
      kind == "AEXPR_NOT_BETWEEN_SYM") {
    return BindBetween(node, clause);
  }
  if (kind == "AEXPR_IN") {
    return BindIn(node, node.Child("rexpr").List("items"), node.Names("name").front() == "<>",
                  clause);
  }
  if (kind == "AEXPR_OP_ANY" || kind == "AEXPR_OP_ALL") {
    return BindArrayComparison(node, kind == "AEXPR_OP_ANY", clause);
  }
  std::string function;
  if (kind == "AEXPR_DISTINCT") function = "is_distinct_from";
  if (kind == "AEXPR_NOT_DISTINCT") function = "is_not_distinct_from";
  if (kind == "AEXPR_NULLIF") function = "nullif";
  if (function.empty()) return context_.Unsupported(node, "this operator is not supported");
  ASSIGN_OR_RETURN(ExprPtr left, Bind(node.Child("lexpr"), clause));
  ASSIGN_OR_RETURN(ExprPtr right, Bind(node.Child("rexpr"), clause));
  return Expr::Call(std::move(function), {std::move(left), std::move(right)},
                    context_.PlaceOf(node));
}

Result<ExprPtr> ExpressionBinder::BindNamedOperator(const Tree& node, Clause clause) {
  const std::vector<std::string> names = node.Names("name");
  const std::string name = names.empty() ? "" : names.back();
  if (node.Child("lexpr").Is("RowExpr") || node.Child("rexpr").Is("RowExpr")) {
    return BindRowComparison(node, name, clause);
  }
  const SourcePlace place = context_.PlaceOf(node);
  if (!node.Child("lexpr")) {
    ASSIGN_OR_RETURN(ExprPtr arg, Bind(node.Child("rexpr"), clause));
    if (name == "+") return arg;
    if (name == "-") return Expr::Call("neg", {std::move(arg)}, place);
    return context_.Unsupported(node, fmt::format("there is no operator {}", name));
  }
  std::string sign = name;
  const bool negated = name == "!~" || name == "!~*";
  if (negated) sign = name.substr(1);
  const bool any_case = sign == "~*";
  if (any_case) sign = "~";
  const std::string_view function = FunctionOfOperator(sign);
  if (function.empty()) {
    return context_.Unsupported(node, fmt::format("there is no operator {}", name));
  }
  ASSIGN_OR_RETURN(ExprPtr left, Bind(node.Child("lexpr"), clause));
  ASSIGN_OR_RETURN(ExprPtr right, Bind(node.Child("rexpr"), clause));
  if (any_case) {
    const std::optional<std::string> pattern = LiteralText(*right);
    if (!pattern) return context_.Unsupported(node, "~* needs a literal pattern");
    right = Expr::Of(std::string_view("(?i)" + *pattern));
  }
  ExprPtr call = Expr::Call(std::string(function), {std::move(left), std::move(right)}, place);
  return negated ? Negate(call) : call;
}

Result<ExprPtr> ExpressionBinder::BindRowComparison(const Tree& node, const std::string& name,
                                                    Clause clause) {
  const std::vector<Tree> left = node.Child("lexpr").List("args");
  const std::vector<Tree> right = node.Child("rexpr").List("args");
  if ((name != "=" && name != "<>") || left.size() != right.size() || left.empty()) {
    return context_.Unsupported(
        node, "rows of values are compared by = and <> only, with as many values on both sides");
  }
  std::vector<ExprPtr> equal;
  for (size_t i = 0; i < left.size(); ++i) {
    ASSIGN_OR_RETURN(ExprPtr a, Bind(left[i], clause));
    ASSIGN_OR_RETURN(ExprPtr b, Bind(right[i], clause));
    equal.push_back(Expr::Call("=", {std::move(a), std::move(b)}, context_.PlaceOf(node)));
  }
  ExprPtr all = Balanced("and", equal);
  return name == "=" ? all : Negate(all);
}

Result<ExprPtr> ExpressionBinder::BindCase(const Tree& node, Clause clause) {
  std::vector<ExprPtr> args;
  ExprPtr subject;
  if (node.Child("arg")) {
    ASSIGN_OR_RETURN(subject, Bind(node.Child("arg"), clause));
  }
  for (const Tree& when : node.List("args")) {
    ASSIGN_OR_RETURN(ExprPtr condition, Bind(when.Child("expr"), clause));
    ASSIGN_OR_RETURN(ExprPtr result, Bind(when.Child("result"), clause));
    if (subject != nullptr) {
      condition = Expr::Call("=", {subject, condition}, context_.PlaceOf(when));
    }
    args.push_back(std::move(condition));
    args.push_back(std::move(result));
  }
  ExprPtr otherwise = Expr::Null();
  if (node.Child("defresult")) {
    ASSIGN_OR_RETURN(otherwise, Bind(node.Child("defresult"), clause));
  }
  args.push_back(std::move(otherwise));
  return Expr::Call("case", std::move(args), context_.PlaceOf(node));
}

Result<ExprPtr> ExpressionBinder::BindCast(const Tree& node, Clause clause) {
  const Tree type_name = node.Child("typeName");
  ASSIGN_OR_RETURN(ExprPtr arg, Bind(node.Child("arg"), clause));
  ASSIGN_OR_RETURN(TypePtr type, BindTypeName(context_, type_name));
  const SourcePlace place = context_.PlaceOf(node);
  const bool or_null = context_.script().IsTryCast(node.location());
  const std::optional<std::string> text = LiteralText(*arg);
  if (text && type->id() == arrow::Type::INTERVAL_MONTH_DAY_NANO) {
    const std::vector<Tree> fields = type_name.List("typmods");
    const int64_t mask = fields.empty() ? 0 : fields.front().Child("ival").Number("ival");
    Result<std::shared_ptr<arrow::Scalar>> interval = ParseInterval(*text, mask);
    if (interval.ok()) return Expr::Literal(*interval, place);
    return context_.Invalid(node, interval.status().message(),
                            "write it as INTERVAL '3 months' or INTERVAL '90' DAY");
  }
  if (text && type->id() == arrow::Type::STRING) return arg;
  ExprPtr cast = Expr::Cast(arg, type, or_null, place);
  if (!text || or_null) return cast;
  // A constant's error is told now, not by the first task that meets it.
  Result<std::shared_ptr<arrow::Scalar>> value = EvaluateConstant(cast);
  if (!value.ok()) return context_.Located(value.status(), node);
  return Expr::Literal(*value, place);
}

Result<ExprPtr> ExpressionBinder::BindBooleanTest(const Tree& node, Clause clause) {
  ASSIGN_OR_RETURN(ExprPtr arg, Bind(node.Child("arg"), clause));
  const std::string kind = node.Text("booltesttype");
  const SourcePlace place = context_.PlaceOf(node);
  if (kind == "IS_UNKNOWN") return Expr::Call("is_null", {std::move(arg)}, place);
  if (kind == "IS_NOT_UNKNOWN") return Expr::Call("is_not_null", {std::move(arg)}, place);
  const bool wanted = kind == "IS_TRUE" || kind == "IS_NOT_TRUE";
  const bool negated = kind == "IS_NOT_TRUE" || kind == "IS_NOT_FALSE";
  return Expr::Call(negated ? "is_distinct_from" : "is_not_distinct_from",
                    {std::move(arg), Expr::Of(wanted)}, place);
}

Result<ExprPtr> ExpressionBinder::BindClock(const Tree& node) {
  const std::string kind = node.Text("op");
  std::string function;
  if (kind == "SVFOP_CURRENT_DATE") function = "current_date";
  if (kind == "SVFOP_CURRENT_TIMESTAMP" || kind == "SVFOP_LOCALTIMESTAMP") function = "now";
  if (function.empty()) return context_.Unsupported(node, "this function is not supported");
  return BindScalarFunction(node, function, {});
}

}  // namespace tusk::df::sql
