#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "common/base/result.h"

namespace tusk::mapreduce::tasktracker {

/// How a process is to be started.
struct ChildSpec {
  std::string program;                             ///< path of the executable
  std::vector<std::string> arguments;              ///< without the program's name
  std::map<std::string, std::string> environment;  ///< all of it: nothing is inherited
  std::string directory;                           ///< where it starts
  std::string output_file;                         ///< stdout and stderr are appended here
  int inherited_fd = -1;                           ///< becomes descriptor kInheritedFd of the child
};

/// The only descriptor beside the standard ones that a child gets.
inline constexpr int kInheritedFd = 3;

/// Starts a process in a process group of its own (posix_spawn: cheap whatever this process holds)
/// with default signals and no other descriptor. Returns its id. Thread-safe.
Result<pid_t> StartChild(const ChildSpec& spec);

/// Waits until every StartChild that is under way has come to its end. A child holds copies of all
/// open descriptors until it has become its program: a file that was open for writing just before
/// cannot be started meanwhile (ETXTBSY). Call it between closing such a file and starting it.
void WaitForStartsUnderWay();

/// Sends SIGKILL to the whole group of a child, so that what it has started ends as well.
void KillChildGroup(pid_t pid);

/// Waits until the child has ended and says how, in words: "exited with status 3", "was ended by
/// signal 11 (Segmentation fault)". Blocks: not on an I/O thread. Once for each child.
std::string WaitForChild(pid_t pid);

/// True when the child has not ended yet. Does not wait, and does not take its status.
bool ChildIsRunning(pid_t pid);

}  // namespace tusk::mapreduce::tasktracker
