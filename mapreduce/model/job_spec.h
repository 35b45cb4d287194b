#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/result.h"
#include "mapreduce/model/input_split.h"

namespace tusk::mapreduce {

/// FIFO with priorities: Hadoop's names (org.apache.hadoop.mapreduce.JobPriority).
enum class JobPriority : uint8_t { kVeryHigh = 0, kHigh = 1, kNormal = 2, kLow = 3, kVeryLow = 4 };

/// "VERY_HIGH" ... "VERY_LOW".
std::string_view JobPriorityName(JobPriority priority);
/// Accepts the names in any case; kInvalidArgument otherwise.
Result<JobPriority> ParseJobPriority(std::string_view text);

/// How map output reaches the reduces: sorted and grouped by key, or only partitioned (the reducer
/// sees each run of records as it comes and must not count on groups).
enum class ShuffleMode : uint8_t { kSorted = 0, kUnsorted = 1 };

/// How blocks of map output are compressed.
enum class MapOutputCompression : uint8_t { kNone = 0, kSnappy = 1, kLz4 = 2, kZstd = 3 };

/// Everything that the jobtracker, the trackers and the tasks need to know of a job: what the user
/// asked for, with the types of the job binary by name (see api/job_registry.h) and the splits that
/// the driver made. A plain value; `Validate` says whether it makes sense.
struct JobSpec {
  /// For people: "word count".
  std::string name;
  /// Who submitted it.
  std::string user;
  /// 32 hexadecimal digits, drawn once by the driver. Names the job's temporary directory, so that
  /// two jobs never share one, and seeds what must be the same in each attempt.
  std::string uuid;

  /// The job binary: SHA-256 of its bytes in hexadecimal and where the driver put it (a path in the
  /// file system, or a local one with `--local`). Arguments as the user gave them, for the history.
  std::string binary_hash;
  std::string binary_path;
  std::vector<std::string> arguments;

  /// Types of the job binary, by the names of the registry. Combiner and reducer may be empty; the
  /// map step names input format and mapper together, and so do the reduce and output steps.
  std::string map_step;
  std::string combine_step;
  std::string partition_step;
  std::string reduce_step;
  std::string output_step;
  /// The same for people: "TextInput", "SplitWords", ...
  std::string input_display;
  std::string mapper_display;
  std::string combiner_display;
  std::string reducer_display;
  std::string output_display;

  std::vector<InputSplit> splits;
  /// Inputs as the user named them; for pages and history.
  std::vector<std::string> input_paths;
  /// The directory that appears when the job has succeeded. Empty: no output files.
  std::string output_path;
  /// 0 for a job without reduce: then maps write the output.
  uint32_t reduces = 1;

  JobPriority priority = JobPriority::kNormal;
  ShuffleMode shuffle = ShuffleMode::kSorted;
  MapOutputCompression compression = MapOutputCompression::kNone;
  /// Bytes of a map task's sort buffer (mapreduce.task.io.sort.mb), and of a reduce task's merge.
  uint64_t sort_buffer_bytes = uint64_t{100} << 20;
  /// Runs merged at once (mapreduce.task.io.sort.factor).
  uint32_t merge_factor = 64;
  /// Attempts of one task before the job fails (mapreduce.map.maxattempts).
  uint32_t max_attempts = 4;
  /// Parameters of the user (`Job::Set`) and -D options, as tasks see them.
  std::map<std::string, std::string> parameters;

  friend bool operator==(const JobSpec&, const JobSpec&) = default;

  /// Names what is missing or out of bounds. Everything that came over the wire must pass this
  /// first.
  Status Validate() const;
};

/// The parameter that names the file system of a job's paths: tasks, trackers and the jobtracker
/// open this one, whatever their own configuration says.
inline constexpr std::string_view kFileSystemParameter = "fs.defaultFS";

inline constexpr uint64_t kMinSortBufferBytes = uint64_t{64} << 10;
inline constexpr uint64_t kMaxSortBufferBytes = uint64_t{2} << 30;
inline constexpr uint32_t kMaxReduces = 100'000;
inline constexpr size_t kMaxSplits = 1'000'000;

}  // namespace tusk::mapreduce
