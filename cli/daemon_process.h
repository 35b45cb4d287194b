#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace tusk::cli {

/// The process of a daemon that was started with `--pid-file pid_file` and runs; nothing when none
/// does. A pid that now is another program's is told apart by its command line.
std::optional<pid_t> RunningDaemon(const std::string& pid_file);

/// A daemon that was started and has not said yet that it is ready.
class StartedDaemon {
 public:
  /// Runs `program` with `arguments` as a process of its own: own session, no terminal, in the root
  /// directory, standard error added to the file `error_log`. The caller's descriptors are not
  /// inherited.
  static Result<StartedDaemon> Spawn(const std::string& name, const std::string& program,
                                     const std::vector<std::string>& arguments,
                                     const std::string& error_log);
  StartedDaemon(StartedDaemon&& other) noexcept;
  StartedDaemon& operator=(StartedDaemon&& other) noexcept;
  /// Lets the process run on.
  ~StartedDaemon();

  const std::string& name() const { return name_; }
  pid_t pid() const { return pid_; }
  /// Readable when there is something to `Advance` with; -1 once that is over.
  int fd() const { return fd_; }
  bool ready() const { return ready_; }
  /// Reads what the daemon says. An error when it ended before it was ready, with its exit status
  /// and the last line of its standard error.
  Status Advance();

 private:
  StartedDaemon(std::string name, pid_t pid, int fd, std::string error_log, off_t error_offset);

  std::string name_;
  pid_t pid_ = 0;
  int fd_ = -1;
  bool ready_ = false;
  std::string said_;
  std::string error_log_;
  off_t error_offset_ = 0;
};

/// Waits until all are ready. The first that ends or is not ready within `patience` is the error;
/// all the others go on in any case.
Status WaitReady(std::vector<StartedDaemon>& daemons, std::chrono::milliseconds patience);

/// Asks the processes to stop (SIGTERM) and waits for their end; those that are there after
/// `patience` are ended (SIGKILL) and returned.
std::vector<pid_t> StopProcesses(const std::vector<pid_t>& pids,
                                 std::chrono::milliseconds patience);

/// True when a server could listen on this port of the loopback interface now.
bool PortIsFree(uint16_t port);

}  // namespace tusk::cli
