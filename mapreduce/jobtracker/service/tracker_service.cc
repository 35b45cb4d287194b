#include "mapreduce/jobtracker/service/tracker_service.h"

#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/status_macros.h"
#include "common/net/async_event.h"
#include "common/time/clock.h"
#include "common/time/deadline.h"
#include "mapreduce/jobtracker/job_table.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/proto/tracker.pb.h"

namespace tusk::mapreduce::jobtracker {

namespace {

// A held call is answered at the latest after this, so that a broken connection is noticed.
constexpr std::chrono::seconds kHold{20};
constexpr uint32_t kMaxSlots = 4096;
constexpr size_t kMaxNameBytes = 1024;
constexpr size_t kMaxTextBytes = 64 << 10;

void ToProto(const MapOutput& output, proto::MapOutputProto* out) {
  out->set_map_index(output.attempt.task.index);
  mapreduce::ToProto(output.attempt, out->mutable_attempt());
  out->set_host(output.host);
  out->set_shuffle_port(output.shuffle_port);
  out->set_tracker_id(output.tracker.value());
}

/// Writes one action as one message; one overload per kind.
struct ActionEncoder {
  proto::ActionProto* out;

  void operator()(const LaunchTask& launch) const {
    if (launch.with_job) {
      proto::JobForTrackerProto* job = out->mutable_job();
      mapreduce::ToProto(launch.attempt.task.job, job->mutable_job());
      mapreduce::ToProto(*launch.job_spec, job->mutable_spec());
    }
    proto::LaunchTaskProto* task = out->mutable_launch();
    mapreduce::ToProto(launch.attempt, task->mutable_attempt());
    task->set_total_maps(launch.total_maps);
    if (launch.attempt.task.type == TaskType::kMap) {
      mapreduce::ToProto(launch.split, task->mutable_split());
    }
    for (const MapOutput& output : launch.map_outputs) {
      jobtracker::ToProto(output, task->add_map_outputs());
    }
  }
  void operator()(const KillAttempt& kill) const {
    mapreduce::ToProto(kill.attempt, out->mutable_kill());
    out->set_kill_reason(kill.reason);
  }
  void operator()(const PurgeJob& purge) const {
    mapreduce::ToProto(purge.job, out->mutable_purge());
  }
  void operator()(const CommitAnswer& commit) const {
    mapreduce::ToProto(commit.attempt, out->mutable_commit()->mutable_attempt());
    out->mutable_commit()->set_granted(commit.granted);
  }
  void operator()(const MapOutputUpdate& update) const {
    mapreduce::ToProto(update.job, out->mutable_map_output()->mutable_job());
    jobtracker::ToProto(update.output, out->mutable_map_output()->mutable_output());
  }
};

std::string Bounded(const std::string& text) { return text.substr(0, kMaxTextBytes); }

Result<TrackerEvent> DoneFromProto(const proto::AttemptDoneProto& in) {
  AttemptDone done;
  ASSIGN_OR_RETURN(done.attempt, FromProto(in.attempt()));
  ASSIGN_OR_RETURN(done.counters, FromProto(in.counters()));
  if (in.has_output()) {
    ASSIGN_OR_RETURN(done.output, FromProto(in.output()));
  }
  done.partition_bytes.assign(in.partition_bytes().begin(), in.partition_bytes().end());
  return TrackerEvent(std::move(done));
}

Result<TrackerEvent> ProgressFromProto(const proto::AttemptProgressProto& in) {
  AttemptProgress progress;
  ASSIGN_OR_RETURN(progress.attempt, FromProto(in.attempt()));
  progress.progress = in.progress();
  progress.has_counters = in.has_counters();
  if (in.has_counters()) {
    ASSIGN_OR_RETURN(progress.counters, FromProto(in.counters()));
  }
  return TrackerEvent(std::move(progress));
}

Result<TrackerEvent> EventFromProto(const proto::TrackerEventProto& in) {
  if (in.has_started()) {
    ASSIGN_OR_RETURN(AttemptId attempt, FromProto(in.started().attempt()));
    return TrackerEvent(AttemptStarted{attempt});
  }
  if (in.has_progress()) return ProgressFromProto(in.progress());
  if (in.has_ask_commit()) {
    ASSIGN_OR_RETURN(AttemptId attempt, FromProto(in.ask_commit()));
    return TrackerEvent(AskCommit{attempt});
  }
  if (in.has_done()) return DoneFromProto(in.done());
  if (in.has_failed()) {
    ASSIGN_OR_RETURN(AttemptId attempt, FromProto(in.failed().attempt()));
    return TrackerEvent(AttemptFailed{attempt, Bounded(in.failed().cause()),
                                      Bounded(in.failed().details()), in.failed().killed()});
  }
  if (in.has_fetch_failed()) {
    FetchFailed failed;
    ASSIGN_OR_RETURN(failed.reducer, FromProto(in.fetch_failed().reducer()));
    ASSIGN_OR_RETURN(failed.map_attempt, FromProto(in.fetch_failed().map_attempt()));
    failed.definite = in.fetch_failed().definite();
    failed.cause = Bounded(in.fetch_failed().cause());
    return TrackerEvent(std::move(failed));
  }
  return Status(StatusCode::kInvalidArgument, "an event of a kind that is not known");
}

Result<TrackerDescription> DescriptionFromProto(const proto::RegisterTrackerRequestProto& in) {
  if (in.host().empty() || in.host().size() > kMaxNameBytes || in.rack().size() > kMaxNameBytes ||
      in.shuffle_host().size() > kMaxNameBytes || in.incarnation().size() > kMaxNameBytes ||
      in.map_slots() > kMaxSlots || in.reduce_slots() > kMaxSlots || in.shuffle_port() == 0 ||
      in.shuffle_port() > UINT16_MAX || in.http_port() > UINT16_MAX) {
    return Status(StatusCode::kInvalidArgument, "a tracker's registration makes no sense");
  }
  TrackerDescription description;
  description.host = in.host();
  description.shuffle_host = in.has_shuffle_host() ? in.shuffle_host() : in.host();
  description.rack = in.has_rack() ? in.rack() : "/default-rack";
  description.shuffle_port = static_cast<uint16_t>(in.shuffle_port());
  description.http_port = static_cast<uint16_t>(in.http_port());
  description.map_slots = in.map_slots();
  description.reduce_slots = in.reduce_slots();
  description.incarnation = in.incarnation();
  return description;
}

}  // namespace

TrackerService::TrackerService(JobTable& table, const Clock& clock, uint64_t epoch,
                               std::chrono::milliseconds heartbeat)
    : table_(table),
      clock_(clock),
      epoch_(epoch),
      heartbeat_(heartbeat),
      service_(std::string(kProtocol), 1) {
  using proto::RegisterTrackerRequestProto, proto::RegisterTrackerResponseProto;
  using proto::ReportRequestProto, proto::ReportResponseProto;
  service_.AddSync<RegisterTrackerRequestProto, RegisterTrackerResponseProto>(
      "registerTracker",
      [this](const rpc::CallContext&,
             const RegisterTrackerRequestProto& request) -> Result<RegisterTrackerResponseProto> {
        ASSIGN_OR_RETURN(TrackerDescription description, DescriptionFromProto(request));
        RegisterTrackerResponseProto response;
        response.set_tracker_id(table_.Register(std::move(description)).value());
        response.set_epoch(epoch_);
        response.set_heartbeat_ms(static_cast<uint32_t>(heartbeat_.count()));
        return response;
      });
  service_.Add<proto::NextActionsRequestProto, proto::NextActionsResponseProto>(
      "nextActions",
      [this](const rpc::CallContext& call, const proto::NextActionsRequestProto& request) {
        return NextActions(call, request);
      });
  service_.AddSync<ReportRequestProto, ReportResponseProto>(
      "report",
      [this](const rpc::CallContext&,
             const ReportRequestProto& request) -> Result<ReportResponseProto> {
        RETURN_IF_ERROR(CheckEpoch(request.epoch()));
        std::vector<TrackerEvent> events;
        events.reserve(request.events_size());
        for (const proto::TrackerEventProto& event : request.events()) {
          ASSIGN_OR_RETURN(TrackerEvent parsed, EventFromProto(event));
          events.push_back(std::move(parsed));
        }
        RETURN_IF_ERROR(table_.Report(TrackerId(request.tracker_id()), request.incarnation(),
                                      request.number(), std::move(events)));
        return ReportResponseProto();
      });
}

Status TrackerService::CheckEpoch(uint64_t epoch) const {
  if (epoch == epoch_) return Status::Ok();
  return Status(StatusCode::kFailedPrecondition,
                "tracker is not registered: the jobtracker was started again");
}

Task<Result<proto::NextActionsResponseProto>> TrackerService::NextActions(
    const rpc::CallContext& call, const proto::NextActionsRequestProto& request) {
  CO_RETURN_IF_ERROR(CheckEpoch(request.epoch()));
  const Deadline hold = Deadline::Earlier(Deadline::After(clock_, kHold), call.deadline);
  const auto event = std::make_shared<AsyncEvent>();
  proto::NextActionsResponseProto response;
  bool woken = true;
  while (true) {
    event->Reset();
    CO_ASSIGN_OR_RETURN(ActionBatch batch,
                        table_.NextBatch(TrackerId(request.tracker_id()), request.incarnation(),
                                         request.acknowledged(), [event] { event->Set(); }));
    if (!batch.actions.empty() || !woken) {
      response.set_number(batch.actions.empty() ? request.acknowledged() : batch.number);
      for (const Action& action : batch.actions) {
        std::visit(ActionEncoder{response.add_actions()}, action);
      }
      co_return response;
    }
    woken = co_await event->Wait(hold);
  }
}

}  // namespace tusk::mapreduce::jobtracker
