#include "dataframe/tool/query_command.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "common/base/quantity_text.h"
#include "common/base/status_macros.h"
#include "common/config/command_line.h"
#include "common/config/config_loader.h"
#include "common/config/option_registry.h"
#include "common/env/posix_env.h"
#include "common/time/system_clock.h"
#include "dataframe/api/session.h"
#include "dataframe/tool/query_log.h"
#include "dataframe/tool/sql_arguments.h"
#include "dataframe/tool/sql_runner.h"
#include "dfs/client/file_system.h"
#include "mapreduce/client/job_client.h"
#include "mapreduce/model/ids.h"
#include "mapreduce/model/job_codec.h"

namespace tusk::df {
namespace {

constexpr int kUsageError = 2;

constexpr const char* kUsage =
    R"(usage: tusk query [options] list
       tusk query [options] show ID       what a query was and what each stage did
       tusk query [options] resume ID     takes a query up again: what has finished is not run again
       tusk query [options] kill ID       kills the job that a query is at
       tusk query [options] clean [--older-than 7d] [--keep-bytes 0]
                                          removes intermediates and records that are older, and the oldest
                                          beyond the bytes
options:
  --json       for programs
  --csv        rows of a resumed query as CSV
  --local      the queries of --local
)";

/// The command line, read.
struct QueryArguments {
  ConfigSources sources;
  std::vector<std::string> words;
  std::chrono::nanoseconds older_than = std::chrono::hours(24 * 7);
  ByteSize keep_bytes{UINT64_MAX};
  bool json = false;
  bool csv = false;
  bool local = false;
  bool help = false;
};

Result<QueryArguments> ReadArguments(std::vector<std::string> rest) {
  QueryArguments read;
  read.sources.environment = ProcessEnvironment();
  while (!rest.empty()) {
    RETURN_IF_ERROR(TakeGenericOptions(rest, read.sources));
    if (rest.empty()) break;
    const std::string word = std::move(rest.front());
    rest.erase(rest.begin());
    if (word == "--local") {
      read.local = true;
    } else if (word == "--json") {
      read.json = true;
    } else if (word == "--csv") {
      read.csv = true;
    } else if (word == "--help" || word == "-h" || word == "-help") {
      read.help = true;
    } else if ((word == "--older-than" || word == "--keep-bytes") && !rest.empty()) {
      RETURN_IF_ERROR(word == "--older-than" ? ParseOptionValue(rest.front(), "d", read.older_than)
                                             : ParseOptionValue(rest.front(), "", read.keep_bytes));
      rest.erase(rest.begin());
    } else if (word.starts_with("-")) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "unknown option, or one without its value: {}", word);
    } else {
      read.words.push_back(word);
    }
  }
  if (read.help) return read;
  const std::string verb = read.words.empty() ? "" : read.words.front();
  const bool known =
      verb == "list" || verb == "clean" || verb == "show" || verb == "resume" || verb == "kill";
  const size_t wanted = verb == "list" || verb == "clean" ? 1 : 2;
  if (!known || read.words.size() != wanted) {
    return Status(StatusCode::kInvalidArgument,
                  "list, clean, or show, resume or kill with one id is needed");
  }
  return read;
}

std::string SecondsText(const QueryRecord& record) {
  if (record.ended_ms == 0) return "-";
  return fmt::format("{:.2f} s", static_cast<double>(record.ended_ms - record.started_ms) / 1000);
}

/// The statement on one line, cut.
std::string OneLine(const std::string& text) {
  std::string line;
  for (const char c : text) {
    const bool space = c == '\n' || c == '\t' || c == ' ';
    if (space && line.ends_with(' ')) continue;
    line += space ? ' ' : c;
  }
  constexpr size_t kShown = 60;
  return line.size() > kShown ? line.substr(0, kShown - 3) + "..." : line;
}

Status List(QueryLog& log, bool as_json) {
  ASSIGN_OR_RETURN(const std::vector<QueryRecord> records, log.List());
  for (const QueryRecord& record : records) {
    if (as_json) {
      fmt::print("{}", record.Encode());
      continue;
    }
    fmt::print("{:<8} {:<8} {:>10}  {:>2} stages  {}\n", record.id, StateText(record.state),
               SecondsText(record), record.stages.size(), OneLine(record.text));
  }
  if (!as_json && records.empty()) fmt::print(stderr, "no queries are on record\n");
  return Status::Ok();
}

Status Show(QueryLog& log, const std::string& id, bool as_json) {
  ASSIGN_OR_RETURN(const QueryRecord record, log.Find(id));
  if (as_json) {
    fmt::print("{}", record.Encode());
    return Status::Ok();
  }
  fmt::print("{}: {}, {} by {}\n\n{}\n\n", record.id, StateText(record.state), SecondsText(record),
             record.driver, record.text);
  for (size_t i = 0; i < record.stages.size(); ++i) {
    const RecordedStage& stage = record.stages[i];
    fmt::print("stage {}: {}: {}, {}; {}\n", i + 1, stage.title, CountText(stage.rows, "row"),
               BytesText(static_cast<int64_t>(stage.bytes)),
               stage.reused ? std::string("reused")
                            : fmt::format("{:.2f} s, {}", stage.seconds, stage.job));
  }
  if (!record.error.empty()) fmt::print("\nerror: {}\n", record.error);
  return Status::Ok();
}

Status Kill(Session& session, const std::string& id) {
  ASSIGN_OR_RETURN(const auto client,
                   mapreduce::JobClient::Open(session.config(), session.files().UserName()));
  ASSIGN_OR_RETURN(const auto jobs, client->List(false));
  // Jobs of a query have its id in front of their names.
  for (const auto& job : jobs) {
    if (!job.name().starts_with(id + ": ")) continue;
    ASSIGN_OR_RETURN(const mapreduce::JobId job_id, mapreduce::FromProto(job.job()));
    RETURN_IF_ERROR(client->Kill(job_id).status());
    fmt::print("killed {}\n", job_id.ToString());
    return Status::Ok();
  }
  return Status::Error(StatusCode::kNotFound, "query {} has no job that runs", id);
}

Status Resume(Session& session, const QueryRecord& record, ResultFormat format) {
  SqlLook look;
  look.format = format;
  look.stats = true;
  SqlOrigin origin{record.tables, record.settings, record.id};
  SqlRunner runner(session, look, std::move(origin), stdout);
  if (!record.tables.empty()) RETURN_IF_ERROR(runner.catalog().AddFolder(record.tables));
  return runner.Run(record.text);
}

Status RunVerb(const QueryArguments& arguments) {
  const std::string& verb = arguments.words.front();
  ASSIGN_OR_RETURN(Config config,
                   LoadConfig(PosixEnv::Get(), SqlProgramOptions(), arguments.sources));
  ASSIGN_OR_RETURN(const auto session, Session::Open(config, arguments.local));
  RETURN_IF_ERROR(session->PrepareStageDirectory());
  QueryLog log(session->files(), session->StageDirectory());
  if (verb == "list") return List(log, arguments.json);
  if (verb == "show") return Show(log, arguments.words[1], arguments.json);
  if (verb == "kill") return Kill(*session, arguments.words[1]);
  if (verb == "clean") {
    const auto before = SystemClock::Get().WallNow().time_since_epoch() - arguments.older_than;
    ASSIGN_OR_RETURN(
        const QueryLog::Cleaned cleaned,
        log.Clean(std::chrono::duration_cast<std::chrono::milliseconds>(before).count(),
                  arguments.keep_bytes.bytes));
    fmt::print("removed {} of {} and {}\n", CountText(cleaned.stages, "stage"),
               BytesText(static_cast<int64_t>(cleaned.bytes)),
               cleaned.queries == 1 ? "1 query" : fmt::format("{} queries", cleaned.queries));
    return Status::Ok();
  }
  ASSIGN_OR_RETURN(const QueryRecord record, log.Find(arguments.words[1]));
  // As it was called then, but for what is said now.
  for (const auto& [name, value] : record.settings)
    RETURN_IF_ERROR(config.Set(name, value, "query " + record.id));
  return Resume(*session, record,
                arguments.csv    ? ResultFormat::kCsv
                : arguments.json ? ResultFormat::kJson
                                 : ResultFormat::kTable);
}

}  // namespace

int RunQueryCommand(std::vector<std::string> arguments) {
  const Result<QueryArguments> read = ReadArguments(std::move(arguments));
  if (!read.ok()) {
    fmt::print(stderr, "error: {}\n{}", read.status().message(), kUsage);
    return kUsageError;
  }
  if (read->help) {
    fmt::print("{}{}", kUsage, GenericOptionsUsage());
    return 0;
  }
  const Status status = RunVerb(*read);
  if (status.ok()) return 0;
  std::fflush(stdout);
  fmt::print(stderr, "error: {}\n", status.message());
  return 1;
}

}  // namespace tusk::df
