#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "mapreduce/api/output_format.h"
#include "mapreduce/model/ids.h"
#include "mapreduce/model/job_spec.h"
#include "mapreduce/model/output_manifest.h"

namespace tusk::dfs {
class FileSystem;
}

namespace tusk::mapreduce {

/// Makes a job's output appear once and whole. Under the output directory OUT:
///
///   OUT/_temporary/UUID/attempt_.../part-r-00000   an attempt writes
///   OUT/_temporary/UUID/task_.../part-r-00000      the one allowed attempt has committed: a rename
///   OUT/_manifest                                  every file of every task, before any moves
///   OUT/part-r-00000                               moved in the manifest's order
///   OUT/_SUCCESS                                   the manifest's hash; last
///
/// Every step can be repeated after a crash between any two calls, by the same or another process:
/// what is done already is found done. Steps of attempts run in tasks; those of the job in the
/// jobtracker (or the local runner). Stateless but for its constants; any thread.
class OutputCommitter {
 public:
  /// `spec` must outlive the committer and have an output path.
  OutputCommitter(const JobSpec& spec, dfs::FileSystem& files);

  /// Once, before the first task: OUT must not exist, or hold nothing but this job's `_temporary`.
  /// kAlreadyExists with Hadoop's words "Output directory OUT already exists".
  Status SetUpJob() const;

  /// Opens an output file of an attempt: `name` is "part-r-00000", or any other output file name.
  Result<std::unique_ptr<OutputFileWriter>> OpenFile(const AttemptId& attempt,
                                                     const std::string& name) const;

  /// For the attempt that was allowed to: its files become the task's. Ok again when it has
  /// happened before. The files of an earlier attempt are replaced: it committed and was lost
  /// before it could say so, and the jobtracker has allowed this one since. kStaleEpoch when a
  /// later attempt's files are the task's: this one is a straggler that was given up.
  Status CommitTask(const AttemptId& attempt) const;
  /// Removes what a failed or killed attempt has written.
  Status AbortTask(const AttemptId& attempt) const;

  /// When every task has committed: moves the files of `manifest` into place and writes `_SUCCESS`.
  /// Repeatable.
  Status CommitJob(const OutputManifest& manifest) const;
  /// Removes everything unfinished. OUT itself goes when nothing else is in it.
  Status AbortJob() const;

  /// "part-m-00007" or "part-r-00007".
  static std::string PartName(const TaskId& task);

 private:
  Result<std::optional<AttemptId>> OwnerOf(const std::string& task_directory) const;
  std::string AttemptDirectory(const AttemptId& attempt) const;
  std::string TaskDirectory(std::string_view task) const;
  Status WriteManifest(const OutputManifest& manifest) const;
  Status MoveIntoPlace(const OutputManifest& manifest) const;
  Status MoveFile(const std::string& from, const std::string& to, const OutputFile& file) const;
  Status Clean() const;

  const JobSpec& spec_;
  dfs::FileSystem& files_;
  const std::string root_;  // OUT/_temporary/UUID
};

}  // namespace tusk::mapreduce
