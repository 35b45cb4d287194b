#include "mapreduce/jobtracker/job_table.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "common/base/status_macros.h"
#include "common/time/clock.h"

namespace tusk::mapreduce::jobtracker {

namespace {

// How often silence of trackers is looked for, as a share of their expiry.
constexpr int kLooksPerExpiry = 5;

Status NotRegistered(const TrackerId& id) {
  return Status::Error(StatusCode::kFailedPrecondition, "tracker is not registered: {}", id);
}

Status NoSuchJob(const JobId& id) {
  return Status::Error(StatusCode::kNotFound, "no such job: {}", id.ToString());
}

bool MayChange(const Job& job, const std::string& user, bool superuser) {
  return superuser || job.spec()->user == user;
}

}  // namespace

JobTable::JobTable(Options options, Scheduler& scheduler, JobOutputs& outputs, const Clock& clock)
    : options_(options), scheduler_(scheduler), outputs_(outputs), clock_(clock) {}

void JobTable::Run(Effects effects) {
  for (const std::function<void()>& effect : effects.run) effect();
}

// --- clients
// ----------------------------------------------------------------------------------------

JobId JobTable::NewJobId() {
  MutexLock lock(mutex_);
  return JobId{options_.tracker_start, next_job_++};
}

Status JobTable::Submit(const JobId& id, JobSpec spec) {
  RETURN_IF_ERROR(spec.Validate());
  Effects effects;
  {
    MutexLock lock(mutex_);
    if (id.tracker_start != options_.tracker_start || id.number == 0 || id.number >= next_job_) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "this jobtracker did not give out the id {}", id.ToString());
    }
    if (jobs_.contains(id)) return Status::Ok();
    if (jobs_.size() - finished_.size() >= options_.max_running_jobs) {
      return Status::Error(StatusCode::kResourceExhausted, "too many jobs run: {}",
                           options_.max_running_jobs);
    }
    auto job = std::make_unique<Job>(id, std::move(spec), clock_.WallMillis(), rack_of_host_);
    job->Apply(JobEvent::kPrepared);
    Job& submitted = *job;
    jobs_.emplace(id, std::move(job));
    if (submitted.tasks(TaskType::kMap).empty() && submitted.tasks(TaskType::kReduce).empty()) {
      BeginCommit(submitted, effects);
    } else {
      FillAllSlots(effects);
    }
  }
  Run(std::move(effects));
  return Status::Ok();
}

Result<bool> JobTable::Kill(const JobId& id, const std::string& user, bool superuser) {
  Effects effects;
  {
    MutexLock lock(mutex_);
    Job* job = Find(id);
    if (job == nullptr) return NoSuchJob(id);
    if (!MayChange(*job, user, superuser)) {
      return Status::Error(StatusCode::kPermissionDenied, "{} may not kill {} of {}", user,
                           id.ToString(), job->spec()->user);
    }
    if (job->state() != JobState::kRunning && job->state() != JobState::kPreparing) return false;
    job->SetCause(fmt::format("job \"{}\" was killed by {}", job->spec()->name, user), "");
    BeginEnd(*job, JobEvent::kKill, "the job is being killed", effects);
  }
  Run(std::move(effects));
  return true;
}

Status JobTable::SetPriority(const JobId& id, JobPriority priority, const std::string& user,
                             bool superuser) {
  MutexLock lock(mutex_);
  Job* job = Find(id);
  if (job == nullptr) return NoSuchJob(id);
  if (!MayChange(*job, user, superuser)) {
    return Status::Error(StatusCode::kPermissionDenied, "{} may not change {} of {}", user,
                         id.ToString(), job->spec()->user);
  }
  job->set_priority(priority);
  return Status::Ok();
}

std::optional<JobSnapshot> JobTable::Get(const JobId& id, bool with_counters) {
  MutexLock lock(mutex_);
  Job* job = Find(id);
  if (job == nullptr) return std::nullopt;
  return Snapshot(*job, with_counters);
}

std::vector<JobSnapshot> JobTable::List(bool all) {
  MutexLock lock(mutex_);
  std::vector<JobSnapshot> listed;
  for (auto job = jobs_.rbegin(); job != jobs_.rend(); ++job) {
    if (all || !IsFinal(job->second->state())) listed.push_back(Snapshot(*job->second, false));
  }
  return listed;
}

Result<std::vector<TaskSnapshot>> JobTable::Tasks(const JobId& id, TaskType type, uint32_t first,
                                                  uint32_t limit) {
  MutexLock lock(mutex_);
  Job* job = Find(id);
  if (job == nullptr) return NoSuchJob(id);
  const std::vector<TaskRecord>& tasks = job->tasks(type);
  std::vector<TaskSnapshot> listed;
  for (size_t i = first; i < tasks.size() && listed.size() < limit; ++i) {
    listed.push_back(SnapshotOf(*job, tasks[i]));
  }
  return listed;
}

std::vector<TrackerSnapshot> JobTable::Trackers() {
  MutexLock lock(mutex_);
  std::vector<TrackerSnapshot> listed;
  trackers_.ForEach([&listed](Tracker& tracker) {
    listed.push_back(TrackerSnapshot{tracker.id, tracker.description, tracker.live,
                                     static_cast<uint32_t>(tracker.running_maps.size()),
                                     static_cast<uint32_t>(tracker.running_reduces.size()),
                                     tracker.last_seen_ms, tracker.failures});
  });
  return listed;
}

void JobTable::Watch(const JobId& id, uint64_t seen, std::function<void()> changed) {
  {
    MutexLock lock(mutex_);
    Job* job = Find(id);
    if (job != nullptr && job->version() == seen) {
      watchers_[id].emplace_back(seen, std::move(changed));
      return;
    }
  }
  changed();
}

// --- trackers
// ---------------------------------------------------------------------------------------

TrackerId JobTable::Register(TrackerDescription description) {
  Effects effects;
  TrackerId id;
  {
    MutexLock lock(mutex_);
    rack_of_host_[description.host] = description.rack;
    std::unique_ptr<Tracker> replaced;
    Tracker& tracker = trackers_.Register(std::move(description), clock_.SteadyNow(),
                                          clock_.WallMillis(), &replaced);
    id = tracker.id;
    if (replaced != nullptr) {
      LoseTracker(*replaced, fmt::format("tasktracker {} was restarted", id), effects);
    }
    FillSlots(tracker, effects);
  }
  Run(std::move(effects));
  return id;
}

Tracker* JobTable::Hear(const TrackerId& id, const std::string& incarnation) {
  Tracker* tracker = trackers_.Find(id);
  if (tracker == nullptr || !tracker->live || tracker->description.incarnation != incarnation) {
    return nullptr;
  }
  tracker->last_seen = clock_.SteadyNow();
  tracker->last_seen_ms = clock_.WallMillis();
  return tracker;
}

Result<ActionBatch> JobTable::NextBatch(const TrackerId& id, const std::string& incarnation,
                                        uint64_t acknowledged, std::function<void()> wake) {
  MutexLock lock(mutex_);
  Tracker* tracker = Hear(id, incarnation);
  if (tracker == nullptr) return NotRegistered(id);
  if (const ActionBatch* batch = trackers_.NextBatch(*tracker, acknowledged)) return *batch;
  tracker->wake = std::move(wake);
  return ActionBatch{acknowledged, {}};
}

Status JobTable::Report(const TrackerId& id, const std::string& incarnation, uint64_t number,
                        std::vector<TrackerEvent> events) {
  Effects effects;
  {
    MutexLock lock(mutex_);
    Tracker* tracker = Hear(id, incarnation);
    if (tracker == nullptr) return NotRegistered(id);
    if (number <= tracker->last_report) return Status::Ok();
    tracker->last_report = number;
    for (const TrackerEvent& event : events) Apply(event, *tracker, effects);
    if (!events.empty()) FillSlots(*tracker, effects);
  }
  Run(std::move(effects));
  return Status::Ok();
}

Instant JobTable::Tick() {
  Effects effects;
  Instant next;
  {
    MutexLock lock(mutex_);
    const Instant now = clock_.SteadyNow();
    for (Tracker* tracker : trackers_.SilentSince(now - options_.tracker_expiry)) {
      LoseTracker(*tracker,
                  fmt::format("tasktracker {} was not heard of for {} ms", tracker->id,
                              options_.tracker_expiry.count()),
                  effects);
    }
    FillAllSlots(effects);
    next = now + options_.tracker_expiry / kLooksPerExpiry;
    if (auto offer = scheduler_.NextOffer(RunningJobs(), now)) next = std::min(next, *offer);
  }
  Run(std::move(effects));
  return next;
}

void JobTable::SetTickWanted(std::function<void()> wanted) {
  MutexLock lock(mutex_);
  tick_wanted_ = std::move(wanted);
}

// --- inside
// -----------------------------------------------------------------------------------------

Job* JobTable::Find(const JobId& id) {
  auto found = jobs_.find(id);
  return found == jobs_.end() ? nullptr : found->second.get();
}

std::vector<Job*> JobTable::RunningJobs() {
  std::vector<Job*> running;
  for (auto& [id, job] : jobs_) {
    if (job->state() == JobState::kRunning) running.push_back(job.get());
  }
  std::sort(running.begin(), running.end(), [](const Job* a, const Job* b) {
    return a->priority() != b->priority() ? a->priority() < b->priority() : a->id() < b->id();
  });
  return running;
}

JobSnapshot JobTable::Snapshot(const Job& job, bool with_counters) const {
  JobSnapshot snapshot;
  snapshot.id = job.id();
  snapshot.spec = job.spec();
  snapshot.state = job.state();
  snapshot.priority = job.priority();
  snapshot.maps = job.Counts(TaskType::kMap);
  snapshot.reduces = job.Counts(TaskType::kReduce);
  snapshot.version = job.version();
  snapshot.submitted_ms = job.submitted_ms();
  snapshot.started_ms = job.started_ms();
  snapshot.finished_ms = job.finished_ms();
  snapshot.cause = job.cause();
  snapshot.details = job.details();
  if (with_counters) snapshot.counters = job.TotalCounters();
  return snapshot;
}

TaskSnapshot JobTable::SnapshotOf(const Job& job, const TaskRecord& task) const {
  return TaskSnapshot{
      task, task.id.type == TaskType::kMap ? job.split(task.id.index).ToString() : std::string()};
}

void JobTable::Send(const TrackerId& id, Action action, Effects& effects) {
  Tracker* tracker = trackers_.Find(id);
  if (tracker == nullptr || !tracker->live) return;
  tracker->queued.push_back(std::move(action));
  if (tracker->wake) {
    effects.run.push_back(std::move(tracker->wake));
    tracker->wake = nullptr;
  }
}

void JobTable::Launch(Job& job, const AttemptId& attempt, Tracker& tracker, Effects& effects) {
  const bool map = attempt.task.type == TaskType::kMap;
  (map ? tracker.running_maps : tracker.running_reduces).insert(attempt);
  LaunchTask launch;
  launch.attempt = attempt;
  launch.job_spec = job.spec();
  launch.with_job = tracker.known_jobs.insert(job.id()).second;
  launch.total_maps = static_cast<uint32_t>(job.tasks(TaskType::kMap).size());
  if (map) {
    launch.split = job.split(attempt.task.index);
  } else {
    launch.map_outputs = job.MapOutputs(trackers_);
  }
  Send(tracker.id, std::move(launch), effects);
  NotifyWatchers(job, effects);
}

void JobTable::FillSlots(Tracker& tracker, Effects& effects) {
  if (tracker.FreeMapSlots() == 0 && tracker.FreeReduceSlots() == 0) return;
  const std::vector<Job*> jobs = RunningJobs();
  const Instant now = clock_.SteadyNow();
  const int64_t now_ms = clock_.WallMillis();
  for (const bool map_slot : {true, false}) {
    while ((map_slot ? tracker.FreeMapSlots() : tracker.FreeReduceSlots()) > 0) {
      const auto start = scheduler_.NextFor(tracker, map_slot, jobs, trackers_, now, now_ms);
      if (!start) break;
      Launch(*start->job, start->attempt, tracker, effects);
    }
  }
  // A slot left free for locality must be offered again in time.
  if (tick_wanted_ && scheduler_.NextOffer(jobs, now)) effects.run.push_back(tick_wanted_);
}

void JobTable::FillAllSlots(Effects& effects) {
  const std::vector<Job*> jobs = RunningJobs();
  if (jobs.empty()) return;
  const Instant now = clock_.SteadyNow();
  const int64_t now_ms = clock_.WallMillis();
  // One task a tracker and round, so that a small job spreads over the cluster.
  bool started = true;
  while (started) {
    started = false;
    trackers_.ForEach([&](Tracker& tracker) REQUIRES(mutex_) {
      for (const bool map_slot : {true, false}) {
        if ((map_slot ? tracker.FreeMapSlots() : tracker.FreeReduceSlots()) == 0) continue;
        const auto start = scheduler_.NextFor(tracker, map_slot, jobs, trackers_, now, now_ms);
        if (!start) continue;
        Launch(*start->job, start->attempt, tracker, effects);
        started = true;
      }
    });
  }
  if (tick_wanted_ && scheduler_.NextOffer(jobs, now)) effects.run.push_back(tick_wanted_);
}

void JobTable::Apply(const TrackerEvent& event, Tracker& tracker, Effects& effects) {
  if (const auto* started = std::get_if<AttemptStarted>(&event)) {
    Job* job = Find(started->attempt.task.job);
    if (job != nullptr) AfterOutcome(*job, job->OnStarted(started->attempt), effects);
  } else if (const auto* progress = std::get_if<AttemptProgress>(&event)) {
    Job* job = Find(progress->attempt.task.job);
    if (job == nullptr) return;
    const Counters* counters = progress->has_counters ? &progress->counters : nullptr;
    AfterOutcome(*job, job->OnProgress(progress->attempt, progress->progress, counters), effects);
  } else if (const auto* ask = std::get_if<AskCommit>(&event)) {
    Job* job = Find(ask->attempt.task.job);
    const bool granted = job != nullptr && job->OnAskCommit(ask->attempt);
    Send(tracker.id, CommitAnswer{ask->attempt, granted}, effects);
  } else if (const auto* done = std::get_if<AttemptDone>(&event)) {
    ApplyDone(*done, tracker, effects);
  } else if (const auto* failed = std::get_if<AttemptFailed>(&event)) {
    ApplyFailed(*failed, tracker, effects);
  } else if (const auto* fetch = std::get_if<FetchFailed>(&event)) {
    Job* job = Find(fetch->map_attempt.task.job);
    if (job == nullptr) return;
    AfterOutcome(*job,
                 job->OnFetchFailed(fetch->map_attempt, fetch->reducer, fetch->definite,
                                    fetch->cause, clock_.WallMillis()),
                 effects);
  }
}

void JobTable::ApplyDone(const AttemptDone& event, Tracker& tracker, Effects& effects) {
  tracker.running_maps.erase(event.attempt);
  tracker.running_reduces.erase(event.attempt);
  Job* job = Find(event.attempt.task.job);
  if (job == nullptr) return;
  const Job::Outcome outcome = job->OnDone(event.attempt, event.counters, event.output,
                                           event.partition_bytes, clock_.WallMillis());
  if (outcome == Job::Outcome::kNone) {
    // The job has moved on without it: the attempt is over, and cost nothing.
    AfterOutcome(
        *job,
        job->OnFailed(event.attempt, "not needed any more", "", true, "", clock_.WallMillis()),
        effects);
    return;
  }
  // Reducers that already run learn where the new output of a map that was lost lies.
  if (event.attempt.task.type == TaskType::kMap && event.attempt.number > 0) {
    const Attempt* attempt = job->FindAttempt(event.attempt);
    const Tracker* source = trackers_.Find(attempt->tracker);
    for (const AttemptId& live : job->LiveAttempts()) {
      if (live.task.type != TaskType::kReduce || source == nullptr) continue;
      MapOutputUpdate update{job->id(), MapOutput{event.attempt, source->description.shuffle_host,
                                                  source->description.shuffle_port, source->id}};
      Send(job->FindAttempt(live)->tracker, std::move(update), effects);
    }
  }
  AfterOutcome(*job, outcome, effects);
}

void JobTable::ApplyFailed(const AttemptFailed& event, Tracker& tracker, Effects& effects) {
  if (!event.killed) ++tracker.failures;
  tracker.running_maps.erase(event.attempt);
  tracker.running_reduces.erase(event.attempt);
  Job* job = Find(event.attempt.task.job);
  if (job == nullptr) return;
  AfterOutcome(*job,
               job->OnFailed(event.attempt, event.cause, event.details, event.killed, "",
                             clock_.WallMillis()),
               effects);
}

void JobTable::AfterOutcome(Job& job, Job::Outcome outcome, Effects& effects) {
  switch (outcome) {
    case Job::Outcome::kNone:
      return;
    case Job::Outcome::kTasksDone:
      BeginCommit(job, effects);
      break;
    case Job::Outcome::kJobFailed:
      BeginEnd(job, JobEvent::kFail, "another task of the job failed", effects);
      break;
    case Job::Outcome::kRequeued:
    case Job::Outcome::kTaskDone:
      FillAllSlots(effects);
      break;
    case Job::Outcome::kChanged:
      break;
  }
  EndIfQuiet(job, effects);
  NotifyWatchers(job, effects);
}

void JobTable::BeginEnd(Job& job, JobEvent event, const std::string& reason, Effects& effects) {
  if (!job.Apply(event)) return;
  for (const AttemptId& attempt : job.LiveAttempts()) {
    Send(job.FindAttempt(attempt)->tracker, KillAttempt{attempt, reason}, effects);
  }
  EndIfQuiet(job, effects);
  NotifyWatchers(job, effects);
}

void JobTable::EndIfQuiet(Job& job, Effects& effects) {
  if (job.HasLiveAttempts() || job.end_begun) return;
  if (job.state() != JobState::kFailing && job.state() != JobState::kKilling) return;
  job.end_begun = true;
  const JobId id = job.id();
  effects.run.push_back([this, id, snapshot = Snapshot(job, false)] {
    outputs_.Abort(snapshot, [this, id](const Status& status) {
      Finish(id, JobEvent::kAttemptsEnded, status);
    });
  });
}

void JobTable::BeginCommit(Job& job, Effects& effects) {
  if (!job.Apply(JobEvent::kTasksDone)) return;
  const JobId id = job.id();
  effects.run.push_back([this, id, snapshot = Snapshot(job, false), manifest = job.Manifest()] {
    outputs_.Commit(snapshot, manifest, [this, id](const Status& status) {
      Finish(id, status.ok() ? JobEvent::kCommitted : JobEvent::kFail, status);
    });
  });
}

void JobTable::Finish(const JobId& id, JobEvent event, const Status& status) {
  Effects effects;
  {
    MutexLock lock(mutex_);
    Job* job = Find(id);
    if (job == nullptr) return;
    if (event == JobEvent::kFail) {
      job->SetCause(fmt::format("the output of \"{}\" could not be made final\n  cause: {}",
                                job->spec()->name, status.message()),
                    "");
      BeginEnd(*job, JobEvent::kFail, "the job's commit failed", effects);
    } else if (job->Apply(event)) {
      Retire(*job, effects);
      NotifyWatchers(*job, effects);
    }
  }
  Run(std::move(effects));
}

void JobTable::Retire(Job& job, Effects& effects) {
  job.set_finished_ms(clock_.WallMillis());
  std::vector<TaskSnapshot> remarkable;
  for (const TaskType type : {TaskType::kMap, TaskType::kReduce}) {
    for (const TaskRecord& task : job.tasks(type)) {
      if (task.attempts.size() > 1 || task.failures > 0)
        remarkable.push_back(SnapshotOf(job, task));
    }
  }
  effects.run.push_back([this, snapshot = Snapshot(job, true), remarkable = std::move(remarkable)] {
    outputs_.Ended(snapshot, remarkable);
  });
  const JobId id = job.id();
  trackers_.ForEach([&](Tracker& tracker) REQUIRES(mutex_) {
    if (tracker.known_jobs.erase(id) > 0) Send(tracker.id, PurgeJob{id}, effects);
  });
  finished_.push_back(id);
  while (finished_.size() > options_.retained_jobs) {
    jobs_.erase(finished_.front());
    finished_.pop_front();
  }
}

void JobTable::LoseTracker(Tracker& tracker, const std::string& why, Effects& effects) {
  trackers_.MarkLost(tracker);
  tracker.running_maps.clear();
  tracker.running_reduces.clear();
  // All that is lost is found first: what follows may start tasks on a new run of the same tracker.
  std::vector<std::pair<Job*, AttemptId>> attempts;
  std::vector<std::pair<Job*, uint32_t>> outputs;
  for (auto& [id, job] : jobs_) {
    if (IsFinal(job->state())) continue;
    for (const AttemptId& attempt : job->LiveAttemptsOn(tracker.id)) {
      attempts.emplace_back(job.get(), attempt);
    }
    for (const uint32_t map : job->MapOutputsOn(tracker.id)) outputs.emplace_back(job.get(), map);
  }
  const int64_t now_ms = clock_.WallMillis();
  for (auto& [job, map] : outputs) {
    AfterOutcome(*job, job->OnMapOutputLost(map, why, now_ms), effects);
  }
  for (auto& [job, attempt] : attempts) {
    AfterOutcome(*job, job->OnFailed(attempt, why, "", true, "", now_ms), effects);
  }
}

void JobTable::NotifyWatchers(Job& job, Effects& effects) {
  auto found = watchers_.find(job.id());
  if (found == watchers_.end()) return;
  std::erase_if(found->second, [&](auto& watcher) {
    if (watcher.first == job.version()) return false;
    effects.run.push_back(std::move(watcher.second));
    return true;
  });
  if (found->second.empty()) watchers_.erase(found);
}

}  // namespace tusk::mapreduce::jobtracker
