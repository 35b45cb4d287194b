#include "mapreduce/jobtracker/job.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

namespace tusk::mapreduce::jobtracker {

namespace {

// Reducers that must complain of time-outs before a map output counts as lost.
constexpr size_t kMaxFetchComplaints = 3;

std::vector<TaskRecord> MakeTasks(const JobId& job, TaskType type, size_t count) {
  std::vector<TaskRecord> tasks(count);
  for (size_t i = 0; i < count; ++i) tasks[i].id = TaskId{job, type, static_cast<uint32_t>(i)};
  return tasks;
}

}  // namespace

Job::Job(JobId id, JobSpec spec, int64_t now_ms,
         const std::map<std::string, std::string>& rack_of_host)
    : id_(id), splits_(std::move(spec.splits)), submitted_ms_(now_ms), priority_(spec.priority) {
  spec.splits.clear();
  maps_ = MakeTasks(id_, TaskType::kMap, splits_.size());
  reduces_ = MakeTasks(id_, TaskType::kReduce, spec.reduces);
  spec_ = std::make_shared<const JobSpec>(std::move(spec));
  split_racks_.resize(splits_.size());
  for (size_t i = 0; i < splits_.size(); ++i) {
    for (const std::string& host : splits_[i].hosts) {
      auto found = rack_of_host.find(host);
      split_racks_[i].push_back(found == rack_of_host.end() ? std::string() : found->second);
    }
    pending_maps_.Add(static_cast<uint32_t>(i), splits_[i].hosts, split_racks_[i], false);
  }
  for (uint32_t i = 0; i < reduces_.size(); ++i) pending_reduces_.push_back(i);
}

void Job::set_priority(JobPriority priority) {
  priority_ = priority;
  Changed();
}

bool Job::Apply(JobEvent event) {
  const std::optional<JobState> next = Next(state_, event);
  if (!next) return false;
  state_ = *next;
  Changed();
  return true;
}

const TaskRecord* Job::FindTask(const TaskId& id) const {
  const std::vector<TaskRecord>& all = tasks(id.type);
  return id.job == id_ && id.index < all.size() ? &all[id.index] : nullptr;
}

const Attempt* Job::FindAttempt(const AttemptId& id) const {
  const TaskRecord* task = FindTask(id.task);
  return task != nullptr && id.number < task->attempts.size() ? &task->attempts[id.number]
                                                              : nullptr;
}

TaskRecord* Job::Mutable(const TaskId& id) { return const_cast<TaskRecord*>(FindTask(id)); }
Attempt* Job::Mutable(const AttemptId& id) { return const_cast<Attempt*>(FindAttempt(id)); }

TaskCounts Job::Counts(TaskType type) const {
  const std::vector<TaskRecord>& all = tasks(type);
  TaskCounts counts;
  counts.total = static_cast<uint32_t>(all.size());
  double progress = 0;
  for (const TaskRecord& task : all) {
    if (task.state == TaskState::kPending) ++counts.pending;
    if (task.state == TaskState::kRunning) ++counts.running;
    if (task.state == TaskState::kSucceeded) {
      ++counts.succeeded;
      progress += 1;
    }
    float best = 0;
    for (const Attempt& attempt : task.attempts) {
      if (attempt.state == AttemptState::kFailed) ++counts.failed_attempts;
      if (attempt.state == AttemptState::kKilled) ++counts.killed_attempts;
      if (!IsFinal(attempt.state)) best = std::max(best, attempt.progress);
    }
    if (task.state == TaskState::kRunning) progress += best;
  }
  counts.progress = all.empty() ? (IsFinal(state_) || succeeded_maps_ == maps_.size() ? 1.0f : 0.0f)
                                : static_cast<float>(progress / static_cast<double>(all.size()));
  return counts;
}

Counters Job::TotalCounters() const {
  Counters total = own_counters_;
  for (const TaskRecord& task : maps_) total.Merge(task.counters);
  for (const TaskRecord& task : reduces_) total.Merge(task.counters);
  return total;
}

OutputManifest Job::Manifest() const {
  OutputManifest manifest;
  manifest.job_uuid = spec_->uuid;
  for (const std::vector<TaskRecord>* all : {&maps_, &reduces_}) {
    for (const TaskRecord& task : *all) {
      if (!task.output.files.empty()) manifest.tasks.push_back(task.output);
    }
  }
  return manifest;
}

// --- scheduling
// -------------------------------------------------------------------------------------

bool Job::WantsReduces(double slowstart) const {
  if (state_ != JobState::kRunning || pending_reduces_.empty()) return false;
  return static_cast<double>(succeeded_maps_) >= slowstart * static_cast<double>(maps_.size());
}

bool Job::LocalMapPossible(const TrackerRegistry& trackers) {
  return pending_maps_.WaitsOnHost(
      [&trackers](const std::string& host) { return trackers.HasLiveOn(host); });
}

AttemptId Job::Start(TaskRecord& task, const Tracker& tracker, Locality locality, int64_t now_ms) {
  Attempt attempt;
  attempt.id = AttemptId{task.id, static_cast<uint32_t>(task.attempts.size())};
  attempt.tracker = tracker.id;
  attempt.host = tracker.description.host;
  attempt.log_url = fmt::format("http://{}:{}/attempts/{}", tracker.description.shuffle_host,
                                tracker.description.http_port, attempt.id.ToString());
  attempt.locality = locality;
  attempt.started_ms = now_ms;
  task.attempts.push_back(attempt);
  ++live_attempts_;
  if (auto next = Next(task.state, TaskEvent::kAttemptStarted)) task.state = *next;
  if (started_ms_ == 0) started_ms_ = now_ms;
  Changed();
  return attempt.id;
}

std::optional<AttemptId> Job::StartMap(const Tracker& tracker, Locality worst, int64_t now_ms) {
  const auto taken = pending_maps_.Take(tracker.description.host, tracker.description.rack, worst);
  if (!taken) return std::nullopt;
  own_counters_.Add(BuiltinCounter::kTotalLaunchedMaps, 1);
  own_counters_.Add(taken->locality == Locality::kNode   ? BuiltinCounter::kDataLocalMaps
                    : taken->locality == Locality::kRack ? BuiltinCounter::kRackLocalMaps
                                                         : BuiltinCounter::kOtherLocalMaps,
                    1);
  if (taken->locality == Locality::kNode) waiting_for_local_since.reset();
  return Start(maps_[taken->map], tracker, taken->locality, now_ms);
}

std::optional<AttemptId> Job::StartReduce(const Tracker& tracker, int64_t now_ms) {
  if (pending_reduces_.empty()) return std::nullopt;
  auto chosen = std::find_if(pending_reduces_.begin(), pending_reduces_.end(), [&](uint32_t index) {
    return !reduces_[index].failed_on.contains(tracker.id);
  });
  if (chosen == pending_reduces_.end()) chosen = pending_reduces_.begin();
  const uint32_t index = *chosen;
  pending_reduces_.erase(chosen);
  own_counters_.Add(BuiltinCounter::kTotalLaunchedReduces, 1);
  return Start(reduces_[index], tracker, Locality::kAny, now_ms);
}

std::vector<MapOutput> Job::MapOutputs(TrackerRegistry& trackers) const {
  std::vector<MapOutput> outputs;
  for (const TaskRecord& task : maps_) {
    if (!task.succeeded) continue;
    const Attempt& attempt = task.attempts[*task.succeeded];
    const Tracker* tracker = trackers.Find(attempt.tracker);
    if (tracker == nullptr) continue;
    outputs.push_back(MapOutput{attempt.id, tracker->description.shuffle_host,
                                tracker->description.shuffle_port, tracker->id});
  }
  return outputs;
}

void Job::Requeue(TaskRecord& task, bool again) {
  if (task.id.type == TaskType::kMap) {
    pending_maps_.Add(task.id.index, splits_[task.id.index].hosts, split_racks_[task.id.index],
                      again);
  } else {
    pending_reduces_.push_front(task.id.index);
  }
}

// --- events
// -----------------------------------------------------------------------------------------

Job::Outcome Job::OnStarted(const AttemptId& id) {
  Attempt* attempt = Mutable(id);
  if (attempt == nullptr) return Outcome::kNone;
  const auto next = Next(attempt->state, AttemptEvent::kStarted);
  if (!next) return Outcome::kNone;
  attempt->state = *next;
  return Outcome::kChanged;
}

Job::Outcome Job::OnProgress(const AttemptId& id, float progress, const Counters* counters) {
  Attempt* attempt = Mutable(id);
  if (attempt == nullptr || IsFinal(attempt->state)) return Outcome::kNone;
  // Not a number, or out of range: a task process may say anything.
  attempt->progress = progress >= 0 && progress <= 1 ? progress : attempt->progress;
  TaskRecord* task = Mutable(id.task);
  if (counters != nullptr && !task->ever_succeeded) task->counters = *counters;
  Changed();
  return Outcome::kChanged;
}

bool Job::OnAskCommit(const AttemptId& id) {
  OnStarted(id);  // whoever speaks has started
  Attempt* attempt = Mutable(id);
  TaskRecord* task = Mutable(id.task);
  if (attempt == nullptr || IsFinal(attempt->state) || state_ != JobState::kRunning) return false;
  if (task->succeeded || (task->committing && *task->committing != id.number)) return false;
  if (auto next = Next(attempt->state, AttemptEvent::kAskCommit)) attempt->state = *next;
  if (auto next = Next(attempt->state, AttemptEvent::kCommitGranted)) attempt->state = *next;
  task->committing = id.number;
  return true;
}

Job::Outcome Job::OnDone(const AttemptId& id, const Counters& counters, TaskOutput output,
                         std::vector<uint64_t> partition_bytes, int64_t now_ms) {
  OnStarted(id);
  Attempt* attempt = Mutable(id);
  TaskRecord* task = Mutable(id.task);
  if (attempt == nullptr || task->succeeded || state_ != JobState::kRunning) return Outcome::kNone;
  const auto next = Next(attempt->state, AttemptEvent::kDone);
  const auto task_next = Next(task->state, TaskEvent::kAttemptSucceeded);
  if (!next || !task_next) return Outcome::kNone;
  attempt->state = *next;
  attempt->progress = 1;
  --live_attempts_;
  attempt->finished_ms = now_ms;
  task->state = *task_next;
  task->succeeded = id.number;
  task->ever_succeeded = true;
  task->counters = counters;
  task->output = std::move(output);
  task->partition_bytes = std::move(partition_bytes);
  task->fetch_complaints.clear();
  const bool map = id.task.type == TaskType::kMap;
  own_counters_.Add(map ? BuiltinCounter::kMillisMaps : BuiltinCounter::kMillisReduces,
                    now_ms - attempt->started_ms);
  ++(map ? succeeded_maps_ : succeeded_reduces_);
  Changed();
  const bool all =
      reduces_.empty() ? succeeded_maps_ == maps_.size() : succeeded_reduces_ == reduces_.size();
  return all ? Outcome::kTasksDone : Outcome::kTaskDone;
}

Job::Outcome Job::OnFailed(const AttemptId& id, std::string cause, std::string details, bool killed,
                           const std::string& tracker_url, int64_t now_ms) {
  Attempt* attempt = Mutable(id);
  if (attempt == nullptr) return Outcome::kNone;
  const auto next = Next(attempt->state, killed ? AttemptEvent::kKill : AttemptEvent::kFail);
  if (!next) return Outcome::kNone;
  attempt->state = *next;
  --live_attempts_;
  attempt->cause = std::move(cause);
  attempt->details = std::move(details);
  attempt->finished_ms = now_ms;
  if (!tracker_url.empty()) attempt->log_url = tracker_url;
  TaskRecord* task = Mutable(id.task);
  if (task->committing == id.number) task->committing.reset();
  const bool map = id.task.type == TaskType::kMap;
  if (killed) {
    own_counters_.Add(map ? BuiltinCounter::kNumKilledMaps : BuiltinCounter::kNumKilledReduces, 1);
  } else {
    own_counters_.Add(map ? BuiltinCounter::kNumFailedMaps : BuiltinCounter::kNumFailedReduces, 1);
    ++task->failures;
    task->failed_on.insert(attempt->tracker);
  }
  Changed();
  return AfterAttemptEnded(*task);
}

Job::Outcome Job::AfterAttemptEnded(TaskRecord& task) {
  if (task.succeeded) return Outcome::kChanged;
  if (!task.ever_succeeded) task.counters = Counters();
  const bool twin_lives = std::any_of(task.attempts.begin(), task.attempts.end(),
                                      [](const Attempt& other) { return !IsFinal(other.state); });
  if (task.failures >= spec_->max_attempts) {
    if (auto next = Next(task.state, TaskEvent::kAttemptsExhausted)) task.state = *next;
    // The first failure is the cause; later ones may only follow from it.
    const Attempt& attempt =
        *std::find_if(task.attempts.begin(), task.attempts.end(),
                      [](const Attempt& each) { return each.state == AttemptState::kFailed; });
    SetCause(fmt::format("{} task {} of \"{}\" failed {} times on {} {}\n  cause: {}",
                         TaskTypeName(task.id.type), task.id.index, spec_->name, task.failures,
                         task.failed_on.size(), task.failed_on.size() == 1 ? "node" : "nodes",
                         attempt.cause),
             attempt.details);
    return Outcome::kJobFailed;
  }
  if (twin_lives) return Outcome::kChanged;
  const auto next = Next(task.state, TaskEvent::kLastAttemptEnded);
  if (!next) return Outcome::kChanged;
  task.state = *next;
  if (state_ != JobState::kRunning) return Outcome::kChanged;
  Requeue(task, true);
  return Outcome::kRequeued;
}

bool Job::NeedsMapOutputs() const {
  return state_ == JobState::kRunning && !reduces_.empty() && succeeded_reduces_ < reduces_.size();
}

Job::Outcome Job::OnMapOutputLost(uint32_t map, const std::string& why, int64_t now_ms) {
  if (map >= maps_.size() || !maps_[map].succeeded || !NeedsMapOutputs()) return Outcome::kNone;
  TaskRecord& task = maps_[map];
  const auto next = Next(task.state, TaskEvent::kOutputLost);
  if (!next) return Outcome::kNone;
  task.state = *next;
  Attempt& attempt = task.attempts[*task.succeeded];
  attempt.state = AttemptState::kKilled;  // its work is gone, and it was not its fault
  attempt.cause = why;
  attempt.finished_ms = now_ms;
  own_counters_.Add(BuiltinCounter::kNumKilledMaps, 1);
  task.succeeded.reset();
  task.committing.reset();
  task.output = {};
  task.fetch_complaints.clear();
  --succeeded_maps_;
  Requeue(task, true);
  Changed();
  return Outcome::kRequeued;
}

Job::Outcome Job::OnFetchFailed(const AttemptId& map_attempt, const AttemptId& reducer,
                                bool definite, const std::string& cause, int64_t now_ms) {
  TaskRecord* task = Mutable(map_attempt.task);
  if (task == nullptr || task->id.type != TaskType::kMap) return Outcome::kNone;
  // A complaint about an output that was replaced meanwhile is void.
  if (task->succeeded != map_attempt.number) return Outcome::kNone;
  task->fetch_complaints.insert(reducer);
  const size_t running = Counts(TaskType::kReduce).running;
  const size_t needed = std::min(kMaxFetchComplaints, std::max<size_t>(1, (running + 1) / 2));
  if (!definite && task->fetch_complaints.size() < needed) return Outcome::kChanged;
  return OnMapOutputLost(map_attempt.task.index, fmt::format("map output lost: {}", cause), now_ms);
}

std::vector<AttemptId> Job::LiveAttempts() const {
  std::vector<AttemptId> live;
  for (const std::vector<TaskRecord>* all : {&maps_, &reduces_}) {
    for (const TaskRecord& task : *all) {
      for (const Attempt& attempt : task.attempts) {
        if (!IsFinal(attempt.state)) live.push_back(attempt.id);
      }
    }
  }
  return live;
}

std::vector<AttemptId> Job::LiveAttemptsOn(const TrackerId& tracker) const {
  std::vector<AttemptId> live = LiveAttempts();
  std::erase_if(live, [&](const AttemptId& id) { return FindAttempt(id)->tracker != tracker; });
  return live;
}

std::vector<uint32_t> Job::MapOutputsOn(const TrackerId& tracker) const {
  std::vector<uint32_t> maps;
  for (const TaskRecord& task : maps_) {
    if (task.succeeded && task.attempts[*task.succeeded].tracker == tracker) {
      maps.push_back(task.id.index);
    }
  }
  return maps;
}

void Job::SetCause(std::string cause, std::string details) {
  if (!cause_.empty()) return;
  cause_ = std::move(cause);
  details_ = std::move(details);
  Changed();
}

}  // namespace tusk::mapreduce::jobtracker
