#include "dataframe/tool/sql_arguments.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include "common/base/status_macros.h"
#include "common/config/command_line.h"
#include "common/config/config.h"
#include "common/config/option_registry.h"
#include "common/env/posix_env.h"
#include "dataframe/options/sql_options.h"
#include "mapreduce/client/open_job_runner.h"

namespace tusk::df {
namespace {

constexpr int64_t kRowsOnTerminal = 100;

constexpr const char* kOptionsUsage =
    R"(options:
  --tables DIR    every file and folder in DIR is a table by its name
  --csv, --json   rows for programs: CSV with a header, or an object a line
  --rows N        at most N rows of each result; 0: all (the default where there is no terminal)
  --stats         say what each stage did
  --quiet         say nothing but rows and errors
  --local         run in this process, on this machine's files, without daemons
)";

Result<std::string> TakeValue(std::vector<std::string>& rest, const std::string& option) {
  if (rest.empty()) {
    return Status::Error(StatusCode::kInvalidArgument, "{} needs a value behind it", option);
  }
  std::string value = std::move(rest.front());
  rest.erase(rest.begin());
  return value;
}

Status TakeWord(const std::string& word, std::vector<std::string>& rest, SqlArguments* read) {
  if (word == "--local") {
    read->local = true;
  } else if (word == "--csv") {
    read->look.format = ResultFormat::kCsv;
  } else if (word == "--json") {
    read->look.format = ResultFormat::kJson;
  } else if (word == "--stats") {
    read->look.stats = true;
  } else if (word == "--quiet") {
    read->look.quiet = true;
  } else if (word == "--help" || word == "-h" || word == "-help") {
    read->help = true;
  } else if (word == "-f" || word == "--file") {
    ASSIGN_OR_RETURN(read->file, TakeValue(rest, word));
  } else if (word == "--tables") {
    ASSIGN_OR_RETURN(read->tables, TakeValue(rest, word));
  } else if (word == "--rows") {
    ASSIGN_OR_RETURN(const std::string value, TakeValue(rest, word));
    return ParseOptionValue(value, "", read->look.max_rows);
  } else if (word.starts_with("-") && word.find_first_of(" \n") == std::string::npos) {
    // Statements may begin with a comment, "-- ...", but no option has a space in it.
    return Status::Error(StatusCode::kInvalidArgument, "unknown option: {}", word);
  } else if (!read->text.empty()) {
    return Status::Error(StatusCode::kInvalidArgument,
                         "unexpected argument: {} (the statements are one argument, in quotes)",
                         word);
  } else {
    read->text = word;
  }
  return Status::Ok();
}

}  // namespace

Result<SqlArguments> SqlArguments::Read(std::vector<std::string> words) {
  SqlArguments read;
  read.sources.environment = ProcessEnvironment();
  read.look.max_rows = isatty(STDOUT_FILENO) != 0 ? kRowsOnTerminal : 0;
  while (!words.empty()) {
    RETURN_IF_ERROR(TakeGenericOptions(words, read.sources));
    if (words.empty()) break;
    const std::string word = std::move(words.front());
    words.erase(words.begin());
    RETURN_IF_ERROR(TakeWord(word, words, &read));
  }
  return read;
}

OptionRegistry SqlProgramOptions() {
  OptionRegistry registry = mapreduce::JobBinaryOptions();
  registry.Add(SqlOptions());
  return registry;
}

SqlOrigin OriginOf(const SqlArguments& arguments, const Config& config) {
  SqlOrigin origin;
  origin.tables = arguments.tables.value_or("");
  for (const Config::Entry& entry : config.Entries()) {
    if (entry.origin == "-D") origin.settings[entry.name] = entry.value;
  }
  return origin;
}

std::string SqlOptionsUsage() { return kOptionsUsage + GenericOptionsUsage(); }

int RunSqlProgram(const Result<SqlArguments>& read, const char* usage,
                  Status (*run)(const SqlArguments& arguments)) {
  constexpr int kUsageError = 2;
  if (!read.ok()) {
    fmt::print(stderr, "error: {}\n{}{}", read.status().message(), usage, SqlOptionsUsage());
    return kUsageError;
  }
  if (read->help) {
    fmt::print("{}{}", usage, SqlOptionsUsage());
    return 0;
  }
  const Status status = run(*read);
  if (status.ok()) return 0;
  std::fflush(stdout);
  fmt::print(stderr, "error: {}\n", status.message());
  return 1;
}

}  // namespace tusk::df
