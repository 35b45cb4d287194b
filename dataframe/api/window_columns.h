#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/result.h"
#include "dataframe/expr/expr.h"
#include "dataframe/plan/nodes.h"

namespace tusk::df {

/// The functions of one WindowNode: equal partitions, equal orders.
struct WindowGroup {
  ExprPtr first;
  std::vector<WindowCall> calls;
};

/// Takes window functions out of expressions: each different one becomes a column, of nodes that
/// have as many of them as possible. One thread.
class WindowColumns {
 public:
  /// A name for the column of a function that no other column has.
  using Namer = std::function<std::string(const std::string& function)>;
  explicit WindowColumns(Namer namer) : namer_(std::move(namer)) {}

  /// `expr` over the columns.
  ExprPtr Rewrite(const ExprPtr& expr);
  /// What computes the columns, in the order of their first use.
  const std::vector<WindowGroup>& groups() const { return groups_; }

 private:
  std::string ColumnOf(const ExprPtr& window);

  const Namer namer_;
  std::vector<std::pair<ExprPtr, std::string>> known_;
  std::vector<WindowGroup> groups_;
};

}  // namespace tusk::df
