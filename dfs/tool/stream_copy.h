#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>

#include "common/base/status.h"
#include "dfs/client/streams.h"

namespace tusk::dfs {

/// One live line on a terminal, from one second after the start on: "a.txt  1.2 G of 2 G  900 M/s".
/// Writes nothing when its output is no terminal. One thread.
class CopyProgress {
 public:
  /// `total` is 0 when nobody knows.
  CopyProgress(FILE* err, std::string name, uint64_t total);
  /// Wipes the line.
  ~CopyProgress();

  void Advance(uint64_t bytes);

 private:
  using SteadyClock = std::chrono::steady_clock;

  FILE* const err_;
  const std::string name_;
  const uint64_t total_;
  const bool live_;
  const SteadyClock::time_point start_;
  SteadyClock::time_point next_;
  uint64_t done_ = 0;
  bool shown_ = false;
};

/// Copies all of `in` from its position to `out`, in large pieces. kCancelled after a signal.
Status CopyAll(InputStream& in, OutputStream& out, CopyProgress* progress);

/// Copies a pipe, file or terminal up to its end.
Status CopyAll(FILE* in, OutputStream& out, CopyProgress* progress);

/// Writes bytes [offset, offset + length) of `in` to a standard output stream. Stops with Ok when
/// the other end of a pipe has gone, as `cat` does; kCancelled after a signal.
Status PrintRange(InputStream& in, uint64_t offset, uint64_t length, FILE* out);

}  // namespace tusk::dfs
