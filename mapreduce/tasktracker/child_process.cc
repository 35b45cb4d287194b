#include "mapreduce/tasktracker/child_process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#include <cerrno>

#include "common/base/mutex.h"
#include "common/base/scope_exit.h"
#include "common/base/status_macros.h"

namespace tusk::mapreduce::tasktracker {

namespace {

// Held shared while a child comes into being. Of the process, since its descriptors are.
SharedMutex& StartsUnderWay() {
  static SharedMutex mutex;
  return mutex;
}

Status SetUpFiles(const ChildSpec& spec, posix_spawn_file_actions_t* actions) {
  constexpr int kAppend = O_WRONLY | O_CREAT | O_APPEND;
  int error = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
  if (error == 0) {
    error = posix_spawn_file_actions_addopen(actions, 1, spec.output_file.c_str(), kAppend, 0600);
  }
  if (error == 0) error = posix_spawn_file_actions_adddup2(actions, 1, 2);
  if (error == 0 && spec.inherited_fd >= 0) {
    error = posix_spawn_file_actions_adddup2(actions, spec.inherited_fd, kInheritedFd);
  }
  // Also those that some library opened without close-on-exec.
  const int first_closed = spec.inherited_fd >= 0 ? kInheritedFd + 1 : kInheritedFd;
  if (error == 0) error = posix_spawn_file_actions_addclosefrom_np(actions, first_closed);
  if (error == 0) error = posix_spawn_file_actions_addchdir_np(actions, spec.directory.c_str());
  return error == 0 ? Status::Ok() : ErrnoStatus(error, "prepare to start " + spec.program);
}

Status SetUpAttributes(posix_spawnattr_t* attributes) {
  sigset_t all;
  sigset_t none;
  sigfillset(&all);
  sigemptyset(&none);
  posix_spawnattr_setpgroup(attributes, 0);
  posix_spawnattr_setsigdefault(attributes, &all);
  posix_spawnattr_setsigmask(attributes, &none);
  const int error = posix_spawnattr_setflags(
      attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  return error == 0 ? Status::Ok() : ErrnoStatus(error, "prepare a process");
}

}  // namespace

Result<pid_t> StartChild(const ChildSpec& spec) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  ScopeExit free_actions([&actions] { posix_spawn_file_actions_destroy(&actions); });
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  ScopeExit free_attributes([&attributes] { posix_spawnattr_destroy(&attributes); });
  RETURN_IF_ERROR(SetUpFiles(spec, &actions));
  RETURN_IF_ERROR(SetUpAttributes(&attributes));

  std::vector<std::string> variables;
  variables.reserve(spec.environment.size());
  for (const auto& [name, value] : spec.environment) variables.push_back(name + "=" + value);
  std::vector<char*> environment;
  environment.reserve(variables.size() + 1);
  for (std::string& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  std::string program = spec.program;
  std::vector<std::string> arguments = spec.arguments;
  std::vector<char*> argv = {program.data()};
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);

  pid_t pid = 0;
  int error = 0;
  {
    ReaderLock under_way(StartsUnderWay());
    error =
        posix_spawn(&pid, program.c_str(), &actions, &attributes, argv.data(), environment.data());
  }
  if (error != 0) return ErrnoStatus(error, "start " + spec.program);
  return pid;
}

void WaitForStartsUnderWay() { WriterLock none(StartsUnderWay()); }

void KillChildGroup(pid_t pid) {
  if (pid > 0) kill(-pid, SIGKILL);
}

std::string WaitForChild(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return ErrnoStatus(errno, "wait for the process").ToString();
  }
  if (WIFSIGNALED(status)) {
    return fmt::format("was ended by signal {} ({})", WTERMSIG(status),
                       strsignal(WTERMSIG(status)));
  }
  return fmt::format("exited with status {}", WEXITSTATUS(status));
}

bool ChildIsRunning(pid_t pid) {
  siginfo_t info = {};
  return waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == 0;
}

}  // namespace tusk::mapreduce::tasktracker
