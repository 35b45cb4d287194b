#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/base/result.h"
#include "mapreduce/api/output_format.h"
#include "mapreduce/model/output_manifest.h"

namespace tusk::mapreduce {

/// The output files of one task attempt while they are written: usually one, more for a format that
/// wants them (`a=1/part-r-00003.parquet`). They become the task's all together, or none. One
/// thread.
class OutputFiles {
 public:
  /// What one task may write: every file has a line in the job's manifest.
  static constexpr size_t kMaxFiles = 10'000;
  using Opener = std::function<Result<std::unique_ptr<OutputFileWriter>>(const std::string& name)>;

  /// `part_name`: "part-r-00003". `open` makes a file of the attempt.
  OutputFiles(std::string part_name, Opener open)
      : part_name_(std::move(part_name)), open_(std::move(open)) {}

  const std::string& part_name() const { return part_name_; }

  /// A new file, relative to the output directory. It lives until it is completed. kAlreadyExists
  /// for a name that this task has had, kTooLarge beyond kMaxFiles, kInvalidArgument for a name
  /// that no output file may have.
  Result<OutputFileWriter*> Open(const std::string& name);
  /// Completes a file of `Open` durably; it is gone then. What it has become.
  Result<OutputFile> Complete(OutputFileWriter* file);
  /// Completes what is still open. All files, in the order in which they were completed. Once.
  Result<std::vector<OutputFile>> Finish();

 private:
  const std::string part_name_;
  const Opener open_;
  std::set<std::string> names_;
  std::vector<std::unique_ptr<OutputFileWriter>> opened_;
  std::vector<OutputFile> completed_;
};

}  // namespace tusk::mapreduce
