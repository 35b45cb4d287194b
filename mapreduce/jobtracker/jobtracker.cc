#include "mapreduce/jobtracker/jobtracker.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "common/http/builtin_pages.h"
#include "common/http/http_server.h"
#include "common/http/page.h"
#include "common/log/logger.h"
#include "common/net/async_event.h"
#include "common/net/endpoint.h"
#include "common/net/io_runtime.h"
#include "common/net/task_group.h"
#include "common/net/work_pool.h"
#include "common/rpc/rpc_server.h"
#include "common/time/clock.h"
#include "common/time/deadline.h"
#include "dfs/client/open_file_system.h"
#include "mapreduce/jobtracker/fifo_scheduler.h"
#include "mapreduce/jobtracker/job_finisher.h"
#include "mapreduce/jobtracker/job_history.h"
#include "mapreduce/jobtracker/job_table.h"
#include "mapreduce/jobtracker/service/job_client_service.h"
#include "mapreduce/jobtracker/service/tracker_service.h"
#include "mapreduce/jobtracker/web/jobtracker_pages.h"
#include "mapreduce/jobtracker/web/query_pages.h"
#include "mapreduce/model/mapreduce_options.h"

namespace tusk::mapreduce::jobtracker {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

constexpr int kFinisherThreads = 4;
constexpr size_t kFinisherQueue = 10'000;

std::string UserOfThisProcess() {
  const passwd* entry = getpwuid(geteuid());
  return entry != nullptr ? entry->pw_name : "root";
}

/// What clients can open in a browser: an address that means "every interface" names no machine.
std::string AddressForOthers(const std::string& address) {
  Result<Endpoint> endpoint = Endpoint::Parse(address);
  char name[256] = {};
  if (!endpoint.ok() || (endpoint->host != "0.0.0.0" && endpoint->host != "::") ||
      gethostname(name, sizeof(name) - 1) != 0) {
    return address;
  }
  endpoint->host = name;
  return endpoint->ToString();
}

FifoScheduler::Options SchedulerOptions(const Config& config) {
  FifoScheduler::Options options;
  options.node_wait = duration_cast<milliseconds>(config.Get(kNodeWait));
  options.rack_wait = duration_cast<milliseconds>(config.Get(kRackWait));
  options.reduce_slowstart = std::clamp(config.Get(kReduceSlowstart), 0.0, 1.0);
  return options;
}

/// Calls Tick whenever it asks to be called, or earlier when something was left for later.
Task<void> TickLoop(JobTable* table, AsyncEvent* wanted, const TaskGroup* group) {
  while (!group->stopping()) {
    wanted->Reset();
    const Instant next = table->Tick();
    co_await wanted->Wait(Deadline::At(next));
  }
}

}  // namespace

/// In order of construction; destroyed in reverse.
struct Jobtracker::Parts {
  explicit Parts(IoRuntime& runtime)
      : pool("jobtracker-fs", kFinisherThreads, kFinisherQueue), group(runtime.NewStrand()) {}

  WorkPool pool;
  TaskGroup group;
  AsyncEvent tick_wanted;
  std::unique_ptr<JobHistory> history;
  std::unique_ptr<FifoScheduler> scheduler;
  std::unique_ptr<JobFinisher> finisher;
  std::unique_ptr<JobTable> table;
  std::unique_ptr<TrackerService> tracker_service;
  std::unique_ptr<JobClientService> client_service;
  std::unique_ptr<rpc::RpcServer> rpc;
  std::unique_ptr<http::HttpServer> web;
  std::unique_ptr<http::PageFrame> frame;
};

Jobtracker::Jobtracker(const Config& config, IoRuntime& runtime, MetricRegistry& metrics,
                       const Clock& clock, Env& env, std::string log_directory)
    : config_(config),
      runtime_(runtime),
      metrics_(metrics),
      clock_(clock),
      env_(env),
      log_directory_(std::move(log_directory)) {}

Jobtracker::~Jobtracker() = default;

Status Jobtracker::MakeParts() {
  Parts& parts = *parts_;
  ASSIGN_OR_RETURN(parts.history,
                   JobHistory::Open(env_, clock_, config_.Get(kJobtrackerDir),
                                    static_cast<size_t>(config_.Get(kRetainedJobs))));
  parts.scheduler = std::make_unique<FifoScheduler>(SchedulerOptions(config_));
  parts.finisher = std::make_unique<JobFinisher>(
      parts.pool, *parts.history,
      [this](const std::string& uri) { return dfs::OpenFileSystem(uri, config_); },
      [&parts](const JobId& id) { return parts.client_service->UrlOf(id); });
  JobTable::Options table;
  table.tracker_start = parts.history->tracker_start();
  table.tracker_expiry = duration_cast<milliseconds>(config_.Get(kTrackerExpiry));
  table.retained_jobs = static_cast<size_t>(config_.Get(kRetainedJobs));
  parts.table = std::make_unique<JobTable>(table, *parts.scheduler, *parts.finisher, clock_);
  parts.table->SetTickWanted([&parts] { parts.tick_wanted.Set(); });
  parts.tracker_service =
      std::make_unique<TrackerService>(*parts.table, clock_, RandomSeed(),
                                       duration_cast<milliseconds>(config_.Get(kTrackerHeartbeat)));
  rpc::RpcServerOptions rpc;
  ASSIGN_OR_RETURN(rpc.endpoint, Endpoint::Parse(config_.Get(kJobtrackerAddress)));
  rpc.metrics = &metrics_;
  rpc.name = "jobtracker";
  parts.rpc = std::make_unique<rpc::RpcServer>(runtime_, rpc, rpc::BasicErrorTable());
  return Status::Ok();
}

Status Jobtracker::MakeWeb() {
  Parts& parts = *parts_;
  http::HttpServerOptions options;
  ASSIGN_OR_RETURN(options.endpoint, Endpoint::Parse(config_.Get(kJobtrackerHttpAddress)));
  parts.web = std::make_unique<http::HttpServer>(runtime_, options);
  parts.frame = std::make_unique<http::PageFrame>("jobtracker", config_.Get(kJobtrackerAddress));
  parts.frame->AddLink("Jobs", "/jobs");
  parts.frame->AddLink("Queries", "/queries");
  parts.frame->AddLink("Trackers", "/trackers");
  http::PageFrame::AddAssets(*parts.web);
  AddJobtrackerPages(*parts.web, *parts.frame, *parts.table, *parts.history, clock_);
  AddQueryPages(*parts.web, *parts.frame, *parts.table, *parts.history, clock_);
  http::BuiltinPagesSpec builtin;
  builtin.frame = parts.frame.get();
  builtin.metrics = &metrics_;
  builtin.config = &config_;
  builtin.log_directory = log_directory_;
  builtin.health = [&parts] {
    size_t live = 0;
    for (const TrackerSnapshot& tracker : parts.table->Trackers()) live += tracker.live ? 1 : 0;
    return http::Health{live > 0, fmt::format("{} trackers are live", live)};
  };
  http::AddBuiltinPages(*parts.web, builtin);
  return parts.web->Start();
}

Status Jobtracker::Start() {
  parts_ = std::make_unique<Parts>(runtime_);
  const Status started = [this]() -> Status {
    RETURN_IF_ERROR(MakeParts());
    RETURN_IF_ERROR(MakeWeb());
    JobClientService::Options client;
    client.web_address = AddressForOthers(parts_->web->address());
    client.staging_root = config_.Get(kStagingRoot);
    client.superuser = UserOfThisProcess();
    parts_->client_service = std::make_unique<JobClientService>(*parts_->table, *parts_->history,
                                                                parts_->pool, clock_, client);
    parts_->rpc->AddService(&parts_->tracker_service->service());
    parts_->rpc->AddService(&parts_->client_service->service());
    return parts_->rpc->Start();
  }();
  if (!started.ok()) {
    if (parts_->web != nullptr) parts_->web->Stop();
    parts_->pool.Stop();
    parts_.reset();
    return started;
  }
  parts_->group.Spawn("tick", TickLoop(parts_->table.get(), &parts_->tick_wanted, &parts_->group));
  return Status::Ok();
}

void Jobtracker::Stop() {
  if (parts_ == nullptr) return;
  parts_->rpc->Stop(std::chrono::seconds(1));
  parts_->web->Stop();
  parts_->group.Stop();
  parts_->group.JoinBlocking();
  parts_->pool.Stop();
  parts_.reset();
}

std::vector<std::pair<std::string, std::string>> Jobtracker::Addresses() const {
  if (parts_ == nullptr) return {};
  return {{"rpc", parts_->rpc->address()}, {"http", parts_->web->address()}};
}

}  // namespace tusk::mapreduce::jobtracker
