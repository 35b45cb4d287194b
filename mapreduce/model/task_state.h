#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tusk::mapreduce {

/// The lives of a job, a task and an attempt as tables: which event is legal in which state, and
/// where it leads. Pure: no clock, no socket, no disk. What else must happen on a transition (start
/// an attempt, clean up) is the jobtracker's business.
///
/// `Next` returns nothing for an event that is illegal or without effect in that state, for
/// instance a late report of an attempt that was killed: the caller ignores or logs it, and never
/// changes the state. Final states have no way out. Numbers are stable: they are journaled and
/// sent.

enum class JobState : uint8_t {
  kPreparing = 0,   // submitted; splits and staging are being checked
  kRunning = 1,     // tasks run
  kCommitting = 2,  // all tasks are done; the output is moved into place
  kSucceeded = 3,   // final; written only after the commit's result is known
  kFailing = 4,     // the first cause is known; attempts are being killed
  kFailed = 5,      // final
  kKilling = 6,     // somebody asked; attempts are being killed
  kKilled = 7,      // final
};

enum class JobEvent : uint8_t {
  kPrepared,       // the job may run
  kTasksDone,      // the last task succeeded
  kCommitted,      // the output is in place and _SUCCESS is written
  kFail,           // a task failed for good, or set-up or commit did
  kKill,           // asked by a user
  kAttemptsEnded,  // nothing of the job runs any more and its temporary files are gone
};

enum class TaskState : uint8_t {
  kPending = 0,    // waits for a slot
  kRunning = 1,    // has at least one live attempt
  kSucceeded = 2,  // one attempt has succeeded; a lost map output leads back to kPending
  kFailed = 3,     // final: too many attempts failed
  kKilled = 4,     // final: its job ended without it
};

enum class TaskEvent : uint8_t {
  kAttemptStarted,
  kAttemptSucceeded,
  kLastAttemptEnded,   // the only live attempt failed or was killed; another may be tried
  kAttemptsExhausted,  // ... and no other may be tried
  kOutputLost,         // the output of a succeeded map is gone
  kKill,
};

enum class AttemptState : uint8_t {
  kAssigned = 0,       // sent to a tracker
  kRunning = 1,        // its process has said so
  kCommitPending = 2,  // asked whether it may commit
  kCommitting = 3,     // was allowed to: no other attempt of the task may be
  kSucceeded = 4,      // final
  kFailed = 5,         // final: the task's own fault, counts against max_attempts
  kKilled = 6,         // final: costs nothing (lost tracker, twin, job ended)
};

enum class AttemptEvent : uint8_t {
  kStarted,
  kAskCommit,
  kCommitGranted,
  kDone,
  kFail,
  kKill,
};

std::optional<JobState> Next(JobState state, JobEvent event);
std::optional<TaskState> Next(TaskState state, TaskEvent event);
std::optional<AttemptState> Next(AttemptState state, AttemptEvent event);

constexpr bool IsFinal(JobState state) {
  return state == JobState::kSucceeded || state == JobState::kFailed || state == JobState::kKilled;
}
/// kSucceeded counts as final although a lost map output can reopen the task.
constexpr bool IsFinal(TaskState state) { return state >= TaskState::kSucceeded; }
constexpr bool IsFinal(AttemptState state) { return state >= AttemptState::kSucceeded; }

/// Hadoop's words for a job (PREP, RUNNING, SUCCEEDED, FAILED, KILLED): what `job -list` prints.
/// Intermediate states are RUNNING to the outside.
std::string_view JobStateName(JobState state);
/// "PENDING", "RUNNING", ...
std::string_view TaskStateName(TaskState state);
std::string_view AttemptStateName(AttemptState state);

}  // namespace tusk::mapreduce
