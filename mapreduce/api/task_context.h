#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/status.h"
#include "mapreduce/model/counters.h"
#include "mapreduce/model/ids.h"
#include "mapreduce/model/job_spec.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::mapreduce {

/// Where a running task tells how far it is; the tracker's side of it, or the local runner's.
/// Called from the task's thread, often: implementations keep what they are told and send it at
/// their own pace.
class TaskReporter {
 public:
  virtual ~TaskReporter() = default;

  /// `fraction` in [0, 1] of this phase, and the counters so far. Also proves that the task lives.
  virtual void Progress(double fraction, const Counters& counters) = 0;
  /// A line of the user's for the task's page.
  virtual void SetStatus(std::string_view text) = 0;
  /// True when the task shall give up (killed, lost its parent): it returns kCancelled soon.
  virtual bool ShouldStop() = 0;
  /// Asks whether this attempt may commit its output; waits for the answer. Ok: it alone may.
  /// kStaleEpoch or kCancelled: another attempt does, or the job is over.
  virtual Status MayCommit() = 0;
};

/// Thrown by user code that has a Status: fails the attempt with just that error.
class TaskFailure : public std::runtime_error {
 public:
  explicit TaskFailure(Status status)
      : std::runtime_error(std::string(status.message())), status_(std::move(status)) {}
  const Status& status() const { return status_; }
  /// Throws when `status` is an error.
  static void ThrowIf(const Status& status) {
    if (!status.ok()) throw TaskFailure(status);
  }

 private:
  Status status_;
};

/// What user code can ask and tell while it runs: parameters, counters, who it is. One thread.
class TaskContext {
 public:
  TaskContext(const JobSpec& spec, const AttemptId& attempt, dfs::FileSystem& files,
              std::string local_directory, Counters& counters, TaskReporter& reporter)
      : spec_(spec),
        attempt_(attempt),
        files_(files),
        local_directory_(std::move(local_directory)),
        counters_(counters),
        reporter_(reporter) {}

  const JobSpec& job() const { return spec_; }
  const AttemptId& attempt() const { return attempt_; }
  dfs::FileSystem& files() const { return files_; }
  /// A local directory of this attempt alone, removed with it: for what does not fit into memory.
  const std::string& local_directory() const { return local_directory_; }
  Counters& counters() const { return counters_; }
  TaskReporter& reporter() const { return reporter_; }

  /// A parameter of the job (`Job::Set`, `-D`), or nothing.
  std::optional<std::string_view> FindParameter(std::string_view name) const {
    const auto found = spec_.parameters.find(std::string(name));
    if (found == spec_.parameters.end()) return std::nullopt;
    return found->second;
  }
  /// One that must be there: throws std::invalid_argument, which fails the task with that message.
  std::string_view Parameter(std::string_view name) const {
    const auto found = FindParameter(name);
    if (!found) throw std::invalid_argument("job parameter is not set: " + std::string(name));
    return *found;
  }
  /// A number with a default; throws std::invalid_argument for text that is no number.
  template <typename T>
  T Parameter(std::string_view name, T fallback) const {
    const auto found = FindParameter(name);
    if (!found) return fallback;
    T value{};
    const auto [end, error] = std::from_chars(found->data(), found->data() + found->size(), value);
    if (error != std::errc() || end != found->data() + found->size()) {
      throw std::invalid_argument("job parameter is not a number: " + std::string(name));
    }
    return value;
  }

  /// Adds to a counter of the user's; throws std::length_error beyond the bounds of Counters.
  void Count(std::string_view group, std::string_view name, int64_t amount = 1) {
    const Status added = counters_.Add(group, name, amount);
    if (!added.ok()) throw std::length_error(std::string(added.message()));
  }

  void SetStatus(std::string_view text) { reporter_.SetStatus(text); }

 private:
  const JobSpec& spec_;
  const AttemptId attempt_;
  dfs::FileSystem& files_;
  const std::string local_directory_;
  Counters& counters_;
  TaskReporter& reporter_;
};

}  // namespace tusk::mapreduce
