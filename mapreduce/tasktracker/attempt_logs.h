#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "common/base/mutex.h"
#include "common/base/result.h"
#include "mapreduce/model/ids.h"

namespace tusk::mapreduce::tasktracker {

/// Where the output (stdout and stderr) of each attempt lies: processes are reused, so
/// an attempt owns a range of its process's file. The newest kMaxAttempts are remembered.
/// Thread-safe; `Begin`, `End` and `Read` touch the disk.
class AttemptLogs {
 public:
  static constexpr size_t kMaxAttempts = 20'000;

  /// The attempt writes to `file` from its present end on.
  void Begin(const AttemptId& attempt, const std::string& file);
  /// The attempt has ended: what comes later belongs to others.
  void End(const AttemptId& attempt);
  /// The last `limit` bytes of what the attempt wrote; kNotFound when it is not known here.
  Result<std::string> Read(const AttemptId& attempt, size_t limit) const;
  /// An attempt whose output is kept here.
  struct Kept {
    AttemptId attempt;
    bool running = false;
  };
  /// The newest ones, newest first.
  std::vector<Kept> Newest(size_t limit) const;

 private:
  /// Where in its process's log an attempt's lines lie.
  struct Range {
    std::string file;
    uint64_t begin = 0;
    uint64_t end = UINT64_MAX;  // still open
  };

  mutable Mutex mutex_;
  std::map<AttemptId, Range> ranges_ GUARDED_BY(mutex_);
  std::deque<AttemptId> order_ GUARDED_BY(mutex_);
};

}  // namespace tusk::mapreduce::tasktracker
