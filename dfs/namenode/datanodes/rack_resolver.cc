#include "dfs/namenode/datanodes/rack_resolver.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "common/time/system_clock.h"
#include "dfs/namenode/datanodes/topology.h"

namespace tusk::dfs::namenode {

namespace {

constexpr size_t kMaxAnswer = 4096;

std::string_view NextField(std::string_view& line) {
  constexpr std::string_view kBlank = " \t\r";
  const size_t from = std::min(line.find_first_not_of(kBlank), line.size());
  const size_t to = std::min(line.find_first_of(kBlank, from), line.size());
  const std::string_view field = line.substr(from, to - from);
  line.remove_prefix(to);
  return field;
}

/// Reads what comes through `fd` until its end, `deadline` or kMaxAnswer bytes; false: not ended.
bool ReadAnswer(int fd, Clock::SteadyTime deadline, std::string* answer) {
  while (answer->size() < kMaxAnswer) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - SystemClock::Get().SteadyNow());
    if (left.count() <= 0) return false;
    pollfd waiter{fd, POLLIN, 0};
    const int ready = poll(&waiter, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return false;
    char buffer[512];
    const ssize_t got = read(fd, buffer, sizeof(buffer));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return got == 0;
    answer->append(buffer, static_cast<size_t>(got));
  }
  return false;
}

/// What `program argument` prints; nothing when it fails or takes too long.
std::optional<std::string> RunProgram(const std::string& program, const std::string& argument,
                                      std::chrono::milliseconds limit) {
  int pipe_fds[2];
  if (pipe2(pipe_fds, O_CLOEXEC) != 0) return std::nullopt;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], STDOUT_FILENO);
  char* arguments[] = {const_cast<char*>(program.c_str()), const_cast<char*>(argument.c_str()),
                       nullptr};
  pid_t pid = -1;
  const int failed = posix_spawn(&pid, program.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_fds[1]);
  std::string answer;
  bool ended = false;
  if (failed == 0) {
    ended = ReadAnswer(pipe_fds[0], SystemClock::Get().SteadyNow() + limit, &answer);
    if (!ended) kill(pid, SIGKILL);
  }
  close(pipe_fds[0]);
  if (failed != 0) return std::nullopt;
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!ended || !WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return answer;
}

}  // namespace

Result<std::unordered_map<std::string, std::string>> TableRackResolver::ParseTable(
    std::string_view text) {
  std::unordered_map<std::string, std::string> table;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::string_view name = NextField(line);
    if (name.empty() || name.front() == '#') continue;
    const std::string_view rack = NextField(line);
    if (rack.empty() || rack.front() != '/' || !NextField(line).empty()) {
      return Status::Error(StatusCode::kInvalidArgument,
                           "line {} of the rack table is not a name and a path that begins with /",
                           number);
    }
    table[std::string(name)] = Topology::Normalize(rack);
  }
  return table;
}

std::string TableRackResolver::Resolve(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (const auto found = table_.find(name); found != table_.end()) return found->second;
  }
  return std::string(kDefaultRack);
}

std::optional<std::string> TableRackResolver::Cached(std::string_view name) const {
  const auto found = table_.find(std::string(name));
  return found == table_.end() ? std::string(kDefaultRack) : found->second;
}

std::string ScriptRackResolver::Resolve(const std::vector<std::string>& names) {
  // Hadoop's scripts know addresses without ports; "ip:port" comes first in `names`.
  for (const std::string& name : names) {
    if (name.find(':') != std::string::npos && names.size() > 1) continue;
    if (auto known = Cached(name)) return *known;
    const auto printed = RunProgram(program_, name, deadline_);
    if (!printed) continue;
    std::string_view line = *printed;
    line = line.substr(0, line.find('\n'));
    const std::string_view path = NextField(line);
    if (path.empty() || path.front() != '/') continue;
    std::string rack = Topology::Normalize(path);
    MutexLock lock(mutex_);
    cache_[name] = rack;
    return rack;
  }
  return std::string(kDefaultRack);
}

std::optional<std::string> ScriptRackResolver::Cached(std::string_view name) const {
  MutexLock lock(mutex_);
  const auto found = cache_.find(std::string(name));
  if (found == cache_.end()) return std::nullopt;
  return found->second;
}

}  // namespace tusk::dfs::namenode
