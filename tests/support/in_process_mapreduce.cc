#include "tests/support/in_process_mapreduce.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "common/base/status_macros.h"
#include "common/config/option_registry.h"
#include "common/env/posix_env.h"
#include "common/metrics/metric_registry.h"
#include "common/net/io_runtime.h"
#include "common/time/system_clock.h"
#include "dfs/client/open_file_system.h"
#include "mapreduce/client/job_client.h"
#include "mapreduce/jobtracker/jobtracker.h"
#include "mapreduce/model/mapreduce_options.h"
#include "mapreduce/tasktracker/tasktracker.h"
#include "tests/support/eventually.h"

namespace tusk::mapreduce {
namespace {

OptionRegistry AllOptions() {
  OptionRegistry registry;
  registry.Add(dfs::FileSystemOptions());
  registry.Add(MapreduceOptions());
  return registry;
}

}  // namespace

struct InProcessMapreduce::Jobs {
  MetricRegistry metrics{"JobTracker"};
  std::unique_ptr<jobtracker::Jobtracker> daemon;
};

struct InProcessMapreduce::Tracker {
  MetricRegistry metrics{"TaskTracker"};
  Config config;
  std::unique_ptr<tasktracker::Tasktracker> daemon;
};

InProcessMapreduce::InProcessMapreduce(Options options)
    : options_(std::move(options)),
      conf_dir_(directory_ / "conf"),
      runtime_(std::make_unique<IoRuntime>(2)),
      config_(AllOptions()) {
  trackers_.resize(static_cast<size_t>(options_.trackers));
}

InProcessMapreduce::~InProcessMapreduce() {
  client_.reset();
  for (int i = 0; i < options_.trackers; ++i) StopTracker(i);
  StopJobtracker();
  runtime_->Stop();
}

Status InProcessMapreduce::Set(Config* config, const std::string& name, const std::string& value) {
  return config->Set(name, value, "test");
}

Status InProcessMapreduce::Start() {
  const std::pair<std::string, std::string> values[] = {
      {"fs.defaultFS", options_.file_system},
      {"mapreduce.jobtracker.address", "127.0.0.1:0"},
      {"mapreduce.jobtracker.http.address", "127.0.0.1:0"},
      {"mapreduce.tasktracker.http.address", "127.0.0.1:0"},
      {"tusk.tasktracker.shuffle.address", "127.0.0.1:0"},
      {"tusk.jobtracker.dir", directory_ / "jobtracker"},
      {"tusk.mapreduce.staging", directory_ / "staging"},
      {"tusk.jobtracker.tracker.expiry", "1500ms"},
      {"tusk.jobtracker.heartbeat", "100ms"},
      {"mapreduce.tasktracker.map.tasks.maximum", std::to_string(options_.slots)},
      {"mapreduce.tasktracker.reduce.tasks.maximum", std::to_string(options_.slots)}};
  for (const auto& [name, value] : values) RETURN_IF_ERROR(Set(&config_, name, value));
  for (const auto& [name, value] : options_.values) RETURN_IF_ERROR(Set(&config_, name, value));
  RETURN_IF_ERROR(StartJobtracker());
  RETURN_IF_ERROR(WriteConfDir());
  for (int i = 0; i < options_.trackers; ++i) RETURN_IF_ERROR(StartTracker(i));
  ASSIGN_OR_RETURN(const auto files, dfs::OpenFileSystem("", config_));
  ASSIGN_OR_RETURN(client_, JobClient::Open(config_, files->UserName()));
  if (WaitTrackers(trackers_.size())) return Status::Ok();
  return Status(StatusCode::kUnavailable, "the trackers did not register");
}

Status InProcessMapreduce::StartJobtracker() {
  if (jobs_ != nullptr) return Status::Ok();
  auto jobs = std::make_unique<Jobs>();
  jobs->daemon = std::make_unique<jobtracker::Jobtracker>(config_, *runtime_, jobs->metrics,
                                                          SystemClock::Get(), PosixEnv::Get(), "");
  RETURN_IF_ERROR(jobs->daemon->Start());
  for (const auto& [what, address] : jobs->daemon->Addresses()) {
    // A jobtracker that is started again is found where the first one was.
    if (what == "rpc") RETURN_IF_ERROR(Set(&config_, "mapreduce.jobtracker.address", address));
  }
  jobs_ = std::move(jobs);
  return Status::Ok();
}

void InProcessMapreduce::StopJobtracker() {
  if (jobs_ == nullptr) return;
  jobs_->daemon->Stop();
  jobs_.reset();
}

Status InProcessMapreduce::StartTracker(int index) {
  auto tracker = std::make_unique<Tracker>();
  tracker->config = config_;
  const auto host = options_.hosts.find(index);
  RETURN_IF_ERROR(Set(&tracker->config, "tusk.tasktracker.hostname",
                      host == options_.hosts.end() ? "127.0.0.1" : host->second));
  RETURN_IF_ERROR(Set(&tracker->config, "mapreduce.cluster.local.dir",
                      directory_ / fmt::format("tracker{}", index)));
  tracker->daemon = std::make_unique<tasktracker::Tasktracker>(tracker->config, *runtime_,
                                                               tracker->metrics, SystemClock::Get(),
                                                               PosixEnv::Get(), conf_dir_, "");
  RETURN_IF_ERROR(tracker->daemon->Start());
  trackers_[static_cast<size_t>(index)] = std::move(tracker);
  return Status::Ok();
}

void InProcessMapreduce::StopTracker(int index) {
  std::unique_ptr<Tracker>& tracker = trackers_[static_cast<size_t>(index)];
  if (tracker == nullptr) return;
  tracker->daemon->Stop();
  tracker.reset();
}

bool InProcessMapreduce::WaitTrackers(size_t count) {
  return Eventually([this, count] {
    const auto trackers = client_->Trackers();
    if (!trackers.ok()) return false;
    const auto live = std::count_if(trackers->begin(), trackers->end(),
                                    [](const auto& tracker) { return tracker.live(); });
    return static_cast<size_t>(live) == count;
  });
}

int InProcessMapreduce::IndexOfTracker(const std::string& id) const {
  // Ids end with the port of the shuffle, which no two trackers of this process share.
  for (size_t i = 0; i < trackers_.size(); ++i) {
    if (trackers_[i] == nullptr) continue;
    for (const auto& [what, address] : trackers_[i]->daemon->Addresses()) {
      if (what != "shuffle") continue;
      if (id.ends_with(address.substr(address.rfind(':')))) return static_cast<int>(i);
    }
  }
  return -1;
}

std::map<std::string, std::string> InProcessMapreduce::Environment() const {
  return {{"TUSK_CONF_DIR", conf_dir_}};
}

Status InProcessMapreduce::WriteConfDir() const {
  std::error_code error;
  std::filesystem::create_directories(conf_dir_, error);
  if (error) return ErrnoStatus(error.value(), "create " + conf_dir_);
  std::ofstream out(conf_dir_ + "/mapred-site.xml");
  out << "<configuration>\n";
  for (const auto& [name, value] : config_.SetValues()) {
    out << "<property><name>" << name << "</name><value>" << value << "</value></property>\n";
  }
  out << "</configuration>\n";
  out.close();
  return out ? Status::Ok() : Status::Error(StatusCode::kIoError, "write {}", conf_dir_);
}

}  // namespace tusk::mapreduce
