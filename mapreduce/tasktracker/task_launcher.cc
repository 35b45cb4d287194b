#include "mapreduce/tasktracker/task_launcher.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include "common/base/status_macros.h"
#include "common/log/logger.h"
#include "common/net/sleep.h"
#include "common/net/tcp.h"
#include "common/net/unix_socket.h"
#include "common/net/work_pool.h"
#include "common/time/clock.h"
#include "common/time/deadline.h"
#include "mapreduce/model/job_codec.h"
#include "mapreduce/model/part_of_query.h"
#include "mapreduce/proto/umbilical.pb.h"
#include "mapreduce/shuffle/map_output_store.h"
#include "mapreduce/shuffle/shuffle_frame.h"
#include "mapreduce/tasktracker/binary_cache.h"
#include "mapreduce/tasktracker/child_process.h"
#include "mapreduce/tasktracker/job_files.h"
#include "mapreduce/tasktracker/task_process.h"

namespace tusk::mapreduce::tasktracker {

namespace {

constexpr size_t kTailBytes = 4096;
constexpr std::string_view kPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

Status MakeDirectories(const std::vector<std::string>& directories) {
  for (const std::string& directory : directories) {
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    if (error) return ErrnoStatus(error.value(), "create " + directory);
  }
  return Status::Ok();
}

Status RemoveTrees(const std::vector<std::string>& directories) {
  for (const std::string& directory : directories) {
    std::error_code error;
    std::filesystem::remove_all(directory, error);
    if (error) return ErrnoStatus(error.value(), "remove " + directory);
  }
  return Status::Ok();
}

std::string KinOf(const proto::JobSpecProto& spec) {
  const Result<JobSpec> decoded = FromProto(spec);
  if (!decoded.ok() || !PartOfQueryOf(decoded->parameters)) return std::string();
  return spec.user() + "/" + spec.binary_hash();
}

}  // namespace

/// What this tracker knows of a job.
struct TaskLauncher::LocalJob {
  JobId id;
  proto::JobForTrackerProto message;
  AsyncEvent ready;  // the program is here, or will not come
  Status localised;
  std::string program;
  // Of whom processes may be taken: user and program of a part of a query, empty for other jobs.
  std::string kin;
  std::vector<std::shared_ptr<TaskProcess>> idle;
  bool purged = false;
};

/// An attempt that was launched and has not been reported as ended.
struct TaskLauncher::Running {
  AttemptId id;
  proto::LaunchTaskProto launch;
  std::shared_ptr<TaskProcess> process;
  bool heard = false;  // its process has said something since it got the task
  bool killed = false;
  std::string kill_reason;
};

/// A process without a job.
struct TaskLauncher::Kept {
  std::shared_ptr<TaskProcess> process;
  std::string kin;
  Deadline until;
};

TaskLauncher::TaskLauncher(TaskGroup& group, WorkPool& disk, const Clock& clock,
                           BinaryCache& binaries, MapOutputStore& outputs, AttemptLogs& logs,
                           Options options, EventSink events)
    : group_(group),
      disk_(disk),
      clock_(clock),
      binaries_(binaries),
      outputs_(outputs),
      logs_(logs),
      options_(std::move(options)),
      events_(std::move(events)) {}

TaskLauncher::~TaskLauncher() = default;

// --- what the jobtracker asks
// ------------------------------------------------------------------------

void TaskLauncher::AddJob(const proto::JobForTrackerProto& message) {
  const Result<JobId> id = FromProto(message.job());
  if (!id.ok() || jobs_.contains(*id)) return;
  auto job = std::make_shared<LocalJob>();
  job->id = *id;
  job->message = message;
  job->kin = KinOf(message.spec());
  jobs_[*id] = job;
  group_.Spawn("localise " + id->ToString(), Localise(job));
}

Task<void> TaskLauncher::Localise(std::shared_ptr<LocalJob> job) {
  const std::string path = job->message.spec().binary_path();
  const std::string hash = job->message.spec().binary_hash();
  std::string uri;
  for (const proto::ParameterProto& parameter : job->message.spec().parameters()) {
    if (parameter.name() == kFileSystemParameter) uri = parameter.value();
  }
  const auto fetch = [this, uri, path, hash] { return binaries_.Fetch(uri, path, hash); };
  const Result<std::string> program = co_await disk_.Run(fetch);
  job->localised = program.status();
  if (program.ok()) job->program = *program;
  job->ready.Set();
}

void TaskLauncher::Launch(proto::LaunchTaskProto launch) {
  const Result<AttemptId> id = FromProto(launch.attempt());
  if (!id.ok() || running_.contains(*id)) return;
  auto found = jobs_.find(id->task.job);
  if (found == jobs_.end()) {
    ReportFailed(*id, "this tracker was never told about the job", "", true);
    return;
  }
  auto running = std::make_shared<Running>();
  running->id = *id;
  running_[*id] = running;
  group_.Spawn(id->ToString(), RunAttempt(found->second, std::move(launch), *id));
}

void TaskLauncher::Kill(const AttemptId& attempt, const std::string& reason) {
  auto found = running_.find(attempt);
  if (found == running_.end()) return;
  found->second->killed = true;
  found->second->kill_reason = reason;
  if (found->second->process != nullptr) found->second->process->Kill();
}

void TaskLauncher::AnswerCommit(const proto::CommitAnswerProto& answer) {
  const Result<AttemptId> id = FromProto(answer.attempt());
  if (!id.ok()) return;
  auto found = running_.find(*id);
  if (found == running_.end() || found->second->process == nullptr) return;
  proto::ToTaskProto message;
  *message.mutable_commit() = answer;
  Tell(found->second->process, message);
}

void TaskLauncher::UpdateMapOutput(const proto::MapOutputUpdateProto& update) {
  const Result<JobId> job = FromProto(update.job());
  if (!job.ok()) return;
  for (auto& [id, running] : running_) {
    if (id.task.job != *job || id.task.type != TaskType::kReduce) continue;
    if (running->process == nullptr) {
      *running->launch.add_map_outputs() = update.output();
      continue;
    }
    proto::ToTaskProto message;
    *message.mutable_map_output() = update.output();
    AddLocalPath(id.task.index, message.mutable_map_output());
    Tell(running->process, message);
  }
}

void TaskLauncher::Purge(const JobId& id) {
  for (auto& [attempt, running] : running_) {
    if (attempt.task.job == id) Kill(attempt, "the job has ended");
  }
  auto found = jobs_.find(id);
  if (found == jobs_.end()) return;
  const std::shared_ptr<LocalJob> job = found->second;
  jobs_.erase(found);
  job->purged = true;
  Retire(job.get());
  outputs_.Drop(id);
  group_.Spawn("remove files", RemoveFiles(id));
}

void TaskLauncher::DropAll() {
  for (auto& [id, running] : running_) {
    running->killed = true;
    if (running->process != nullptr) running->process->Kill();
  }
  while (!jobs_.empty()) Purge(JobId(jobs_.begin()->first));
  BuryKept();
}

// --- one attempt
// -------------------------------------------------------------------------------------

Task<void> TaskLauncher::RunAttempt(std::shared_ptr<LocalJob> job, proto::LaunchTaskProto launch,
                                    AttemptId id) {
  const std::shared_ptr<Running> running = running_.at(id);
  running->launch = std::move(launch);
  const bool ready = co_await job->ready.Wait(Deadline::Never());
  Status status = ready ? job->localised : Status(StatusCode::kCancelled, "the tracker stops");
  if (status.ok() && !running->killed) {
    Result<std::shared_ptr<TaskProcess>> process = co_await TakeProcess(job, id);
    status = process.status();
    if (process.ok()) running->process = *process;
  }
  if (running->process == nullptr) {
    running_.erase(id);
    ReportFailed(id, running->killed ? running->kill_reason : std::string(status.message()), "",
                 running->killed);
    co_return;
  }
  if (running->killed) running->process->Kill();
  status = co_await Converse(job, running);
  const std::shared_ptr<TaskProcess> process = running->process;
  running_.erase(id);
  logs_.End(id);
  const bool reusable = status.ok() && !running->killed;
  if (reusable && !job->purged && job->idle.size() < options_.max_idle_per_job) {
    job->idle.push_back(process);
    co_return;
  }
  process->Kill();
  const pid_t pid = process->pid();
  const auto wait = [pid]() -> Result<std::string> { return WaitForChild(pid); };
  const Result<std::string> how = co_await disk_.Run(wait);
  process->CloseUmbilical();
  if (status.ok()) co_return;  // it was reported by what the task said
  const std::string end = how.ok() ? *how : how.status().ToString();
  co_await ReportDeath(job, running, status, end);
}

Task<void> TaskLauncher::ReportDeath(std::shared_ptr<LocalJob> job,
                                     std::shared_ptr<Running> running, Status status,
                                     std::string how) {
  const std::string tail = co_await Tail(running->id);
  if (running->killed) {
    ReportFailed(running->id, running->kill_reason, tail, true);
  } else if (status.code() == StatusCode::kDeadlineExceeded) {
    ReportFailed(running->id,
                 fmt::format("no progress for {} s (mapreduce.task.timeout): the task was ended",
                             options_.task_timeout.count() / 1000.0),
                 tail, false);
  } else if (!running->heard && running->process->tasks > 1) {
    // A process kept for the next task had died meanwhile: that is nobody's fault.
    ReportFailed(running->id, "the kept process of the job had ended: " + how, tail, true);
  } else if (status.code() == StatusCode::kCorruption || status.code() == StatusCode::kTooLarge) {
    ReportFailed(running->id,
                 "the program does not speak as a job program: " + std::string(status.message()),
                 tail, false);
  } else {
    ReportFailed(running->id, "the task process " + how, tail, false);
  }
  static_cast<void>(job);
}

Task<Result<std::shared_ptr<TaskProcess>>> TaskLauncher::TakeProcess(std::shared_ptr<LocalJob> job,
                                                                     AttemptId id) {
  std::shared_ptr<TaskProcess> process = TakeIdle(&job->idle);
  if (process == nullptr) {
    process = TakeKin(*job);
    if (process != nullptr) {
      const Status ready = co_await GiveDirectories(process, job->id);
      if (!ready.ok()) {
        co_await Bury(process);
        co_return ready;
      }
    }
  }
  if (process == nullptr) {
    Result<std::shared_ptr<TaskProcess>> started = co_await StartProcess(job);
    if (!started.ok()) co_return started.status();
    process = *started;
  }
  logs_.Begin(id, process->log_file());
  co_return process;
}

std::shared_ptr<TaskProcess> TaskLauncher::TakeIdle(
    std::vector<std::shared_ptr<TaskProcess>>* idle) {
  while (!idle->empty()) {
    const std::shared_ptr<TaskProcess> process = idle->back();
    idle->pop_back();
    if (process->IsRunning()) return process;
    group_.Spawn("bury a process", Bury(process));
  }
  return nullptr;
}

std::shared_ptr<TaskProcess> TaskLauncher::TakeKin(const LocalJob& job) {
  if (job.kin.empty()) return nullptr;
  for (auto kept = kept_.rbegin(); kept != kept_.rend(); ++kept) {
    if (kept->kin != job.kin || !kept->process->IsRunning()) continue;
    const std::shared_ptr<TaskProcess> process = kept->process;
    kept_.erase(std::next(kept).base());
    return process;
  }
  // The stage before is done, but this tracker has not been told so yet.
  for (auto& [id, other] : jobs_) {
    if (other->kin != job.kin) continue;
    const std::shared_ptr<TaskProcess> process = TakeIdle(&other->idle);
    if (process != nullptr) return process;
  }
  return nullptr;
}

Task<Status> TaskLauncher::GiveDirectories(std::shared_ptr<TaskProcess> process, JobId job) {
  process->directories = ProcessDirs(options_.local_dirs, job, next_process_++);
  const std::vector<std::string> directories = process->directories;
  const auto make = [directories] { return MakeDirectories(directories); };
  co_return co_await disk_.Run(make);
}

void TaskLauncher::Retire(LocalJob* job) {
  for (const auto& process : job->idle) {
    if (job->kin.empty() || options_.keep_processes.count() == 0) {
      group_.Spawn("end a process", Bury(process));
      continue;
    }
    kept_.push_back({process, job->kin, Deadline::After(clock_, options_.keep_processes)});
  }
  job->idle.clear();
  while (kept_.size() > options_.max_kept) {
    group_.Spawn("end a process", Bury(kept_.front().process));
    kept_.pop_front();
  }
  if (kept_.empty() || kept_is_watched_) return;
  kept_is_watched_ = true;
  group_.Spawn("end kept processes", EndKept());
}

Task<void> TaskLauncher::EndKept() {
  while (!kept_.empty()) {
    const Deadline until = kept_.front().until;
    const Status slept = co_await SleepUntil(until);
    if (!slept.ok()) break;
    while (!kept_.empty() && kept_.front().until.Expired(clock_)) {
      group_.Spawn("end a process", Bury(kept_.front().process));
      kept_.pop_front();
    }
  }
  kept_is_watched_ = false;
}

void TaskLauncher::BuryKept() {
  for (const Kept& kept : kept_) group_.Spawn("end a process", Bury(kept.process));
  kept_.clear();
}

Task<Result<std::shared_ptr<TaskProcess>>> TaskLauncher::StartProcess(
    std::shared_ptr<LocalJob> job) {
  const uint64_t number = next_process_++;
  ChildSpec spec;
  spec.program = job->program;
  spec.directory = ProcessDirs(options_.local_dirs, job->id, number).front();
  spec.output_file = fmt::format("{}/{}-{}.log", options_.log_dir, job->id.ToString(), number);
  spec.environment = {{"PATH", std::string(kPath)},
                      {"LANG", "C.UTF-8"},
                      {"HOME", spec.directory},
                      {"TMPDIR", spec.directory},
                      {"HADOOP_USER_NAME", job->message.spec().user()},
                      {"TUSK_TASK_FD", std::to_string(kInheritedFd)}};
  if (!options_.conf_dir.empty()) spec.environment["TUSK_CONF_DIR"] = options_.conf_dir;

  CO_ASSIGN_OR_RETURN(auto ends, UnixSocketPair());
  const auto [ours, theirs] = ends;
  spec.inherited_fd = theirs;
  const std::vector<std::string> directories = ProcessDirs(options_.local_dirs, job->id, number);
  const auto start = [spec, directories]() -> Result<pid_t> {
    RETURN_IF_ERROR(MakeDirectories(directories));
    return StartChild(spec);
  };
  const Result<pid_t> pid = co_await disk_.Run(start);
  close(theirs);
  if (!pid.ok()) {
    close(ours);
    co_return pid.status();
  }
  Result<std::unique_ptr<Stream>> stream = AdoptSocket(group_.executor(), ours);
  if (!stream.ok()) {
    KillChildGroup(*pid);
    co_return stream.status();
  }
  auto process = std::make_shared<TaskProcess>(*pid, *std::move(stream), spec.output_file);
  process->directories = directories;
  co_return process;
}

Task<Status> TaskLauncher::Converse(std::shared_ptr<LocalJob> job,
                                    std::shared_ptr<Running> running) {
  const std::shared_ptr<TaskProcess> process = running->process;
  proto::ToTaskProto order;
  *order.mutable_run()->mutable_launch() = running->launch;
  for (proto::MapOutputProto& output :
       *order.mutable_run()->mutable_launch()->mutable_map_outputs()) {
    AddLocalPath(running->id.task.index, &output);
  }
  ++process->tasks;
  if (process->job != job->id) *order.mutable_run()->mutable_job() = job->message;
  process->job = job->id;
  for (const std::string& directory : process->directories) {
    order.mutable_run()->add_local_dirs(directory);
  }
  order.mutable_run()->set_tracker_id(options_.tracker_id);
  std::string frame;
  AppendFrame(order, &frame);
  CO_RETURN_IF_ERROR(co_await process->Send(std::move(frame)));
  proto::TrackerEventProto started;
  *started.mutable_started()->mutable_attempt() = running->launch.attempt();
  started.mutable_started()->set_pid(static_cast<uint32_t>(process->pid()));
  events_(std::move(started));
  while (true) {
    const Deadline silence = options_.task_timeout.count() == 0
                                 ? Deadline::Never()
                                 : Deadline::After(clock_, options_.task_timeout);
    auto message = std::make_shared<proto::FromTaskProto>();
    CO_RETURN_IF_ERROR(co_await process->Receive(message.get(), silence));
    running->heard = true;
    CO_ASSIGN_OR_RETURN(bool ended, co_await Handle(job, running, message));
    if (ended) co_return Status::Ok();
  }
}

Task<Result<bool>> TaskLauncher::Handle(std::shared_ptr<LocalJob> job,
                                        std::shared_ptr<Running> running,
                                        std::shared_ptr<proto::FromTaskProto> message) {
  proto::TrackerEventProto event;
  if (message->ready()) co_return false;
  if (message->has_progress()) {
    proto::AttemptProgressProto* progress = event.mutable_progress();
    *progress->mutable_attempt() = running->launch.attempt();
    progress->set_progress(message->progress().progress());
    if (message->progress().has_counters()) {
      *progress->mutable_counters() = message->progress().counters();
    }
    events_(std::move(event));
    co_return false;
  }
  if (message->has_ask_commit()) {
    *event.mutable_ask_commit() = running->launch.attempt();
    events_(std::move(event));
    co_return false;
  }
  if (message->has_fetch_failed()) {
    *event.mutable_fetch_failed() = message->fetch_failed();
    events_(std::move(event));
    co_return false;
  }
  if (message->has_failed()) {
    const std::string tail = co_await Tail(running->id);
    const proto::TaskFailedProto& failed = message->failed();
    ReportFailed(running->id, failed.cause(),
                 failed.details().empty() ? tail : failed.details() + "\n" + tail, running->killed);
    co_return true;
  }
  if (!message->has_done()) co_return false;
  const proto::TaskDoneProto& done = message->done();
  if (done.has_map_output_file()) {
    const uint32_t reduces = job->message.spec().reduces();
    const std::string file = done.map_output_file();
    const AttemptId id = running->id;
    const auto add = [this, id, file, reduces] { return outputs_.Add(id, file, reduces); };
    const Status added = co_await disk_.Run(add);
    if (!added.ok()) {
      ReportFailed(id, "its output cannot be read back: " + std::string(added.message()), "",
                   false);
      co_return true;
    }
  }
  proto::AttemptDoneProto* report = event.mutable_done();
  *report->mutable_attempt() = running->launch.attempt();
  *report->mutable_counters() = done.counters();
  if (done.has_output()) *report->mutable_output() = done.output();
  report->mutable_partition_bytes()->CopyFrom(done.partition_bytes());
  events_(std::move(event));
  co_return true;
}

// --- what all of it shares
// ---------------------------------------------------------------------------

void TaskLauncher::Tell(const std::shared_ptr<TaskProcess>& process,
                        const proto::ToTaskProto& message) {
  std::string frame;
  AppendFrame(message, &frame);
  group_.Spawn("tell a task", SendFrame(process, std::move(frame)));
}

void TaskLauncher::AddLocalPath(uint32_t reduce, proto::MapOutputProto* output) const {
  if (output->tracker_id() != options_.tracker_id) return;
  const Result<AttemptId> map = FromProto(output->attempt());
  if (!map.ok()) return;
  const auto stored = outputs_.Find(*map);
  if (!stored.ok() || reduce >= (*stored)->index.segments.size()) return;
  const SpillSegment& segment = (*stored)->index.segments[reduce];
  output->set_local_path((*stored)->path);
  output->set_local_offset(segment.offset);
  output->set_local_length(segment.stored_bytes);
}

Task<void> TaskLauncher::SendFrame(std::shared_ptr<TaskProcess> process, std::string frame) {
  // A process that cannot be told anything has ended: its reader finds out.
  static_cast<void>(co_await process->Send(std::move(frame)));
}

void TaskLauncher::ReportFailed(const AttemptId& id, const std::string& cause,
                                const std::string& details, bool killed) {
  LOG_INFO("tasktracker", "{} {}: {}", id.ToString(), killed ? "killed" : "failed", cause);
  proto::TrackerEventProto event;
  ToProto(id, event.mutable_failed()->mutable_attempt());
  event.mutable_failed()->set_cause(cause);
  event.mutable_failed()->set_details(details);
  event.mutable_failed()->set_killed(killed);
  events_(std::move(event));
}

Task<std::string> TaskLauncher::Tail(AttemptId id) {
  const auto read = [this, id] { return logs_.Read(id, kTailBytes); };
  const Result<std::string> text = co_await disk_.Run(read);
  co_return text.ok() ? *text : std::string();
}

Task<void> TaskLauncher::Bury(std::shared_ptr<TaskProcess> process) {
  process->Kill();
  const pid_t pid = process->pid();
  const auto wait = [pid]() -> Result<std::string> { return WaitForChild(pid); };
  static_cast<void>(co_await disk_.Run(wait));
  process->CloseUmbilical();
}

Task<void> TaskLauncher::RemoveFiles(JobId job) {
  const std::vector<std::string> directories = JobDirs(options_.local_dirs, job);
  const auto remove = [directories] { return RemoveTrees(directories); };
  const Status removed = co_await disk_.Run(remove);
  if (!removed.ok()) LOG_WARN("tasktracker", "{}", removed.message());
}

}  // namespace tusk::mapreduce::tasktracker
