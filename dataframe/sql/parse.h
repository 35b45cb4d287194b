#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <boost/json.hpp>

#include "common/base/result.h"
#include "dataframe/sql/scan.h"
#include "dataframe/sql/sql_text.h"
#include "dataframe/sql/tree.h"

namespace tusk::df::sql {

/// Longer scripts are refused before they are looked at.
inline constexpr size_t kMaxScriptBytes = 1 << 20;

/// One statement of a script.
struct ParsedStatement {
  /// "SelectStmt", "CopyStmt", ...
  Tree node;
  /// Its text, without the semicolon.
  size_t begin = 0;
  size_t end = 0;
  /// DESCRIBE stood before the query.
  bool describe = false;
};

/// A script parsed by PostgreSQL's grammar, with what that grammar lacks: DESCRIBE, TRY_CAST and
/// files in FROM. Those are written over, before parsing, by words of the grammar of the same
/// length, so that all positions are the user's. Immutable; any thread.
class ParsedScript {
 public:
  /// kInvalidArgument with line and caret where the grammar does not fit; kTooLarge beyond the
  /// bounds.
  static Result<std::shared_ptr<const ParsedScript>> Parse(std::string_view text);

  ParsedScript(const ParsedScript&) = delete;
  ParsedScript& operator=(const ParsedScript&) = delete;

  const SqlText& text() const { return text_; }
  const std::vector<ParsedStatement>& statements() const { return statements_; }
  std::string StatementText(size_t index) const;

  /// The file name that stands at `location` as a table; null when it is a plain name.
  const std::string* FileAt(int64_t location) const;
  /// True for the position of a TRY_CAST.
  bool IsTryCast(int64_t location) const { return try_casts_.contains(location); }
  /// The text of the item of a SELECT list that begins at `location`, words without quotes in lower
  /// case, blanks made one: what a computed column is called.
  std::string ItemText(int64_t location) const;
  /// The first integer at or behind a position: the parser's JSON loses negative ones.
  std::string_view IntegerFrom(int64_t location) const;

 private:
  explicit ParsedScript(std::string_view text) : text_(std::string(text)) {}
  std::string ForParser();
  bool IsCastForm(size_t open) const;
  void ReplaceFile(const Token& token, std::string& copy);
  Status SyntaxError(std::string_view message, int64_t offset) const;
  std::vector<Token>::const_iterator TokenFrom(int64_t location) const;
  Status ReadTree(const char* json);

  const SqlText text_;
  std::vector<Token> tokens_;
  std::unordered_map<int64_t, std::string> files_;
  std::unordered_set<int64_t> try_casts_;
  std::unordered_set<size_t> describes_;
  // A tree in one piece of memory that is freed as one: no deep recursion of destructors.
  boost::json::monotonic_resource memory_;
  boost::json::value tree_;
  std::vector<ParsedStatement> statements_;
};

/// True for a name that means files: with a slash, or with the extension of a known format.
bool NamesFiles(std::string_view name);

}  // namespace tusk::df::sql
