#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tusk::mapreduce {

/// What one map task reads: a range of a file, or bytes that only the input format understands.
///
/// Splits are made by the driver, once, and travel inside the job: every attempt of a task reads
/// exactly the same records.
struct InputSplit {
  /// The file, with its file system (`hdfs://host:port/path`) or absolute on the job's default
  /// one. Empty for a split that is not a range of a file.
  std::string path;
  /// Byte range of the file. Formats with records that cross it agree on who reads them.
  uint64_t offset = 0;
  uint64_t length = 0;
  /// The format's own description; at most kMaxSplitBytes.
  std::string opaque;
  /// Where reading is local, best first; host names as the namenode gives them. May be empty.
  std::vector<std::string> hosts;

  friend bool operator==(const InputSplit&, const InputSplit&) = default;

  /// For people: "/logs/day-3.txt:0+134217728" (Hadoop's FileSplit form), or "opaque, 24 bytes".
  std::string ToString() const;
};

inline constexpr size_t kMaxSplitBytes = 64 << 10;

}  // namespace tusk::mapreduce
