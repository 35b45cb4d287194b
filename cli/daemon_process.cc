#include "cli/daemon_process.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "common/base/scope_exit.h"
#include "common/base/status_macros.h"
#include "common/env/posix_env.h"
#include "common/time/deadline.h"
#include "common/time/system_clock.h"

extern char** environ;

namespace tusk::cli {
namespace {

constexpr uint64_t kMaxControlBytes = 64 << 10;
constexpr size_t kMaxErrorBytes = 16 << 10;
constexpr std::string_view kReady = "ready ";

int PollMillis(Deadline deadline) {
  const auto left = deadline.Remaining(SystemClock::Get());
  return static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count());
}

/// What was written to a file since it was `offset` long, the last line of it.
std::string LastLineSince(const std::string& path, off_t offset) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  const ScopeExit close_fd([fd] { close(fd); });
  struct stat status = {};
  if (fstat(fd, &status) != 0) return {};
  offset = std::max<off_t>(offset, status.st_size - static_cast<off_t>(kMaxErrorBytes));
  std::string text(kMaxErrorBytes, '\0');
  const ssize_t size = pread(fd, text.data(), text.size(), offset);
  text.resize(size > 0 ? static_cast<size_t>(size) : 0);
  while (text.ends_with('\n')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

/// The attributes and file actions of a daemon's process.
class SpawnPlan {
 public:
  SpawnPlan() {
    posix_spawnattr_init(&attributes_);
    posix_spawn_file_actions_init(&actions_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnPlan() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&actions_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  void Redirect(int standard_out, const std::string& error_log) {
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, standard_out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, error_log.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0644);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    posix_spawn_file_actions_addchdir_np(&actions_, "/");
  }

  Result<pid_t> Spawn(const std::string& program, const std::vector<std::string>& arguments) {
    std::vector<char*> argv = {const_cast<char*>(program.c_str())};
    for (const std::string& each : arguments) argv.push_back(const_cast<char*>(each.c_str()));
    argv.push_back(nullptr);
    pid_t pid = 0;
    const int error =
        posix_spawn(&pid, program.c_str(), &actions_, &attributes_, argv.data(), environ);
    if (error != 0) return ErrnoStatus(error, "start " + program);
    return pid;
  }

 private:
  posix_spawnattr_t attributes_;
  posix_spawn_file_actions_t actions_;
};

/// How a process ended, for people.
std::string EndOf(int wait_status) {
  if (WIFSIGNALED(wait_status)) return fmt::format("signal {}", WTERMSIG(wait_status));
  return fmt::format("exit status {}", WEXITSTATUS(wait_status));
}

/// A descriptor that becomes readable when the process ends; -1 when it has.
int OpenProcess(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }

}  // namespace

std::optional<pid_t> RunningDaemon(const std::string& pid_file) {
  const Env& env = PosixEnv::Get();
  const Result<std::string> text = env.ReadSmallFile(pid_file, kMaxControlBytes);
  pid_t pid = 0;
  if (!text.ok() ||
      std::from_chars(text->data(), text->data() + text->size(), pid).ec != std::errc() ||
      pid <= 0) {
    return std::nullopt;
  }
  // The command line of a process that has ended is empty, and pids are used again.
  const Result<std::string> command =
      env.ReadSmallFile(fmt::format("/proc/{}/cmdline", pid), kMaxControlBytes);
  const std::string argument = std::string("--pid-file") + '\0' + pid_file + '\0';
  if (!command.ok() || command->find(argument) == std::string::npos) return std::nullopt;
  return pid;
}

StartedDaemon::StartedDaemon(std::string name, pid_t pid, int fd, std::string error_log,
                             off_t error_offset)
    : name_(std::move(name)),
      pid_(pid),
      fd_(fd),
      error_log_(std::move(error_log)),
      error_offset_(error_offset) {}

StartedDaemon::StartedDaemon(StartedDaemon&& other) noexcept
    : name_(std::move(other.name_)),
      pid_(other.pid_),
      fd_(std::exchange(other.fd_, -1)),
      ready_(other.ready_),
      said_(std::move(other.said_)),
      error_log_(std::move(other.error_log_)),
      error_offset_(other.error_offset_) {}

StartedDaemon& StartedDaemon::operator=(StartedDaemon&& other) noexcept {
  std::swap(name_, other.name_);
  std::swap(pid_, other.pid_);
  std::swap(fd_, other.fd_);
  std::swap(ready_, other.ready_);
  std::swap(said_, other.said_);
  std::swap(error_log_, other.error_log_);
  std::swap(error_offset_, other.error_offset_);
  return *this;
}

StartedDaemon::~StartedDaemon() {
  if (fd_ >= 0) close(fd_);
}

Result<StartedDaemon> StartedDaemon::Spawn(const std::string& name, const std::string& program,
                                           const std::vector<std::string>& arguments,
                                           const std::string& error_log) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return ErrnoStatus(errno, "make a pipe");
  const ScopeExit close_write_end([&ends] { close(ends[1]); });
  struct stat status = {};
  const off_t offset = stat(error_log.c_str(), &status) == 0 ? status.st_size : 0;
  SpawnPlan plan;
  plan.Redirect(ends[1], error_log);
  const Result<pid_t> pid = plan.Spawn(program, arguments);
  if (!pid.ok()) {
    close(ends[0]);
    return pid.status();
  }
  return StartedDaemon(name, *pid, ends[0], error_log, offset);
}

Status StartedDaemon::Advance() {
  char buffer[4096];
  const ssize_t size = read(fd_, buffer, sizeof buffer);
  if (size < 0) return errno == EINTR ? Status() : ErrnoStatus(errno, "read from " + name_);
  if (size > 0) {
    said_.append(buffer, static_cast<size_t>(size));
    const size_t line = said_.starts_with(kReady) ? 0 : said_.find("\n" + std::string(kReady));
    ready_ = line != std::string::npos && said_.find('\n', line + 1) != std::string::npos;
    if (ready_) close(std::exchange(fd_, -1));
    return Status();
  }
  close(std::exchange(fd_, -1));
  int wait_status = 0;
  waitpid(pid_, &wait_status, 0);
  const std::string why = LastLineSince(error_log_, error_offset_);
  return Status::Error(StatusCode::kIoError, "{} did not start ({}): {}", name_, EndOf(wait_status),
                       why.empty() ? "it said nothing" : why);
}

Status WaitReady(std::vector<StartedDaemon>& daemons, std::chrono::milliseconds patience) {
  const Deadline deadline = Deadline::After(SystemClock::Get(), patience);
  Status first;
  while (true) {
    std::vector<pollfd> waits;
    std::vector<StartedDaemon*> waiting;
    for (StartedDaemon& daemon : daemons) {
      if (daemon.fd() < 0) continue;
      waits.push_back({daemon.fd(), POLLIN, 0});
      waiting.push_back(&daemon);
    }
    if (waits.empty()) return first;
    if (deadline.Expired(SystemClock::Get())) {
      if (!first.ok()) return first;
      return Status::Error(StatusCode::kDeadlineExceeded, "{} is not ready after {} s",
                           waiting[0]->name(),
                           std::chrono::duration_cast<std::chrono::seconds>(patience).count());
    }
    if (poll(waits.data(), waits.size(), PollMillis(deadline)) < 0 && errno != EINTR) {
      return ErrnoStatus(errno, "wait for daemons");
    }
    for (size_t i = 0; i < waits.size(); ++i) {
      if (waits[i].revents == 0) continue;
      const Status status = waiting[i]->Advance();
      if (first.ok()) first = status;
    }
  }
}

std::vector<pid_t> StopProcesses(const std::vector<pid_t>& pids,
                                 std::chrono::milliseconds patience) {
  const Deadline deadline = Deadline::After(SystemClock::Get(), patience);
  std::vector<pollfd> waits;
  for (const pid_t pid : pids) {
    waits.push_back({OpenProcess(pid), POLLIN, 0});
    if (waits.back().fd >= 0) kill(pid, SIGTERM);
  }
  std::vector<pid_t> killed;
  for (size_t i = 0; i < pids.size(); ++i) {
    if (waits[i].fd < 0) continue;
    int ended = 0;
    do {
      ended = poll(&waits[i], 1, PollMillis(deadline));
    } while (ended < 0 && errno == EINTR);
    if (ended == 0) {
      kill(pids[i], SIGKILL);
      killed.push_back(pids[i]);
      // Nothing outlives this signal for long.
      poll(&waits[i], 1, static_cast<int>(patience.count()));
    }
    close(waits[i].fd);
  }
  return killed;
}

bool PortIsFree(uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return true;  // then the daemon says what is wrong
  const ScopeExit close_fd([fd] { close(fd); });
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
         listen(fd, 1) == 0;
}

}  // namespace tusk::cli
