#include "mapreduce/tasktracker/attempt_logs.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "common/base/scope_exit.h"

namespace tusk::mapreduce::tasktracker {

namespace {

uint64_t SizeOf(const std::string& file) {
  struct stat facts = {};
  return stat(file.c_str(), &facts) == 0 ? static_cast<uint64_t>(facts.st_size) : 0;
}

}  // namespace

void AttemptLogs::Begin(const AttemptId& attempt, const std::string& file) {
  const uint64_t begin = SizeOf(file);
  MutexLock lock(mutex_);
  if (ranges_.insert_or_assign(attempt, Range{file, begin, UINT64_MAX}).second) {
    order_.push_back(attempt);
  }
  while (order_.size() > kMaxAttempts) {
    ranges_.erase(order_.front());
    order_.pop_front();
  }
}

void AttemptLogs::End(const AttemptId& attempt) {
  std::string file;
  {
    MutexLock lock(mutex_);
    auto found = ranges_.find(attempt);
    if (found == ranges_.end() || found->second.end != UINT64_MAX) return;
    file = found->second.file;
  }
  const uint64_t end = SizeOf(file);
  MutexLock lock(mutex_);
  if (auto found = ranges_.find(attempt); found != ranges_.end()) found->second.end = end;
}

Result<std::string> AttemptLogs::Read(const AttemptId& attempt, size_t limit) const {
  Range range;
  {
    MutexLock lock(mutex_);
    auto found = ranges_.find(attempt);
    if (found == ranges_.end()) {
      return Status::Error(StatusCode::kNotFound, "no log of {} is kept here", attempt.ToString());
    }
    range = found->second;
  }
  const int fd = open(range.file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ErrnoStatus(errno, "open the log of " + attempt.ToString());
  ScopeExit close_file([fd] { close(fd); });
  const uint64_t end = std::min(range.end, SizeOf(range.file));
  const uint64_t begin = std::max(range.begin, end > limit ? end - limit : 0);
  std::string text(end > begin ? end - begin : 0, '\0');
  size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t got =
        pread(fd, text.data() + filled, text.size() - filled, static_cast<off_t>(begin + filled));
    if (got < 0) return ErrnoStatus(errno, "read the log of " + attempt.ToString());
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  text.resize(filled);
  return text;
}

std::vector<AttemptLogs::Kept> AttemptLogs::Newest(size_t limit) const {
  std::vector<Kept> newest;
  MutexLock lock(mutex_);
  for (auto id = order_.rbegin(); id != order_.rend() && newest.size() < limit; ++id) {
    const auto found = ranges_.find(*id);
    if (found != ranges_.end()) newest.push_back({*id, found->second.end == UINT64_MAX});
  }
  return newest;
}

}  // namespace tusk::mapreduce::tasktracker
