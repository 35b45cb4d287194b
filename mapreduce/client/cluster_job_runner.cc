#include "mapreduce/client/cluster_job_runner.h"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <utility>

#include "common/base/status_macros.h"
#include "common/config/config.h"
#include "common/time/system_clock.h"
#include "dfs/client/file_system.h"
#include "dfs/client/open_file_system.h"
#include "mapreduce/client/job_client.h"
#include "mapreduce/client/job_progress.h"
#include "mapreduce/io/output_committer.h"
#include "mapreduce/model/job_codec.h"

namespace tusk::mapreduce {

namespace {

// Set by the signal handler, read by the waiting loop; a signal handler can reach nothing else.
std::atomic<int> interrupts{0};

extern "C" void CountInterrupt(int) {
  if (interrupts.fetch_add(1) > 0) std::_Exit(130);
}

/// Counts Ctrl-C while it lives, and puts back what was there before.
class InterruptWatch {
 public:
  InterruptWatch() {
    interrupts = 0;
    struct sigaction action = {};
    action.sa_handler = CountInterrupt;
    sigaction(SIGINT, &action, &before_);
  }
  ~InterruptWatch() { sigaction(SIGINT, &before_, nullptr); }
  bool interrupted() const { return interrupts > 0; }

 private:
  struct sigaction before_ = {};
};

uint32_t SlotsOf(JobClient& client) {
  uint32_t slots = 0;
  const auto trackers = client.Trackers();
  if (!trackers.ok()) return 1;
  for (const proto::TrackerReportProto& tracker : *trackers) {
    if (tracker.live()) slots += tracker.map_slots();
  }
  return std::max<uint32_t>(slots, 1);
}

Status FailureOf(const JobId& id, const proto::JobStatusProto& status) {
  std::string text =
      status.cause().empty() ? fmt::format("job {} failed", id.ToString()) : status.cause();
  if (!status.details().empty()) text += "\n" + status.details();
  text += fmt::format("\n  log: tusk job -logs {}        {}", id.ToString(), status.url());
  const bool killed = static_cast<JobState>(status.state()) == JobState::kKilled;
  return Status(killed ? StatusCode::kCancelled : StatusCode::kFailedPrecondition, std::move(text));
}

Result<std::vector<TaskCounters>> CountersOfTasks(JobClient& client, const JobId& id) {
  ASSIGN_OR_RETURN(const std::vector<proto::TaskReportProto> reports,
                   client.Tasks(id, std::nullopt));
  std::vector<TaskCounters> tasks;
  for (const proto::TaskReportProto& report : reports) {
    ASSIGN_OR_RETURN(const TaskId task, FromProto(report.task()));
    ASSIGN_OR_RETURN(Counters counters, FromProto(report.counters()));
    tasks.push_back({task.type, task.index, std::move(counters)});
  }
  return tasks;
}

}  // namespace

ClusterJobRunner::ClusterJobRunner(const Config& config, std::shared_ptr<dfs::FileSystem> files,
                                   std::unique_ptr<JobClient> client)
    : config_(config), files_(std::move(files)), client_(std::move(client)) {}

ClusterJobRunner::~ClusterJobRunner() = default;

Result<std::unique_ptr<JobRunner>> ClusterJobRunner::Open(const Config& config) {
  ASSIGN_OR_RETURN(std::shared_ptr<dfs::FileSystem> files, dfs::OpenFileSystem("", config));
  ASSIGN_OR_RETURN(std::unique_ptr<JobClient> client, JobClient::Open(config, files->UserName()));
  return std::unique_ptr<JobRunner>(
      new ClusterJobRunner(config, std::move(files), std::move(client)));
}

uint32_t ClusterJobRunner::slots() { return SlotsOf(*client_); }

Result<JobResult> ClusterJobRunner::Run(Job job) {
  const Clock& clock = SystemClock::Get();
  const auto start = clock.SteadyNow();
  const auto elapsed_ms = [&clock, start] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(clock.SteadyNow() - start).count();
  };
  RETURN_IF_ERROR(PrepareJob(config_, *files_, SlotsOf(*client_), &job));
  // Tasks, trackers and the jobtracker use the driver's file system and what -D says of it.
  for (const Config::Entry& entry : config_.Entries()) {
    if (entry.origin == "-D") job.spec().parameters.emplace(entry.name, entry.value);
  }
  job.spec().parameters[std::string(kFileSystemParameter)] = files_->Uri();
  const OutputCommitter committer(job.spec(), *files_);
  RETURN_IF_ERROR(committer.SetUpJob());
  const InterruptWatch watch;
  const Result<JobId> submitted = client_->Submit(*files_, job.spec(), "/proc/self/exe");
  if (!submitted.ok()) {
    static_cast<void>(committer.AbortJob());  // the first cause is what the user needs
    return submitted.status();
  }
  const JobId& id = *submitted;
  JobProgress progress;
  bool told = false;
  bool killing = false;
  const auto show = [&](const proto::JobStatusProto& status) {
    if (!told && elapsed_ms() >= 1000) {
      fmt::print(stderr, "{}  {}  {}\n", status.name(), id.ToString(), status.url());
      told = true;
    }
    progress.Show(status, elapsed_ms());
    return killing || !watch.interrupted();
  };
  Result<proto::JobStatusProto> status = client_->Wait(id, show);
  if (status.ok() && !HasEnded(*status)) {
    killing = true;
    progress.End();
    fmt::print(stderr, "killing {} (Ctrl-C once more leaves it running)\n", id.ToString());
    RETURN_IF_ERROR(client_->Kill(id).status());
    status = client_->Wait(id, show);
  }
  progress.End();
  RETURN_IF_ERROR(status.status());
  if (static_cast<JobState>(status->state()) != JobState::kSucceeded) return FailureOf(id, *status);
  JobResult result;
  result.id = id.ToString();
  result.seconds = static_cast<double>(elapsed_ms()) / 1000;
  result.maps = status->maps().total();
  result.reduces = status->reduces().total();
  ASSIGN_OR_RETURN(result.counters, FromProto(status->counters()));
  if (job.spec().parameters.contains(std::string(kTaskCountersParameter))) {
    ASSIGN_OR_RETURN(result.tasks, CountersOfTasks(*client_, id));
  }
  return result;
}

}  // namespace tusk::mapreduce
