#include "dataframe/api/window_columns.h"

#include <algorithm>

namespace tusk::df {
namespace {

bool SameWindow(const Expr& a, const Expr& b) {
  const auto same_expr = [](const ExprPtr& x, const ExprPtr& y) { return x->Equals(*y); };
  const auto same_key = [](const SortKey& x, const SortKey& y) {
    return x.expr->Equals(*y.expr) && x.descending == y.descending &&
           x.nulls_first == y.nulls_first;
  };
  return std::ranges::equal(a.partition_by(), b.partition_by(), same_expr) &&
         std::ranges::equal(a.order_by(), b.order_by(), same_key);
}

}  // namespace

ExprPtr WindowColumns::Rewrite(const ExprPtr& expr) {
  return RewriteExpr(expr, [&](const ExprPtr& part) -> ExprPtr {
    if (part->kind() != ExprKind::kWindow) return nullptr;
    return Expr::Column(ColumnOf(part), part->place());
  });
}

std::string WindowColumns::ColumnOf(const ExprPtr& window) {
  for (const auto& [known, column] : known_) {
    if (known->Equals(*window)) return column;
  }
  auto group = std::find_if(groups_.begin(), groups_.end(), [&](const WindowGroup& other) {
    return SameWindow(*other.first, *window);
  });
  if (group == groups_.end()) group = groups_.insert(groups_.end(), {window, {}});
  WindowCall call{window->name(), window->args(), window->frame().value_or(WindowFrame()),
                  namer_(window->name())};
  known_.emplace_back(window, call.name);
  group->calls.push_back(std::move(call));
  return known_.back().second;
}

}  // namespace tusk::df
