#include "dataframe/sql/parse.h"

#include <algorithm>

#include <pg_query.h>

#include "common/base/scope_exit.h"
#include "common/base/status_macros.h"

namespace tusk::df::sql {

namespace {

// Deeper than what CheckScriptBounds lets through only for trees that the binder refuses anyway.
constexpr size_t kMaxTreeDepth = 2000;

/// Which string literals of a script stand for tables: those behind FROM, JOIN or a comma of a
/// FROM clause. One step for each token.
class FilePositions {
 public:
  explicit FilePositions(std::string_view text) : text_(text) {}

  /// True when `token` is such a literal or quoted name. `next` is the token behind it.
  bool Step(const Token& token, std::string_view next) {
    const std::string_view word = token.In(text_);
    const bool at_table = expects_table_;
    expects_table_ = false;
    bool is_table = false;
    if (word == ";") {
      frames_.assign(1, {true, false});
    } else if (last_.empty() || last_ == ";") {
      // COPY table FROM 'path' has no table behind FROM.
      frames_.front().query = !IsWord(word, "COPY");
      Word(word);
    } else if (word == "(") {
      // Inside the parentheses of a function FROM is a word of its own (EXTRACT(YEAR FROM d)).
      const bool query = at_table || StartsQuery(next);
      frames_.push_back({query, at_table});
      expects_table_ = at_table && !StartsQuery(next);
    } else if (word == ")") {
      if (frames_.size() > 1) frames_.pop_back();
    } else if (word == ",") {
      expects_table_ = frames_.back().in_from;
    } else if (at_table && (token.kind == Token::Kind::kString || word.starts_with('"'))) {
      is_table = word.starts_with('\'') || word.starts_with('"');
    } else {
      Word(word);
    }
    before_last_ = last_;
    last_ = word;
    return is_table;
  }

 private:
  struct Frame {
    bool query = true;
    bool in_from = false;
  };

  static bool StartsQuery(std::string_view word) {
    return IsWord(word, "SELECT") || IsWord(word, "WITH") || IsWord(word, "VALUES") ||
           IsWord(word, "TABLE") || word == "(";
  }

  void Word(std::string_view word) {
    Frame& frame = frames_.back();
    if (IsWord(word, "FROM")) {
      const bool comparison =
          IsWord(last_, "DISTINCT") && (IsWord(before_last_, "IS") || IsWord(before_last_, "NOT"));
      if (!frame.query || comparison) return;
      frame.in_from = expects_table_ = true;
    } else if (IsWord(word, "JOIN")) {
      expects_table_ = frame.in_from;
    } else if (EndsFrom(word)) {
      frame.in_from = false;
    }
  }

  static bool EndsFrom(std::string_view word) {
    for (const char* end : {"WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "WINDOW",
                            "UNION", "INTERSECT", "EXCEPT", "FETCH", "SELECT", "VALUES"}) {
      if (IsWord(word, end)) return true;
    }
    return false;
  }

  std::string_view text_;
  std::string_view last_;
  std::string_view before_last_;
  std::vector<Frame> frames_{{true, false}};
  bool expects_table_ = false;
};

/// Words and signs behind an item of a SELECT list.
bool EndsItem(std::string_view word) {
  if (word == "," || word == ";") return true;
  for (const char* end : {"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FETCH",
                          "WINDOW", "UNION", "INTERSECT", "EXCEPT", "INTO"}) {
    if (IsWord(word, end)) return true;
  }
  return false;
}

/// Writes `word` over the beginning of [begin, end) of `text`, blanks over the rest.
void Overwrite(std::string& text, size_t begin, size_t end, std::string_view word) {
  const size_t length = std::min(word.size(), end - begin);
  text.replace(begin, length, word.substr(0, length));
  std::fill(text.begin() + static_cast<std::ptrdiff_t>(begin + length),
            text.begin() + static_cast<std::ptrdiff_t>(end), ' ');
}

/// A quoted name that takes `length` bytes or less; the parser cuts names at 63.
std::string StandIn(size_t length) {
  return "\"" + std::string(std::min<size_t>(length - 2, 60), 'f') + "\"";
}

}  // namespace

bool NamesFiles(std::string_view name) {
  if (name.find('/') != std::string_view::npos) return true;
  for (const char* extension : {".parquet", ".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".arrow",
                                ".ipc", ".feather", ".txt"}) {
    if (name.ends_with(extension)) return true;
  }
  return false;
}

void ParsedScript::ReplaceFile(const Token& token, std::string& copy) {
  if (token.end - token.begin <= 2) return;  // no name at all: the grammar says so
  files_.emplace(static_cast<int64_t>(token.begin), Unquote(token.In(text_.text())));
  Overwrite(copy, token.begin, token.end, StandIn(token.end - token.begin));
}

/// True for "(value AS type)" at a token: TRY_CAST is also a function of two arguments.
bool ParsedScript::IsCastForm(size_t open) const {
  int depth = 0;
  for (size_t i = open; i < tokens_.size(); ++i) {
    const std::string_view word = tokens_[i].In(text_.text());
    if (word == "(") ++depth;
    if (word == ")") --depth;
    if (depth == 0) return false;
    if (depth == 1 && IsWord(word, "AS")) return true;
  }
  return false;
}

std::string ParsedScript::ForParser() {
  const std::string_view text = text_.text();
  std::string copy = text_.text();
  FilePositions positions(text);
  bool first_of_statement = true;
  for (size_t i = 0; i < tokens_.size(); ++i) {
    const Token& token = tokens_[i];
    const std::string_view word = token.In(text);
    const std::string_view next = i + 1 < tokens_.size() ? tokens_[i + 1].In(text) : "";
    if (first_of_statement && IsWord(word, "DESCRIBE")) {
      describes_.insert(token.begin);
      // TABLE NAME is the grammar's short form of SELECT * FROM NAME.
      const bool query = IsWord(next, "SELECT") || IsWord(next, "WITH") || next == "(" ||
                         IsWord(next, "VALUES") || IsWord(next, "TABLE");
      Overwrite(copy, token.begin, token.end, query ? "" : "TABLE");
      positions.Step({0, 0, Token::Kind::kOther}, next);
      if (!query && i + 1 < tokens_.size()) {
        const Token& table = tokens_[i + 1];
        if (next.starts_with('\'') || (next.starts_with('"') && NamesFiles(Unquote(next)))) {
          ReplaceFile(table, copy);
        }
      }
    } else if (positions.Step(token, next) && (word.front() == '\'' || NamesFiles(Unquote(word)))) {
      ReplaceFile(token, copy);
    } else if (IsWord(word, "TRY_CAST") && IsCastForm(i + 1)) {
      try_casts_.insert(static_cast<int64_t>(token.begin));
      Overwrite(copy, token.begin, token.end, "CAST");
    }
    first_of_statement = word == ";";
  }
  return copy;
}

Status ParsedScript::ReadTree(const char* json) {
  boost::json::parse_options options;
  options.max_depth = kMaxTreeDepth;
  boost::system::error_code error;
  tree_ = boost::json::parse(json, error, boost::json::storage_ptr(&memory_), options);
  if (error == boost::json::error::too_deep) {
    return text_.Error(StatusCode::kTooLarge, "the statement is nested too deeply", -1);
  }
  if (error) {
    return Status::Error(StatusCode::kInternal, "the parser's tree is not JSON: {}",
                         error.message());
  }
  for (const Tree& entry : Tree(tree_).List("stmts")) {
    ParsedStatement statement;
    statement.node = entry.Child("stmt");
    statement.begin = static_cast<size_t>(entry.Number("stmt_location"));
    const auto length = static_cast<size_t>(entry.Number("stmt_len"));
    statement.end = length == 0 ? text_.text().size() : statement.begin + length;
    statement.end = std::min(statement.end, text_.text().size());
    const auto first = TokenFrom(static_cast<int64_t>(statement.begin));
    if (first != tokens_.end()) statement.begin = std::min(first->begin, statement.end);
    statement.describe = describes_.contains(statement.begin);
    if (statement.node) statements_.push_back(statement);
  }
  return Status::Ok();
}

Result<std::shared_ptr<const ParsedScript>> ParsedScript::Parse(std::string_view text) {
  if (text.size() > kMaxScriptBytes) {
    return Status::Error(StatusCode::kTooLarge, "the script is longer than {} bytes: {}",
                         kMaxScriptBytes, text.size());
  }
  if (!IsUtf8(text) || text.find('\0') != std::string_view::npos) {
    return Status(StatusCode::kInvalidArgument, "the script is not UTF-8 text without null bytes");
  }
  std::shared_ptr<ParsedScript> script(new ParsedScript(text));
  ASSIGN_OR_RETURN(script->tokens_, ScanTokens(script->text_));
  RETURN_IF_ERROR(CheckScriptBounds(script->text_, script->tokens_));

  const std::string copy = script->ForParser();
  PgQueryParseResult parsed = pg_query_parse(copy.c_str());
  const ScopeExit free_parsed([&] { pg_query_free_parse_result(parsed); });
  if (parsed.error != nullptr) {
    return script->SyntaxError(parsed.error->message,
                               script->text_.OffsetOfCharacter(parsed.error->cursorpos));
  }
  RETURN_IF_ERROR(script->ReadTree(parsed.parse_tree));
  return std::shared_ptr<const ParsedScript>(std::move(script));
}

std::string ParsedScript::StatementText(size_t index) const {
  const ParsedStatement& statement = statements_[index];
  std::string text = text_.text().substr(statement.begin, statement.end - statement.begin);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.pop_back();
  return text;
}

const std::string* ParsedScript::FileAt(int64_t location) const {
  const auto found = files_.find(location);
  return found == files_.end() ? nullptr : &found->second;
}

std::vector<Token>::const_iterator ParsedScript::TokenFrom(int64_t location) const {
  return std::lower_bound(
      tokens_.begin(), tokens_.end(), location,
      [](const Token& token, int64_t at) { return static_cast<int64_t>(token.begin) < at; });
}

Status ParsedScript::SyntaxError(std::string_view message, int64_t offset) const {
  // The parser has seen words of ours in places; the user wrote others.
  constexpr std::string_view kNear = "syntax error at or near ";
  const auto token = TokenFrom(offset);
  if (message.starts_with(kNear) && token != tokens_.end()) {
    return text_.Error(StatusCode::kInvalidArgument,
                       fmt::format("{}\"{}\"", kNear, token->In(text_.text())), offset);
  }
  return text_.Error(StatusCode::kInvalidArgument, message, offset);
}

std::string_view ParsedScript::IntegerFrom(int64_t location) const {
  for (auto token = TokenFrom(location); token != tokens_.end(); ++token) {
    if (token->kind == Token::Kind::kInteger) return token->In(text_.text());
  }
  return "0";
}

std::string ParsedScript::ItemText(int64_t location) const {
  const std::string_view text = text_.text();
  std::string item;
  int depth = 0;
  std::string_view last;
  size_t end = 0;
  for (auto token = TokenFrom(location); token != tokens_.end(); ++token) {
    const std::string_view word = token->In(text);
    if (word == "(" || word == "[") ++depth;
    if (word == ")" || word == "]") --depth;
    const bool inner = (IsWord(word, "FROM") && IsWord(last, "DISTINCT")) ||
                       (IsWord(word, "GROUP") && IsWord(last, "WITHIN"));
    if (depth < 0 || (depth == 0 && !inner && EndsItem(word))) break;
    if (!item.empty() && token->begin > end) item += ' ';
    const bool lower = token->kind == Token::Kind::kWord && !word.starts_with('"');
    for (const char c : word) {
      item += lower && c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    last = word;
    end = token->end;
  }
  return item;
}

}  // namespace tusk::df::sql
