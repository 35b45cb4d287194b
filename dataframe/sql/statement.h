#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/result.h"
#include "dataframe/plan/nodes.h"
#include "dataframe/plan/plan_node.h"
#include "dataframe/sql/catalog.h"

namespace tusk::df::sql {

class ParsedScript;
struct Statement;

/// SELECT, VALUES, TABLE.
struct QueryStatement {
  /// Names of its schema are the user's.
  PlanPtr plan;
};

/// CREATE [OR REPLACE] VIEW.
struct CreateViewStatement {
  std::string name;
  PlanPtr plan;
  /// The text of the statement.
  std::string text;
  bool or_replace = false;
};

/// CREATE TABLE ... AS.
struct CreateTableAsStatement {
  std::string name;
  PlanPtr plan;
  bool if_not_exists = false;
};

/// COPY (query) TO, COPY table TO.
struct CopyToStatement {
  PlanPtr plan;
  WriteSpec spec;
};

/// DESCRIBE of a table, of files or of a query: the schema of `plan` is the answer.
struct DescribeStatement {
  PlanPtr plan;
};

/// EXPLAIN [ANALYZE].
struct ExplainStatement {
  bool analyze = false;
  std::shared_ptr<const Statement> inner;
};

/// DROP VIEW, DROP TABLE.
struct DropStatement {
  bool view = false;
  std::vector<std::string> names;
  bool if_exists = false;
};

/// SHOW TABLES.
struct ShowTablesStatement {};

/// What a statement wants, checked against the catalog.
struct Statement {
  std::variant<QueryStatement, CreateViewStatement, CreateTableAsStatement, CopyToStatement,
               DescribeStatement, ExplainStatement, DropStatement, ShowTablesStatement>
      value;

  template <typename T>
  const T* As() const {
    return std::get_if<T>(&value);
  }
};

/// A parsed script of any number of statements. Each is bound when it is its turn, so that it sees
/// what those before it have made. Immutable; any thread.
class SqlScript {
 public:
  /// kInvalidArgument with the line and a caret below the place for text outside of the grammar;
  /// kTooLarge for text over the bounds of length and depth.
  static Result<SqlScript> Parse(std::string_view text);

  size_t size() const;
  /// Where a statement's text is, in bytes from the beginning of the script.
  size_t begin_of(size_t index) const;
  size_t end_of(size_t index) const;
  /// A statement's text without the semicolon.
  std::string text_of(size_t index) const;

  /// Checks names and types, and makes the plan. kInvalidArgument for what the user has to change,
  /// kUnsupported for what we do not do; both show the place. Errors of the catalog pass.
  Result<Statement> Bind(size_t index, Catalog& catalog) const;

 private:
  explicit SqlScript(std::shared_ptr<const ParsedScript> parsed) : parsed_(std::move(parsed)) {}
  std::shared_ptr<const ParsedScript> parsed_;
};

/// Parses and binds a text of exactly one statement.
Result<Statement> BindSql(std::string_view text, Catalog& catalog);

}  // namespace tusk::df::sql
