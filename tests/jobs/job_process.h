#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace tusk::mapreduce {

/// How a program ended and what it printed.
struct Ended {
  int exit_status = -1;  ///< 128 + signal when a signal ended it
  std::string out;
  std::string err;
};

/// Runs a program of this build by its name ("wordcount", "troublemaker", "tusk") to its end, with
/// no configuration but `environment` added. Stops the test program when there is no such program.
Ended RunProgram(const std::string& name, const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment = {});

/// The same, not waited for: ended by a signal when the object dies.
class RunningProgram {
 public:
  RunningProgram(const std::string& name, const std::vector<std::string>& arguments,
                 const std::map<std::string, std::string>& environment = {});
  ~RunningProgram();
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  pid_t pid() const { return pid_; }
  void Signal(int number) const;
  /// Waits for its end, once.
  Ended Wait();

 private:
  pid_t pid_ = 0;
  bool waited_ = false;
  std::string directory_;  // of what it prints
};

/// Where a program of this build is.
std::string PathOfProgram(const std::string& name);

}  // namespace tusk::mapreduce
