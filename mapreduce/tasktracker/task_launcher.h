#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/net/async_event.h"
#include "common/net/task.h"
#include "common/net/task_group.h"
#include "mapreduce/model/ids.h"
#include "mapreduce/model/job_spec.h"
#include "mapreduce/proto/tracker.pb.h"
#include "mapreduce/tasktracker/attempt_logs.h"

namespace tusk {
class Clock;
class WorkPool;
}  // namespace tusk

namespace tusk::mapreduce {
class MapOutputStore;
namespace proto {
class FromTaskProto;
class ToTaskProto;
}  // namespace proto
}  // namespace tusk::mapreduce

namespace tusk::mapreduce::tasktracker {

class BinaryCache;
class TaskProcess;

/// Runs attempts in task processes: fetches the job's program once, starts or reuses a process of
/// the job, hands it the task over its umbilical, passes on what it says, and tells in words how a
/// process ended that should not have.
///
/// Jobs that are parts of queries are many and short, so their processes serve the user's other
/// jobs of the same program as well, for as long as Options::keep_processes after the end of
/// theirs.
///
/// Owned by one strand, that of `group`: every method is called there. Disk work runs on `disk`.
class TaskLauncher {
 public:
  /// What processes get and how long they may be silent.
  struct Options {
    std::vector<std::string> local_dirs;  ///< absolute; spills and map outputs, spread over them
    std::string log_dir;
    std::string conf_dir;  ///< the tasks' configuration; may be empty
    std::string tracker_id;
    std::chrono::milliseconds task_timeout{600'000};  ///< mapreduce.task.timeout: 0 for never
    size_t max_idle_per_job = 64;
    std::chrono::milliseconds keep_processes{0};  ///< tusk.tasktracker.keep-processes: 0 for never
    size_t max_kept = 4;                          ///< processes kept of jobs that have ended
  };
  using EventSink = std::function<void(proto::TrackerEventProto)>;

  /// All must outlive the launcher. `events` is called on the strand.
  TaskLauncher(TaskGroup& group, WorkPool& disk, const Clock& clock, BinaryCache& binaries,
               MapOutputStore& outputs, AttemptLogs& logs, Options options, EventSink events);
  ~TaskLauncher();

  void SetTrackerId(std::string id) { options_.tracker_id = std::move(id); }

  /// Remembers a job; its program starts to be fetched at once.
  void AddJob(const proto::JobForTrackerProto& job);
  void Launch(proto::LaunchTaskProto launch);
  /// Ends an attempt; it is reported as killed.
  void Kill(const AttemptId& attempt, const std::string& reason);
  void AnswerCommit(const proto::CommitAnswerProto& answer);
  void UpdateMapOutput(const proto::MapOutputUpdateProto& update);
  /// Ends the job's processes and removes its files.
  void Purge(const JobId& job);
  /// Kills everything, reports nothing: this tracker starts anew, or stops.
  void DropAll();

  size_t running() const { return running_.size(); }

 private:
  struct LocalJob;
  struct Running;
  struct Kept;

  Task<void> Localise(std::shared_ptr<LocalJob> job);
  Task<void> RunAttempt(std::shared_ptr<LocalJob> job, proto::LaunchTaskProto launch, AttemptId id);
  Task<Status> Converse(std::shared_ptr<LocalJob> job, std::shared_ptr<Running> running);
  // True when the message says that the task has ended.
  Task<Result<bool>> Handle(std::shared_ptr<LocalJob> job, std::shared_ptr<Running> running,
                            std::shared_ptr<proto::FromTaskProto> message);
  Task<void> ReportDeath(std::shared_ptr<LocalJob> job, std::shared_ptr<Running> running,
                         Status status, std::string how);
  Task<Result<std::shared_ptr<TaskProcess>>> TakeProcess(std::shared_ptr<LocalJob> job,
                                                         AttemptId id);
  Task<Result<std::shared_ptr<TaskProcess>>> StartProcess(std::shared_ptr<LocalJob> job);
  // A process of another job that may serve this one, or null.
  std::shared_ptr<TaskProcess> TakeKin(const LocalJob& job);
  // The newest that runs; what has died meanwhile is buried.
  std::shared_ptr<TaskProcess> TakeIdle(std::vector<std::shared_ptr<TaskProcess>>* idle);
  Task<Status> GiveDirectories(std::shared_ptr<TaskProcess> process, JobId job);
  // Keeps the processes of a job that has ended, or ends them.
  void Retire(LocalJob* job);
  Task<void> EndKept();
  void BuryKept();
  Task<void> Bury(std::shared_ptr<TaskProcess> process);
  Task<void> RemoveFiles(JobId job);
  // Where the reduce finds what lies on this machine.
  void AddLocalPath(uint32_t reduce, proto::MapOutputProto* output) const;
  Task<void> SendFrame(std::shared_ptr<TaskProcess> process, std::string frame);
  void Tell(const std::shared_ptr<TaskProcess>& process, const proto::ToTaskProto& message);
  void ReportFailed(const AttemptId& id, const std::string& cause, const std::string& details,
                    bool killed);
  Task<std::string> Tail(AttemptId id);

  TaskGroup& group_;
  WorkPool& disk_;
  const Clock& clock_;
  BinaryCache& binaries_;
  MapOutputStore& outputs_;
  AttemptLogs& logs_;
  Options options_;
  const EventSink events_;

  // Owned by the strand.
  std::map<JobId, std::shared_ptr<LocalJob>> jobs_;
  std::map<AttemptId, std::shared_ptr<Running>> running_;
  // Of jobs that have ended, the oldest first.
  std::deque<Kept> kept_;
  bool kept_is_watched_ = false;
  uint64_t next_process_ = 1;
};

}  // namespace tusk::mapreduce::tasktracker
