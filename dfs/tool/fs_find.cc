#include "common/base/status_macros.h"
#include "dfs/client/glob_pattern.h"
#include "dfs/model/dfs_path.h"
#include "dfs/tool/fs_command.h"
#include "dfs/tool/fs_shell.h"

namespace tusk::dfs {
namespace {

std::string Lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// All conditions must hold.
struct Condition {
  std::vector<GlobPattern> patterns;  ///< alternatives: braces taken apart
  bool ignore_case = false;
};

struct Expression {
  std::vector<Condition> conditions;
  char terminator = '\n';

  bool Holds(const ShellPath& path) const {
    const std::string name(PathName(path.path));
    for (const Condition& condition : conditions) {
      const std::string text = condition.ignore_case ? Lower(name) : name;
      bool matched = false;
      for (const GlobPattern& pattern : condition.patterns) matched |= pattern.Matches(text);
      if (!matched) return false;
    }
    return true;
  }
};

Status ParseExpression(std::span<const std::string> words, Expression& expression) {
  for (size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "-print" || word == "-a" || word == "-and") continue;
    if (word == "-print0") {
      expression.terminator = '\0';
      continue;
    }
    if (word != "-name" && word != "-iname") {
      return Status::Error(StatusCode::kInvalidArgument, "Unexpected argument: {}", word);
    }
    if (i + 1 == words.size()) {
      return Status::Error(StatusCode::kInvalidArgument, "{} needs a pattern", word);
    }
    Condition condition;
    condition.ignore_case = word == "-iname";
    const std::string text = condition.ignore_case ? Lower(words[++i]) : words[++i];
    ASSIGN_OR_RETURN(const std::vector<std::string> alternatives, ExpandBraces(text));
    for (const std::string& alternative : alternatives) {
      ASSIGN_OR_RETURN(GlobPattern pattern, GlobPattern::Compile(alternative));
      condition.patterns.push_back(std::move(pattern));
    }
    expression.conditions.push_back(std::move(condition));
  }
  return Status::Ok();
}

Status RunFind(FsShell& shell, std::span<const std::string> arguments) {
  std::vector<std::string> paths;
  size_t i = 0;
  for (; i < arguments.size() && !arguments[i].starts_with('-'); ++i) paths.push_back(arguments[i]);
  if (paths.empty()) paths.push_back(".");
  Expression expression;
  if (Status status = ParseExpression(arguments.subspan(i), expression); !status.ok()) {
    shell.Report(status);
    return Status::Ok();
  }
  shell.ForEach(paths, [&](ShellPath& top) {
    shell.Walk(top, [&](ShellPath& path) {
      if (expression.Holds(path)) shell.Print("{}{}", path.text, expression.terminator);
      return Status::Ok();
    });
    return Status::Ok();
  });
  return Status::Ok();
}

}  // namespace

const FsCommand kFsFind = {
    "-find", "<path> ... <expression> ...",
    "Finds all files that match the specified expression and applies selected\n"
    "actions to them. If no <path> is specified then defaults to the current\n"
    "working directory. If no expression is specified then defaults to -print.\n\n"
    "  -name pattern, -iname pattern  True if the name matches; -iname ignores case.\n"
    "  -print, -print0                Print the path; with a null byte behind it.\n"
    "  -a, -and                       Both sides must hold, also without the word.",
    &RunFind};

}  // namespace tusk::dfs
