#include "dataframe/tool/shell_command.h"

#include <editline/readline.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "common/config/option_registry.h"
#include "common/env/posix_env.h"
#include "dataframe/api/session.h"
#include "dataframe/expr/aggregate.h"
#include "dataframe/expr/function_registry.h"
#include "dataframe/tool/sql_arguments.h"
#include "dataframe/tool/sql_runner.h"

namespace tusk::df {
namespace {

constexpr const char* kUsage =
    "usage: tusk shell [options]\n"
    "       A prompt for SQL: statements end with a semicolon; \\q leaves, \\? helps.\n";

constexpr const char* kHelp =
    "statements end with ;    \\q or Ctrl-D leaves    Tab completes    Ctrl-C throws the statement "
    "away\n"
    "SHOW TABLES; DESCRIBE t; EXPLAIN SELECT ...; SELECT ... FROM '/data/*.parquet' LIMIT 10;\n";

constexpr std::string_view kWords[] = {
    "all",    "and",    "as",     "asc",       "between",  "by",       "case", "cast",
    "copy",   "create", "cross",  "desc",      "describe", "distinct", "drop", "else",
    "end",    "except", "exists", "explain",   "extract",  "from",     "full", "group",
    "having", "in",     "inner",  "intersect", "interval", "is",       "join", "left",
    "like",   "limit",  "not",    "null",      "nulls",    "offset",   "on",   "or",
    "order",  "outer",  "over",   "partition", "right",    "select",   "show", "table",
    "tables", "then",   "union",  "using",     "values",   "view",     "when", "where",
    "with"};

// What can be completed; the line editor's callbacks can reach nothing else.
std::vector<std::string>& Completions() {
  static std::vector<std::string> words;
  return words;
}

/// For the line editor: the word number `state` that begins with `text`, to be freed by it; null at
/// the end.
char* NextCompletion(const char* text, int state) {
  static size_t at = 0;
  if (state == 0) at = 0;
  std::string wanted(text);
  std::transform(wanted.begin(), wanted.end(), wanted.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::vector<std::string>& words = Completions();
  while (at < words.size()) {
    const std::string& word = words[at++];
    if (word.starts_with(wanted)) return strdup(word.c_str());
  }
  return nullptr;
}

char** Complete(const char* text, int, int) {
  rl_attempted_completion_over = 1;  // names of files mean nothing here
  return rl_completion_matches(text, NextCompletion);
}

void FillCompletions(SessionCatalog& catalog) {
  std::vector<std::string>& words = Completions();
  words.assign(std::begin(kWords), std::end(kWords));
  for (const ScalarFunction* function : FunctionRegistry::Get().All()) {
    if (std::isalpha(static_cast<unsigned char>(function->name[0])) != 0)
      words.push_back(function->name);
  }
  for (const AggregateInfo& aggregate : AllAggregates()) words.push_back(aggregate.name);
  for (std::string& name : catalog.TableNames()) words.push_back(std::move(name));
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
}

/// Lines from the terminal with history, or from standard input.
class LineSource {
 public:
  LineSource() : terminal_(isatty(STDIN_FILENO) != 0) {
    if (!terminal_) return;
    rl_readline_name = const_cast<char*>("tusk");
    rl_attempted_completion_function = Complete;
    using_history();
    const char* const home = std::getenv("HOME");
    if (home != nullptr) history_ = std::string(home) + "/.tusk_history";
    if (!history_.empty()) read_history(history_.c_str());  // there is none the first time
  }
  ~LineSource() {
    if (terminal_ && !history_.empty()) write_history(history_.c_str());
  }
  LineSource(const LineSource&) = delete;
  LineSource& operator=(const LineSource&) = delete;

  bool terminal() const { return terminal_; }

  /// The next line without its end; nothing when there is none.
  std::optional<std::string> Next(const char* prompt) {
    if (!terminal_) return NextOfInput();
    char* const line = readline(prompt);
    if (line == nullptr) return std::nullopt;
    std::string text(line);
    std::free(line);
    return text;
  }
  void Remember(const std::string& statement) {
    if (!terminal_) return;
    std::string line = statement;
    std::replace(line.begin(), line.end(), '\n', ' ');
    add_history(line.c_str());
  }

 private:
  static std::optional<std::string> NextOfInput() {
    std::string text;
    int c = 0;
    while ((c = std::getchar()) != EOF && c != '\n') text += static_cast<char>(c);
    if (c == EOF && text.empty()) return std::nullopt;
    return text;
  }

  const bool terminal_;
  std::string history_;
};

/// Whether `text` has a whole statement: its last character is a semicolon outside of quotes and
/// comments.
bool IsWhole(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
    text.remove_suffix(1);
  if (!text.ends_with(';')) return false;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (quote != 0) {
      if (text[i] == quote) quote = 0;
    } else if (text[i] == '\'' || text[i] == '"') {
      quote = text[i];
    } else if (text.substr(i, 2) == "--") {
      const size_t end = text.find('\n', i);
      if (end == std::string_view::npos) return false;
      i = end;
    }
  }
  return quote == 0;
}

/// Reads and runs until the end of input. Without a terminal the first error ends it.
Status Converse(SqlRunner& runner) {
  LineSource lines;
  std::string statement;
  if (lines.terminal()) fmt::print("{}", kHelp);
  while (true) {
    if (lines.terminal() && statement.empty()) FillCompletions(runner.catalog());
    const std::optional<std::string> line = lines.Next(statement.empty() ? "tusk> " : "   -> ");
    if (!line) break;
    if (statement.empty() && (*line == "\\q" || *line == "quit" || *line == "exit"))
      return Status::Ok();
    if (statement.empty() && (*line == "\\?" || *line == "help")) {
      fmt::print("{}", kHelp);
      continue;
    }
    statement += *line + "\n";
    if (statement.find_first_not_of(" \t\n") == std::string::npos) statement.clear();
    if (!IsWhole(statement)) continue;
    lines.Remember(statement);
    const Status status = runner.Run(std::exchange(statement, {}));
    if (status.ok()) continue;
    if (!lines.terminal()) return status;
    fmt::print(stderr, "error: {}\n", status.message());
  }
  // The last statement of a script may come without its semicolon.
  return statement.empty() ? Status::Ok() : runner.Run(statement);
}

Status RunShell(const SqlArguments& arguments) {
  ASSIGN_OR_RETURN(const Config config,
                   LoadConfig(PosixEnv::Get(), SqlProgramOptions(), arguments.sources));
  ASSIGN_OR_RETURN(const auto session, Session::Open(config, arguments.local));
  SqlRunner runner(*session, arguments.look, OriginOf(arguments, config), stdout);
  if (arguments.tables) RETURN_IF_ERROR(runner.catalog().AddFolder(*arguments.tables));
  return Converse(runner);
}

}  // namespace

int RunShellCommand(std::vector<std::string> arguments) {
  Result<SqlArguments> read = SqlArguments::Read(std::move(arguments));
  if (read.ok() && (!read->text.empty() || read->file)) {
    read = Status(StatusCode::kInvalidArgument,
                  "the shell takes no statements on its command line (tusk sql does)");
  }
  return RunSqlProgram(read, kUsage, &RunShell);
}

}  // namespace tusk::df
