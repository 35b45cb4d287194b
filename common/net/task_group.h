#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "common/net/task.h"

namespace tusk {

/// The children of a server or a background activity: every coroutine that nobody awaits belongs
/// to one, so that a stop can end it.
///
///   TaskGroup group(runtime.NewStrand());
///   if (!group.Spawn("lease monitor", MonitorLeases(this))) ...;   // refused: stopping
///   group.Stop();
///   group.JoinBlocking();
///
/// Children are cancelled by making their present wait, and each later one, answer kCancelled
/// (Stream, SleepUntil, AsyncEvent, WithDeadline; a running piece of WorkPool work is finished
/// first). A child must end on kCancelled. A child that throws stops the program: it is a bug.
///
/// Thread-safe. Children run on the group's strand, or on the strand given to SpawnOn.
class TaskGroup {
 public:
  /// `executor`: a strand, or the bare executor of an IoRuntime (a strand is made then).
  explicit TaskGroup(Executor executor);
  /// All children must have ended (checked): Stop and Join come first.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts `task`. Returns false, and destroys it unstarted, after Stop. `name` shows in listings.
  bool Spawn(std::string name, Task<void> task);
  /// The same on a strand of its own.
  bool SpawnOn(Executor strand, std::string name, Task<void> task);

  /// Refuses new children and cancels the present ones. Returns at once. Idempotent.
  void Stop();
  /// Waits until there is no child (usually after Stop). Any number may wait.
  Task<void> Join();
  /// The same from a thread that is no I/O thread.
  void JoinBlocking();

  /// Children that have not ended.
  size_t size() const;
  bool stopping() const;
  Executor executor() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace tusk
