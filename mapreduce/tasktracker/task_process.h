#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "common/net/async_mutex.h"
#include "common/net/stream.h"
#include "common/net/task.h"
#include "mapreduce/model/ids.h"

namespace tusk {
class Deadline;
}

namespace google::protobuf {
class MessageLite;
}

namespace tusk::mapreduce::tasktracker {

/// A running task process and the tracker's end of its umbilical. Owned by one strand.
class TaskProcess {
 public:
  TaskProcess(pid_t pid, std::unique_ptr<Stream> umbilical, std::string log_file);

  pid_t pid() const { return pid_; }
  const std::string& log_file() const { return log_file_; }
  /// Tasks that it has been given.
  int tasks = 0;
  /// The job of which it was told last.
  std::optional<JobId> job;
  /// Its working directories, one on each disk, below those of the job that it serves.
  std::vector<std::string> directories;

  /// Sends one message; messages of several callers never mix.
  Task<Status> Send(std::string frame);
  /// Waits for the next message until `deadline`. kNotResponding: the process has closed its end,
  /// as it does when it dies.
  Task<Status> Receive(google::protobuf::MessageLite* message, Deadline deadline);
  /// Ends the process group at once. What waits for it sees the end of the stream.
  void Kill();
  /// True while the process has not ended.
  bool IsRunning() const;
  void CloseUmbilical() { umbilical_->Close(); }

 private:
  const pid_t pid_;
  const std::unique_ptr<Stream> umbilical_;
  const std::string log_file_;
  AsyncMutex writing_;
};

}  // namespace tusk::mapreduce::tasktracker
