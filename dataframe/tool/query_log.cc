#include "dataframe/tool/query_log.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <boost/json.hpp>

#include "common/base/status_macros.h"
#include "dataframe/compiler/group_store.h"
#include "dfs/client/file_system.h"
#include "mapreduce/io/manifest_reader.h"

namespace tusk::df {
namespace {

namespace json = boost::json;

constexpr uint64_t kMaxRecordBytes = 16 << 20;
constexpr std::string_view kIdPrefix = "q_";
constexpr std::string_view kEnding = ".json";

Status NoRecord() { return Status(StatusCode::kCorruption, "this is no record of a query"); }

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// The number of "q_0007.json"; nothing for other names.
std::optional<uint64_t> NumberOf(std::string_view name) {
  if (!name.starts_with(kIdPrefix) || !name.ends_with(kEnding)) return std::nullopt;
  name.remove_prefix(kIdPrefix.size());
  name.remove_suffix(kEnding.size());
  uint64_t number = 0;
  const auto parsed = std::from_chars(name.data(), name.data() + name.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != name.data() + name.size()) return std::nullopt;
  return number;
}

/// Reads members of an object; the first that is missing or of another kind makes all of it bad.
class Reader {
 public:
  explicit Reader(const json::object& object) : object_(object) {}
  bool ok() const { return ok_; }

  std::string Text(std::string_view name) {
    const json::value* const value = object_.if_contains(name);
    if (value != nullptr && value->is_string()) return std::string(value->get_string());
    ok_ = false;
    return {};
  }
  int64_t Number(std::string_view name) {
    const json::value* const value = object_.if_contains(name);
    if (value != nullptr && value->is_int64()) return value->get_int64();
    ok_ = false;
    return 0;
  }
  double Real(std::string_view name) {
    const json::value* const value = object_.if_contains(name);
    if (value != nullptr && value->is_number()) return value->to_number<double>();
    ok_ = false;
    return 0;
  }
  bool Bool(std::string_view name) {
    const json::value* const value = object_.if_contains(name);
    if (value != nullptr && value->is_bool()) return value->get_bool();
    ok_ = false;
    return false;
  }

 private:
  const json::object& object_;
  bool ok_ = true;
};

Result<RecordedStage> StageFrom(const json::value& value) {
  if (!value.is_object()) return NoRecord();
  Reader reader(value.get_object());
  RecordedStage stage;
  stage.title = reader.Text("title");
  stage.fingerprint = reader.Text("fingerprint");
  stage.job = reader.Text("job");
  stage.reused = reader.Bool("reused");
  stage.rows = reader.Number("rows");
  stage.bytes = static_cast<uint64_t>(reader.Number("bytes"));
  stage.seconds = reader.Real("seconds");
  if (!reader.ok()) return NoRecord();
  return stage;
}

json::object ToJson(const RecordedStage& stage) {
  return {{"title", stage.title},    {"fingerprint", stage.fingerprint},
          {"job", stage.job},        {"reused", stage.reused},
          {"rows", stage.rows},      {"bytes", static_cast<int64_t>(stage.bytes)},
          {"seconds", stage.seconds}};
}

}  // namespace

std::string_view StateText(QueryRecord::State state) {
  switch (state) {
    case QueryRecord::State::kRunning:
      return "running";
    case QueryRecord::State::kDone:
      return "done";
    case QueryRecord::State::kFailed:
      return "failed";
  }
  return "unknown";
}

std::string QueryRecord::Encode() const {
  json::object settings_object;
  for (const auto& [name, value] : settings) settings_object[name] = value;
  json::array stages_array;
  for (const RecordedStage& stage : stages) stages_array.push_back(ToJson(stage));
  const json::object object = {{"version", 1},
                               {"id", id},
                               {"state", StateText(state)},
                               {"text", text},
                               {"tables", tables},
                               {"settings", std::move(settings_object)},
                               {"started_ms", started_ms},
                               {"ended_ms", ended_ms},
                               {"driver", driver},
                               {"error", error},
                               {"stages", std::move(stages_array)}};
  return json::serialize(object) + "\n";
}

Result<QueryRecord> QueryRecord::Decode(std::string_view text) {
  boost::system::error_code error;
  const json::value value = json::parse(text, error);
  if (error || !value.is_object()) return NoRecord();
  const json::object& object = value.get_object();
  Reader reader(object);
  QueryRecord record;
  if (reader.Number("version") != 1) return NoRecord();
  record.id = reader.Text("id");
  const std::string state = reader.Text("state");
  record.text = reader.Text("text");
  record.tables = reader.Text("tables");
  record.started_ms = reader.Number("started_ms");
  record.ended_ms = reader.Number("ended_ms");
  record.driver = reader.Text("driver");
  record.error = reader.Text("error");
  const json::value* const settings = object.if_contains("settings");
  const json::value* const stages = object.if_contains("stages");
  if (!reader.ok() || settings == nullptr || !settings->is_object() || stages == nullptr ||
      !stages->is_array()) {
    return NoRecord();
  }
  Reader setting_reader(settings->get_object());
  for (const auto& entry : settings->get_object())
    record.settings[std::string(entry.key())] = setting_reader.Text(entry.key());
  if (!setting_reader.ok()) return NoRecord();
  for (const json::value& stage : stages->get_array()) {
    ASSIGN_OR_RETURN(record.stages.emplace_back(), StageFrom(stage));
  }
  for (const State known : {State::kRunning, State::kDone, State::kFailed}) {
    if (state != StateText(known)) continue;
    record.state = known;
    return record;
  }
  return NoRecord();
}

Status QueryLog::Begin(QueryRecord* record) {
  RETURN_IF_ERROR(files_.MakeDirectories(directory_));
  uint64_t next = 1;
  ASSIGN_OR_RETURN(const std::vector<dfs::FileStatus> entries, files_.List(directory_));
  for (const dfs::FileStatus& entry : entries)
    next = std::max(next, NumberOf(BaseName(entry.path)).value_or(0) + 1);
  while (true) {
    record->id = fmt::format("{}{:04}", kIdPrefix, next++);
    // Creating the file takes the id: of two programs only one succeeds.
    dfs::CreateOptions create;
    create.overwrite = false;
    Result<std::unique_ptr<dfs::OutputStream>> stream = files_.Create(PathOf(record->id), create);
    if (stream.status().code() == StatusCode::kAlreadyExists) continue;
    RETURN_IF_ERROR(stream.status());
    RETURN_IF_ERROR((*stream)->Write(AsBytes(record->Encode())));
    return (*stream)->Close();
  }
}

Status QueryLog::Update(const QueryRecord& record) {
  return mapreduce::WriteSmallFile(files_, PathOf(record.id), record.Encode());
}

Result<QueryRecord> QueryLog::Find(const std::string& id) {
  const Result<std::string> text = mapreduce::ReadSmallFile(files_, PathOf(id), kMaxRecordBytes);
  if (text.status().code() == StatusCode::kNotFound) {
    return Status::Error(StatusCode::kNotFound,
                         "there is no query {}\n  do: tusk query list shows those that there are",
                         id);
  }
  RETURN_IF_ERROR(text.status());
  return QueryRecord::Decode(*text);
}

Result<std::vector<QueryRecord>> QueryLog::List() {
  std::vector<QueryRecord> records;
  const Result<std::vector<dfs::FileStatus>> entries = files_.List(directory_);
  if (entries.status().code() == StatusCode::kNotFound) return records;
  RETURN_IF_ERROR(entries.status());
  for (const dfs::FileStatus& entry : *entries) {
    const std::string name = BaseName(entry.path);
    if (!NumberOf(name)) continue;
    Result<QueryRecord> record = Find(name.substr(0, name.size() - kEnding.size()));
    if (record.ok()) records.push_back(std::move(*record));
  }
  std::sort(records.begin(), records.end(), [](const QueryRecord& a, const QueryRecord& b) {
    return a.started_ms != b.started_ms ? a.started_ms < b.started_ms : a.id < b.id;
  });
  return records;
}

Result<QueryLog::Cleaned> QueryLog::Clean(int64_t before_ms, uint64_t keep_bytes) {
  struct Kept {
    std::string path;
    int64_t modified_ms;
    uint64_t bytes;
    bool of_groups;
  };
  Cleaned cleaned;
  std::vector<Kept> kept;
  uint64_t total = 0;
  GroupStore groups(files_, stages_);
  ASSIGN_OR_RETURN(std::vector<dfs::FileStatus> entries, groups.Runs());
  const size_t runs = entries.size();
  Result<std::vector<dfs::FileStatus>> stages = files_.List(stages_);
  if (stages.status().code() == StatusCode::kNotFound) return cleaned;
  RETURN_IF_ERROR(stages.status());
  std::move(stages->begin(), stages->end(), std::back_inserter(entries));
  for (const dfs::FileStatus& entry : entries) {
    const std::string name = BaseName(entry.path);
    if (name == "queries" || name == GroupStore::kFolder) continue;
    ASSIGN_OR_RETURN(const dfs::ContentSummary summary, files_.GetContentSummary(entry.path));
    kept.push_back({entry.path, entry.modification_ms, static_cast<uint64_t>(summary.length),
                    kept.size() < runs});
    total += kept.back().bytes;
  }
  std::sort(kept.begin(), kept.end(),
            [](const Kept& a, const Kept& b) { return a.modified_ms < b.modified_ms; });
  for (const Kept& stage : kept) {
    if (stage.modified_ms >= before_ms && total <= keep_bytes) break;
    RETURN_IF_ERROR(stage.of_groups ? groups.Remove(stage.path)
                                    : files_.Delete(stage.path, true).status());
    ++cleaned.stages;
    cleaned.bytes += stage.bytes;
    total -= stage.bytes;
  }
  ASSIGN_OR_RETURN(const std::vector<QueryRecord> records, List());
  for (const QueryRecord& record : records) {
    if (record.state == QueryRecord::State::kRunning || record.ended_ms >= before_ms) continue;
    RETURN_IF_ERROR(files_.Delete(PathOf(record.id), false).status());
    ++cleaned.queries;
  }
  return cleaned;
}

}  // namespace tusk::df
