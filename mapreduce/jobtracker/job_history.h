#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/mutex.h"
#include "common/base/result.h"
#include "mapreduce/model/ids.h"
#include "mapreduce/proto/job_client.pb.h"
#include "mapreduce/proto/job_history.pb.h"

namespace tusk {
class Clock;
class Env;
class RecordLogWriter;
}  // namespace tusk

namespace tusk::mapreduce::jobtracker {

/// What became of jobs, on disk: a record log of submissions and ends
/// (docs/formats/job_history.md). A jobtracker that starts reads it back, so that finished jobs are
/// still listed, and jobs that ran when the last one died are told as failed with the reason
/// instead of being forgotten.
///
/// Thread-safe. `Submitted` and `Finished` write and sync: not on an I/O thread.
class JobHistory {
 public:
  /// Reads the history in `directory`, which is created, and marks jobs without an end as failed.
  /// Keeps the newest `retained` finished jobs in memory and, once the log holds several times as
  /// many records, writes it anew with those. kCorruption for a damaged log: nothing is guessed.
  static Result<std::unique_ptr<JobHistory>> Open(Env& env, const Clock& clock,
                                                  std::string directory, size_t retained);
  ~JobHistory();

  /// A stamp for job ids that no run of this history had before: YYYYMMDD and the number of the
  /// start.
  uint64_t tracker_start() const { return tracker_start_; }

  Status Submitted(const JobId& id, const proto::JobSpecProto& spec, uint32_t maps)
      EXCLUDES(mutex_);
  Status Finished(const proto::JobStatusProto& status,
                  const std::vector<proto::TaskReportProto>& tasks) EXCLUDES(mutex_);

  /// A finished job, also of an earlier run.
  std::optional<proto::JobStatusProto> Find(const JobId& id) EXCLUDES(mutex_);
  /// Finished jobs, newest first.
  std::vector<proto::JobStatusProto> List() EXCLUDES(mutex_);

 private:
  JobHistory(Env& env, const Clock& clock, std::string directory, size_t retained);

  Status Load() EXCLUDES(mutex_);
  Status ReadRecords(uint64_t* valid_end, uint64_t* log_id) REQUIRES(mutex_);
  Status FailUnfinished() REQUIRES(mutex_);
  Status RewriteLog() REQUIRES(mutex_);
  proto::HistoryRecordProto StartRecord() const REQUIRES(mutex_);
  Status Append(const proto::HistoryRecordProto& record) REQUIRES(mutex_);
  void Keep(proto::JobStatusProto status) REQUIRES(mutex_);

  Env& env_;
  const Clock& clock_;
  const std::string path_;
  const std::string directory_;
  const size_t retained_;
  uint64_t tracker_start_ = 0;

  Mutex mutex_;
  std::unique_ptr<RecordLogWriter> log_ GUARDED_BY(mutex_);
  size_t records_ GUARDED_BY(mutex_) = 0;
  uint64_t last_start_ GUARDED_BY(mutex_) = 0;
  std::map<JobId, proto::HistoryRecordProto> unfinished_ GUARDED_BY(mutex_);
  std::map<JobId, proto::JobStatusProto> finished_ GUARDED_BY(mutex_);
  std::deque<JobId> order_ GUARDED_BY(mutex_);
};

}  // namespace tusk::mapreduce::jobtracker
