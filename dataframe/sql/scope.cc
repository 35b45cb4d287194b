#include "dataframe/sql/scope.h"

#include <algorithm>

#include <fmt/ranges.h>

namespace tusk::df::sql {

namespace {

constexpr size_t kParserNameBytes = 63;

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool SameName(std::string_view written, std::string_view known) {
  if (written.size() == kParserNameBytes) return known.starts_with(written);
  return written == known;
}

bool SameNameAnyCase(std::string_view written, std::string_view known) {
  if (written.size() == kParserNameBytes) known = known.substr(0, kParserNameBytes);
  return std::equal(written.begin(), written.end(), known.begin(), known.end(),
                    [](char a, char b) { return Lower(a) == Lower(b); });
}

Result<const ScopeColumn*> Scope::Find(const BindContext& context, std::string_view table,
                                       std::string_view name, const Tree& node) const {
  for (const auto same : {SameName, SameNameAnyCase}) {
    std::vector<const ScopeColumn*> found;
    for (const ScopeColumn& column : columns) {
      const bool right_table =
          table.empty() ? !column.merged_away : SameNameAnyCase(table, column.table);
      if (right_table && same(name, column.name)) found.push_back(&column);
    }
    if (found.size() == 1) return found.front();
    if (found.empty()) continue;
    std::vector<std::string> candidates;
    for (const ScopeColumn* column : found) {
      candidates.push_back(column->table.empty() ? column->name
                                                 : column->table + "." + column->name);
    }
    return context.Invalid(
        node, fmt::format("column \"{}\" is ambiguous: {}", name, fmt::join(candidates, ", ")),
        found.front()->table == found.back()->table
            ? "give the columns of the subquery different names"
            : "write it with the name of its table");
  }
  return static_cast<const ScopeColumn*>(nullptr);
}

bool Scope::HasTable(std::string_view table) const {
  return std::any_of(columns.begin(), columns.end(), [&](const ScopeColumn& column) {
    return !column.table.empty() && SameNameAnyCase(table, column.table);
  });
}

std::vector<std::string> Scope::TableNames() const {
  std::vector<std::string> names;
  for (const ScopeColumn& column : columns) {
    if (!column.table.empty() && (names.empty() || names.back() != column.table)) {
      names.push_back(column.table);
    }
  }
  return names;
}

std::vector<std::string> Scope::ColumnNames(std::string_view table) const {
  std::vector<std::string> names;
  for (const ScopeColumn& column : columns) {
    if (table.empty() || SameNameAnyCase(table, column.table)) names.push_back(column.name);
  }
  return names;
}

}  // namespace tusk::df::sql
