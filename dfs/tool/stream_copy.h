#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>

#include "common/base/mutex.h"
#include "common/base/status.h"
#include "dfs/client/streams.h"

namespace tusk::dfs {

/// One live line on a terminal, from one second after the start of a command on: "a.txt  1.2 G of
/// 2 G  60 %  900 MB/s", of several files "30 files  1.2 G  900 MB/s". Writes nothing when its
/// output is no terminal. Any thread.
class CopyProgress {
 public:
  explicit CopyProgress(FILE* err);
  /// Wipes the line.
  ~CopyProgress();
  CopyProgress(const CopyProgress&) = delete;
  CopyProgress& operator=(const CopyProgress&) = delete;

  /// A file begins; `length` is 0 when nobody knows.
  void Begin(const std::string& name, uint64_t length);
  void Advance(uint64_t bytes);

 private:
  using SteadyClock = std::chrono::steady_clock;
  std::string Line(SteadyClock::time_point now) const REQUIRES(mutex_);

  FILE* const err_;
  const bool live_;
  const SteadyClock::time_point start_;
  Mutex mutex_;
  /// Of the file, as long as there is but one.
  std::string name_ GUARDED_BY(mutex_);
  uint64_t total_ GUARDED_BY(mutex_) = 0;
  uint64_t files_ GUARDED_BY(mutex_) = 0;
  uint64_t done_ GUARDED_BY(mutex_) = 0;
  SteadyClock::time_point next_ GUARDED_BY(mutex_);
  bool shown_ GUARDED_BY(mutex_) = false;
};

/// Copies all of `in` from its position to `out`, in large pieces. kCancelled after a signal.
Status CopyAll(InputStream& in, OutputStream& out, CopyProgress* progress);

/// Copies a pipe, file or terminal up to its end.
Status CopyAll(FILE* in, OutputStream& out, CopyProgress* progress);

/// Writes bytes [offset, offset + length) of `in` to a standard output stream. Stops with Ok when
/// the other end of a pipe has gone, as `cat` does; kCancelled after a signal.
Status PrintRange(InputStream& in, uint64_t offset, uint64_t length, FILE* out);

}  // namespace tusk::dfs
