#include "mapreduce/tasktracker/jobtracker_session.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "common/net/sleep.h"
#include "common/rpc/rpc_client.h"
#include "common/time/backoff.h"
#include "common/time/clock.h"
#include "common/time/deadline.h"

namespace tusk::mapreduce::tasktracker {

namespace {

constexpr std::string_view kProtocol = "tusk.mapreduce.TrackerProtocol";
// Longer than the jobtracker holds a call.
constexpr std::chrono::seconds kActionTimeout{60};
constexpr std::chrono::seconds kCallTimeout{10};
constexpr size_t kMaxEventsPerReport = 512;

BackoffOptions RetryWaits() {
  BackoffOptions waits;
  waits.initial = std::chrono::milliseconds(50);
  waits.cap = std::chrono::seconds(2);
  return waits;
}

}  // namespace

JobtrackerSession::JobtrackerSession(TaskGroup& group, rpc::RpcClient& client, const Clock& clock,
                                     Options options, Callbacks callbacks)
    : group_(group),
      client_(client),
      clock_(clock),
      options_(std::move(options)),
      callbacks_(std::move(callbacks)) {}

void JobtrackerSession::Start() {
  group_.Spawn("actions of the jobtracker", ActionLoop());
  group_.Spawn("reports to the jobtracker", ReportLoop());
}

void JobtrackerSession::Report(proto::TrackerEventProto event) {
  waiting_.push_back(std::move(event));
  events_waiting_.Set();
}

void JobtrackerSession::Forget() {
  if (!registered_) return;
  registered_ = false;
  is_registered_.Reset();
  waiting_.clear();
  sending_.clear();
  ++run_;
  callbacks_.reset();
}

Task<bool> JobtrackerSession::Register() {
  proto::RegisterTrackerRequestProto request;
  request.set_host(options_.host);
  request.set_shuffle_host(options_.shuffle_host);
  request.set_rack(options_.rack);
  request.set_shuffle_port(options_.shuffle_port);
  request.set_http_port(options_.http_port);
  request.set_map_slots(options_.map_slots);
  request.set_reduce_slots(options_.reduce_slots);
  request.set_incarnation(fmt::format("{:016x}", RandomSeed()));
  proto::RegisterTrackerResponseProto response;
  rpc::CallOptions call;
  call.server = options_.jobtracker;
  call.user = options_.user;
  call.deadline = Deadline::After(clock_, kCallTimeout);
  const Status status =
      co_await client_.Call(kProtocol, "registerTracker", request, &response, call);
  if (!status.ok()) {
    LOG_INFO("tasktracker", "cannot register at {}:{} yet: {}", options_.jobtracker.host,
             options_.jobtracker.port, status.message());
    co_return false;
  }
  tracker_id_ = response.tracker_id();
  incarnation_ = request.incarnation();
  epoch_ = response.epoch();
  heartbeat_ = std::chrono::milliseconds(response.heartbeat_ms());
  acknowledged_ = 0;
  report_number_ = 0;
  ++run_;
  registered_ = true;
  LOG_INFO("tasktracker", "registered as {}", tracker_id_);
  callbacks_.registered(tracker_id_);
  is_registered_.Set();
  co_return true;
}

Task<void> JobtrackerSession::ActionLoop() {
  Backoff backoff(RetryWaits(), RandomSeed());
  while (!group_.stopping()) {
    bool good = registered_;
    if (!good) {
      good = co_await Register();
    } else {
      const Status status = co_await FetchActions();
      if (status.code() == StatusCode::kFailedPrecondition) {
        LOG_WARN("tasktracker", "{}: what runs here is dropped", status.message());
        Forget();
        continue;
      }
      good = status.ok();
      if (!good) LOG_INFO("tasktracker", "no actions from the jobtracker: {}", status.ToString());
    }
    if (good) {
      backoff.Reset();
      continue;
    }
    const Status slept = co_await SleepFor(backoff.Next());
    if (!slept.ok()) co_return;
  }
}

Task<Status> JobtrackerSession::FetchActions() {
  proto::NextActionsRequestProto request;
  request.set_tracker_id(tracker_id_);
  request.set_epoch(epoch_);
  request.set_acknowledged(acknowledged_);
  request.set_incarnation(incarnation_);
  proto::NextActionsResponseProto response;
  rpc::CallOptions call;
  call.server = options_.jobtracker;
  call.user = options_.user;
  call.deadline = Deadline::After(clock_, kActionTimeout);
  const uint64_t run = run_;
  CO_RETURN_IF_ERROR(co_await client_.Call(kProtocol, "nextActions", request, &response, call));
  if (run != run_ || response.number() <= acknowledged_) co_return Status::Ok();
  acknowledged_ = response.number();
  for (const proto::ActionProto& action : response.actions()) callbacks_.action(action);
  co_return Status::Ok();
}

Task<void> JobtrackerSession::ReportLoop() {
  Backoff backoff(RetryWaits(), RandomSeed());
  while (!group_.stopping()) {
    const bool registered = co_await is_registered_.Wait(Deadline::Never());
    if (!registered) co_return;
    if (sending_.empty()) co_await events_waiting_.Wait(Deadline::After(clock_, heartbeat_));
    if (group_.stopping()) co_return;
    const Status status = co_await SendReport();
    if (status.ok()) {
      backoff.Reset();
      continue;
    }
    if (status.code() == StatusCode::kFailedPrecondition) {
      LOG_WARN("tasktracker", "{}: what runs here is dropped", status.message());
      Forget();
      continue;
    }
    const Status slept = co_await SleepFor(backoff.Next());
    if (!slept.ok()) co_return;
  }
}

Task<Status> JobtrackerSession::SendReport() {
  if (!registered_) co_return Status::Ok();
  if (sending_.empty()) {
    // A report that got no answer is repeated as it was: same number, same events.
    const size_t count = std::min(waiting_.size(), kMaxEventsPerReport);
    sending_.assign(std::make_move_iterator(waiting_.begin()),
                    std::make_move_iterator(waiting_.begin() + static_cast<std::ptrdiff_t>(count)));
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
    if (waiting_.empty()) events_waiting_.Reset();
    ++report_number_;
  }
  proto::ReportRequestProto request;
  request.set_tracker_id(tracker_id_);
  request.set_epoch(epoch_);
  request.set_number(report_number_);
  request.set_incarnation(incarnation_);
  for (const proto::TrackerEventProto& event : sending_) *request.add_events() = event;
  proto::ReportResponseProto response;
  rpc::CallOptions call;
  call.server = options_.jobtracker;
  call.user = options_.user;
  call.deadline = Deadline::After(clock_, kCallTimeout);
  const uint64_t run = run_;
  const Status status = co_await client_.Call(kProtocol, "report", request, &response, call);
  if (run != run_) co_return Status::Ok();
  if (status.ok()) sending_.clear();
  co_return status;
}

}  // namespace tusk::mapreduce::tasktracker
