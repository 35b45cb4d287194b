#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"

namespace tusk::mapreduce {

/// One file that a task attempt wrote and that becomes part of the job's output.
struct OutputFile {
  std::string name;  ///< relative to the output directory: "part-r-00003"
  uint64_t length = 0;
  uint32_t crc32c = 0;  ///< of the whole file
  uint64_t records = 0;

  friend bool operator==(const OutputFile&, const OutputFile&) = default;
};

/// What one committed task contributes.
struct TaskOutput {
  std::string task;     ///< "task_..." as text
  std::string attempt;  ///< "attempt_...": the one that was allowed to commit
  std::vector<OutputFile> files;

  friend bool operator==(const TaskOutput&, const TaskOutput&) = default;
};

/// Every file of a job's output, in the order of tasks. Chained jobs read what a manifest names and
/// nothing else; `_SUCCESS` holds its hash, so the two can be told to belong together.
struct OutputManifest {
  std::string job_uuid;
  std::vector<TaskOutput> tasks;

  friend bool operator==(const OutputManifest&, const OutputManifest&) = default;

  /// Text lines, described in docs/formats/job_directory.md.
  std::string Encode() const;
  /// Any input: kCorruption when it is not what Encode writes.
  static Result<OutputManifest> Decode(std::string_view text);
  /// 16 hexadecimal digits over Encode(): what `_SUCCESS` says.
  static std::string HashOf(std::string_view encoded);
};

/// True for a name that may stand in a manifest: relative, no empty, "." or ".." component, nothing
/// that starts with "_" or ".", no control characters.
bool IsOutputFileName(std::string_view name);

inline constexpr std::string_view kManifestName = "_manifest";
inline constexpr std::string_view kSuccessName = "_SUCCESS";
inline constexpr std::string_view kTemporaryName = "_temporary";

}  // namespace tusk::mapreduce
