#include <algorithm>
#include <optional>

#include <arrow/api.h>

#include "common/base/status_macros.h"
#include "dataframe/sql/bind_expression.h"
#include "dataframe/sql/literal.h"

namespace tusk::df::sql {

namespace {

/// A pattern of LIKE with `escape` before literal signs as one with a backslash.
std::string WithBackslashes(std::string_view pattern, std::string_view escape) {
  std::string result;
  while (!pattern.empty()) {
    if (!escape.empty() && pattern.starts_with(escape) && pattern.size() > escape.size()) {
      pattern.remove_prefix(escape.size());
      result += '\\';
    } else if (pattern.front() == '\\') {
      result += '\\';
    }
    result += pattern.front();
    pattern.remove_prefix(1);
  }
  return result;
}

/// A pattern of SIMILAR TO as a regular expression for the whole text.
std::string RegexOfSimilar(std::string_view pattern, std::string_view escape) {
  std::string regex = "^(?:";
  bool in_set = false;
  while (!pattern.empty()) {
    if (!escape.empty() && pattern.starts_with(escape) && pattern.size() > escape.size()) {
      pattern.remove_prefix(escape.size());
      regex += '\\';
      regex += pattern.front();
    } else {
      const char c = pattern.front();
      if (c == '[') in_set = true;
      if (c == ']') in_set = false;
      if (c == '%' && !in_set) {
        regex += "(?s:.*)";
      } else if (c == '_' && !in_set) {
        regex += "(?s:.)";
      } else {
        // Signs of regular expressions that mean nothing here.
        if (c == '.' || c == '^' || c == '$' || c == '\\') {
          if (!(in_set && c == '^')) regex += '\\';
        }
        regex += c;
      }
    }
    pattern.remove_prefix(1);
  }
  return regex + ")$";
}

}  // namespace

Result<ExprPtr> ExpressionBinder::BindPattern(const Tree& node, Clause clause) {
  const std::string name = node.Names("name").front();
  const bool negated = name.starts_with('!');
  ASSIGN_OR_RETURN(ExprPtr text, Bind(node.Child("lexpr"), clause));
  ExprPtr match;
  if (node.Text("kind") == "AEXPR_SIMILAR") {
    ASSIGN_OR_RETURN(match, BindSimilar(node, text, clause));
  } else {
    const Tree right = node.Child("rexpr");
    const std::vector<Tree> args = right.List("args");
    const bool escaped =
        right.Is("FuncCall") && right.Names("funcname").back() == "like_escape" && args.size() == 2;
    ASSIGN_OR_RETURN(ExprPtr pattern, Bind(escaped ? args[0] : right, clause));
    if (escaped) {
      ASSIGN_OR_RETURN(const ExprPtr escape, Bind(args[1], clause));
      const std::optional<std::string> literal = LiteralText(*pattern);
      const std::optional<std::string> sign = LiteralText(*escape);
      if (!literal || !sign) {
        return context_.Unsupported(node, "LIKE ... ESCAPE needs a literal pattern");
      }
      pattern = Expr::Of(std::string_view(WithBackslashes(*literal, *sign)));
    }
    match = Expr::Call(node.Text("kind") == "AEXPR_ILIKE" ? "ilike" : "like",
                       {std::move(text), std::move(pattern)}, context_.PlaceOf(node));
  }
  return negated ? Negate(match) : match;
}

Result<ExprPtr> ExpressionBinder::BindSimilar(const Tree& node, const ExprPtr& text,
                                              Clause clause) {
  // The parser wraps the pattern in a function that would make a regular expression of it.
  const std::vector<Tree> args = node.Child("rexpr").List("args");
  ASSIGN_OR_RETURN(const std::vector<ExprPtr> parts, BindAll(args, clause));
  std::optional<std::string> pattern;
  std::optional<std::string> escape = "\\";
  if (!parts.empty()) pattern = LiteralText(*parts[0]);
  if (parts.size() > 1) escape = LiteralText(*parts[1]);
  if (!pattern || !escape) {
    return context_.Unsupported(node, "SIMILAR TO needs a literal pattern");
  }
  return Expr::Call("regexp_matches",
                    {text, Expr::Of(std::string_view(RegexOfSimilar(*pattern, *escape)))},
                    context_.PlaceOf(node));
}

Result<ExprPtr> ExpressionBinder::BindBetween(const Tree& node, Clause clause) {
  const std::string kind = node.Text("kind");
  const bool negated = kind == "AEXPR_NOT_BETWEEN" || kind == "AEXPR_NOT_BETWEEN_SYM";
  const SourcePlace place = context_.PlaceOf(node);
  ASSIGN_OR_RETURN(const ExprPtr value, Bind(node.Child("lexpr"), clause));
  ASSIGN_OR_RETURN(std::vector<ExprPtr> bounds, BindAll(node.Child("rexpr").List("items"), clause));
  if (bounds.size() != 2) return context_.Invalid(node, "BETWEEN needs two bounds");
  if (kind.ends_with("_SYM")) {
    bounds = {Expr::Call("least", bounds, place), Expr::Call("greatest", bounds, place)};
  }
  ExprPtr inside = Expr::Call(
      "and",
      {Expr::Call(">=", {value, bounds[0]}, place), Expr::Call("<=", {value, bounds[1]}, place)},
      place);
  return negated ? Negate(inside) : inside;
}

Result<ExprPtr> ExpressionBinder::BindIn(const Tree& node, const std::vector<Tree>& items,
                                         bool negated, Clause clause) {
  if (node.Child("lexpr").Is("RowExpr")) {
    ASSIGN_OR_RETURN(ExprPtr rows, BindRowIn(node, items, clause));
    return negated ? Negate(rows) : rows;
  }
  const SourcePlace place = context_.PlaceOf(node);
  ASSIGN_OR_RETURN(const ExprPtr value, Bind(node.Child("lexpr"), clause));
  std::vector<ExprPtr> listed{value};
  std::vector<ExprPtr> alternatives;
  for (const Tree& item : items) {
    ASSIGN_OR_RETURN(ExprPtr expr, Bind(item, clause));
    const bool constant = ColumnsOf(*expr).empty() && !HasAggregate(*expr) && !HasWindow(*expr);
    if (constant && expr->kind() != ExprKind::kLiteral) {
      Result<std::shared_ptr<arrow::Scalar>> folded = EvaluateConstant(expr);
      if (!folded.ok()) return context_.Located(folded.status(), item);
      expr = Expr::Literal(*folded, expr->place());
    }
    if (constant) {
      listed.push_back(std::move(expr));
    } else {
      alternatives.push_back(Expr::Call("=", {value, std::move(expr)}, place));
    }
  }
  if (listed.size() > 1) {
    alternatives.insert(alternatives.begin(), Expr::Call("in", std::move(listed), place));
  }
  if (alternatives.empty()) return context_.Invalid(node, "IN needs values");
  ExprPtr found = Balanced("or", alternatives);
  return negated ? Negate(found) : found;
}

Result<ExprPtr> ExpressionBinder::BindArrayComparison(const Tree& node, bool any, Clause clause) {
  const std::string name = node.Names("name").back();
  const Tree array = node.Child("rexpr");
  const bool in = (any && name == "=") || (!any && name == "<>");
  if (!array.Is("A_ArrayExpr") || !in) {
    return context_.Unsupported(node, "ANY and ALL take a subquery, or = ANY and <> ALL an ARRAY",
                                "write it with IN (...)");
  }
  return BindIn(node, array.List("elements"), !any, clause);
}

Result<ExprPtr> ExpressionBinder::BindRowIn(const Tree& node, const std::vector<Tree>& items,
                                            Clause clause) {
  ASSIGN_OR_RETURN(const std::vector<ExprPtr> row,
                   BindAll(node.Child("lexpr").List("args"), clause));
  std::vector<ExprPtr> alternatives;
  for (const Tree& item : items) {
    ASSIGN_OR_RETURN(const std::vector<ExprPtr> other, BindAll(item.List("args"), clause));
    if (!item.Is("RowExpr") || other.size() != row.size()) {
      return context_.Invalid(item, fmt::format("a row of {} values is needed here", row.size()));
    }
    std::vector<ExprPtr> equal;
    for (size_t i = 0; i < row.size(); ++i) {
      equal.push_back(Expr::Call("=", {row[i], other[i]}, context_.PlaceOf(item)));
    }
    alternatives.push_back(Balanced("and", equal));
  }
  if (alternatives.empty()) return context_.Invalid(node, "IN needs values");
  return Balanced("or", alternatives);
}

}  // namespace tusk::df::sql
