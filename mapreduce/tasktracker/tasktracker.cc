#include "mapreduce/tasktracker/tasktracker.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "common/http/builtin_pages.h"
#include "common/http/http_server.h"
#include "common/http/page.h"
#include "common/log/logger.h"
#include "common/net/endpoint.h"
#include "common/net/io_runtime.h"
#include "common/net/task_group.h"
#include "common/net/work_pool.h"
#include "common/rpc/rpc_client.h"
#include "common/time/clock.h"
#include "dfs/client/open_file_system.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/model/mapreduce_options.h"
#include "mapreduce/shuffle/map_output_store.h"
#include "mapreduce/shuffle/shuffle_server.h"
#include "mapreduce/tasktracker/attempt_logs.h"
#include "mapreduce/tasktracker/binary_cache.h"
#include "mapreduce/tasktracker/jobtracker_session.h"
#include "mapreduce/tasktracker/task_launcher.h"
#include "mapreduce/tasktracker/web/tasktracker_pages.h"

namespace tusk::mapreduce::tasktracker {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

constexpr size_t kDiskQueue = 100'000;

std::string UserOfThisProcess() {
  const passwd* entry = getpwuid(geteuid());
  return entry != nullptr ? entry->pw_name : "root";
}

std::string NameOfThisMachine() {
  char name[256] = {};
  return gethostname(name, sizeof(name) - 1) == 0 ? name : "localhost";
}

uint32_t SlotsOr(int64_t wanted) {
  return static_cast<uint32_t>(wanted > 0 ? wanted
                                          : std::max(1u, std::thread::hardware_concurrency()));
}

}  // namespace

/// In order of construction; destroyed in reverse.
struct Tasktracker::Parts {
  Parts(IoRuntime& runtime, int disk_threads)
      : disk("tasktracker-disk", disk_threads, kDiskQueue), group(runtime.NewStrand()) {}

  WorkPool disk;
  TaskGroup group;
  std::vector<std::string> local_dirs;
  MapOutputStore outputs;
  AttemptLogs logs;
  std::unique_ptr<BinaryCache> binaries;
  std::unique_ptr<rpc::RpcClient> client;
  std::unique_ptr<ShuffleServer> shuffle;
  std::unique_ptr<TaskLauncher> launcher;
  std::unique_ptr<JobtrackerSession> session;
  std::unique_ptr<http::HttpServer> web;
  std::unique_ptr<http::PageFrame> frame;
  Endpoint jobtracker;
  // For the page, which runs on other strands.
  std::atomic<bool> connected = false;
  std::atomic<size_t> running = 0;
};

Tasktracker::Tasktracker(const Config& config, IoRuntime& runtime, MetricRegistry& metrics,
                         const Clock& clock, Env& env, std::string conf_dir,
                         std::string log_directory)
    : config_(config),
      runtime_(runtime),
      metrics_(metrics),
      clock_(clock),
      env_(env),
      conf_dir_(std::move(conf_dir)),
      log_directory_(std::move(log_directory)) {}

Tasktracker::~Tasktracker() = default;

Status Tasktracker::PrepareDirectories() {
  for (const std::string& directory : config_.Get(kLocalDirs)) {
    std::error_code error;
    const std::filesystem::path path = std::filesystem::absolute(directory, error);
    if (error) return ErrnoStatus(error.value(), "resolve " + directory);
    std::filesystem::remove_all(path / "jobs", error);
    if (!error) std::filesystem::create_directories(path / "jobs", error);
    if (!error) std::filesystem::create_directories(path / "logs", error);
    if (error) return ErrnoStatus(error.value(), "prepare " + path.string());
    parts_->local_dirs.push_back(path.string());
  }
  if (parts_->local_dirs.empty()) {
    return Status(StatusCode::kInvalidArgument, "mapreduce.cluster.local.dir names no directory");
  }
  return Status::Ok();
}

Status Tasktracker::MakeParts() {
  Parts& parts = *parts_;
  RETURN_IF_ERROR(PrepareDirectories());
  parts.binaries = std::make_unique<BinaryCache>(
      parts.local_dirs.front() + "/programs", config_.Get(kProgramCacheBytes).bytes,
      [this](const std::string& uri) { return dfs::OpenFileSystem(uri, config_); });
  RETURN_IF_ERROR(parts.binaries->Open());
  parts.client =
      std::make_unique<rpc::RpcClient>(runtime_, rpc::RpcClientOptions(), rpc::BasicErrorTable());
  ShuffleServer::Options shuffle;
  ASSIGN_OR_RETURN(shuffle.endpoint, Endpoint::Parse(config_.Get(kShuffleAddress)));
  parts.shuffle =
      std::make_unique<ShuffleServer>(runtime_, parts.disk, parts.outputs, clock_, shuffle);
  RETURN_IF_ERROR(parts.shuffle->Start());
  TaskLauncher::Options launcher;
  launcher.local_dirs = parts.local_dirs;
  launcher.log_dir = parts.local_dirs.front() + "/logs";
  launcher.conf_dir = conf_dir_;
  launcher.task_timeout = duration_cast<milliseconds>(config_.Get(kTaskTimeout));
  launcher.keep_processes = duration_cast<milliseconds>(config_.Get(kKeepProcesses));
  launcher.max_kept = SlotsOr(config_.Get(kMapSlots)) + SlotsOr(config_.Get(kReduceSlots));
  parts.launcher = std::make_unique<TaskLauncher>(parts.group, parts.disk, clock_, *parts.binaries,
                                                  parts.outputs, parts.logs, launcher,
                                                  [&parts](proto::TrackerEventProto event) {
                                                    parts.running = parts.launcher->running();
                                                    parts.session->Report(std::move(event));
                                                  });
  return Status::Ok();
}

Status Tasktracker::MakeSession() {
  Parts& parts = *parts_;
  JobtrackerSession::Options options;
  ASSIGN_OR_RETURN(parts.jobtracker, Endpoint::Parse(config_.Get(kJobtrackerAddress)));
  ASSIGN_OR_RETURN(Endpoint shuffle, Endpoint::Parse(config_.Get(kShuffleAddress)));
  options.jobtracker = parts.jobtracker;
  options.user = UserOfThisProcess();
  options.host = config_.Get(kTrackerHostname);
  if (options.host.empty()) {
    options.host = config_.GetText("dfs.datanode.hostname").value_or("");
  }
  if (options.host.empty()) options.host = NameOfThisMachine();
  options.shuffle_host = shuffle.host == "0.0.0.0" ? NameOfThisMachine() : shuffle.host;
  options.rack = config_.Get(kTrackerRack);
  options.shuffle_port = static_cast<uint16_t>(parts.shuffle->port());
  options.http_port = static_cast<uint16_t>(parts.web->port());
  options.map_slots = SlotsOr(config_.Get(kMapSlots));
  options.reduce_slots = SlotsOr(config_.Get(kReduceSlots));
  JobtrackerSession::Callbacks callbacks;
  callbacks.registered = [&parts](const std::string& id) {
    parts.connected = true;
    parts.launcher->SetTrackerId(id);
  };
  callbacks.reset = [&parts] {
    parts.connected = false;
    parts.launcher->DropAll();
  };
  callbacks.action = [&parts](const proto::ActionProto& action) {
    TaskLauncher& launcher = *parts.launcher;
    if (action.has_job()) launcher.AddJob(action.job());
    if (action.has_launch()) launcher.Launch(action.launch());
    if (action.has_kill()) {
      const Result<AttemptId> id = FromProto(action.kill());
      if (id.ok()) launcher.Kill(*id, action.kill_reason());
    }
    if (action.has_commit()) launcher.AnswerCommit(action.commit());
    if (action.has_map_output()) launcher.UpdateMapOutput(action.map_output());
    if (action.has_purge()) {
      const Result<JobId> id = FromProto(action.purge());
      if (id.ok()) launcher.Purge(*id);
    }
    parts.running = launcher.running();
  };
  parts.session =
      std::make_unique<JobtrackerSession>(parts.group, *parts.client, clock_, options, callbacks);
  parts.session->Start();
  return Status::Ok();
}

Status Tasktracker::MakeWeb() {
  Parts& parts = *parts_;
  http::HttpServerOptions options;
  ASSIGN_OR_RETURN(options.endpoint, Endpoint::Parse(config_.Get(kTrackerHttpAddress)));
  parts.web = std::make_unique<http::HttpServer>(runtime_, options);
  parts.frame = std::make_unique<http::PageFrame>("tasktracker", config_.Get(kTrackerHttpAddress));
  parts.frame->AddLink("Attempts", "/");
  http::PageFrame::AddAssets(*parts.web);
  const auto facts = [&parts] {
    return TrackerFacts{parts.jobtracker.ToString(), parts.connected, parts.running,
                        parts.outputs.size()};
  };
  AddTasktrackerPages(*parts.web, *parts.frame, facts, parts.logs, parts.disk);
  http::BuiltinPagesSpec builtin;
  builtin.frame = parts.frame.get();
  builtin.metrics = &metrics_;
  builtin.config = &config_;
  builtin.log_directory = log_directory_;
  builtin.health = [&parts] {
    return http::Health{parts.connected, parts.connected ? "Registered at the jobtracker"
                                                         : "The jobtracker does not answer"};
  };
  http::AddBuiltinPages(*parts.web, builtin);
  return parts.web->Start();
}

Status Tasktracker::Start() {
  const int slots =
      static_cast<int>(SlotsOr(config_.Get(kMapSlots)) + SlotsOr(config_.Get(kReduceSlots)));
  parts_ = std::make_unique<Parts>(runtime_, std::clamp(slots, 4, 16));
  const Status started = [this]() -> Status {
    RETURN_IF_ERROR(MakeParts());
    RETURN_IF_ERROR(MakeWeb());
    return MakeSession();
  }();
  if (!started.ok()) Stop();
  return started;
}

void Tasktracker::Stop() {
  if (parts_ == nullptr) return;
  Parts& parts = *parts_;
  if (parts.web != nullptr) parts.web->Stop();
  if (parts.shuffle != nullptr) parts.shuffle->Stop();
  // Cancelled attempts kill their processes; kept ones end when their umbilical closes.
  parts.group.Stop();
  parts.group.JoinBlocking();
  if (parts.client != nullptr) parts.client->Stop();
  parts.disk.Stop();
  parts_.reset();
}

std::vector<std::pair<std::string, std::string>> Tasktracker::Addresses() const {
  if (parts_ == nullptr) return {};
  Endpoint shuffle = Endpoint::Parse(config_.Get(kShuffleAddress)).value_or(Endpoint());
  shuffle.port = static_cast<uint16_t>(parts_->shuffle->port());
  return {{"shuffle", shuffle.ToString()}, {"http", parts_->web->address()}};
}

}  // namespace tusk::mapreduce::tasktracker
