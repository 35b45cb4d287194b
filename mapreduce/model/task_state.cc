#include "mapreduce/model/task_state.h"

#include <array>
#include <span>

namespace tusk::mapreduce {
namespace {

template <typename State, typename Event>
struct Transition {
  State from;
  Event event;
  State to;
};

template <typename State, typename Event>
std::optional<State> Find(std::span<const Transition<State, Event>> table, State state,
                          Event event) {
  for (const auto& row : table) {
    if (row.from == state && row.event == event) return row.to;
  }
  return std::nullopt;
}

using J = JobState;
using JE = JobEvent;
constexpr std::array<Transition<JobState, JobEvent>, 12> kJobTable = {{
    {J::kPreparing, JE::kPrepared, J::kRunning},
    {J::kPreparing, JE::kFail, J::kFailing},
    {J::kPreparing, JE::kKill, J::kKilling},
    {J::kRunning, JE::kTasksDone, J::kCommitting},
    {J::kRunning, JE::kFail, J::kFailing},
    {J::kRunning, JE::kKill, J::kKilling},
    // A commit that has begun is finished or fails; it cannot be killed half-way.
    {J::kCommitting, JE::kCommitted, J::kSucceeded},
    {J::kCommitting, JE::kFail, J::kFailing},
    {J::kFailing, JE::kAttemptsEnded, J::kFailed},
    {J::kKilling, JE::kAttemptsEnded, J::kKilled},
    // The first cause stays: a kill of a failing job changes nothing, nor a failure of a killed
    // one.
    {J::kFailing, JE::kKill, J::kFailing},
    {J::kKilling, JE::kFail, J::kKilling},
}};

using T = TaskState;
using TE = TaskEvent;
constexpr std::array<Transition<TaskState, TaskEvent>, 9> kTaskTable = {{
    {T::kPending, TE::kAttemptStarted, T::kRunning},
    {T::kPending, TE::kKill, T::kKilled},
    {T::kRunning, TE::kAttemptStarted, T::kRunning},
    {T::kRunning, TE::kAttemptSucceeded, T::kSucceeded},
    {T::kRunning, TE::kLastAttemptEnded, T::kPending},
    {T::kRunning, TE::kAttemptsExhausted, T::kFailed},
    {T::kRunning, TE::kKill, T::kKilled},
    {T::kSucceeded, TE::kOutputLost, T::kPending},
    {T::kSucceeded, TE::kKill, T::kSucceeded},
}};

using A = AttemptState;
using AE = AttemptEvent;
constexpr std::array<Transition<AttemptState, AttemptEvent>, 13> kAttemptTable = {{
    {A::kAssigned, AE::kStarted, A::kRunning},
    {A::kAssigned, AE::kFail, A::kFailed},
    {A::kAssigned, AE::kKill, A::kKilled},
    {A::kRunning, AE::kAskCommit, A::kCommitPending},
    // A map with a reduce behind it has nothing to commit.
    {A::kRunning, AE::kDone, A::kSucceeded},
    {A::kRunning, AE::kFail, A::kFailed},
    {A::kRunning, AE::kKill, A::kKilled},
    {A::kCommitPending, AE::kCommitGranted, A::kCommitting},
    {A::kCommitPending, AE::kFail, A::kFailed},
    {A::kCommitPending, AE::kKill, A::kKilled},
    {A::kCommitting, AE::kDone, A::kSucceeded},
    {A::kCommitting, AE::kFail, A::kFailed},
    // Only when the attempt is known to be dead: then the permission is free again.
    {A::kCommitting, AE::kKill, A::kKilled},
}};

}  // namespace

std::optional<JobState> Next(JobState state, JobEvent event) {
  return Find<JobState, JobEvent>(kJobTable, state, event);
}

std::optional<TaskState> Next(TaskState state, TaskEvent event) {
  return Find<TaskState, TaskEvent>(kTaskTable, state, event);
}

std::optional<AttemptState> Next(AttemptState state, AttemptEvent event) {
  return Find<AttemptState, AttemptEvent>(kAttemptTable, state, event);
}

std::string_view JobStateName(JobState state) {
  switch (state) {
    case JobState::kPreparing:
      return "PREP";
    case JobState::kRunning:
    case JobState::kCommitting:
    case JobState::kFailing:
    case JobState::kKilling:
      return "RUNNING";
    case JobState::kSucceeded:
      return "SUCCEEDED";
    case JobState::kFailed:
      return "FAILED";
    case JobState::kKilled:
      return "KILLED";
  }
  return "UNKNOWN";
}

std::string_view TaskStateName(TaskState state) {
  constexpr std::array<std::string_view, 5> kNames = {"PENDING", "RUNNING", "SUCCEEDED", "FAILED",
                                                      "KILLED"};
  const auto index = static_cast<size_t>(state);
  return index < kNames.size() ? kNames[index] : "UNKNOWN";
}

std::string_view AttemptStateName(AttemptState state) {
  constexpr std::array<std::string_view, 7> kNames = {
      "ASSIGNED", "RUNNING", "COMMIT_PENDING", "COMMITTING", "SUCCEEDED", "FAILED", "KILLED"};
  const auto index = static_cast<size_t>(state);
  return index < kNames.size() ? kNames[index] : "UNKNOWN";
}

}  // namespace tusk::mapreduce
