#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "mapreduce/model/input_split.h"
#include "mapreduce/model/job_spec.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::mapreduce {

/// What a driver knows when it cuts the input.
struct SplitOptions {
  /// Greatest and smallest split of a file (mapreduce.input.fileinputformat.split.maxsize,
  /// .minsize); a split otherwise is a block.
  uint64_t max_split_bytes = UINT64_MAX;
  uint64_t min_split_bytes = 1;
  /// Map tasks that run at once in the whole cluster, for formats that are free to cut anywhere; 0:
  /// unknown.
  uint32_t slots = 0;
};

/// Cuts the input of a job.
using SplitFunction = std::function<Result<std::vector<InputSplit>>(
    const JobSpec& spec, dfs::FileSystem& files, const SplitOptions& options)>;

/// An input format is a type, not an object. It has:
///
///   using Key, Value;                                       what mappers are given (views)
///   static void Configure(JobSpec* spec, const Args&... args);
///                                      what `Job::Read<Format>(args...)` was told
///   static Result<std::vector<InputSplit>> Splits(const JobSpec&, dfs::FileSystem&,
///                                                 const SplitOptions&);
///   static Result<std::unique_ptr<Reader>> Open(const JobSpec&, const InputSplit&,
///                                               dfs::FileSystem&);
///   class Reader {
///     bool Next();                       false at the end or on an error
///     Key key() const; Value value() const;          valid until the next Next
///     const Status& status() const;
///     double progress() const;           in [0, 1]
///     uint64_t bytes_read() const;       from the file system
///     std::string Position() const;      for people: "/logs/day-3.txt, byte 9,120,344"
///   };
///
/// `Splits` runs in the driver, `Open` in a task. The calls of a reader are not virtual: a map task
/// is compiled for its format. A format whose tasks need to know less than who cuts the input has,
/// instead of `Splits`, a `static SplitFunction SplitsOf(const Args&... args)`.
///
/// Splits of files, common to formats that can start at any byte: the paths of `spec.input_paths`
/// (globs, directories without what starts with "_" or "."; what a manifest names, where there is
/// one), cut at block borders, hosts from block locations. Fails with kNotFound when a path matches
/// nothing.
Result<std::vector<InputSplit>> SplitFiles(const JobSpec& spec, dfs::FileSystem& files,
                                           const SplitOptions& options);

}  // namespace tusk::mapreduce
