#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/mutex.h"
#include "common/base/result.h"
#include "mapreduce/jobtracker/job.h"
#include "mapreduce/jobtracker/scheduler.h"
#include "mapreduce/jobtracker/tracker_event.h"
#include "mapreduce/jobtracker/tracker_registry.h"

namespace tusk {
class Clock;
}

namespace tusk::mapreduce::jobtracker {

/// A job as clients and pages see it.
struct JobSnapshot {
  JobId id;
  std::shared_ptr<const JobSpec> spec;
  JobState state = JobState::kPreparing;
  JobPriority priority = JobPriority::kNormal;
  TaskCounts maps;
  TaskCounts reduces;
  uint64_t version = 0;
  int64_t submitted_ms = 0;
  int64_t started_ms = 0;
  int64_t finished_ms = 0;
  std::string cause;
  std::string details;
  Counters counters;  // filled when asked for
};

/// A task as clients and pages see it.
struct TaskSnapshot {
  TaskRecord task;
  std::string split;  // maps
};

/// A tracker as clients and pages see it.
struct TrackerSnapshot {
  TrackerId id;
  TrackerDescription description;
  bool live = false;
  uint32_t running_maps = 0;
  uint32_t running_reduces = 0;
  int64_t last_seen_ms = 0;
  uint32_t failures = 0;
};

/// What the job table has done by others, because it takes a disk or the file system. Called
/// without the table's mutex, from any thread; each hands its answer to `done` once, later or at
/// once, on any thread.
class JobOutputs {
 public:
  virtual ~JobOutputs() = default;
  /// Makes the output of a finished job final (mapreduce/io/output_committer.h).
  virtual void Commit(const JobSnapshot& job, OutputManifest manifest,
                      std::function<void(Status)> done) = 0;
  /// Removes everything that the job wrote and that is not final.
  virtual void Abort(const JobSnapshot& job, std::function<void(Status)> done) = 0;
  /// The job has ended; its final state and its tasks go to the history.
  virtual void Ended(const JobSnapshot& job, std::vector<TaskSnapshot> remarkable_tasks) = 0;
};

/// The jobtracker's mind: jobs, trackers, and what each event means for them. One mutex, held for
/// microseconds; no socket, no disk, no timer of its own (`Tick` is called from outside). Actions
/// for trackers wait in the registry; `wake` of a tracker says that there are some.
///
/// Thread-safe.
class JobTable {
 public:
  /// Times and bounds.
  struct Options {
    uint64_t tracker_start = 0;                        ///< stamp in job ids
    std::chrono::milliseconds tracker_expiry{10'000};  ///< tusk.jobtracker.tracker.expiry
    size_t retained_jobs = 1000;                       ///< finished ones kept in memory
    size_t max_running_jobs = 10'000;
  };

  /// `scheduler`, `outputs` and `clock` must outlive the table.
  JobTable(Options options, Scheduler& scheduler, JobOutputs& outputs, const Clock& clock);
  JobTable(const JobTable&) = delete;
  JobTable& operator=(const JobTable&) = delete;

  // --- clients
  // --------------------------------------------------------------------------------------

  JobId NewJobId() EXCLUDES(mutex_);
  /// Starts a job. kInvalidArgument for a spec that is not valid or an id that was not given out,
  /// kResourceExhausted when too many run; Ok for a repeat.
  Status Submit(const JobId& id, JobSpec spec) EXCLUDES(mutex_);
  /// False when the job had ended already; kNotFound; kPermissionDenied unless `user` submitted it
  /// or is `superuser`.
  Result<bool> Kill(const JobId& id, const std::string& user, bool superuser) EXCLUDES(mutex_);
  Status SetPriority(const JobId& id, JobPriority priority, const std::string& user, bool superuser)
      EXCLUDES(mutex_);
  std::optional<JobSnapshot> Get(const JobId& id, bool with_counters) EXCLUDES(mutex_);
  /// Newest first; running ones only unless `all`.
  std::vector<JobSnapshot> List(bool all) EXCLUDES(mutex_);
  /// Tasks [first, first + limit) of one type.
  Result<std::vector<TaskSnapshot>> Tasks(const JobId& id, TaskType type, uint32_t first,
                                          uint32_t limit) EXCLUDES(mutex_);
  std::vector<TrackerSnapshot> Trackers() EXCLUDES(mutex_);
  /// Calls `changed` once, when the job's version is or becomes other than `seen`; at once for an
  /// unknown job.
  void Watch(const JobId& id, uint64_t seen, std::function<void()> changed) EXCLUDES(mutex_);

  // --- trackers
  // -------------------------------------------------------------------------------------

  TrackerId Register(TrackerDescription description) EXCLUDES(mutex_);
  /// The next actions for a tracker; a batch without actions when there are none, and then `wake`
  /// is called once as soon as there are. kFailedPrecondition for a tracker that is not registered
  /// under this incarnation (any more): it must drop its tasks and register again.
  Result<ActionBatch> NextBatch(const TrackerId& id, const std::string& incarnation,
                                uint64_t acknowledged, std::function<void()> wake) EXCLUDES(mutex_);
  /// Applies a tracker's events in order. `number` rises by one with each report; a repeat is Ok
  /// and changes nothing. Errors as NextBatch.
  Status Report(const TrackerId& id, const std::string& incarnation, uint64_t number,
                std::vector<TrackerEvent> events) EXCLUDES(mutex_);

  /// Finds lost trackers and offers slots again that were left free for locality. Returns when to
  /// call again at the latest.
  Instant Tick() EXCLUDES(mutex_);
  /// Called when Tick should come earlier than it said.
  void SetTickWanted(std::function<void()> wanted) EXCLUDES(mutex_);

 private:
  // What must happen after the mutex is released.
  struct Effects {
    std::vector<std::function<void()>> run;
  };

  Job* Find(const JobId& id) REQUIRES(mutex_);
  /// A live tracker that was heard of just now; null when this incarnation is not registered.
  Tracker* Hear(const TrackerId& id, const std::string& incarnation) REQUIRES(mutex_);
  std::vector<Job*> RunningJobs() REQUIRES(mutex_);
  JobSnapshot Snapshot(const Job& job, bool with_counters) const REQUIRES(mutex_);
  TaskSnapshot SnapshotOf(const Job& job, const TaskRecord& task) const REQUIRES(mutex_);
  void Send(const TrackerId& tracker, Action action, Effects& effects) REQUIRES(mutex_);
  void Launch(Job& job, const AttemptId& attempt, Tracker& tracker, Effects& effects)
      REQUIRES(mutex_);
  void FillSlots(Tracker& tracker, Effects& effects) REQUIRES(mutex_);
  void FillAllSlots(Effects& effects) REQUIRES(mutex_);
  void Apply(const TrackerEvent& event, Tracker& tracker, Effects& effects) REQUIRES(mutex_);
  void ApplyDone(const AttemptDone& event, Tracker& tracker, Effects& effects) REQUIRES(mutex_);
  void ApplyFailed(const AttemptFailed& event, Tracker& tracker, Effects& effects) REQUIRES(mutex_);
  void AfterOutcome(Job& job, Job::Outcome outcome, Effects& effects) REQUIRES(mutex_);
  void BeginEnd(Job& job, JobEvent event, const std::string& reason, Effects& effects)
      REQUIRES(mutex_);
  void EndIfQuiet(Job& job, Effects& effects) REQUIRES(mutex_);
  void BeginCommit(Job& job, Effects& effects) REQUIRES(mutex_);
  void Finish(const JobId& id, JobEvent event, const Status& status) EXCLUDES(mutex_);
  void Retire(Job& job, Effects& effects) REQUIRES(mutex_);
  void LoseTracker(Tracker& tracker, const std::string& why, Effects& effects) REQUIRES(mutex_);
  void NotifyWatchers(Job& job, Effects& effects) REQUIRES(mutex_);
  static void Run(Effects effects);

  const Options options_;
  Scheduler& scheduler_;
  JobOutputs& outputs_;
  const Clock& clock_;

  Mutex mutex_;
  uint32_t next_job_ GUARDED_BY(mutex_) = 1;
  std::map<JobId, std::unique_ptr<Job>> jobs_ GUARDED_BY(mutex_);
  std::map<JobId, std::vector<std::pair<uint64_t, std::function<void()>>>> watchers_
      GUARDED_BY(mutex_);
  TrackerRegistry trackers_ GUARDED_BY(mutex_);
  std::map<std::string, std::string> rack_of_host_ GUARDED_BY(mutex_);
  std::deque<JobId> finished_ GUARDED_BY(mutex_);
  std::function<void()> tick_wanted_ GUARDED_BY(mutex_);
};

}  // namespace tusk::mapreduce::jobtracker
