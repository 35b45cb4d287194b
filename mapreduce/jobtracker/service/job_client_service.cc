#include "mapreduce/jobtracker/service/job_client_service.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "common/base/status_macros.h"
#include "common/net/async_event.h"
#include "common/net/work_pool.h"
#include "common/time/clock.h"
#include "common/time/deadline.h"
#include "mapreduce/jobtracker/job_history.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/model/part_of_query.h"
#include "mapreduce/proto/job_client.pb.h"

namespace tusk::mapreduce::jobtracker {

namespace {

constexpr std::chrono::milliseconds kLongestWait{60'000};
constexpr uint32_t kMaxTasksPerAnswer = 1000;
constexpr size_t kHashDigits = 64;

void ToProto(const TaskCounts& counts, proto::TaskCountsProto* out) {
  out->set_total(counts.total);
  out->set_pending(counts.pending);
  out->set_running(counts.running);
  out->set_succeeded(counts.succeeded);
  out->set_failed_attempts(counts.failed_attempts);
  out->set_killed_attempts(counts.killed_attempts);
  out->set_progress(counts.progress);
}

void ToProto(const Attempt& attempt, proto::AttemptReportProto* out) {
  mapreduce::ToProto(attempt.id, out->mutable_attempt());
  out->set_state(static_cast<uint32_t>(attempt.state));
  out->set_tracker_id(attempt.tracker.value());
  out->set_log_url(attempt.log_url);
  out->set_started_ms(attempt.started_ms);
  out->set_finished_ms(attempt.finished_ms);
  out->set_progress(attempt.progress);
  out->set_cause(attempt.cause);
  out->set_details(attempt.details);
  out->set_locality(std::string(LocalityName(attempt.locality)));
}

bool IsHash(const std::string& text) {
  return text.size() == kHashDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

void ToProto(const JobSnapshot& job, const std::string& url, bool with_counters,
             proto::JobStatusProto* out) {
  mapreduce::ToProto(job.id, out->mutable_job());
  out->set_name(job.spec->name);
  out->set_user(job.spec->user);
  out->set_state(static_cast<uint32_t>(job.state));
  out->set_priority(static_cast<uint32_t>(job.priority));
  ToProto(job.maps, out->mutable_maps());
  ToProto(job.reduces, out->mutable_reduces());
  out->set_version(job.version);
  out->set_submitted_ms(job.submitted_ms);
  if (job.started_ms != 0) out->set_started_ms(job.started_ms);
  if (job.finished_ms != 0) out->set_finished_ms(job.finished_ms);
  if (!job.cause.empty()) out->set_cause(job.cause);
  if (!job.details.empty()) out->set_details(job.details);
  if (!url.empty()) out->set_url(url);
  out->set_output_path(job.spec->output_path);
  for (const std::string& path : job.spec->input_paths) out->add_input_paths(path);
  if (const auto part = PartOfQueryOf(job.spec->parameters)) mapreduce::ToProto(*part, out);
  if (with_counters) mapreduce::ToProto(job.counters, out->mutable_counters());
}

void ToProto(const TaskSnapshot& task, proto::TaskReportProto* out) {
  mapreduce::ToProto(task.task.id, out->mutable_task());
  out->set_state(static_cast<uint32_t>(task.task.state));
  for (const Attempt& attempt : task.task.attempts) ToProto(attempt, out->add_attempts());
  if (!task.split.empty()) out->set_split(task.split);
  mapreduce::ToProto(task.task.counters, out->mutable_counters());
}

JobClientService::JobClientService(JobTable& table, JobHistory& history, WorkPool& pool,
                                   const Clock& clock, Options options)
    : table_(table),
      history_(history),
      pool_(pool),
      clock_(clock),
      options_(std::move(options)),
      service_(std::string(kProtocol), 1) {
  AddJobMethods();
  AddListMethods();
}

std::string JobClientService::UrlOf(const JobId& id) const {
  return fmt::format("http://{}/jobs/{}", options_.web_address, id.ToString());
}

void JobClientService::AddJobMethods() {
  using rpc::CallContext;
  service_.AddSync<proto::PrepareJobRequestProto, proto::PrepareJobResponseProto>(
      "prepareJob",
      [this](const CallContext&, const proto::PrepareJobRequestProto& request)
          -> Result<proto::PrepareJobResponseProto> {
        if (!IsHash(request.binary_hash())) {
          return Status(StatusCode::kInvalidArgument, "a program's hash is 64 hexadecimal digits");
        }
        proto::PrepareJobResponseProto response;
        mapreduce::ToProto(table_.NewJobId(), response.mutable_job());
        response.set_staging_path(options_.staging_root);
        response.set_binary_present(false);
        response.set_binary_path(
            fmt::format("{}/{}", options_.staging_root, request.binary_hash()));
        return response;
      });
  service_.Add<proto::SubmitJobRequestProto, proto::SubmitJobResponseProto>(
      "submitJob", [this](const CallContext& call, const proto::SubmitJobRequestProto& request) {
        return SubmitJob(call, request);
      });
  service_.Add<proto::GetJobStatusRequestProto, proto::GetJobStatusResponseProto>(
      "getJobStatus",
      [this](const CallContext& call, const proto::GetJobStatusRequestProto& request) {
        return GetJobStatus(call, request);
      });
  service_.AddSync<proto::KillJobRequestProto, proto::KillJobResponseProto>(
      "killJob",
      [this](const CallContext& call,
             const proto::KillJobRequestProto& request) -> Result<proto::KillJobResponseProto> {
        ASSIGN_OR_RETURN(JobId id, FromProto(request.job()));
        ASSIGN_OR_RETURN(bool killed, table_.Kill(id, call.user, call.user == options_.superuser));
        proto::KillJobResponseProto response;
        response.set_killed(killed);
        return response;
      });
  service_.AddSync<proto::SetPriorityRequestProto, proto::SetPriorityResponseProto>(
      "setPriority",
      [this](const CallContext& call, const proto::SetPriorityRequestProto& request)
          -> Result<proto::SetPriorityResponseProto> {
        ASSIGN_OR_RETURN(JobId id, FromProto(request.job()));
        if (request.priority() > static_cast<uint32_t>(JobPriority::kVeryLow)) {
          return Status(StatusCode::kInvalidArgument, "no such priority");
        }
        RETURN_IF_ERROR(table_.SetPriority(id, static_cast<JobPriority>(request.priority()),
                                           call.user, call.user == options_.superuser));
        return proto::SetPriorityResponseProto();
      });
}

void JobClientService::AddListMethods() {
  using rpc::CallContext;
  service_.AddSync<proto::ListJobsRequestProto, proto::ListJobsResponseProto>(
      "listJobs",
      [this](const CallContext&,
             const proto::ListJobsRequestProto& request) -> Result<proto::ListJobsResponseProto> {
        proto::ListJobsResponseProto response;
        for (const JobSnapshot& job : table_.List(request.all())) {
          jobtracker::ToProto(job, UrlOf(job.id), false, response.add_jobs());
        }
        if (!request.all()) return response;
        for (proto::JobStatusProto& job : history_.List()) {
          const Result<JobId> id = FromProto(job.job());
          if (!id.ok() || table_.Get(*id, false)) continue;  // those of this run are listed already
          job.clear_counters();
          *response.add_jobs() = std::move(job);
        }
        return response;
      });
  service_.AddSync<proto::GetTaskReportsRequestProto, proto::GetTaskReportsResponseProto>(
      "getTaskReports",
      [this](const CallContext&, const proto::GetTaskReportsRequestProto& request)
          -> Result<proto::GetTaskReportsResponseProto> {
        ASSIGN_OR_RETURN(JobId id, FromProto(request.job()));
        const uint32_t limit = std::min(request.has_limit() ? request.limit() : kMaxTasksPerAnswer,
                                        kMaxTasksPerAnswer);
        proto::GetTaskReportsResponseProto response;
        for (const TaskType type : {TaskType::kMap, TaskType::kReduce}) {
          if (request.has_type() && request.type() != static_cast<uint32_t>(type)) continue;
          ASSIGN_OR_RETURN(std::vector<TaskSnapshot> tasks,
                           table_.Tasks(id, type, request.first(), limit));
          for (const TaskSnapshot& task : tasks) jobtracker::ToProto(task, response.add_tasks());
          if (tasks.size() == limit) response.set_more(true);
        }
        return response;
      });
  service_.AddSync<proto::ListTrackersRequestProto, proto::ListTrackersResponseProto>(
      "listTrackers",
      [this](const CallContext&,
             const proto::ListTrackersRequestProto&) -> Result<proto::ListTrackersResponseProto> {
        proto::ListTrackersResponseProto response;
        for (const TrackerSnapshot& tracker : table_.Trackers()) {
          proto::TrackerReportProto* out = response.add_trackers();
          out->set_tracker_id(tracker.id.value());
          out->set_host(tracker.description.host);
          out->set_map_slots(tracker.description.map_slots);
          out->set_reduce_slots(tracker.description.reduce_slots);
          out->set_running_maps(tracker.running_maps);
          out->set_running_reduces(tracker.running_reduces);
          out->set_last_seen_ms(tracker.last_seen_ms);
          out->set_live(tracker.live);
          out->set_failures(tracker.failures);
          out->set_http_address(fmt::format("{}:{}", tracker.description.shuffle_host,
                                            tracker.description.http_port));
        }
        return response;
      });
}

Task<Result<proto::SubmitJobResponseProto>> JobClientService::SubmitJob(
    const rpc::CallContext& call, const proto::SubmitJobRequestProto& request) {
  CO_ASSIGN_OR_RETURN(JobId id, FromProto(request.job()));
  CO_ASSIGN_OR_RETURN(JobSpec spec, FromProto(request.spec()));
  spec.user = call.user;
  // On disk first: a jobtracker that dies now can tell what became of the job.
  const auto record = [this, id, &request, maps = spec.splits.size()] {
    return history_.Submitted(id, request.spec(), static_cast<uint32_t>(maps));
  };
  CO_RETURN_IF_ERROR(co_await pool_.Run(record));
  CO_RETURN_IF_ERROR(table_.Submit(id, std::move(spec)));
  proto::SubmitJobResponseProto response;
  response.set_url(UrlOf(id));
  co_return response;
}

Task<Result<proto::GetJobStatusResponseProto>> JobClientService::GetJobStatus(
    const rpc::CallContext& call, const proto::GetJobStatusRequestProto& request) {
  CO_ASSIGN_OR_RETURN(JobId id, FromProto(request.job()));
  if (request.has_seen_version() && request.wait_ms() > 0) {
    const auto wait = std::min(kLongestWait, std::chrono::milliseconds(request.wait_ms()));
    const auto event = std::make_shared<AsyncEvent>();
    table_.Watch(id, request.seen_version(), [event] { event->Set(); });
    const Deadline until = Deadline::Earlier(Deadline::After(clock_, wait), call.deadline);
    co_await event->Wait(until);
  }
  proto::GetJobStatusResponseProto response;
  if (const auto job = table_.Get(id, request.with_counters())) {
    jobtracker::ToProto(*job, UrlOf(id), request.with_counters(), response.mutable_status());
  } else if (auto finished = history_.Find(id)) {
    *response.mutable_status() = *std::move(finished);
  }
  co_return response;
}

}  // namespace tusk::mapreduce::jobtracker
