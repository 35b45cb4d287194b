#include "dataframe/sql/grouping_sets.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <arrow/api.h>

#include "common/base/status_macros.h"
#include "dataframe/type/arrow_status.h"

namespace tusk::df::sql {
namespace {

constexpr size_t kMaxSets = 4096;
constexpr size_t kMaxCube = 12;

using Nodes = std::vector<Tree>;

Nodes Joined(Nodes a, const Nodes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

bool Has(const std::vector<size_t>& set, size_t key) {
  return std::find(set.begin(), set.end(), key) != set.end();
}

/// Expands the parts of one clause.
class Expander {
 public:
  explicit Expander(const BindContext& context) : context_(context) {}

  Result<std::vector<Nodes>> Part(const Tree& node) {
    if (node.Is("RowExpr")) return std::vector<Nodes>{node.List("args")};
    if (!node.Is("GroupingSet")) return std::vector<Nodes>{{node}};
    const std::string kind = node.Text("kind");
    if (kind == "GROUPING_SET_EMPTY") return std::vector<Nodes>{{}};
    std::vector<std::vector<Nodes>> content;
    for (const Tree& inner : node.List("content")) {
      ASSIGN_OR_RETURN(content.emplace_back(), Part(inner));
    }
    if (kind == "GROUPING_SET_ROLLUP") return Rollup(content);
    if (kind == "GROUPING_SET_CUBE") return Cube(node, content);
    std::vector<Nodes> all;
    for (const std::vector<Nodes>& sets : content) all.insert(all.end(), sets.begin(), sets.end());
    return all;
  }

  Result<std::vector<Nodes>> Clause(const Nodes& clause) {
    std::vector<Nodes> sets = {{}};
    for (const Tree& node : clause) {
      ASSIGN_OR_RETURN(const std::vector<Nodes> part, Part(node));
      if (sets.size() * part.size() > kMaxSets) {
        return context_.Invalid(node, fmt::format("more than {} grouping sets", kMaxSets));
      }
      std::vector<Nodes> combined;
      for (const Nodes& before : sets) {
        for (const Nodes& set : part) combined.push_back(Joined(before, set));
      }
      sets = std::move(combined);
    }
    return sets;
  }

 private:
  /// All, then without the last, ... then nothing.
  static std::vector<Nodes> Rollup(const std::vector<std::vector<Nodes>>& content) {
    std::vector<Nodes> sets;
    for (size_t length = content.size() + 1; length-- > 0;) {
      Nodes& set = sets.emplace_back();
      for (size_t i = 0; i < length; ++i) set = Joined(std::move(set), content[i].front());
    }
    return sets;
  }

  Result<std::vector<Nodes>> Cube(const Tree& node,
                                  const std::vector<std::vector<Nodes>>& content) const {
    if (content.size() > kMaxCube) {
      return context_.Invalid(node, fmt::format("CUBE of more than {} keys", kMaxCube));
    }
    std::vector<Nodes> sets;
    for (size_t left_out = 0; left_out < size_t{1} << content.size(); ++left_out) {
      Nodes& set = sets.emplace_back();
      for (size_t i = 0; i < content.size(); ++i) {
        if ((left_out >> (content.size() - 1 - i) & 1) == 0)
          set = Joined(std::move(set), content[i].front());
      }
    }
    return sets;
  }

  const BindContext& context_;
};

ExprPtr Number(size_t number) { return Expr::Of(static_cast<int64_t>(number)); }

/// A row for each set and row, with the set's number.
Result<PlanPtr> OncePerSet(const PlanPtr& plan, size_t sets, const std::string& set_column) {
  arrow::Int64Builder numbers;
  for (size_t i = 0; i < sets; ++i)
    RETURN_IF_ERROR(FromArrow(numbers.Append(static_cast<int64_t>(i))));
  ASSIGN_OR_RETURN(auto list, FromArrow(numbers.Finish()));
  std::vector<NamedExpr> columns;
  for (const auto& field : plan->schema()->fields())
    columns.push_back({field->name(), Expr::Column(field->name())});
  columns.push_back({set_column, Expr::Literal(std::make_shared<arrow::ListScalar>(list))});
  ASSIGN_OR_RETURN(PlanPtr with_list, ProjectNode::Make(plan, std::move(columns)));
  return ExplodeNode::Make(std::move(with_list), set_column);
}

/// The row of an empty set when there are no rows to group.
Result<PlanPtr> RowOfNoRows(BindContext& context, const PlanPtr& plan, size_t keys, size_t set,
                            std::vector<AggregateCall> aggregates, const arrow::Schema& schema) {
  AggregateCall count;
  count.function = "count";
  count.name = context.NewColumn("count");
  aggregates.push_back(count);
  ASSIGN_OR_RETURN(PlanPtr all, AggregateNode::Make(plan, {}, std::move(aggregates)));
  ASSIGN_OR_RETURN(all, FilterNode::Make(std::move(all),
                                         Expr::Call("=", {Expr::Column(count.name), Number(0)})));
  std::vector<NamedExpr> columns;
  for (int i = 0; i < schema.num_fields(); ++i) {
    const arrow::Field& field = *schema.field(i);
    const auto at = static_cast<size_t>(i);
    ExprPtr value = Expr::Column(field.name());
    if (at < keys) value = Expr::Cast(Expr::Null(), field.type());
    if (at == keys) value = Number(set);
    columns.push_back({field.name(), std::move(value)});
  }
  return ProjectNode::Make(std::move(all), std::move(columns));
}

}  // namespace

bool HasGroupingSets(const std::vector<Tree>& clause) {
  return std::any_of(clause.begin(), clause.end(),
                     [](const Tree& node) { return node.Is("GroupingSet"); });
}

Result<std::vector<std::vector<Tree>>> ExpandGroupingSets(const BindContext& context,
                                                          const std::vector<Tree>& clause) {
  return Expander(context).Clause(clause);
}

Result<PlanPtr> GroupBySets(BindContext& context, const PlanPtr& plan,
                            const std::vector<NamedExpr>& keys,
                            const std::vector<AggregateCall>& aggregates, const KeySets& sets,
                            const std::string& set_column) {
  ASSIGN_OR_RETURN(const PlanPtr rows, OncePerSet(plan, sets.size(), set_column));
  std::vector<NamedExpr> of_set;
  for (size_t key = 0; key < keys.size(); ++key) {
    std::vector<ExprPtr> in = {Expr::Column(set_column)};
    for (size_t set = 0; set < sets.size(); ++set) {
      if (Has(sets[set], key)) in.push_back(Number(set));
    }
    ExprPtr value = keys[key].expr;
    if (in.size() <= sets.size())
      value = Expr::Call("case", {Expr::Call("in", std::move(in)), value, Expr::Null()});
    of_set.push_back({keys[key].name, std::move(value)});
  }
  of_set.push_back({set_column, Expr::Column(set_column)});
  ASSIGN_OR_RETURN(PlanPtr grouped, AggregateNode::Make(rows, std::move(of_set), aggregates));
  std::vector<PlanPtr> branches = {grouped};
  for (size_t set = 0; set < sets.size(); ++set) {
    if (!sets[set].empty()) continue;
    ASSIGN_OR_RETURN(branches.emplace_back(),
                     RowOfNoRows(context, plan, keys.size(), set, aggregates, *grouped->schema()));
  }
  if (branches.size() == 1) return grouped;
  return UnionNode::Make(std::move(branches));
}

ExprPtr GroupingValue(const std::vector<size_t>& keys, const KeySets& sets,
                      const std::string& set_column) {
  const auto bits_of = [&keys](const std::vector<size_t>& set) {
    int64_t bits = 0;
    for (const size_t key : keys) bits = bits * 2 + (Has(set, key) ? 0 : 1);
    return Expr::Of(bits);
  };
  if (sets.empty()) return Expr::Of(int64_t{0});
  std::vector<ExprPtr> cases;
  for (size_t set = 0; set + 1 < sets.size(); ++set) {
    cases.push_back(Expr::Call("=", {Expr::Column(set_column), Number(set)}));
    cases.push_back(bits_of(sets[set]));
  }
  if (cases.empty()) return bits_of(sets.back());
  cases.push_back(bits_of(sets.back()));
  return Expr::Call("case", std::move(cases));
}

}  // namespace tusk::df::sql
