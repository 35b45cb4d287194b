#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "common/base/status_macros.h"
#include "common/config/command_line.h"
#include "common/config/config_loader.h"
#include "common/config/option_registry.h"
#include "common/env/posix_env.h"
#include "common/log/logger.h"
#include "dfs/client/open_file_system.h"
#include "mapreduce/client/job_client.h"
#include "mapreduce/model/mapreduce_options.h"
#include "mapreduce/tool/job_session.h"
#include "mapreduce/tool/mapreduce_commands.h"

namespace tusk::mapreduce {
namespace {

constexpr int kFailed = 255;  // Hadoop's CLI ends with -1
/// Somebody sits and waits: less than what a running driver gives a jobtracker.
constexpr std::chrono::seconds kPatience{2};

/// One verb of `tusk job`.
struct Verb {
  std::string_view name;
  std::string_view arguments;  // for the usage
  size_t least = 0;
  size_t most = 0;
  Result<int> (*run)(JobSession&, JobArguments);
};

constexpr Verb kVerbs[] = {
    {"-status", "<job-id>", 1, 1, &ShowStatus},
    {"-counter", "<job-id> <group-name> <counter-name>", 3, 3, &ShowCounter},
    {"-kill", "<job-id>", 1, 1, &KillJob},
    {"-set-priority", "<job-id> <priority>", 2, 2, &ChangePriority},
    {"-history", "[all] <job-id> [-outfile <file>] [-format <human|json>]", 1, 6, &ShowHistory},
    {"-list", "[all]", 0, 1, &ListJobs},
    {"-list-active-trackers", "", 0, 0, &ListTrackers},
    {"-list-attempt-ids", "<job-id> <task-type> <task-state>", 3, 3, &ListAttemptIds},
    {"-logs", "<job-id> [[-task] <task-id | attempt-id>]", 1, 3, &ShowLogs},
};

const Verb* FindVerb(std::string_view name) {
  for (const Verb& verb : kVerbs) {
    if (verb.name == name) return &verb;
  }
  return nullptr;
}

void PrintUsage(FILE* out, const Verb* only) {
  fmt::print(out, "Usage: tusk job [generic options] [--json] <command> <args>\n");
  for (const Verb& verb : kVerbs) {
    if (only == nullptr || only == &verb) {
      fmt::print(out, "\t[{}{}{}]\n", verb.name, verb.arguments.empty() ? "" : " ", verb.arguments);
    }
  }
  if (only == nullptr || only->name == "-set-priority") {
    fmt::print(out, "Valid values for priorities are: VERY_HIGH HIGH NORMAL LOW VERY_LOW\n");
  }
  if (only == nullptr || only->name == "-list-attempt-ids") {
    fmt::print(out,
               "Valid values for <task-type> are MAP, REDUCE; for <task-state> pending, running, "
               "completed, failed, killed\n");
  }
  if (only == nullptr) {
    fmt::print(out, "<job-id> may be \"last\" or the end of an id, such as 0003.\n\n{}",
               GenericOptionsUsage());
  }
}

/// Hadoop's words with the configuration they led to.
struct JobCommandLine {
  Config config;
  std::vector<std::string> words;
  bool json = false;
};

Result<JobCommandLine> ReadCommandLine(int argc, char** argv) {
  LogLevel level = LogLevel::kWarn;
  if (const char* told = std::getenv("TUSK_LOG_LEVEL")) {
    ASSIGN_OR_RETURN(level, ParseLogLevel(told));
  }
  SetLogLevel(level);
  std::vector<std::string> words(argv + 1, argv + argc);
  const size_t before = words.size();
  std::erase(words, "--json");
  const bool json = words.size() < before;
  ConfigSources sources;
  sources.environment = ProcessEnvironment();
  RETURN_IF_ERROR(TakeGenericOptions(words, sources));
  OptionRegistry registry;
  registry.Add(dfs::FileSystemOptions());
  registry.Add(MapreduceOptions());
  ASSIGN_OR_RETURN(Config config, LoadConfig(PosixEnv::Get(), registry, sources));
  return JobCommandLine{std::move(config), std::move(words), json};
}

Result<int> RunVerb(const JobCommandLine& line, const Verb& verb) {
  // The name under which the jobtracker knows this user is the one that the file system sees.
  ASSIGN_OR_RETURN(const auto files, dfs::OpenFileSystem("", line.config));
  JobClient::Options options;
  ASSIGN_OR_RETURN(options.jobtracker, Endpoint::Parse(line.config.Get(kJobtrackerAddress)));
  options.user = files->UserName();
  options.patience = kPatience;
  JobClient client(std::move(options));
  JobSession session{client, stdout, line.json};
  return verb.run(session, JobArguments(line.words).subspan(1));
}

}  // namespace

int JobCommandMain(int argc, char** argv) {
  const Result<JobCommandLine> line = ReadCommandLine(argc, argv);
  if (!line.ok()) {
    fmt::print(stderr, "job: {}\n", line.status().message());
    return kFailed;
  }
  if (line->words.empty()) {
    PrintUsage(stderr, nullptr);
    return kFailed;
  }
  const std::string& word = line->words[0];
  if (word == "-help" || word == "--help" || word == "-h") {
    PrintUsage(stdout, nullptr);
    return 0;
  }
  const Verb* const verb = FindVerb(word);
  const size_t count = line->words.size() - 1;
  if (verb == nullptr || count < verb->least || count > verb->most) {
    if (verb == nullptr) fmt::print(stderr, "{}: Unknown command\n", word);
    PrintUsage(stderr, verb);
    return kFailed;
  }
  const Result<int> exit_status = RunVerb(*line, *verb);
  std::fflush(stdout);
  if (exit_status.ok()) return *exit_status;
  fmt::print(stderr, "job: {}\n", exit_status.status().message());
  if (exit_status.status().code() == StatusCode::kInvalidArgument) PrintUsage(stderr, verb);
  return kFailed;
}

}  // namespace tusk::mapreduce
