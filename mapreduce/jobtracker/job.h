#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mapreduce/jobtracker/pending_maps.h"
#include "mapreduce/jobtracker/tracker_registry.h"
#include "mapreduce/model/counters.h"
#include "mapreduce/model/ids.h"
#include "mapreduce/model/input_split.h"
#include "mapreduce/model/job_spec.h"
#include "mapreduce/model/output_manifest.h"
#include "mapreduce/model/task_state.h"

namespace tusk::mapreduce::jobtracker {

/// One execution of a task, as the jobtracker knows it.
struct Attempt {
  AttemptId id;
  AttemptState state = AttemptState::kAssigned;
  TrackerId tracker;
  std::string host;
  std::string log_url;
  Locality locality = Locality::kAny;
  int64_t started_ms = 0;
  int64_t finished_ms = 0;
  float progress = 0;
  std::string cause;
  std::string details;
};

/// One map or reduce with all its attempts.
struct TaskRecord {
  TaskId id;
  TaskState state = TaskState::kPending;
  std::vector<Attempt> attempts;
  uint32_t failures = 0;               // attempts that failed by their own fault
  std::set<TrackerId> failed_on;       // where: other trackers are preferred
  std::optional<uint32_t> committing;  // attempt that holds the permission to commit
  std::optional<uint32_t> succeeded;   // attempt whose output counts
  Counters counters;            // of the last attempt that succeeded, or of a live one if none has
  bool ever_succeeded = false;  // its output may be lost again; what it counted still counts, once
  TaskOutput output;            // committed files
  std::vector<uint64_t> partition_bytes;
  std::set<AttemptId> fetch_complaints;  // reducers whose fetch timed out, since the last success
};

/// What is shown of one kind of task.
struct TaskCounts {
  uint32_t total = 0;
  uint32_t pending = 0;
  uint32_t running = 0;
  uint32_t succeeded = 0;
  uint32_t failed_attempts = 0;
  uint32_t killed_attempts = 0;
  float progress = 0;
};

/// A submitted job: its tasks, what runs, what came of it. Applies events to the state machines of
/// mapreduce/model/task_state.h and says what they mean for the job; sends nothing, waits for
/// nothing. Not thread-safe: guarded by the job table's mutex.
class Job {
 public:
  /// `spec` has passed Validate; `rack_of_host` knows the racks of trackers (a host that is not in
  /// it has none). The splits move to the tasks: what `spec()` returns has none.
  Job(JobId id, JobSpec spec, int64_t now_ms,
      const std::map<std::string, std::string>& rack_of_host);

  const JobId& id() const { return id_; }
  const std::shared_ptr<const JobSpec>& spec() const { return spec_; }
  JobPriority priority() const { return priority_; }
  void set_priority(JobPriority priority);
  JobState state() const { return state_; }
  /// Applies an event; false when it means nothing in this state.
  bool Apply(JobEvent event);
  /// Rises with each change that a watcher may want to see.
  uint64_t version() const { return version_; }

  const std::vector<TaskRecord>& tasks(TaskType type) const {
    return type == TaskType::kMap ? maps_ : reduces_;
  }
  const TaskRecord* FindTask(const TaskId& id) const;
  const InputSplit& split(uint32_t map) const { return splits_[map]; }
  TaskCounts Counts(TaskType type) const;
  /// Sums of all succeeded tasks, the live ones' last reports, and the job's own counters.
  Counters TotalCounters() const;
  OutputManifest Manifest() const;

  // --- scheduling
  // ---------------------------------------------------------------------------------

  bool WantsMaps() const { return state_ == JobState::kRunning && !pending_maps_.empty(); }
  /// True when reduces wait and enough maps are done (`slowstart`, 0 to 1, of all maps).
  bool WantsReduces(double slowstart) const;
  /// True when some host of a waiting map has a live tracker, so that waiting for it makes sense.
  bool LocalMapPossible(const TrackerRegistry& trackers);
  /// Starts the best waiting map for the tracker, no farther than `worst`.
  std::optional<AttemptId> StartMap(const Tracker& tracker, Locality worst, int64_t now_ms);
  std::optional<AttemptId> StartReduce(const Tracker& tracker, int64_t now_ms);
  /// When this job began to wait for a local slot; cleared by each local start.
  std::optional<Instant> waiting_for_local_since;
  /// Set once the clean-up of a failed or killed job was ordered.
  bool end_begun = false;
  /// Outputs of all succeeded maps, in the order of maps.
  std::vector<MapOutput> MapOutputs(TrackerRegistry& trackers) const;

  // --- events
  // -------------------------------------------------------------------------------------

  /// What an event means beyond its task.
  enum class Outcome : uint8_t {
    kNone,       // late, repeated, or of no consequence
    kChanged,    // something is different
    kTaskDone,   // a task has succeeded
    kTasksDone,  // ... and it was the last: commit the job
    kRequeued,   // the task waits for another attempt
    kJobFailed,  // the task will not be tried again: cause() says why
  };

  Outcome OnStarted(const AttemptId& id);
  Outcome OnProgress(const AttemptId& id, float progress, const Counters* counters);
  /// True when this attempt may commit. The same attempt may ask again and gets the same answer.
  bool OnAskCommit(const AttemptId& id);
  Outcome OnDone(const AttemptId& id, const Counters& counters, TaskOutput output,
                 std::vector<uint64_t> partition_bytes, int64_t now_ms);
  /// `killed`: not the task's fault (lost tracker, twin, job's end): costs no attempt.
  Outcome OnFailed(const AttemptId& id, std::string cause, std::string details, bool killed,
                   const std::string& tracker_url, int64_t now_ms);
  /// The output of a succeeded map is gone; it waits again when somebody still needs it.
  Outcome OnMapOutputLost(uint32_t map, const std::string& why, int64_t now_ms);
  /// A reducer could not fetch. `definite`: the tracker has no such output, so one complaint is
  /// enough; else three reducers, or half of those that run, must complain.
  Outcome OnFetchFailed(const AttemptId& map_attempt, const AttemptId& reducer, bool definite,
                        const std::string& cause, int64_t now_ms);
  /// Every attempt that is not final and every succeeded map output on that tracker, for the caller
  /// to fail or lose.
  std::vector<AttemptId> LiveAttemptsOn(const TrackerId& tracker) const;
  std::vector<uint32_t> MapOutputsOn(const TrackerId& tracker) const;
  std::vector<AttemptId> LiveAttempts() const;
  bool HasLiveAttempts() const { return live_attempts_ > 0; }
  bool NeedsMapOutputs() const;

  /// The first cause of a failure, kept: later ones do not replace it.
  void SetCause(std::string cause, std::string details);
  const std::string& cause() const { return cause_; }
  const std::string& details() const { return details_; }
  const Attempt* FindAttempt(const AttemptId& id) const;

  int64_t submitted_ms() const { return submitted_ms_; }
  int64_t started_ms() const { return started_ms_; }
  int64_t finished_ms() const { return finished_ms_; }
  void set_finished_ms(int64_t now_ms) { finished_ms_ = now_ms; }

 private:
  TaskRecord* Mutable(const TaskId& id);
  Attempt* Mutable(const AttemptId& id);
  AttemptId Start(TaskRecord& task, const Tracker& tracker, Locality locality, int64_t now_ms);
  void Requeue(TaskRecord& task, bool again);
  Outcome AfterAttemptEnded(TaskRecord& task);
  void Changed() { ++version_; }

  const JobId id_;
  std::shared_ptr<const JobSpec> spec_;
  std::vector<InputSplit> splits_;
  std::vector<std::vector<std::string>> split_racks_;
  const int64_t submitted_ms_;
  int64_t started_ms_ = 0;
  int64_t finished_ms_ = 0;
  JobPriority priority_;
  JobState state_ = JobState::kPreparing;
  uint64_t version_ = 1;
  std::vector<TaskRecord> maps_;
  std::vector<TaskRecord> reduces_;
  PendingMaps pending_maps_;
  std::deque<uint32_t> pending_reduces_;
  uint32_t live_attempts_ = 0;
  uint32_t succeeded_maps_ = 0;
  uint32_t succeeded_reduces_ = 0;
  Counters own_counters_;  // launched, failed, killed, locality
  std::string cause_;
  std::string details_;
};

}  // namespace tusk::mapreduce::jobtracker
