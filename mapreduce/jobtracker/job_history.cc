#include "mapreduce/jobtracker/job_history.h"

#include <fmt/core.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "common/base/byte_span.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/codec/record_log_reader.h"
#include "common/codec/record_log_writer.h"
#include "common/env/env.h"
#include "common/time/clock.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/model/part_of_query.h"
#include "mapreduce/model/task_state.h"

namespace tusk::mapreduce::jobtracker {

namespace {

constexpr size_t kRewriteFactor = 4;
constexpr uint64_t kStartsPerDay = 10'000;

// 20261124 and four digits: job ids sort by day, and no two starts share a stamp.
uint64_t DayStamp(int64_t now_ms) {
  const std::time_t seconds = now_ms / 1000;
  std::tm day = {};
  gmtime_r(&seconds, &day);
  return static_cast<uint64_t>(day.tm_year + 1900) * 10'000 +
         static_cast<uint64_t>(day.tm_mon + 1) * 100 + static_cast<uint64_t>(day.tm_mday);
}

}  // namespace

JobHistory::JobHistory(Env& env, const Clock& clock, std::string directory, size_t retained)
    : env_(env),
      clock_(clock),
      path_(directory + "/history.log"),
      directory_(std::move(directory)),
      retained_(retained) {}

JobHistory::~JobHistory() = default;

Result<std::unique_ptr<JobHistory>> JobHistory::Open(Env& env, const Clock& clock,
                                                     std::string directory, size_t retained) {
  RETURN_IF_ERROR(env.MakeDirectories(directory));
  std::unique_ptr<JobHistory> history(new JobHistory(env, clock, std::move(directory), retained));
  RETURN_IF_ERROR(history->Load().WithContext("job history " + history->path_));
  return history;
}

Status JobHistory::Load() {
  MutexLock lock(mutex_);
  uint64_t valid_end = 0;
  uint64_t log_id = 0;
  const Status read = ReadRecords(&valid_end, &log_id);
  const bool fresh =
      read.code() == StatusCode::kNotFound || read.code() == StatusCode::kFailedPrecondition;
  if (!read.ok() && !fresh) return read;
  if (fresh || records_ > kRewriteFactor * (retained_ + 1)) {
    RETURN_IF_ERROR(RewriteLog());
  } else {
    RecordLogOptions options;
    options.log_id = log_id;
    ASSIGN_OR_RETURN(log_, RecordLogWriter::Resume(env_, path_, valid_end, options));
  }
  const uint64_t first_of_day = DayStamp(clock_.WallMillis()) * kStartsPerDay + 1;
  tracker_start_ = std::max(first_of_day, last_start_ + 1);
  last_start_ = tracker_start_;
  RETURN_IF_ERROR(Append(StartRecord()));
  return FailUnfinished();
}

proto::HistoryRecordProto JobHistory::StartRecord() const {
  proto::HistoryRecordProto started;
  started.set_time_ms(clock_.WallMillis());
  started.mutable_tracker_started()->set_tracker_start(last_start_);
  started.mutable_tracker_started()->set_epoch(0);
  return started;
}

Status JobHistory::ReadRecords(uint64_t* valid_end, uint64_t* log_id) {
  ASSIGN_OR_RETURN(auto reader, RecordLogReader::Open(env_, path_));
  *log_id = reader->log_id();
  std::string bytes;
  while (true) {
    ASSIGN_OR_RETURN(bool more, reader->Next(bytes));
    if (!more) break;
    proto::HistoryRecordProto record;
    if (!(record.ParsePartialFromString(bytes) && record.IsInitialized())) {
      return Status(StatusCode::kCorruption, "a record is no history record");
    }
    ++records_;
    if (record.has_tracker_started()) last_start_ = record.tracker_started().tracker_start();
    if (record.has_submitted()) {
      ASSIGN_OR_RETURN(JobId id, FromProto(record.submitted().job()));
      unfinished_[id] = std::move(record);
    } else if (record.has_finished()) {
      ASSIGN_OR_RETURN(JobId id, FromProto(record.finished().status().job()));
      unfinished_.erase(id);
      Keep(record.finished().status());
    }
  }
  *valid_end = reader->valid_end();
  return Status::Ok();
}

Status JobHistory::FailUnfinished() {
  for (auto& [id, record] : std::exchange(unfinished_, {})) {
    const proto::JobSpecProto& spec = record.submitted().spec();
    proto::HistoryRecordProto ended;
    ended.set_time_ms(clock_.WallMillis());
    proto::JobStatusProto* status = ended.mutable_finished()->mutable_status();
    *status->mutable_job() = record.submitted().job();
    status->set_name(spec.name());
    status->set_user(spec.user());
    status->set_state(static_cast<uint32_t>(JobState::kFailed));
    status->set_priority(spec.priority());
    for (proto::TaskCountsProto* counts : {status->mutable_maps(), status->mutable_reduces()}) {
      counts->set_total(0);
      counts->set_pending(0);
      counts->set_running(0);
      counts->set_succeeded(0);
      counts->set_failed_attempts(0);
      counts->set_killed_attempts(0);
      counts->set_progress(0);
    }
    status->mutable_maps()->set_total(record.submitted().maps());
    status->mutable_reduces()->set_total(spec.reduces());
    status->set_version(UINT64_MAX);
    status->set_submitted_ms(record.time_ms());
    status->set_finished_ms(clock_.WallMillis());
    status->set_output_path(spec.output_path());
    std::map<std::string, std::string> parameters;
    for (const auto& parameter : spec.parameters())
      parameters[parameter.name()] = parameter.value();
    if (const auto part = PartOfQueryOf(parameters)) ToProto(*part, status);
    status->set_cause(fmt::format(
        "the jobtracker ended while \"{}\" ran\n  again: submit the job once more", spec.name()));
    Keep(*status);
    RETURN_IF_ERROR(Append(ended));
  }
  return Status::Ok();
}

Status JobHistory::RewriteLog() {
  const std::string fresh = path_ + ".new";
  const Status removed = env_.RemoveFile(fresh);
  if (!removed.ok() && removed.code() != StatusCode::kNotFound) return removed;
  RecordLogOptions options;
  options.log_id = RandomSeed();
  ASSIGN_OR_RETURN(log_, RecordLogWriter::Create(env_, fresh, options));
  records_ = 0;
  for (const JobId& id : order_) {
    proto::HistoryRecordProto record;
    *record.mutable_finished()->mutable_status() = finished_.at(id);
    record.set_time_ms(finished_.at(id).finished_ms());
    RETURN_IF_ERROR(log_->Append(AsBytes(record.SerializeAsString())));
    ++records_;
  }
  // What this start goes on to write may never come: the stamps given away and the jobs without an
  // end must not be forgotten.
  if (last_start_ > 0) RETURN_IF_ERROR(log_->Append(AsBytes(StartRecord().SerializeAsString())));
  for (const auto& [id, record] : unfinished_) {
    RETURN_IF_ERROR(log_->Append(AsBytes(record.SerializeAsString())));
  }
  RETURN_IF_ERROR(log_->Sync());
  RETURN_IF_ERROR(env_.Rename(fresh, path_));
  return env_.SyncDirectory(directory_);
}

Status JobHistory::Append(const proto::HistoryRecordProto& record) {
  RETURN_IF_ERROR(log_->Append(AsBytes(record.SerializeAsString())));
  ++records_;
  return log_->Sync();
}

void JobHistory::Keep(proto::JobStatusProto status) {
  const Result<JobId> id = FromProto(status.job());
  if (!id.ok()) return;
  if (finished_.insert_or_assign(*id, std::move(status)).second) order_.push_back(*id);
  while (order_.size() > retained_) {
    finished_.erase(order_.front());
    order_.pop_front();
  }
}

Status JobHistory::Submitted(const JobId& id, const proto::JobSpecProto& spec, uint32_t maps) {
  proto::HistoryRecordProto record;
  record.set_time_ms(clock_.WallMillis());
  ToProto(id, record.mutable_submitted()->mutable_job());
  *record.mutable_submitted()->mutable_spec() = spec;
  record.mutable_submitted()->mutable_spec()->clear_splits();
  record.mutable_submitted()->set_maps(maps);
  MutexLock lock(mutex_);
  return Append(record);
}

Status JobHistory::Finished(const proto::JobStatusProto& status,
                            const std::vector<proto::TaskReportProto>& tasks) {
  proto::HistoryRecordProto record;
  record.set_time_ms(clock_.WallMillis());
  *record.mutable_finished()->mutable_status() = status;
  for (const proto::TaskReportProto& task : tasks) *record.mutable_finished()->add_tasks() = task;
  MutexLock lock(mutex_);
  Keep(status);
  return Append(record);
}

std::optional<proto::JobStatusProto> JobHistory::Find(const JobId& id) {
  MutexLock lock(mutex_);
  auto found = finished_.find(id);
  if (found == finished_.end()) return std::nullopt;
  return found->second;
}

std::vector<proto::JobStatusProto> JobHistory::List() {
  MutexLock lock(mutex_);
  std::vector<proto::JobStatusProto> listed;
  for (auto id = order_.rbegin(); id != order_.rend(); ++id) listed.push_back(finished_.at(*id));
  return listed;
}

}  // namespace tusk::mapreduce::jobtracker
