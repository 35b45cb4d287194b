#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "dataframe/compiler/query_trace.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::df {

/// One finished stage in a query's record.
struct RecordedStage {
  std::string title;
  std::string fingerprint;
  std::string job;
  bool reused = false;
  int64_t rows = 0;
  uint64_t bytes = 0;
  double seconds = 0;
  friend bool operator==(const RecordedStage&, const RecordedStage&) = default;
};

/// What is written down of a query, so that it can be told and taken up again after every process
/// that ran it is gone. A plain value.
struct QueryRecord {
  enum class State : uint8_t { kRunning = 0, kDone = 1, kFailed = 2 };

  /// "q_0007": unique among the queries of a user.
  std::string id;
  State state = State::kRunning;
  /// The statement.
  std::string text;
  /// The folder of --tables; may be empty.
  std::string tables;
  /// What -D said.
  std::map<std::string, std::string> settings;
  /// Milliseconds since 1970; `ended_ms` is 0 while it runs.
  int64_t started_ms = 0;
  int64_t ended_ms = 0;
  /// "host:pid" of the program that runs it.
  std::string driver;
  /// Of a failed query.
  std::string error;
  std::vector<RecordedStage> stages;
  friend bool operator==(const QueryRecord&, const QueryRecord&) = default;

  /// JSON, described in docs/formats/query_record.md.
  std::string Encode() const;
  /// Any bytes: kCorruption when they are no record.
  static Result<QueryRecord> Decode(std::string_view text);
};

/// "running", "done", "failed".
std::string_view StateText(QueryRecord::State state);

/// The records of one user's queries: a file each in the folder "queries" of the user's stage
/// directory. Any number of programs at a time: each writes its own records.
class QueryLog {
 public:
  /// `files` must outlive the log.
  QueryLog(dfs::FileSystem& files, std::string stage_directory)
      : files_(files),
        directory_(stage_directory + "/queries"),
        stages_(std::move(stage_directory)) {}

  /// Gives the record the next free id and writes it.
  Status Begin(QueryRecord* record);
  /// Writes a record anew, whole or not at all.
  Status Update(const QueryRecord& record);
  /// All records, oldest first; those that cannot be read are left out.
  Result<std::vector<QueryRecord>> List();
  /// kNotFound names the query.
  Result<QueryRecord> Find(const std::string& id);

  /// What `Clean` has removed.
  struct Cleaned {
    int64_t stages = 0;
    int64_t queries = 0;
    uint64_t bytes = 0;
  };
  /// Removes stages and kept groups last written before `before_ms`, then the oldest until at most
  /// `keep_bytes` are left; and the records of queries that ended before. A running query that
  /// needs such a stage runs it again.
  Result<Cleaned> Clean(int64_t before_ms, uint64_t keep_bytes);

 private:
  std::string PathOf(const std::string& id) const { return directory_ + "/" + id + ".json"; }

  dfs::FileSystem& files_;
  const std::string directory_;
  const std::string stages_;
};

}  // namespace tusk::df
